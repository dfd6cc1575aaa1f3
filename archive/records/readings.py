"""Readings: storing them with their figures, checks, statements, texts and issues; the catalogues of the forms."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, Connection, Table, Text, cast, func, insert, literal, literal_column, select
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.errors import UsageError
from archive.model import Reading
from archive.records.reading_rows import Row, Rows, rows_of
from archive.records.session import lock_key
from archive.records.tables import (
    figures,
    identities,
    indicators,
    issues,
    readings,
    statements,
    texts,
)

STATEMENT = 8 << 20  # bytes of rows that one statement inserts; all of an ordinary batch have 200 KB


@dataclass(frozen=True, slots=True)
class PartForm:
    """Codes of one part of one form, in the order of the arrays of figures and checks."""

    part: str
    form: str
    indicators: tuple[tuple[str, str, str | None], ...]  # code, label, unit
    identities: tuple[str, ...]


def register_forms(connection: Connection, parts: Sequence[PartForm], *, labels: bool = True) -> None:
    """Writes the catalogues of indicators and identities; an entry keeps its place once its form was read.

    Without `labels` those that are there stay as they are: researchers see them. Raises UsageError where a place is to
    hold another code than in the arrays that were stored.
    """
    codes = [
        {"part": p.part, "form": p.form, "position": place, "code": code, "label": label, "unit": unit}
        for p in parts
        for place, (code, label, unit) in enumerate(p.indicators, 1)
    ]
    sums = [
        {"part": p.part, "form": p.form, "position": place, "code": code}
        for p in parts
        for place, code in enumerate(p.identities, 1)
    ]
    keep_places(connection, indicators, {(p.part, p.form): [code for code, _, _ in p.indicators] for p in parts})
    keep_places(connection, identities, {(p.part, p.form): p.identities for p in parts})
    statement = upsert(indicators)
    renewed = statement.on_conflict_do_update(
        index_elements=["part", "form", "position"],
        set_={name: statement.excluded[name] for name in ("code", "label", "unit")},
    )
    connection.execute(renewed if labels else statement.on_conflict_do_nothing(), codes)
    connection.execute(upsert(identities).on_conflict_do_nothing(), sums)


def keep_places(connection: Connection, catalogue: Table, codes: Mapping[tuple[str, str], Sequence[str]]) -> None:
    """Raises UsageError where a code stands at another place of its form than the arrays of figures have it."""
    own = catalogue.c
    for part, form, position, code in connection.execute(select(own.part, own.form, own.position, own.code)):
        now = codes.get((part, form), ())[position - 1 : position]
        if now and now[0] != code and was_read(connection, part, form):
            raise UsageError(
                f"form {form}, {part}: number {position} of its {catalogue.name} is {now[0]} in this code, and {code}"
                " in what was read: a new one goes to the end of its part, and one that is there stays where it is"
            )


def was_read(connection: Connection, part: str, form: str) -> bool:
    """Tells whether any reading has figures of a part in a form."""
    found = select(literal(1)).where(figures.c.part == part, figures.c.form == form).limit(1)
    return connection.scalar(found) is not None


def claim(connection: Connection, payload_ids: Sequence[int], revision: int) -> set[int]:
    """Gives those of the payloads that still have no reading; nobody else writes any until the transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(lock_key("readings"))))
    read = select(readings.c.payload_id).where(readings.c.payload_id.in_(payload_ids), readings.c.revision == revision)
    return set(payload_ids) - set(connection.scalars(read))


def store(connection: Connection, payload_id: int, reading: Reading) -> None:
    """Writes a reading with its figures, checks, statements and issues."""
    store_all(connection, [(payload_id, rows_of(reading))], reading.revision)


def store_all(connection: Connection, found: Sequence[tuple[int, Rows]], revision: int) -> None:
    """Writes what payloads gave under a revision, readings or why there is none, by one statement for each table."""
    bodies = {rows.reading["text_sha256"]: rows.text for _, rows in found if rows.text is not None}
    if bodies:
        kept = [{"sha256": sha256, "body": body} for sha256, body in bodies.items()]
        connection.execute(upsert(texts).on_conflict_do_nothing(), kept)
    made = insert(readings).returning(readings.c.id, sort_by_parameter_order=True)
    named = [{"payload_id": payload_id, "revision": revision} | rows.reading for payload_id, rows in found]
    ids = list(connection.scalars(made, named)) if named else []
    for table in (figures, statements, issues):
        each = [(id_, rows.beside[table.name]) for id_, (_, rows) in zip(ids, found, strict=True)]
        insert_all(connection, table, [{"reading_id": id_} | row for id_, own in each for row in own])


def insert_all(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows of the same columns, many by one statement: one for each costs four times as much."""
    for some in packed(rows):
        given = func.json_populate_recordset(literal_column(f"NULL::{table.name}"), cast(literal(some, Text), JSON))
        found = given.table_valued(*rows[0])
        connection.execute(insert(table).from_select(list(rows[0]), select(found)))


def packed(rows: Iterable[Row]) -> Iterator[str]:
    """Gives rows as JSON, about as many at once as a statement may have: PostgreSQL takes no value of 1 GiB."""
    held: list[str] = []
    size = 0
    for row in map(json.dumps, rows):
        held.append(row)
        size += len(row)
        if size > STATEMENT:
            yield f"[{','.join(held)}]"
            held, size = [], 0
    if held:
        yield f"[{','.join(held)}]"
