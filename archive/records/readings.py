"""Readings: which payloads wait for one, storing them."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.file_names import named
from archive.model import Figure, Hints, Issue, Location, Reading, Statement, Status
from archive.plain import digits
from archive.records.session import lock_key
from archive.records.sources import source_captures
from archive.records.tables import (
    STATUS_CODES,
    VERDICT_CODES,
    captures,
    figures,
    identities,
    indicators,
    issues,
    payloads,
    readings,
    statements,
    texts,
    warc_files,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A payload that can be read: where its bytes lie and what its first capture claims about it."""

    payload_id: int
    sha256: str
    location: Location
    hints: Hints


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which payloads to read; what is None leaves none out. `form` and `media_type` are as some revision read them."""

    below: int | None = None  # those that no revision from this one on has read
    form: str | None = None
    media_type: str | None = None
    portal: str | None = None
    digests: frozenset[str] | None = None
    file: str | None = None  # the WARC file in which they lie

    def conditions(self) -> list[ColumnElement[bool]]:
        """Gives what holds for the payloads."""
        read = select(literal(1)).where(readings.c.payload_id == payloads.c.id)
        shown = select(literal(1)).where(captures.c.payload_id == payloads.c.id).correlate(payloads)
        form = func.jsonb_build_object("form", self.form)
        has_form = func.jsonb_path_exists(readings.c.forms, cast("$.* ? (@ == $form)", JSONPATH), form)
        every: tuple[tuple[object, ColumnElement[bool]], ...] = (
            (self.below, ~read.where(readings.c.revision >= (self.below or 0)).exists()),
            (self.form, read.where(has_form).exists()),
            (self.media_type, read.where(readings.c.media_type == self.media_type).exists()),
            (self.portal, shown.where(captures.c.portal_id == self.portal).exists()),
            (self.digests, payloads.c.sha256.in_(self.digests or ())),
            (self.file, warc_files.c.name == self.file),
        )
        return [condition for given, condition in every if given is not None]


EVERYTHING = Wanted()


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


def unknown_digests(connection: Connection, digests: Collection[str]) -> list[str]:
    """Gives those of the digests that name no payload, in order."""
    held = set(connection.scalars(select(payloads.c.sha256).where(payloads.c.sha256.in_(digests))))
    return sorted(set(digests) - held)


def pending(
    connection: Connection, revision: int, wanted: Wanted = EVERYTHING, *, read_already: bool = False
) -> Iterator[Stored]:
    """Gives the wanted payloads of sources without a reading under the revision, in the order of their bytes.

    `read_already` gives those that have one instead.
    """
    read = select(literal(1)).where(and_(readings.c.payload_id == payloads.c.id, readings.c.revision == revision))
    seen = source_captures()
    first = (
        select(
            seen.c.payload_id,
            func.min(seen.c.capture_id).label("capture_id"),
        )
        .where(seen.c.shown)
        .group_by(seen.c.payload_id)
        .subquery()
    )
    asked, held = captures.alias("asked"), captures.alias("held")
    statement = (
        select(
            payloads.c.id,
            payloads.c.sha256,
            warc_files.c.name,
            held.c.warc_offset,
            held.c.warc_length,
            asked.c.url,
            held.c.headers,
            asked.c.context,
        )
        .join(first, first.c.payload_id == payloads.c.id)
        .join(asked, asked.c.id == first.c.capture_id)
        .join(held, and_(held.c.payload_id == payloads.c.id, held.c.kind == "response"))
        .join(warc_files, warc_files.c.id == held.c.warc_file_id)
        .where(read.exists() if read_already else ~read.exists(), *wanted.conditions())
        .order_by(warc_files.c.name, held.c.warc_offset)
    )
    done: set[int] = set()
    for row in connection.execute(statement):
        if row.id not in done:
            done.add(row.id)
            place = Location(row.name, row.warc_offset, row.warc_length)
            yield Stored(row.id, row.sha256, place, hints_of(row.url, row.headers, row.context))


def hints_of(url: str, headers: Sequence[Sequence[str]] | None, context: Mapping[str, Any]) -> Hints:
    """Gives what a capture claims about its payload."""
    fields = {name.lower().strip(): value for name, value in headers or ()}
    media_type, _, parameters = fields.get("content-type", "").partition(";")
    charset = parameters.lower().partition("charset=")[2].strip().strip("\"'")
    return Hints(
        url=url,
        media_type=media_type.strip().lower() or None,
        charset=charset or None,
        file_name=named(fields.get("content-disposition")) or url.rsplit("/", 1)[-1] or None,
        title=context.get("title"),
    )


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
