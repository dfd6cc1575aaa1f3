"""Documents and versions, derived from captures and the readings of one revision.

Two clocks (docs/decisions/two-clocks.md): a version is opened when the government shows other content, never
because our code reads the same bytes differently. Everything here can run again and changes nothing then.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.records.sources import of_source, source_captures, source_keys
from archive.records.tables import (
    agencies,
    captures,
    documents,
    portals,
    readings,
    sources,
    version_payloads,
    versions,
    withdrawals,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A payload that a source showed, and how the revision reads it."""

    source_id: int
    payload_id: int
    content_hash: str
    version_id: int | None  # None: it belongs to no version yet
    number: int | None


def derive(connection: Connection, revision: int) -> None:
    """Makes documents, versions and withdrawals agree with the captures and the revision's readings."""
    lock_versions(connection)
    add_places(connection, revision)
    assign_documents(connection, revision)
    for payloads_seen in by_source(seen_payloads(connection, revision)):
        open_versions(connection, payloads_seen, revision)
    record_withdrawals(connection)


def rederive(connection: Connection, revision: int) -> None:
    """Adapts versions to a revision that has just become current: splits them, marks `same_as`."""
    lock_versions(connection)
    add_places(connection, revision)
    assign_documents(connection, revision)
    for payloads_seen in by_source(seen_payloads(connection, revision)):
        split_versions(connection, payloads_seen, revision)
    for payloads_seen in by_source(seen_payloads(connection, revision)):
        open_versions(connection, payloads_seen, revision)
        mark_same(connection, payloads_seen)


