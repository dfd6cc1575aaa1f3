"""Versions, derived from captures and the readings of one revision.

Two clocks (docs/decisions/two-clocks.md): a version is opened when the government shows other content, never
because our code reads the same bytes differently. Everything here can run again and changes nothing then.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Select, and_, delete, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.records import keeping
from archive.records.revisions import current_revision
from archive.records.scope import Within, chosen, parts
from archive.records.sources import of_source, source_captures
from archive.records.tables import readings, sources, version_payloads, versions
from archive.records.whose import add_places, assign_documents, says_something
from archive.records.withdrawals import record_withdrawals


@dataclass(frozen=True, slots=True)
class Seen:
    """A payload that a source showed, and how the revision reads it."""

    source_id: int
    payload_id: int
    content_hash: str
    version_id: int | None  # None: it belongs to no version yet
    same_as: int | None  # the version that one is marked as the same as


def derive(connection: Connection, revision: int) -> None:
    """Makes documents, versions, withdrawals and current readings agree with captures and the current readings.

    It looks at the sources for which something changed since it last ran, at all of them where the revision has just
    become the current one (docs/decisions/nights-look-at-what-changed.md): documents, and which payloads show the same,
    are only a matter of captures and readings, whatever was derived before; numbers of versions stay.
    """
    lock_versions(connection)
    if revision != current_revision(connection):
        raise ValueError(f"revision {revision} is not the current one")
    changes = keeping.take(connection)
    add_places(connection, revision, keeping.scope_of(connection, changes))
    scope = keeping.scope_of(connection, changes)  # with the sources that were added
    assigned = assign_documents(connection, revision, scope)
    if scope is not None:
        scope = sorted({*scope, *assigned.linked})
    for part in parts(scope):
        forget_unread(connection, revision, part)
    for within in chosen(connection, partial(unsettled, revision), scope):
        for payloads_seen in by_source(seen_payloads(connection, revision, within)):
            arrange(connection, payloads_seen, revision)
    record_withdrawals(connection, scope)
    keeping.refresh(connection, revision, changes)
    keeping.wait_for(connection, assigned.orphans)
    for part in parts(scope):
        keeping.wait_for(connection, connection.scalars(unread(revision, part)))


def lock_versions(connection: Connection) -> None:
    """Makes others that derive versions wait until this transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("versions"))))


def unread(revision: int, within: Within) -> Select[tuple[int]]:
    """Gives the sources that showed a payload which the revision has not read."""
    seen = source_captures(within)
    read = select(literal(1)).where(readings.c.payload_id == seen.c.payload_id, readings.c.revision == revision)
    return select(seen.c.source_id).where(seen.c.shown, ~read.correlate(seen).exists()).distinct()


def unsettled(revision: int, within: Within) -> Select[tuple[int]]:
    """Gives the sources whose versions `arrange` may change: not those of which each version reads as no other does.

    What it leaves out are nearly all of them.
    """
    seen = source_captures(within)
    version, hash_ = versions.c.id, readings.c.content_hash
    known = and_(version_payloads.c.source_id == seen.c.source_id, version_payloads.c.payload_id == seen.c.payload_id)
    return (
        select(seen.c.source_id)
        .join(sources, sources.c.id == seen.c.source_id)
        .join(readings, of_source(revision, seen.c.payload_id))
        .outerjoin(version_payloads, known)
        .outerjoin(versions, version == version_payloads.c.version_id)
        .where(seen.c.shown, sources.c.document_id.is_not(None), says_something())
        .group_by(seen.c.source_id)
        .having(
            or_(
                func.bool_or(version.is_(None) | versions.c.same_as.is_not(None)),
                func.count(version.distinct()) != func.count(hash_.distinct()),
                func.count(version.distinct()) != func.count(tuple_(version, hash_).distinct()),
            )
        )
    )


