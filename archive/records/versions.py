"""Documents and versions, derived from captures and the readings of one revision.

Two clocks (docs/decisions/two-clocks.md): a version is opened when the government shows other content, never
because our code reads the same bytes differently. Everything here can run again and changes nothing then.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    any_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.records import keeping
from archive.records.agencies import make
from archive.records.sources import GONE, of_source, source_captures, source_keys
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

TOGETHER = 5000  # sources looked at in one go, however large the archive


@dataclass(frozen=True, slots=True)
class Seen:
    """A payload that a source showed, and how the revision reads it."""

    source_id: int
    payload_id: int
    content_hash: str
    version_id: int | None  # None: it belongs to no version yet
    same_as: int | None  # the version that one is marked as the same as


def derive(connection: Connection, revision: int) -> None:
    """Makes documents, versions, withdrawals and current readings agree with the captures and the revision's readings.

    It also takes a revision up that has just become current: documents, and which payloads show the same, are only a
    matter of captures and readings, whatever was derived before; numbers of versions stay.
    """
    lock_versions(connection)
    add_places(connection, revision)
    assign_documents(connection, revision)
    forget_unread(connection, revision)
    for within in chosen(connection, unsettled(revision)):
        for payloads_seen in by_source(seen_payloads(connection, revision, within)):
            arrange(connection, payloads_seen, revision)
    for within in chosen(connection, may_be_gone()):
        record_withdrawals(connection, within)
    keeping.refresh(connection, revision)


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
    """Gives every source the document that the latest of its reports names that names one.

    The agency is the one that the column or a manifest fixes, else the report's own; the year the report's own, else
    the manifest's. A file with figures that names no agency or
    year of its own belongs to the document of the page that linked to it. A source of which nothing of that can be
    said has none, whatever another revision said.
    """
    known: dict[tuple[str, str, int], int] = {}
    orphans = []
    for within in chosen(connection, misplaced(revision)):
        for row in named_sources(connection, revision, within):
            if row.agency and row.year:
                identity = (row.division, row.agency, row.year)
                if identity not in known:
                    known[identity] = document_id(connection, *identity)
                assign(connection, row, known[identity])
            elif row.has_forms and row.via:
                orphans.append(row)
            else:
                assign(connection, row, None)
    for first in range(0, len(orphans), TOGETHER):
        some = orphans[first : first + TOGETHER]
        parents = documents_at(connection, {(row.portal_id, row.via) for row in some})
        for row in some:
            assign(connection, row, parents.get((row.portal_id, row.via)))
    forget_documents(connection, revision)


def chosen(connection: Connection, wanted: Select[tuple[int]]) -> Iterator[Select[tuple[int]]]:
    """Gives the sources that a query chooses, in the order of their keys, some thousands at a time."""
    found = sorted(connection.scalars(wanted.distinct()))
    for first in range(0, len(found), TOGETHER):
        some = cast(found[first : first + TOGETHER], ARRAY(BigInteger))
        yield select(sources.c.id).where(sources.c.id == any_(some))


def says_something() -> ColumnElement[bool]:
    """Tells whether a reading is one of a report: it has figures, or names an agency and a year."""
    named = and_(readings.c.agency.is_not(None), readings.c.year.is_not(None))
    return and_(readings.c.error_code.is_(None), or_(readings.c.forms != {}, named))


def agency_named() -> ColumnElement[str]:
    """Gives the agency of a reading: the one that its capture's column or manifest fixes, else its own."""
    return func.coalesce(func.nullif(captures.c.context["agency"].astext, ""), readings.c.agency)


def year_named() -> ColumnElement[int]:
    """Gives the year of a reading: its own, else the one that a manifest tells."""
    return func.coalesce(readings.c.year, captures.c.context["year"].as_integer())


def misplaced(revision: int) -> Select[tuple[int]]:
    """Gives the sources of which some reading names another document than they have, or none."""
    seen = source_captures()
    return (
        select(seen.c.source_id)
        .join(sources, sources.c.id == seen.c.source_id)
        .join(portals, portals.c.id == sources.c.portal_id)
        .join(captures, captures.c.id == seen.c.capture_id)
        .join(readings, of_source(revision, seen.c.payload_id))
        .outerjoin(agencies, and_(agencies.c.division == portals.c.division, agencies.c.name == agency_named()))
        .outerjoin(documents, and_(documents.c.agency_id == agencies.c.id, documents.c.year == year_named()))
        .where(seen.c.shown, says_something())
        .where(documents.c.id.is_distinct_from(sources.c.document_id) | documents.c.id.is_(None))
    )