def lock_versions(connection: Connection) -> None:
    """Makes others that derive versions wait until this transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("versions"))))


def add_places(connection: Connection, revision: int) -> None:
    """Makes a source for each report of a file that holds several, beside the one of the address as a whole."""
    seen = source_captures()
    copied = (sources.c.portal_id, sources.c.url_key, sources.c.url, sources.c.role, sources.c.title)
    several = (
        select(*copied, sources.c.published, readings.c.place)
        .join(seen, seen.c.source_id == sources.c.id)
        .join(readings, and_(readings.c.payload_id == seen.c.payload_id, readings.c.revision == revision))
        .where(seen.c.shown, sources.c.place == "", readings.c.place != "")
        .distinct()
        .order_by(sources.c.portal_id, sources.c.url_key, readings.c.place)
    )
    names = [*(column.name for column in copied), "published", "place"]
    connection.execute(upsert(sources).from_select(names, several).on_conflict_do_nothing())


def assign_documents(connection: Connection, revision: int) -> None:
    """Gives every source the document that its latest readable report names.

    The agency is the one that the column or a manifest fixes, else the report's own; the year the report's own, else
    the manifest's. A file with figures that names no agency or
    year of its own belongs to the document of the page that linked to it.
    """
    known: dict[tuple[str, str, int], int] = {}
    orphans = []
    for row in named_sources(connection, revision):
        agency = row.fixed_agency or row.agency
        year = row.year or row.told_year
        if agency and year:
            identity = (row.division, agency, year)
            if identity not in known:
                known[identity] = document_id(connection, *identity)
            assign(connection, row, known[identity])
        elif row.forms and row.via:
            orphans.append(row)
    for row in orphans:
        if (parent := document_at(connection, row.portal_id, row.via)) is not None:
            assign(connection, row, parent)


def named_sources(connection: Connection, revision: int) -> Sequence[Any]:
    """Gives each source with what the reading of its latest payload names, and what its link said."""
    seen = source_captures()
    context = captures.c.context
    statement = (
        select(
            sources.c.id,
            sources.c.portal_id,
            sources.c.document_id,
            portals.c.division,
            readings.c.agency,
            readings.c.year,
            readings.c.forms,
            context["agency"].astext.label("fixed_agency"),
            context["year"].as_integer().label("told_year"),
            context["via"].astext.label("via"),
        )
        .join(portals, portals.c.id == sources.c.portal_id)
        .join(seen, seen.c.source_id == sources.c.id)
        .join(captures, captures.c.id == seen.c.capture_id)
        .join(readings, of_source(revision, seen.c.payload_id))
        .where(seen.c.shown, readings.c.error_code.is_(None))
        .where(or_(readings.c.forms != {}, and_(readings.c.agency.is_not(None), readings.c.year.is_not(None))))
        .ext(distinct_on(sources.c.id))
        .order_by(sources.c.id, seen.c.captured_at.desc(), seen.c.capture_id.desc())
    )
    return connection.execute(statement).all()


def assign(connection: Connection, source: Any, document: int) -> None:
    """Writes the document of a source where it is another than before."""
    if source.document_id != document:
        connection.execute(update(sources).where(sources.c.id == source.id).values(document_id=document))


def document_at(connection: Connection, portal_id: str, url: str) -> int | None:
    """Gives the document of the source that was captured from a URL, None where the page has several."""
    keys = source_keys()
    found = connection.scalars(
        select(sources.c.document_id)
        .distinct()
        .join(keys, keys.c.source_id == sources.c.id)
        .join(captures, and_(captures.c.portal_id == keys.c.portal_id, captures.c.url_key == keys.c.url_key))
        .where(captures.c.portal_id == portal_id, captures.c.url == url, sources.c.document_id.is_not(None))
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def document_id(connection: Connection, division: str, agency: str, year: int) -> int:
    """Gives the document of an agency and a year, made where it is new."""
    connection.execute(upsert(agencies).values(division=division, name=agency).on_conflict_do_nothing())
    agency_id = connection.scalar(
        select(agencies.c.id).where(agencies.c.division == division, agencies.c.name == agency)
    )
    connection.execute(upsert(documents).values(agency_id=agency_id, year=year).on_conflict_do_nothing())
    found: int | None = connection.scalar(
        select(documents.c.id).where(documents.c.agency_id == agency_id, documents.c.year == year)
    )
    assert found is not None
    return found


def seen_payloads(connection: Connection, revision: int) -> list[Seen]:
    """Gives what each source with a document showed, in order of first sight, as the revision reads it."""
    seen = source_captures()
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
        select(first.c.source_id, first.c.payload_id, readings.c.content_hash, versions.c.id, versions.c.number)
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
        .where(sources.c.document_id.is_not(None), readings.c.content_hash.is_not(None))
        .where(or_(readings.c.forms != {}, and_(readings.c.agency.is_not(None), readings.c.year.is_not(None))))
        .order_by(first.c.source_id, first.c.at, first.c.capture_id)
    )
    return [Seen(*row) for row in connection.execute(statement)]


def by_source(seen: Iterable[Seen]) -> list[list[Seen]]:
    """Gives the payloads grouped by source, order kept."""
    groups: defaultdict[int, list[Seen]] = defaultdict(list)
    for payload in seen:
        groups[payload.source_id].append(payload)
    return list(groups.values())


def open_versions(connection: Connection, seen: list[Seen], revision: int) -> None:
    """Puts each payload that has no version into the one that reads the same, else into a new one."""
    known = {payload.content_hash: payload.version_id for payload in seen if payload.version_id}
    for payload in seen:
        if payload.version_id is None:
            if payload.content_hash not in known:
                known[payload.content_hash] = open_version(connection, payload, revision)
            connection.execute(
                insert(version_payloads).values(
                    source_id=payload.source_id,
                    payload_id=payload.payload_id,
                    version_id=known[payload.content_hash],
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


def split_versions(connection: Connection, seen: list[Seen], revision: int) -> None:
    """Opens a version for those payloads of a version that now read otherwise than its first payload."""
    first: dict[int, str] = {}
    opened: dict[tuple[int, str], int] = {}
    for payload in seen:
        if payload.version_id is None or payload.content_hash == first.setdefault(
            payload.version_id, payload.content_hash
        ):
            continue
        apart = (payload.version_id, payload.content_hash)
        if apart not in opened:
            opened[apart] = open_version(connection, payload, revision)
        connection.execute(
            update(version_payloads)
            .where(
                version_payloads.c.source_id == payload.source_id,
                version_payloads.c.payload_id == payload.payload_id,
            )
            .values(version_id=opened[apart])
        )


def mark_same(connection: Connection, seen: list[Seen]) -> None:
    """Marks a version as the same as the one before it where both now read the same, else as different."""
    order = sorted({(p.number, p.version_id, p.content_hash) for p in seen if p.number and p.version_id})
    previous: tuple[int, str] | None = None
    for _, version_id, content_hash in order:
        same = previous[0] if previous and previous[1] == content_hash else None
        connection.execute(
            update(versions)
            .where(versions.c.id == version_id, versions.c.same_as.is_distinct_from(same))
            .values(same_as=same)
        )
        previous = (version_id, content_hash)


def record_withdrawals(connection: Connection) -> None:
    """Records the sources of documents that have gone, and those that have come back."""
    seen = source_captures()
    latest = (
        select(seen.c.source_id, seen.c.capture_id, seen.c.shown, seen.c.gone)
        .where(or_(seen.c.shown, seen.c.gone))
        .ext(distinct_on(seen.c.source_id))
        .order_by(seen.c.source_id, seen.c.captured_at.desc(), seen.c.capture_id.desc())
        .subquery()
    )
    open_ = select(withdrawals.c.source_id).where(withdrawals.c.returned_capture_id.is_(None))
    gone = (
        select(latest.c.capture_id, latest.c.source_id)
        .join(sources, sources.c.id == latest.c.source_id)
        .where(latest.c.gone, sources.c.document_id.is_not(None), latest.c.source_id.not_in(open_))
    )
    connection.execute(insert(withdrawals).from_select(["capture_id", "source_id"], gone))
    connection.execute(
        update(withdrawals)
        .where(
            withdrawals.c.source_id == latest.c.source_id,
            ~latest.c.gone,
            withdrawals.c.returned_capture_id.is_(None),
        )
        .values(returned_capture_id=latest.c.capture_id)
    )
