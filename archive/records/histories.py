"""What captures say about sources over time, and the versions as a revision reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    select,
    true,
)

from archive.records import revisions
from archive.records.revisions import placing
from archive.records.sources import of_source, source_captures
from archive.records.tables import captures, payloads, readings, sources, texts, versions


@dataclass(frozen=True, slots=True)
class Sighting:
    """One capture that says something about a source: it showed a version, or it was gone."""

    source_id: int
    capture_id: int
    at: datetime
    gone: bool
    version: int | None
    version_id: int | None


@dataclass(frozen=True, slots=True)
class VersionReading:
    """A version as a revision reads its first payload, and when captures showed it."""

    source_id: int
    version_id: int
    number: int
    content_hash: str
    same_as: int | None
    found_by: int
    payload_id: int
    sha256: str
    reading_id: int
    first_seen: datetime
    last_seen: datetime


def version_readings(connection: Connection, source_id: int, revision: int) -> list[VersionReading]:
    """Gives the versions of a source in the order in which they were shown first, read under a revision."""
    return versions_of(connection, [source_id], revision).get(source_id, [])


def versions_of(
    connection: Connection, source_ids: Sequence[int], revision: int, as_of: datetime | None = None
) -> dict[int, list[VersionReading]]:
    """Gives the versions of sources, by source, as `version_readings` does; `as_of` leaves out later captures."""
    statement = versions_statement(placing(connection, revision).current, as_of is not None)
    asked = {"source_ids": list(source_ids), "revision": revision}
    found: dict[int, list[VersionReading]] = {}
    for row in connection.execute(statement, asked if as_of is None else asked | {"as_of": as_of}):
        found.setdefault(row[0], []).append(VersionReading(*tuple(row)))
    return found


@cache  # making so large a statement takes longer than answering it
def versions_statement(current: bool, dated: bool) -> Select[Any]:
    """Gives the versions of `:source_ids` under `:revision`, which is the current one or is not, up to `:as_of`."""
    revision = bindparam("revision", type_=Integer)
    placed = revisions.placed(revision, current=current).payloads
    within = select(sources.c.id).where(sources.c.id.in_(bindparam("source_ids", type_=BigInteger, expanding=True)))
    seen = source_captures(within, placed)
    until = seen.c.captured_at <= bindparam("as_of", type_=DateTime(timezone=True))
    shown = (
        select(
            placed.c.version_id,
            func.min(seen.c.captured_at).label("first_seen"),
            func.max(seen.c.captured_at).label("last_seen"),
            func.min(seen.c.capture_id).label("capture_id"),
        )
        .join(
            placed,
            and_(
                placed.c.source_id == seen.c.source_id,
                placed.c.payload_id == seen.c.payload_id,
            ),
        )
        .where(seen.c.shown, until if dated else true())
        .group_by(placed.c.version_id)
        .subquery()
    )
    first = func.first_value(versions.c.number).over(
        partition_by=(versions.c.source_id, readings.c.content_hash),
        order_by=(shown.c.first_seen, versions.c.number),
    )
    return (
        select(
            versions.c.source_id,
            versions.c.id,
            versions.c.number,
            versions.c.content_hash,
            func.nullif(first, versions.c.number),  # as versions.same_as has it for the current revision
            versions.c.found_by,
            payloads.c.id,
            payloads.c.sha256,
            readings.c.id,
            shown.c.first_seen,
            shown.c.last_seen,
        )
        .join(shown, shown.c.version_id == versions.c.id)
        .join(captures, captures.c.id == shown.c.capture_id)
        .join(payloads, payloads.c.id == captures.c.payload_id)
        .join(sources, sources.c.id == versions.c.source_id)
        .join(readings, of_source(revision, payloads.c.id))
        .order_by(shown.c.first_seen, versions.c.number)  # an older state may have been imported later
    )


def texts_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, str]:
    """Gives the texts of readings."""
    statement = select(readings.c.id, texts.c.body).join(texts, texts.c.sha256 == readings.c.text_sha256)
    rows = connection.execute(statement.where(readings.c.id.in_(list(reading_ids))))
    return {row.id: row.body for row in rows}


def sightings(connection: Connection, source_ids: Sequence[int], revision: int) -> list[Sighting]:
    """Gives what the captures say about sources under a revision, by source, in the order of time."""
    placed = placing(connection, revision).payloads
    seen = source_captures(select(sources.c.id).where(sources.c.id.in_(list(source_ids))), placed)
    statement = (
        select(
            seen.c.source_id,
            seen.c.capture_id,
            seen.c.captured_at,
            seen.c.gone,
            versions.c.number,
            versions.c.id,
        )
        .outerjoin(
            placed,
            and_(
                placed.c.source_id == seen.c.source_id,
                placed.c.payload_id == seen.c.payload_id,
                seen.c.shown,
            ),
        )
        .outerjoin(versions, versions.c.id == placed.c.version_id)
        .where(seen.c.gone | versions.c.id.is_not(None))
        .order_by(seen.c.source_id, seen.c.captured_at, seen.c.capture_id)
    )
    return [Sighting(*row) for row in connection.execute(statement)]
