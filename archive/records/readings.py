"""Readings: storing them with their figures, checks, statements, texts and issues; the catalogues of the forms."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Insert, Table, func, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.errors import UsageError
from archive.model import Figure, Issue, Reading, Statement, Status
from archive.plain import digits
from archive.records.session import lock_key
from archive.records.tables import (
    STATUS_CODES,
    VERDICT_CODES,
    figures,
    identities,
    indicators,
    issues,
    readings,
    statements,
    texts,
)


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
    store_all(connection, [(payload_id, reading)], reading.revision)


def store_all(connection: Connection, found: Sequence[tuple[int, Reading | Issue]], revision: int) -> None:
    """Writes what payloads gave under a revision, readings or why there is none, by one statement for each table."""
    bodies = {text_key(each): each.text for _, each in found if isinstance(each, Reading)}
    insert_all(connection, upsert(texts).on_conflict_do_nothing(), [{"sha256": k, "body": bodies[k]} for k in bodies])
    made = insert(readings).returning(readings.c.id, sort_by_parameter_order=True)
    rows = [{"payload_id": payload_id, "revision": revision} | reading_row(each) for payload_id, each in found]
    read = list(zip(connection.scalars(made, rows), (each for _, each in found), strict=True)) if rows else []
    good = [(id_, each) for id_, each in read if isinstance(each, Reading)]
    parts = [figure_row(id_, each, part, form) for id_, each in good for part, form in each.forms.items()]
    insert_all(connection, insert(figures), parts)
    told = [statement_row(id_, place, one) for id_, each in good for place, one in enumerate(each.statements, 1)]
    insert_all(connection, insert(statements), told)
    said = [(id_, issue) for id_, each in read for issue in ((each,) if isinstance(each, Issue) else each.issues)]
    insert_all(connection, insert(issues), [{"reading_id": i, "code": o.code, "message": o.message} for i, o in said])


def insert_all(connection: Connection, statement: Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows, if there are any."""
    if rows:
        connection.execute(statement, rows)


def text_key(reading: Reading) -> str:
    """Gives the name of a reading's text."""
    return hashlib.sha256(reading.text.encode()).hexdigest()


def reading_row(found: Reading | Issue) -> dict[str, Any]:
    """Gives the columns of a reading, or of why there is none."""
    reading = found if isinstance(found, Reading) else None
    start, end = (reading and reading.period) or (None, None)
    return {
        "media_type": reading and reading.media_type,
        "charset": reading and reading.charset,
        "title": reading and reading.title,
        "agency": reading and reading.agency,
        "year": reading and reading.year,
        "period_start": start,
        "period_end": end,
        "forms": dict(reading.forms) if reading else {},
        "text_sha256": reading and text_key(reading),
        "content_hash": reading and reading.content_hash,
        "place": reading.place if reading else "",
        "error_code": found.code if isinstance(found, Issue) else None,
        "error_message": found.message if isinstance(found, Issue) else None,
    }


def statement_row(reading_id: int, position: int, one: Statement) -> dict[str, Any]:
    """Gives the row of a number outside the statutory tables; positions are 1-based in the order of the report."""
    return {
        "reading_id": reading_id,
        "position": position,
        "indicator": one.indicator,
        "status": STATUS_CODES[one.status],
        "value": one.value,
        "raw": one.raw,
        "unit": one.unit,
        "value_wan": one.value_wan,
        "context": one.context,
        "heading": one.heading,
    }


def figure_row(reading_id: int, reading: Reading, part: str, form: str) -> dict[str, Any]:
    """Gives the row of one part: arrays in the order of the form, details only where they say more."""
    own = [figure for figure in reading.figures if figure.indicator.startswith(part + ".")]
    checks = [check for check in reading.checks if check.identity.startswith(part + ".")]
    details = {str(place): more for place, figure in enumerate(own, 1) if (more := detail(figure))}
    return {
        "reading_id": reading_id,
        "part": part,
        "form": form,
        "statuses": [STATUS_CODES[figure.status] for figure in own],
        "values": [figure.value for figure in own],
        "places": [place for figure in own for place in (figure.table, figure.row, figure.column)],
        "details": details,
        "verdicts": [VERDICT_CODES[check.verdict] for check in checks],
        "lefts": [check.left for check in checks],
        "rights": [check.right for check in checks],
    }


def detail(figure: Figure) -> dict[str, str | None]:
    """Gives what the arrays cannot hold: raw text that is not the plain number, unit, value in 万元, note."""
    plain = "" if figure.status is Status.BLANK else None
    if figure.value is not None:
        plain = digits(figure.value)
    more: dict[str, str | None] = {} if figure.raw == plain else {"raw": figure.raw}
    optional = {
        "unit": figure.unit,
        "value_wan": digits(figure.value_wan),
        "note": figure.note,
        "confidence": None if figure.confidence is None else str(figure.confidence),
    }
    return more | {name: value for name, value in optional.items() if value is not None}