def named_sources(connection: Connection, revision: int, within: Select[tuple[int]]) -> Sequence[Any]:
    """Gives each source with what the latest of its reports names that names one, and what its link said."""
    seen = source_captures(within)
    names_both = and_(agency_named().is_not(None), year_named().is_not(None))
    statement = (
        select(
            sources.c.id,
            sources.c.portal_id,
            sources.c.document_id,
            portals.c.division,
            agency_named().label("agency"),
            year_named().label("year"),
            (readings.c.forms != {}).label("has_forms"),
            captures.c.context["via"].astext.label("via"),
        )
        .join(portals, portals.c.id == sources.c.portal_id)
        .join(seen, seen.c.source_id == sources.c.id)
        .join(captures, captures.c.id == seen.c.capture_id)
        .join(readings, of_source(revision, seen.c.payload_id))
        .where(seen.c.shown, says_something())
        .ext(distinct_on(sources.c.id))
        .order_by(sources.c.id, names_both.desc(), seen.c.captured_at.desc(), seen.c.capture_id.desc())
    )
    return connection.execute(statement).all()


def forget_documents(connection: Connection, revision: int) -> None:
    """Takes their document from sources of which the revision reads no report."""
    seen = source_captures()
    report = (
        select(literal(1))
        .select_from(seen, readings)
        .where(seen.c.source_id == sources.c.id, of_source(revision, seen.c.payload_id))
        .where(seen.c.shown, says_something())
        .correlate(sources)
    )
    unread = and_(sources.c.document_id.is_not(None), ~report.exists())
    connection.execute(update(sources).where(unread).values(document_id=None))


def assign(connection: Connection, source: Any, document: int | None) -> None:
    """Writes the document of a source where it is another than before."""
    if source.document_id != document:
        connection.execute(update(sources).where(sources.c.id == source.id).values(document_id=document))


def documents_at(connection: Connection, pages: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Gives the document of the source that was captured from each portal and URL; none where the page has several."""
    keys = source_keys()
    page = (captures.c.portal_id, captures.c.url)
    statement = (
        select(*page, func.min(sources.c.document_id))
        .join(keys, and_(captures.c.portal_id == keys.c.portal_id, captures.c.url_key == keys.c.url_key))
        .join(sources, sources.c.id == keys.c.source_id)
        .where(tuple_(*page).in_(list(pages)))
        .group_by(*page)
        .having(func.count(sources.c.document_id.distinct()) == 1)
    )
    return {(portal_id, url): document for portal_id, url, document in connection.execute(statement)}


def document_id(connection: Connection, division: str, agency: str, year: int) -> int:
    """Gives the document of an agency and a year, made where it is new."""
    agency_id = make(connection, division, agency)
    connection.execute(upsert(documents).values(agency_id=agency_id, year=year).on_conflict_do_nothing())
    found: int | None = connection.scalar(
        select(documents.c.id).where(documents.c.agency_id == agency_id, documents.c.year == year)
    )
    assert found is not None
    return found


def unsettled(revision: int) -> Select[tuple[int]]:
    """Gives the sources whose versions `arrange` may change: not those of which each version reads as no other does.

    What it leaves out are nearly all of them on a usual night.
    """
    seen = source_captures()
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


def forget_unread(connection: Connection, revision: int) -> None:
    """Takes payloads out of versions that the revision reads as no report of the source."""
    without = select(sources.c.id).where(sources.c.document_id.is_(None))
    connection.execute(delete(version_payloads).where(version_payloads.c.source_id.in_(without)))
    shows = (
        select(literal(1))
        .where(sources.c.id == version_payloads.c.source_id)
        .where(of_source(revision, version_payloads.c.payload_id), says_something())
        .correlate(version_payloads)
    )
    connection.execute(delete(version_payloads).where(~shows.exists()))


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


def record_withdrawals(connection: Connection, within: Select[tuple[int]]) -> None:
    """Records the sources of documents that have gone, and those that have come back."""
    seen = source_captures(within)
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
    withdrawn = upsert(withdrawals).from_select(["capture_id", "source_id"], gone)
    connection.execute(  # the answer that said it is gone does so again, where another revision saw it return
        withdrawn.on_conflict_do_update(index_elements=["capture_id", "source_id"], set_={"returned_capture_id": None})
    )
    connection.execute(
        update(withdrawals)
        .where(
            withdrawals.c.source_id == latest.c.source_id,
            ~latest.c.gone,
            withdrawals.c.returned_capture_id.is_(None),
        )
        .values(returned_capture_id=latest.c.capture_id)
    )


def may_be_gone() -> Select[tuple[int]]:
    """Gives the sources that were ever answered to be gone, or that stand in a file of several reports."""
    keys, file = source_keys(), sources.alias("file")
    same_address = and_(keys.c.portal_id == captures.c.portal_id, keys.c.url_key == captures.c.url_key)
    answered = select(keys.c.source_id).join(captures, same_address).where(captures.c.status.in_(GONE))
    same_file = and_(sources.c.portal_id == file.c.portal_id, sources.c.url_key == file.c.url_key)
    beside = select(sources.c.id).join(file, same_file).where(file.c.place != "")
    either = union(answered, beside).subquery()
    return select(either.c.source_id)