def seen_payloads(connection: Connection, revision: int, within: Select[tuple[int]]) -> list[Seen]:
    """Gives what each source with a document showed, in order of first sight, as the revision reads it."""
    seen = source_captures(within)
    first = (
        select(
            seen.c.source_id,
            seen.c.payload_id,
            func.min(seen.c.captured_at).label("at"),
            func.min(seen.c.capture_id).label("capture_id"),
        )
        .where(seen.c.shown)
        .group_by(seen.c.source_id, seen.c.payload_id)
        .subquery()
    )
    statement = (
        select(first.c.source_id, first.c.payload_id, readings.c.content_hash, versions.c.id, versions.c.same_as)
        .join(sources, sources.c.id == first.c.source_id)
        .join(readings, of_source(revision, first.c.payload_id))
        .outerjoin(
            version_payloads,
            and_(
                version_payloads.c.source_id == first.c.source_id,
                version_payloads.c.payload_id == first.c.payload_id,
            ),
        )
        .outerjoin(versions, versions.c.id == version_payloads.c.version_id)
        .where(sources.c.document_id.is_not(None))
        .where(says_something())
        .order_by(first.c.source_id, first.c.at, first.c.capture_id)
    )
    return [Seen(*row) for row in connection.execute(statement)]


def by_source(seen: Iterable[Seen]) -> list[list[Seen]]:
    """Gives the payloads grouped by source, order kept."""
    groups: defaultdict[int, list[Seen]] = defaultdict(list)
    for payload in seen:
        groups[payload.source_id].append(payload)
    return list(groups.values())


def forget_unread(connection: Connection, revision: int, within: Within) -> None:
    """Takes payloads out of versions that the revision reads as no report of the source."""
    without = select(sources.c.id).where(sources.c.document_id.is_(None))
    own = literal(True) if within is None else version_payloads.c.source_id.in_(within)
    connection.execute(delete(version_payloads).where(version_payloads.c.source_id.in_(without), own))
    shows = (
        select(literal(1))
        .where(sources.c.id == version_payloads.c.source_id)
        .where(of_source(revision, version_payloads.c.payload_id), says_something())
        .correlate(version_payloads)
    )
    connection.execute(delete(version_payloads).where(~shows.exists(), own))


def arrange(connection: Connection, seen: list[Seen], revision: int) -> None:
    """Puts each payload of a source into the first version that reads as it does, else into a new one.

    A version reads as the first of its payloads does; those of them that read the same stay. Versions that read the
    same are marked so.
    """
    reads: dict[int, str] = {}
    for payload in seen:
        if payload.version_id is not None:
            reads.setdefault(payload.version_id, payload.content_hash)
    first = {content_hash: version_id for version_id, content_hash in reversed(reads.items())}
    placed: dict[int, int] = {}
    for payload in seen:
        version_id = payload.version_id
        if version_id is None or reads[version_id] != payload.content_hash:
            if payload.content_hash not in first:
                first[payload.content_hash] = open_version(connection, payload, revision)
            version_id = first[payload.content_hash]
            put_into(connection, payload, version_id)
        placed[payload.payload_id] = version_id
    mark_same(connection, seen, placed)


def put_into(connection: Connection, payload: Seen, version_id: int) -> None:
    """Writes which version a payload of a source shows."""
    values = {"source_id": payload.source_id, "payload_id": payload.payload_id, "version_id": version_id}
    statement = upsert(version_payloads).values(values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "payload_id"], set_={"version_id": statement.excluded.version_id}
        )
    )


def open_version(connection: Connection, payload: Seen, revision: int) -> int:
    """Adds the next version of a source."""
    last = connection.scalar(select(func.max(versions.c.number)).where(versions.c.source_id == payload.source_id))
    opened: int | None = connection.scalar(
        insert(versions)
        .values(
            source_id=payload.source_id,
            number=(last or 0) + 1,
            content_hash=payload.content_hash,
            found_by=revision,
        )
        .returning(versions.c.id)
    )
    assert opened is not None
    return opened


def mark_same(connection: Connection, seen: list[Seen], placed: dict[int, int]) -> None:
    """Marks a version as the same as the first that was seen and reads as it does; that one as like none."""
    marks = {payload.version_id: payload.same_as for payload in seen}
    earliest: dict[str, int] = {}
    for payload in seen:
        version_id = placed[payload.payload_id]
        one = earliest.setdefault(payload.content_hash, version_id)
        same = None if one == version_id else one
        if marks.get(version_id) != same:
            connection.execute(update(versions).where(versions.c.id == version_id).values(same_as=same))
            marks[version_id] = same
