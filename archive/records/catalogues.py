"""Catalogues that the views for researchers show: names of divisions, English words, the crosswalk between forms."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.divisions import Division
from archive.records.tables import agencies, crosswalk, divisions, wordings


def register_wordings(connection: Connection, rows: Sequence[Mapping[str, str]]) -> None:
    """Writes what indicators are called: `code`, `label_en`, `short_name`."""
    renew(connection, wordings, rows)


def register_crosswalk(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes the crosswalk; the columns are those of its table."""
    renew(connection, crosswalk, rows)


def register_divisions(connection: Connection, found: Mapping[str, tuple[Division, ...]]) -> None:
    """Writes divisions by code, each with its names, the last one last."""
    rows = [
        {
            "code": code,
            "name": names[-1].name,
            "level": names[-1].level,
            "former_names": list(dict.fromkeys(row.name for row in names[:-1] if row.name != names[-1].name)),
        }
        for code, names in found.items()
        if names
    ]
    renew(connection, divisions, rows)


def codes_used(connection: Connection) -> set[str]:
    """Gives the codes of divisions that agencies are, or that their portals are of."""
    return set(connection.scalars(select(agencies.c.code.label("code")).where(agencies.c.code.is_not(None)))) | set(
        connection.scalars(select(agencies.c.division))
    )


def codes_named(connection: Connection) -> set[str]:
    """Gives the codes of divisions whose names are written."""
    return set(connection.scalars(select(divisions.c.code)))


def renew(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows by their key; those that say the same already are left alone."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.c if column.name not in keys]
    statement = upsert(table)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in others},
            where=or_(*(table.c[name].is_distinct_from(statement.excluded[name]) for name in others)),
        ),
        [dict(row) for row in rows],
    )
