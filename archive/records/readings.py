"""Readings: storing them with their figures, checks, statements, texts and issues; the catalogues of the forms."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

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
    """Writes the catalogues of indicators and identities; an entry once written keeps its place.

    Without `labels` those that are there stay as they are: researchers see them.
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
    statement = upsert(indicators)
    renewed = statement.on_conflict_do_update(
        index_elements=["part", "form", "position"],
        set_={name: statement.excluded[name] for name in ("code", "label", "unit")},
    )
    connection.execute(renewed if labels else statement.on_conflict_do_nothing(), codes)
    connection.execute(upsert(identities).on_conflict_do_nothing(), sums)


def claim(connection: Connection, payload_ids: Sequence[int], revision: int) -> set[int]:
    """Gives those of the payloads that still have no reading; nobody else writes any until the transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(lock_key("readings"))))
    read = select(readings.c.payload_id).where(readings.c.payload_id.in_(payload_ids), readings.c.revision == revision)
    return set(payload_ids) - set(connection.scalars(read))


def store(connection: Connection, payload_id: int, reading: Reading) -> None:
    """Writes a reading with its figures, checks, statements and issues."""
    text_sha256 = hashlib.sha256(reading.text.encode()).hexdigest()
    connection.execute(upsert(texts).values(sha256=text_sha256, body=reading.text).on_conflict_do_nothing())
    start, end = reading.period or (None, None)
    reading_id = connection.scalar(
        insert(readings).returning(readings.c.id),
        {
            "payload_id": payload_id,
            "revision": reading.revision,
            "media_type": reading.media_type,
            "charset": reading.charset,
            "title": reading.title,
            "agency": reading.agency,
            "year": reading.year,
            "period_start": start,
            "period_end": end,
            "forms": dict(reading.forms),
            "text_sha256": text_sha256,
            "content_hash": reading.content_hash,
            "place": reading.place,
        },
    )
    assert reading_id is not None
    if reading.forms:
        rows = [figure_row(reading_id, reading, part, form) for part, form in reading.forms.items()]
        connection.execute(insert(figures), rows)
    store_statements(connection, reading_id, reading.statements)
    store_issues(connection, reading_id, reading.issues)


def store_failure(connection: Connection, payload_id: int, revision: int, issue: Issue) -> None:
    """Writes that a payload could not be read under the revision, and why."""
    reading_id = connection.scalar(
        insert(readings)
        .values(payload_id=payload_id, revision=revision, error_code=issue.code, error_message=issue.message)
        .returning(readings.c.id)
    )
    assert reading_id is not None
    store_issues(connection, reading_id, (issue,))


def store_statements(connection: Connection, reading_id: int, found: Sequence[Statement]) -> None:
    """Writes the numbers that a reading gives outside the statutory tables, in the order of the report."""
    rows = [
        {
            "reading_id": reading_id,
            "position": position,
            "indicator": each.indicator,
            "status": STATUS_CODES[each.status],
            "value": each.value,
            "raw": each.raw,
            "unit": each.unit,
            "value_wan": each.value_wan,
            "context": each.context,
            "heading": each.heading,
        }
        for position, each in enumerate(found, 1)
    ]
    if rows:
        connection.execute(insert(statements), rows)


def store_issues(connection: Connection, reading_id: int, found: Sequence[Issue]) -> None:
    """Writes the issues of a reading."""
    if found:
        rows = [{"reading_id": reading_id, "code": i.code, "message": i.message} for i in found]
        connection.execute(insert(issues), rows)


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
