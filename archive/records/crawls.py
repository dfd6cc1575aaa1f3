"""Crawls: runs over portals, and what each did at each portal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from archive.records.tables import crawl_portals, crawls, frontier, portals

FULL_PAGING_EVERY = 7  # crawls of a portal; the others stop at what is known
PATIENCE = 3  # crawls in a row that read a whole list in vain


@dataclass(frozen=True, slots=True)
class Place:
    """A portal as the database knows it; the portal file is its definition."""

    id: str
    name: str
    division: str
    base: str
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a crawl of a portal ended."""

    state: str  # complete | incomplete | blocked | failed
    reason: str | None = None


def open_crawl(connection: Connection, places: Iterable[Place], software: str) -> int:
    """Gives the number of a new crawl over portals, which are made known where they are new."""
    crawl_id = connection.scalar(insert(crawls).values(software=software).returning(crawls.c.id))
    assert crawl_id is not None
    add_places(connection, int(crawl_id), places)
    return int(crawl_id)


def add_places(connection: Connection, crawl_id: int, places: Iterable[Place]) -> None:
    """Adds portals to a crawl; one that it has already stays as it is."""
    for place in places:
        values = {"name": place.name, "division": place.division, "base": place.base}
        statement = insert(portals).values(id=place.id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=[portals.c.id], set_=values))
        row = {"crawl_id": crawl_id, "portal_id": place.id, "expected": place.expected}
        connection.execute(insert(crawl_portals).values(row).on_conflict_do_nothing())


def portals_known(connection: Connection) -> list[str]:
    """Gives the ids of all portals that were ever crawled or imported, in order."""
    return list(connection.scalars(select(portals.c.id).order_by(portals.c.id)))


def ensure(connection: Connection, crawl_id: int, portal_ids: Iterable[str], software: str) -> None:
    """Makes a crawl and its portals known that are known from WARC files only; known ones stay as they are."""
    known = connection.scalar(select(crawls.c.id).where(crawls.c.id == crawl_id))
    if known is None:
        values = {"id": crawl_id, "software": software}
        connection.execute(
            text("INSERT INTO crawls (id, software) OVERRIDING SYSTEM VALUE VALUES (:id, :software)"), values
        )
        connection.execute(text("SELECT setval(pg_get_serial_sequence('crawls', 'id'), (SELECT max(id) FROM crawls))"))
    for portal_id in portal_ids:
        place = {"id": portal_id, "name": portal_id, "division": portal_id[:6], "base": ""}
        connection.execute(insert(portals).values(place).on_conflict_do_nothing())
        row = {"crawl_id": crawl_id, "portal_id": portal_id}
        connection.execute(insert(crawl_portals).values(row).on_conflict_do_nothing())


def close_crawl(connection: Connection, crawl_id: int, at: datetime) -> None:
    """Marks a crawl as finished."""
    connection.execute(update(crawls).where(crawls.c.id == crawl_id).values(finished_at=at))


def resume_portal(connection: Connection, crawl_id: int, portal_id: str) -> int:
    """Marks a portal of a crawl as running again; gives the requests that the crawl made there before."""
    made = connection.scalar(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.portal_id == portal_id)
        .values(state="running", reason=None)
        .returning(crawl_portals.c.requests)
    )
    if made is None:
        raise LookupError(f"crawl {crawl_id} has no portal {portal_id}")
    return int(made)


# The lists that the crawl before had wanted: is one unread, and is one not proved to be whole?
LISTS_LEFT = text("""
SELECT coalesce(bool_or(state <> 'done'), false) AS unread,
       coalesce(bool_or(context #> '{last,flaw}' IS NOT NULL), false) AS flawed
FROM frontier WHERE portal_id = :portal AND role = 'list' AND crawl_id = :before
""")


def pages_everything(connection: Connection, crawl_id: int, portal_id: str) -> bool:
    """Says whether a crawl pages through whole lists: the first does, each seventh, and one after lists were left.

    Lists that were read and could not be proved whole are tried as often as PATIENCE says, then with each seventh.
    """
    found = connection.execute(
        select(crawl_portals.c.crawl_id, crawl_portals.c.state)
        .where(crawl_portals.c.portal_id == portal_id, crawl_portals.c.crawl_id < crawl_id)
        .order_by(crawl_portals.c.crawl_id.desc())
    ).all()
    if len(found) % FULL_PAGING_EVERY == 0:
        return True
    left = connection.execute(LISTS_LEFT, {"portal": portal_id, "before": found[0].crawl_id}).one()
    proved_late = len(found) < PATIENCE or any(row.state == "complete" for row in found[:PATIENCE])
    return bool(left.unread or (left.flawed and proved_late))


def finish_portal(connection: Connection, crawl_id: int, portal_id: str, outcome: Outcome) -> None:
    """Writes how a crawl of a portal ended, with the number of addresses that failed in it."""
    failed = (
        select(func.count())
        .select_from(frontier)
        .where(frontier.c.portal_id == portal_id, frontier.c.crawl_id == crawl_id, frontier.c.state == "failed")
        .scalar_subquery()
    )
    connection.execute(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.portal_id == portal_id)
        .values(state=outcome.state, reason=outcome.reason, failed=failed)
    )
