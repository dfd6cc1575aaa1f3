"""Later versions of reports over the whole archive: which reading took the place of which, and when that was seen."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, literal, or_, select

from archive.records.agencies import under_division
from archive.records.revisions import placing
from archive.records.sources import of_source, source_captures
from archive.records.tables import agencies, captures, documents, figures, readings, sources, versions


@dataclass(frozen=True, slots=True)
class Revised:
    """A version that took the place of another at one address; `figures` tells whether a cell reads differently."""

    source_id: int
    document_id: int
    agency: str
    division: str
    agency_code: str | None
    level: str | None
    year: int
    url: str
    version: int
    previous: int
    reading_id: int
    previous_reading_id: int
    seen: datetime
    figures: bool


def revised(
    connection: Connection,
    revision: int,
    *,
    division: str | None = None,
    first: int | None = None,
    last: int | None = None,
) -> list[Revised]:
    """Gives every later version that captures showed, the newest first; of a division and report years where given."""
    placed = placing(connection, revision)
    several = (
        select(placed.payloads.c.source_id)
        .group_by(placed.payloads.c.source_id)
        .having(func.count(placed.payloads.c.version_id.distinct()) > 1)
    )
    seen = source_captures(several, placed.payloads)
    shown = (
        select(
            seen.c.source_id,
            placed.payloads.c.version_id,
            func.min(seen.c.captured_at).label("first_seen"),
            func.min(seen.c.capture_id).label("capture_id"),
        )
        .join(
            placed.payloads,
            and_(placed.payloads.c.source_id == seen.c.source_id, placed.payloads.c.payload_id == seen.c.payload_id),
        )
        .where(seen.c.shown)
        .group_by(seen.c.source_id, placed.payloads.c.version_id)
        .subquery()
    )
    within, order = shown.c.source_id, (shown.c.first_seen, versions.c.number)
    pairs = (
        select(
            shown.c.source_id,
            versions.c.number,
            func.lag(versions.c.number).over(partition_by=within, order_by=order).label("previous"),
            readings.c.id.label("reading_id"),
            func.lag(readings.c.id).over(partition_by=within, order_by=order).label("previous_reading_id"),
            shown.c.first_seen,
        )
        .join(versions, versions.c.id == shown.c.version_id)
        .join(captures, captures.c.id == shown.c.capture_id)
        .join(sources, sources.c.id == shown.c.source_id)
        .join(readings, of_source(revision, captures.c.payload_id))
        .subquery()
    )
    statement = (
        select(
            pairs.c.source_id,
            documents.c.id,
            *(agencies.c[name] for name in ("name", "division", "code", "level")),
            documents.c.year,
            sources.c.url,
            *(pairs.c[name] for name in ("number", "previous", "reading_id", "previous_reading_id", "first_seen")),
            differs(pairs),
        )
        .join(placed.sources, placed.sources.c.source_id == pairs.c.source_id)
        .join(documents, documents.c.id == placed.sources.c.document_id)
        .join(agencies, agencies.c.id == documents.c.agency_id)
        .join(sources, sources.c.id == pairs.c.source_id)
        .where(pairs.c.previous.is_not(None))
        .order_by(pairs.c.first_seen.desc(), pairs.c.source_id, pairs.c.number.desc())
    )
    if division is not None:
        statement = statement.where(agencies.c.id.in_(under_division(division)))
    if first is not None:
        statement = statement.where(documents.c.year >= first)
    if last is not None:
        statement = statement.where(documents.c.year <= last)
    return [Revised(*tuple(row)) for row in connection.execute(statement)]


def differs(pairs: FromClause) -> ColumnElement[bool]:
    """Tells whether the two readings of a pair give a cell differently, or have other tables."""
    new, old = figures.alias("new"), figures.alias("old")
    same = and_(
        new.c.form == old.c.form,
        new.c.statuses == old.c.statuses,
        new.c["values"].is_not_distinct_from(old.c["values"]),
        new.c.details == old.c.details,
    )
    of_new, of_old = new.c.reading_id == pairs.c.reading_id, old.c.reading_id == pairs.c.previous_reading_id
    unchanged = select(literal(1)).where(of_old, old.c.part == new.c.part, same).correlate(new, pairs)
    still = select(literal(1)).where(of_new, new.c.part == old.c.part).correlate(old, pairs)
    changed = select(literal(1)).where(of_new, ~unchanged.exists()).correlate(pairs)
    gone = select(literal(1)).where(of_old, ~still.exists()).correlate(pairs)
    return or_(changed.exists(), gone.exists())
