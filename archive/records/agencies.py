"""Agencies and the divisions they resolved to; which of them wait for a person."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import BindParameter, Connection, Select, bindparam, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.divisions import Resolved, trimmed
from archive.divisions.spelling import spellings
from archive.records.tables import agencies, agency_keys, documents, readings, sources, texts, version_payloads

Key = tuple[int, str, str]
"""An agency, a kind of key, and the key it is found by."""

FIELDS = tuple(Resolved.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Named:
    """An agency by name and its portal's division; `resolved` None: nobody has asked yet."""

    id: int
    name: str
    division: str
    resolved: Resolved | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An agency that a person must settle, with where its reports stand."""

    id: int
    name: str
    division: str
    portals: tuple[str, ...]
    years: tuple[int, ...]
    url: str | None


def every_agency(connection: Connection) -> list[Named]:
    """Gives all agencies."""
    columns = (agencies.c.id, agencies.c.name, agencies.c.division, *(agencies.c[name] for name in FIELDS))
    statement = select(*columns).order_by(agencies.c.division, agencies.c.name)
    return [
        Named(agency, name, division, Resolved(*found) if found[-1] else None)
        for agency, name, division, *found in connection.execute(statement)
    ]


def make(connection: Connection, division: str, name: str) -> int:
    """Gives the agency of a name under a portal's division, made where it is new, with the keys it is found by."""
    there = select(agencies.c.id).where(agencies.c.division == division, agencies.c.name == name)
    known: int | None = connection.scalar(there)
    if known is not None:
        return known
    made = upsert(agencies).values(division=division, name=name).on_conflict_do_nothing().returning(agencies.c.id)
    agency: int | None = connection.scalar(made)
    if agency is None:
        return int(connection.scalars(there).one())  # another made it meanwhile
    write_keys(connection, [(agency, "code", division), *((agency, "name", key) for key in spellings(name))])
    return agency


def every_key(connection: Connection) -> set[Key]:
    """Gives all keys of all agencies."""
    return {(row.agency_id, row.kind, row.key) for row in connection.execute(select(agency_keys))}


def write_keys(connection: Connection, keys: Iterable[Key]) -> None:
    """Adds keys by which agencies are found."""
    if rows := [dict(zip(("agency_id", "kind", "key"), key, strict=True)) for key in keys]:
        connection.execute(upsert(agency_keys).on_conflict_do_nothing(), rows)


def forget_keys(connection: Connection, keys: Iterable[Key]) -> None:
    """Takes keys away."""
    columns = tuple_(agency_keys.c.agency_id, agency_keys.c.kind, agency_keys.c.key)
    if gone := list(keys):
        connection.execute(delete(agency_keys).where(columns.in_(gone)))


def write(connection: Connection, found: Iterable[tuple[int, Resolved]]) -> None:
    """Writes what agencies resolved to."""
    rows = [{"agency": agency, **asdict(resolved)} for agency, resolved in found]
    if rows:
        values: dict[str, BindParameter[str]] = {name: bindparam(name) for name in FIELDS}
        connection.execute(update(agencies).where(agencies.c.id == bindparam("agency")).values(values), rows)


def waiting(connection: Connection) -> list[Waiting]:
    """Gives the agencies with reports that did not resolve or were never asked about, by division and name."""
    statement = (
        select(
            agencies.c.id,
            agencies.c.name,
            agencies.c.division,
            func.array_agg(sources.c.portal_id.distinct()),
            func.array_agg(documents.c.year.distinct()),
            func.min(sources.c.url),
        )
        .join(documents, documents.c.agency_id == agencies.c.id)
        .join(sources, sources.c.document_id == documents.c.id)
        .where(or_(agencies.c.how.is_(None), agencies.c.how == "unmatched"))
        .group_by(agencies.c.id)
        .order_by(agencies.c.division, agencies.c.name)
    )
    return [
        Waiting(row[0], row[1], row[2], tuple(sorted(row[3])), tuple(sorted(row[4])), row[5])
        for row in connection.execute(statement)
    ]


def a_text(connection: Connection, agency_id: int) -> str:
    """Gives the text of one of an agency's reports, the last that was read; empty where none was."""
    statement = (
        select(texts.c.body)
        .join(readings, readings.c.text_sha256 == texts.c.sha256)
        .join(version_payloads, version_payloads.c.payload_id == readings.c.payload_id)
        .join(sources, sources.c.id == version_payloads.c.source_id)
        .join(documents, documents.c.id == sources.c.document_id)
        .where(documents.c.agency_id == agency_id)
        .order_by(documents.c.year.desc(), readings.c.id.desc())
        .limit(1)
    )
    return connection.scalar(statement) or ""


def under_division(code: str) -> Select[tuple[int]]:
    """Gives the agencies whose own division, or where none is known their portal's, lies under a code or is it."""
    own = func.coalesce(agencies.c.code, agencies.c.division)
    return select(agencies.c.id).where(own.startswith(trimmed(code), autoescape=True))
