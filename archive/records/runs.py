"""Past and interrupted crawls, and what a crawl found, counted from versions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, text, update

from archive.records.sources import MEMBER_LOST
from archive.records.tables import crawl_portals, crawls

# What the season did not ask counts as found where its last answer was good, in a crawl that read the lists.
COUNT = text("""
WITH resting AS (
    SELECT f.url_key FROM frontier f
    JOIN crawl_portals p ON p.crawl_id = :crawl AND p.portal_id = f.portal_id AND p.state IN ('complete', 'incomplete')
    WHERE f.portal_id = :portal AND f.crawl_id <> :crawl AND f.state = 'done' AND f.context #> '{last,gone}' IS NULL
      AND coalesce(f.context ->> 'via', '') NOT IN (
        SELECT url FROM frontier WHERE portal_id = :portal AND context #> '{last,gone}' IS NOT NULL)
), keys AS (
    SELECT id AS source_id, portal_id, url_key FROM sources
    UNION ALL SELECT s.id, a.portal_id, a.url_key FROM source_aliases a JOIN sources n ON n.id = a.source_id
    JOIN sources s ON s.portal_id = n.portal_id AND s.url_key = n.url_key
), sightings AS (
    SELECT s.document_id, s.url_key AS home, c.crawl_id, vp.version_id, k.source_id
    FROM keys k
    JOIN sources s ON s.id = k.source_id
    JOIN captures c ON c.portal_id = k.portal_id AND c.url_key = k.url_key
    JOIN version_payloads vp ON vp.source_id = k.source_id AND vp.payload_id = c.payload_id
    WHERE k.portal_id = :portal AND s.document_id IS NOT NULL AND c.crawl_id <= :crawl AND c.truncated IS NULL
      AND (c.status BETWEEN 200 AND 299 OR c.kind = 'revisit_not_modified' OR c.status IS NULL AND c.kind <> 'error')
), first_version AS (
    SELECT version_id, min(crawl_id) AS crawl_id FROM sightings GROUP BY version_id
), seen AS (
    SELECT document_id,
           min(home) AS home,
           bool_or(crawl_id = :crawl OR home IN (SELECT url_key FROM resting)) AS now,
           min(crawl_id) AS first_crawl
    FROM sightings GROUP BY document_id
), moved AS (
    SELECT DISTINCT s.document_id
    FROM sightings s JOIN first_version f USING (version_id)
    WHERE f.crawl_id = :crawl AND EXISTS (
        SELECT FROM sightings e WHERE e.source_id = s.source_id AND e.crawl_id < :crawl)
), gone AS (
    SELECT s.document_id
    FROM sources s LEFT JOIN withdrawals w ON w.source_id = s.id AND w.returned_capture_id IS NULL
    LEFT JOIN captures c ON c.id = w.capture_id
    WHERE s.portal_id = :portal AND s.document_id IS NOT NULL
    GROUP BY s.document_id
    HAVING bool_and(w.source_id IS NOT NULL) AND max(c.crawl_id) = :crawl
), homes AS (
    SELECT home,
           bool_or(now) AS now,
           min(first_crawl) AS first_crawl,
           bool_or(first_crawl = :crawl OR document_id IN (SELECT document_id FROM moved)
               OR document_id IN (SELECT document_id FROM gone)) AS moved
    FROM seen GROUP BY home
)
SELECT count(*) FILTER (WHERE now) AS found,
       count(*) FILTER (WHERE now AND first_crawl = :crawl) AS new,
       count(*) FILTER (WHERE now AND first_crawl < :crawl AND moved) AS changed,
       count(*) FILTER (WHERE now AND first_crawl < :crawl AND NOT moved) AS unchanged,
       (SELECT count(*) FROM gone) AS withdrawn
FROM homes
""")

REOPEN = text("""
UPDATE frontier f SET state = 'due' FROM crawl_portals p
WHERE p.crawl_id = :crawl AND p.portal_id = ANY(:portals) AND p.state IN ('incomplete', 'failed')
  AND f.portal_id = p.portal_id AND f.crawl_id = p.crawl_id AND f.state = 'failed'
RETURNING f.portal_id
""")

FAILURES = text("""
SELECT portal_id, coalesce(context #>> '{last,failure}', 'no cause was kept') AS cause, count(*), min(url)
FROM frontier WHERE crawl_id = :crawl AND state = 'failed'
GROUP BY portal_id, cause ORDER BY portal_id, count(*) DESC, cause
""")

NOT_RESUMED = {"state": "incomplete", "reason": "interrupted, and not resumed"}


@dataclass(frozen=True, slots=True)
class PortalRun:
    """What one crawl did at one portal.

    Not every night asks for everything: `found` and `unchanged` also count what stood there when it was asked last.
    `found`, that is `new`, `changed` and `unchanged`, counts documents, those of one file once, as lists give them and
    `expected` counts; `withdrawn` counts documents, `failed` addresses.
    """

    portal: str
    expected: int | None
    found: int
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    failed: int
    state: str
    reason: str | None
    requests: int
    bytes: int
    worker: str | None = None  # which one crawled it, where portals were spread over several


@dataclass(frozen=True, slots=True)
class Run:
    """A crawl with what it did at each portal."""

    id: int
    started_at: datetime
    finished_at: datetime | None
    portals: tuple[PortalRun, ...]


@dataclass(frozen=True, slots=True)
class Failures:
    """Addresses of a portal that failed for one cause, and one of them."""

    portal: str
    cause: str
    addresses: int
    url: str


def count_documents(connection: Connection, crawl_id: int, portal_id: str) -> None:
    """Writes how many documents a crawl found at a portal, those of one file once, and what had become of them."""
    row = connection.execute(COUNT, {"crawl": crawl_id, "portal": portal_id}).mappings().one()
    connection.execute(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.portal_id == portal_id)
        .values(**row)
    )


def unfinished(connection: Connection, since: datetime, portal_ids: Collection[str]) -> int | None:
    """Gives the last crawl that was started after `since` and interrupted before its end.

    It covers all these portals; without any, whichever it was.
    """
    covers = (
        select(func.count())
        .select_from(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawls.c.id, crawl_portals.c.portal_id.in_(portal_ids))
        .scalar_subquery()
    )
    statement = select(func.max(crawls.c.id)).where(
        crawls.c.finished_at.is_(None), crawls.c.started_at >= since, covers == len(portal_ids)
    )
    found: int | None = connection.scalar(statement)
    return found


def abandon(connection: Connection, crawl_id: int | None) -> None:
    """Closes the crawls that were interrupted and will not be resumed: all but the given one."""
    old = select(crawls.c.id).where(crawls.c.finished_at.is_(None), crawls.c.id.is_distinct_from(crawl_id))
    connection.execute(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id.in_(old), crawl_portals.c.state == "running")
        .values(NOT_RESUMED)
    )
    connection.execute(update(crawls).where(crawls.c.id.in_(old)).values(finished_at=func.now()))


def drop_others(connection: Connection, crawl_id: int, portal_ids: Collection[str]) -> None:
    """Ends the interrupted portals of a crawl that goes on with the given ones only."""
    connection.execute(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.state == "running")
        .where(crawl_portals.c.portal_id.not_in(portal_ids))
        .values(NOT_RESUMED)
    )


def reopen(connection: Connection, crawl_id: int, portal_ids: Collection[str]) -> list[str]:
    """Makes the failed addresses of a finished crawl due again; gives the portals that have some.

    Nothing is asked of a portal that blocked us. Where no address had failed, the crawl stays as it is.
    """
    keys = {"crawl": crawl_id, "portals": list(portal_ids)}
    found = sorted(set(connection.execute(REOPEN, keys).scalars()))
    if found:
        connection.execute(
            update(crawl_portals)
            .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.portal_id.in_(found))
            .values(state="running", reason=None)
        )
        connection.execute(update(crawls).where(crawls.c.id == crawl_id).values(finished_at=None))
    return found


def failures(connection: Connection, crawl_id: int) -> list[Failures]:
    """Gives why addresses failed in a crawl, portal by portal, the most frequent cause first.

    What a later crawl has asked again is not among them.
    """
    return [Failures(*row) for row in connection.execute(FAILURES, {"crawl": crawl_id})]


def runs(connection: Connection, *, limit: int | None = None, crawl_id: int | None = None) -> list[Run]:
    """Gives crawls, the latest first; imports are none."""
    statement = select(crawls.c.id, crawls.c.started_at, crawls.c.finished_at).order_by(crawls.c.id.desc()).limit(limit)
    asked = crawls.c.id.in_(select(crawl_portals.c.crawl_id)) if crawl_id is None else crawls.c.id == crawl_id
    statement = statement.where(asked)
    return [Run(*row, portals_of(connection, row.id)) for row in connection.execute(statement).all()]


def portals_of(connection: Connection, crawl_id: int) -> tuple[PortalRun, ...]:
    """Gives what a crawl did, portal by portal."""
    columns = [crawl_portals.c[name] for name in PortalRun.__dataclass_fields__ if name != "portal"]
    statement = (
        select(crawl_portals.c.portal_id, *columns)
        .where(crawl_portals.c.crawl_id == crawl_id)
        .order_by(crawl_portals.c.portal_id)
    )
    return tuple(PortalRun(*row) for row in connection.execute(statement))


def last_run_of(connection: Connection, portal_id: str) -> tuple[datetime, PortalRun] | None:
    """Gives the latest crawl of a portal and when it started."""
    row = connection.execute(
        select(crawls.c.id, crawls.c.started_at)
        .join(crawl_portals, and_(crawl_portals.c.crawl_id == crawls.c.id, crawl_portals.c.portal_id == portal_id))
        .order_by(crawls.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return row.started_at, next(run for run in portals_of(connection, row.id) if run.portal == portal_id)


UNREAD = text("""
SELECT count(DISTINCT c.id) AS payloads, min(coalesce(r.error_code, i.code)) AS code, min(c.url) AS url
FROM captures c JOIN readings r ON r.payload_id = c.payload_id AND r.revision = :revision
LEFT JOIN issues i ON i.reading_id = r.id AND (i.code = ANY(:lost) OR i.code = 'not-a-report' AND c.role = 'report')
WHERE c.crawl_id = :crawl AND c.portal_id = :portal AND c.kind = 'response'
  AND (r.error_code IS NOT NULL OR i.id IS NOT NULL)
""")


def mark_unread(connection: Connection, crawl_id: int, portal_id: str, revision: int) -> None:
    """Marks a portal incomplete where a payload new in the crawl could not be read or is no report, naming one."""
    asked = {"crawl": crawl_id, "portal": portal_id, "revision": revision, "lost": list(MEMBER_LOST)}
    found = connection.execute(UNREAD, asked).one()
    if not found.payloads:
        return
    reason = f"{found.payloads} not read as a report, for instance {found.url}: {found.code}"
    connection.execute(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.portal_id == portal_id)
        .where(crawl_portals.c.state.in_(["complete", "incomplete"]))
        .values(
            state="incomplete",
            failed=crawl_portals.c.failed + found.payloads,
            reason=func.concat_ws("; ", crawl_portals.c.reason, reason),
        )
    )


def mark_missing(connection: Connection, crawl_id: int, portal_id: str) -> None:
    """Marks a complete portal incomplete where fewer reports were found than its file expects."""
    found, expected = crawl_portals.c.found, crawl_portals.c.expected
    connection.execute(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.portal_id == portal_id)
        .where(crawl_portals.c.state == "complete", found < expected)
        .values(state="incomplete", reason=func.format("%s reports found, %s expected", found, expected))
    )
