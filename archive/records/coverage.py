"""Which agency has a report for which year, and what the crawls of its portals can say of the years without one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, literal, or_, select, text

from archive.records.agencies import under_division
from archive.records.revisions import placing
from archive.records.tables import agencies, documents, frontier, portals, sources, withdrawals


@dataclass(frozen=True, slots=True)
class Reporting:
    """An agency with the years it has a report for; `gone`: those of them whose report has gone from its portals."""

    id: int
    name: str
    division: str
    code: str | None
    level: str | None
    portals: tuple[str, ...]
    held: tuple[int, ...]
    gone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a portal was asked last, and when its lists were last read whole and all they name was fetched."""

    portal: str
    name: str
    at: datetime
    state: str
    reason: str | None
    failed: int
    expected: int | None
    complete_at: datetime | None


@dataclass(frozen=True, slots=True)
class Loose:
    """An address that may be a report's and led to none: never fetched, not fetched, or fetched and not recognised."""

    portal: str
    division: str
    url: str
    title: str
    agency: str | None
    failed: bool
    cause: str


def reporting(connection: Connection, revision: int, region: str | None = None) -> list[Reporting]:
    """Gives the agencies that ever gave a report, by division and name; `region` is the beginning of a code."""
    placed = placing(connection, revision)
    left = select(withdrawals.c.source_id).where(withdrawals.c.returned_capture_id.is_(None)).distinct().subquery()
    shown = exists(select(literal(1)).where(placed.payloads.c.source_id == placed.sources.c.source_id))
    held = (
        select(
            placed.sources.c.document_id,
            func.bool_and(left.c.source_id.is_not(None)).label("gone"),
            func.array_agg(sources.c.portal_id.distinct()).label("portals"),
        )
        .join(sources, sources.c.id == placed.sources.c.source_id)
        .outerjoin(left, left.c.source_id == placed.sources.c.source_id)
        .where(shown)
        .group_by(placed.sources.c.document_id)
    )
    if region:
        own = select(documents.c.id).where(documents.c.agency_id.in_(under_division(region)))
        held = held.where(placed.sources.c.document_id.in_(own))
    by_document = held.subquery()
    years = func.array_agg(documents.c.year)
    statement = (
        select(
            *(agencies.c[name] for name in ("id", "name", "division", "code", "level")),
            func.array_agg(func.array_to_string(by_document.c.portals, " ").distinct()),
            years,
            years.filter(by_document.c.gone),
        )
        .join(documents, documents.c.agency_id == agencies.c.id)
        .join(by_document, by_document.c.document_id == documents.c.id)
        .group_by(agencies.c.id)
        .order_by(agencies.c.division, agencies.c.name)
    )
    return [
        Reporting(*row[:5], tuple(sorted(set(" ".join(row[5]).split()))), sorted_years(row[6]), sorted_years(row[7]))
        for row in connection.execute(statement)
    ]


def sorted_years(found: list[int] | None) -> tuple[int, ...]:
    """Gives the years of an array, none where there is no array."""
    return tuple(sorted(found or ()))


ASKED = text("""
SELECT DISTINCT ON (p.portal_id) p.portal_id, n.name, c.started_at, p.state, p.reason, p.failed, p.expected,
    (SELECT max(b.started_at) FROM crawl_portals q JOIN crawls b ON b.id = q.crawl_id
     WHERE q.portal_id = p.portal_id AND q.state = 'complete') AS complete_at
FROM crawl_portals p JOIN crawls c ON c.id = p.crawl_id JOIN portals n ON n.id = p.portal_id
ORDER BY p.portal_id, p.crawl_id DESC
""")


def asked(connection: Connection) -> dict[str, Asked]:
    """Gives how every portal was asked last."""
    return {row.portal_id: Asked(*row) for row in connection.execute(ASKED)}


def loose(connection: Connection, revision: int) -> list[Loose]:
    """Gives the titled addresses of reports that led to none: failed, never asked, or not recognised as a report."""
    title = frontier.c.context["title"].astext
    failed = frontier.c.state == "failed"
    unasked = and_(frontier.c.state != "failed", frontier.c.checked_at.is_(None))
    addresses = (
        select(
            frontier.c.portal_id,
            portals.c.division,
            frontier.c.url,
            title,
            frontier.c.context["agency"].astext,
            failed,
            func.coalesce(frontier.c.context["last"]["failure"].astext, ""),
        )
        .join(portals, portals.c.id == frontier.c.portal_id)
        .where(frontier.c.role.in_(("report", "attachment")), title.is_not(None), or_(failed, unasked))
        .order_by(frontier.c.portal_id, frontier.c.url_key)
    )
    placed = placing(connection, revision)
    none = sources.c.document_id.is_(None)
    unplaced = none if placed.current else sources.c.id.not_in(select(placed.sources.c.source_id))
    unread = (
        select(sources.c.portal_id, portals.c.division, sources.c.url, sources.c.title)
        .join(portals, portals.c.id == sources.c.portal_id)
        .where(sources.c.title.is_not(None), unplaced)
        .order_by(sources.c.portal_id, sources.c.url_key)
    )
    found = [Loose(*row) for row in connection.execute(addresses)]
    known = {(row.portal, row.url) for row in found}
    read = [Loose(*row, None, True, "no report was recognised there") for row in connection.execute(unread)]
    return found + [row for row in read if (row.portal, row.url) not in known]
