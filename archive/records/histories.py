"""What captures say about sources over time, and the versions as a revision reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from archive.records.sources import of_source, source_captures
from archive.records.tables import captures, payloads, readings, sources, texts, version_payloads, versions


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
    seen = source_captures(select(sources.c.id).where(sources.c.id == source_id))
    shown = (
        select(
            version_payloads.c.version_id,
            func.min(seen.c.captured_at).label("first_seen"),
            func.max(seen.c.captured_at).label("last_seen"),
            func.min(seen.c.capture_id).label("capture_id"),
        )
        .join(
            version_payloads,
            and_(
                version_payloads.c.source_id == seen.c.source_id,
                version_payloads.c.payload_id == seen.c.payload_id,
            ),
        )
        .where(seen.c.shown)
        .group_by(version_payloads.c.version_id)
        .subquery()
    )
    earlier = versions.alias("earlier")
    statement = (
        select(
            versions.c.id,
            versions.c.number,
            versions.c.content_hash,
            earlier.c.number,
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
        .outerjoin(earlier, earlier.c.id == versions.c.same_as)
        .order_by(shown.c.first_seen, versions.c.number)  # an older state may have been imported later
    )
    return [VersionReading(*tuple(row)) for row in connection.execute(statement)]


def texts_of(connection: Connection, reading_ids: Iterable[int]) -> dict[int, str]:
    """Gives the texts of readings."""
    statement = select(readings.c.id, texts.c.body).join(texts, texts.c.sha256 == readings.c.text_sha256)
    rows = connection.execute(statement.where(readings.c.id.in_(list(reading_ids))))
    return {row.id: row.body for row in rows}


def sightings(connection: Connection, source_ids: Sequence[int]) -> list[Sighting]:
    """Gives what the captures say about sources, by source, in the order of time."""
    seen = source_captures(select(sources.c.id).where(sources.c.id.in_(list(source_ids))))
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
            version_payloads,
            and_(
                version_payloads.c.source_id == seen.c.source_id,
                version_payloads.c.payload_id == seen.c.payload_id,
                seen.c.shown,
            ),
        )
        .outerjoin(versions, versions.c.id == version_payloads.c.version_id)
        .where(seen.c.gone | versions.c.id.is_not(None))
        .order_by(seen.c.source_id, seen.c.captured_at, seen.c.capture_id)
    )
    return [Sighting(*row) for row in connection.execute(statement)]
