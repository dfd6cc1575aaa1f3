"""Whose reports sources show: their documents, as one revision reads what was captured of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.records.agencies import make
from archive.records.scope import Scope, Within, chosen, in_turn, parts, some
from archive.records.sources import of_source, source_captures, source_keys
from archive.records.tables import agencies, captures, documents, portals, readings, sources

# Sources that pages of some sources lead to.
LINKED = text("""
WITH files AS (
    SELECT f.id, f.portal_id, f.url_key FROM sources s
    JOIN sources f ON f.portal_id = s.portal_id AND f.url_key = s.url_key WHERE s.id = ANY(:ids)
), keys AS (
    SELECT portal_id, url_key FROM files
    UNION SELECT a.portal_id, a.url_key FROM files JOIN source_aliases a ON a.source_id = files.id
), pages AS (
    SELECT DISTINCT c.portal_id, c.url
    FROM keys k JOIN captures c ON c.portal_id = k.portal_id AND c.url_key = k.url_key
), linked AS (
    SELECT DISTINCT c.portal_id, c.url_key
    FROM pages p JOIN captures c ON c.portal_id = p.portal_id AND c.context ->> 'via' = p.url
)
SELECT s.id FROM linked l JOIN sources s ON s.portal_id = l.portal_id AND s.url_key = l.url_key
UNION
SELECT f.id FROM linked l JOIN source_aliases a ON a.portal_id = l.portal_id AND a.url_key = l.url_key
JOIN sources s ON s.id = a.source_id JOIN sources f ON f.portal_id = s.portal_id AND f.url_key = s.url_key
""")


@dataclass(slots=True)
class Assigned:
    """What came of giving sources their documents, by keys of sources."""

    moved: set[int] = field(default_factory=set)  # those of which others may have their document, and it is another
    orphans: set[int] = field(default_factory=set)  # those without, until the page that leads to them has one
    linked: set[int] = field(default_factory=set)  # those that pages of moved ones lead to


def add_places(connection: Connection, revision: int, scope: Scope) -> None:
    """Makes a source for each report of a file that holds several, beside the one of the address as a whole."""
    for within in parts(scope):
        add_places_of(connection, revision, within)


def add_places_of(connection: Connection, revision: int, within: Within) -> None:
    """Makes those sources for the files of some."""
    seen = source_captures(within)
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


def assign_documents(connection: Connection, revision: int, scope: Scope) -> Assigned:
    """Gives every source the document that the latest of its reports names that names one.

    The agency is the one that the column or a manifest fixes, else the report's own; the year the report's own, else
    the manifest's. A file with figures that names no agency or year of its own belongs to the document of the page that
    linked to it. A source of which nothing of that can be said has none, whatever another revision said.
    """
    known: dict[tuple[str, str, int], int] = {}
    found = Assigned()
    for within in chosen(connection, partial(misplaced, revision), scope):
        for row in named_sources(connection, revision, within):
            if row.agency and row.year:
                identity = (row.division, row.agency, row.year)
                if identity not in known:
                    known[identity] = document_id(connection, *identity)
                assign(connection, row, known[identity], found)
            elif row.has_forms and row.via:
                found.orphans.add(row.id)
            else:
                assign(connection, row, None, found)
    for part in parts(scope):
        found.moved |= forget_documents(connection, revision, part)
    if scope is not None and found.moved:
        found.linked = set(connection.scalars(LINKED, {"ids": sorted(found.moved)}))
    found.orphans = place_orphans(connection, revision, found.orphans | found.linked, found)
    return found


def place_orphans(connection: Connection, revision: int, ids: Collection[int], found: Assigned) -> set[int]:
    """Gives sources that name no report themselves the document of their page; gives those that get none."""
    without = set()
    for some_ids in in_turn(ids):
        rows = named_sources(connection, revision, some(some_ids))
        orphans = [row for row in rows if not (row.agency and row.year) and row.has_forms and row.via]
        parents = documents_at(connection, {(row.portal_id, row.via) for row in orphans})
        for row in orphans:
            document = parents.get((row.portal_id, row.via))
            assign(connection, row, document, found)
            without |= {row.id} if document is None else set()
    return without


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


def misplaced(revision: int, within: Within) -> Select[tuple[int]]:
    """Gives the sources of which some reading names another document than they have, or none."""
    seen = source_captures(within)
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
            sources.c.place,
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


def forget_documents(connection: Connection, revision: int, within: Within) -> set[int]:
    """Takes their document from sources of which the revision reads no report; gives those."""
    seen = source_captures(within)
    report = (
        select(literal(1))
        .select_from(seen, readings)
        .where(seen.c.source_id == sources.c.id, of_source(revision, seen.c.payload_id))
        .where(seen.c.shown, says_something())
        .correlate(sources)
    )
    unread = and_(sources.c.document_id.is_not(None), ~report.exists())
    if within is not None:
        unread = and_(unread, sources.c.id.in_(within))
    forgotten = update(sources).where(unread).values(document_id=None).returning(sources.c.id)
    return set(connection.scalars(forgotten))


def assign(connection: Connection, source: Any, document: int | None, found: Assigned) -> None:
    """Writes the document of a source where it is another than before."""
    if source.document_id != document:
        if source.document_id is not None or source.place:  # else nobody had its document, and orphans wait for it
            found.moved.add(source.id)
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
