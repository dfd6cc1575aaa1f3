"""Revisions: the numbers of the reading code, and which of them researchers see.

Where the current revision puts sources and payloads stands in `sources` and `version_payloads`. When another takes its
place that is copied to `former_…`, so that it answers `--revision N` as it did, and comes back whole in a rollback.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import BindParameter, Connection, FromClause, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.records.session import lock_key, once
from archive.records.sources import source_captures
from archive.records.tables import (
    former_sources,
    former_version_payloads,
    readings,
    revisions,
    sources,
    version_payloads,
)

PLACED = 100  # revisions whose tables are remembered: writing them takes as long as asking some of them
CURRENT = select(revisions.c.number).where(revisions.c.current)


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision with the payloads that were read under it, those of them without result, and those that wait."""

    number: int
    current: bool
    opened_at: datetime
    promoted_at: datetime | None
    replaced: int | None
    read: int
    failed: int
    pending: int


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a revision puts what was captured.

    `sources` has `source_id` and `document_id`, `payloads` has `source_id`, `payload_id` and `version_id`; `current`
    where researchers see it.
    """

    revision: int | BindParameter[int]
    current: bool
    sources: FromClause
    payloads: FromClause


def open_revision(connection: Connection, number: int) -> None:
    """Makes the revision known; the first one ever is current at once."""
    connection.execute(upsert(revisions).values(number=number).on_conflict_do_nothing())
    if current_revision(connection) is None:
        flip(connection, number)


def current_revision(connection: Connection) -> int | None:
    """Gives the number of the revision that researchers see; None in an archive that read nothing yet."""
    return once(connection, "current_revision", lambda: connection.scalar(CURRENT))


def revisions_promoted(connection: Connection) -> list[int]:
    """Gives the revisions that are or were current: those that answer questions."""
    known = select(revisions.c.number).where(revisions.c.promoted_at.is_not(None)).order_by(revisions.c.number)
    return list(connection.scalars(known))


def replaced_by(connection: Connection, number: int) -> int | None:
    """Gives the revision whose place a revision took, None where it was the first."""
    return connection.scalar(select(revisions.c.replaced).where(revisions.c.number == number))


def known_revisions(connection: Connection) -> list[Revision]:
    """Gives what there is of each revision, in order."""
    seen = source_captures()
    stored = select(seen.c.payload_id).where(seen.c.shown).distinct().cte("stored")
    there = connection.scalar(select(func.count()).select_from(stored)) or 0
    counted = (
        select(
            readings.c.revision,
            func.count(readings.c.payload_id.distinct()).label("read"),
            func.count().filter(readings.c.error_code.is_not(None)).label("failed"),
        )
        .where(readings.c.payload_id.in_(select(stored.c.payload_id)))
        .group_by(readings.c.revision)
    )
    counts = {row.revision: (row.read, row.failed) for row in connection.execute(counted)}
    found = []
    for row in connection.execute(select(revisions).order_by(revisions.c.number)):
        read, failed = counts.get(row.number, (0, 0))
        found.append(
            Revision(row.number, row.current, row.opened_at, row.promoted_at, row.replaced, read, failed, there - read)
        )
    return found


def placing(connection: Connection, revision: int) -> Placing:
    """Gives where a revision puts sources and payloads."""
    return placed(revision, current=revision == current_revision(connection))


@lru_cache(PLACED)
def placed(revision: int | BindParameter[int], *, current: bool) -> Placing:
    """Gives where a revision that is, or was, current puts sources and payloads; it may be a parameter."""
    if current:
        now = select(sources.c.id.label("source_id"), sources.c.document_id)
        found = now.where(sources.c.document_id.is_not(None)).subquery("placed")
        return Placing(revision, current=True, sources=found, payloads=version_payloads)
    then, shown = former_sources.c, former_version_payloads.c
    return Placing(
        revision,
        current=False,
        sources=select(then.source_id, then.document_id).where(then.revision == revision).subquery("placed"),
        payloads=select(shown.source_id, shown.payload_id, shown.version_id)
        .where(shown.revision == revision)
        .subquery("shown_payloads"),
    )


def hold(connection: Connection) -> None:
    """Makes who derives versions or stores readings wait until this transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("versions"))))
    connection.execute(select(func.pg_advisory_xact_lock(lock_key("readings"))))


def take_place(connection: Connection, number: int) -> None:
    """Makes a revision current in place of the one that is, which a rollback goes back to."""
    before = current_revision(connection)
    put_away(connection)
    bring_back(connection, number)
    flip(connection, number)
    connection.execute(
        update(revisions).where(revisions.c.number == number).values(replaced=before, promoted_at=func.now())
    )


def give_place_back(connection: Connection, number: int) -> None:
    """Makes a revision current again as it was when it was current last."""
    put_away(connection)
    bring_back(connection, number)
    flip(connection, number)


def flip(connection: Connection, number: int) -> None:
    """Marks the one revision that is current."""
    connection.execute(update(revisions).where(revisions.c.current).values(current=False))
    first = func.coalesce(revisions.c.promoted_at, func.now())
    connection.execute(update(revisions).where(revisions.c.number == number).values(current=True, promoted_at=first))


def put_away(connection: Connection) -> None:
    """Copies where the current revision puts sources and payloads."""
    number = select(revisions.c.number).where(revisions.c.current).scalar_subquery()
    placed = select(number, sources.c.id, sources.c.document_id).where(sources.c.document_id.is_not(None))
    connection.execute(insert(former_sources).from_select(["revision", "source_id", "document_id"], placed))
    columns = ("source_id", "payload_id", "version_id")
    shown = select(number, *(version_payloads.c[name] for name in columns))
    connection.execute(insert(former_version_payloads).from_select(["revision", *columns], shown))


def bring_back(connection: Connection, number: int) -> None:
    """Puts sources and payloads where a revision had them; what it has not seen yet stays where it is."""
    then, shown = former_sources.c, former_version_payloads.c
    if connection.scalar(select(func.count()).select_from(former_sources).where(then.revision == number)) == 0:
        return
    document = select(then.document_id).where(then.revision == number, then.source_id == sources.c.id)
    connection.execute(
        update(sources)
        .where(sources.c.document_id.is_distinct_from(document.scalar_subquery()))
        .values(document_id=document.scalar_subquery())
    )
    now = version_payloads.c
    had = shown.revision == number, shown.source_id == now.source_id, shown.payload_id == now.payload_id
    connection.execute(delete(version_payloads).where(*had))
    kept = select(shown.source_id, shown.payload_id, shown.version_id).where(shown.revision == number)
    connection.execute(insert(version_payloads).from_select(["source_id", "payload_id", "version_id"], kept))
    connection.execute(delete(former_sources).where(then.revision == number))
    connection.execute(delete(former_version_payloads).where(shown.revision == number))
