"""What the past says of a portal: how its last crawls ended, what it gave a year ago, what its columns name now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from archive.model import Verdict
from archive.records.tables import VERDICT_CODES

REMEMBERED = 10  # crawls of a portal

LASTS = text("""
WITH ranked AS (
    SELECT p.portal_id, p.state, p.requests, c.started_at,
           row_number() OVER (PARTITION BY p.portal_id ORDER BY p.crawl_id DESC) AS back
    FROM crawl_portals p JOIN crawls c ON c.id = p.crawl_id
), unasked AS (
    SELECT portal_id, count(*) AS addresses FROM frontier WHERE state = 'due' AND checked_at IS NULL GROUP BY portal_id
)
SELECT r.portal_id,
       max(r.started_at) FILTER (WHERE r.back = 1) AS started_at,
       array_agg(r.state ORDER BY r.back) AS states,
       max(r.requests) FILTER (WHERE r.back = 1) AS requests,
       coalesce(max(u.addresses), 0) AS unasked
FROM ranked r LEFT JOIN unasked u USING (portal_id)
WHERE r.back <= :remembered
GROUP BY r.portal_id
""")

# A report counts as given on its list's date or when we first saw it, whichever came first. Of what we met only after
# a season that we did not watch, and no list dates, we take that it came by the statutory date.
SEASONS = text("""
WITH seen AS (
    SELECT s.portal_id, d.year, d.id, s.published,
           (SELECT min(c.captured_at) FROM captures c WHERE c.portal_id = s.portal_id AND c.url_key = s.url_key) AS at
    FROM sources s JOIN documents d ON d.id = s.document_id
    WHERE s.portal_id = ANY(:portals) AND d.year IN (:year, :year - 1)
), given AS (
    SELECT portal_id, year, id,
           least(min(published), CAST(min(at) AS date),
                 CASE WHEN min(published) IS NULL THEN make_date(year + 1, 3, 31) END) AS on_day
    FROM seen GROUP BY portal_id, year, id
)
SELECT portal_id,
       count(*) FILTER (WHERE year = :year) AS reports,
       count(*) FILTER (WHERE year = :year - 1 AND on_day <= :day) AS last_year
FROM given GROUP BY portal_id
""")

# A list page that answered and could not be read names no report either, and so does one that is gone. One that did
# not answer says nothing: its cause is another status, or it was not checked in this crawl at all.
EMPTIED = text("""
WITH listed AS (
    SELECT f.portal_id, f.context ->> 'column' AS name, min(f.url) AS url,
           coalesce(sum(CAST(f.context #>> '{last,reports}' AS integer)
               + coalesce(CAST(f.context #>> '{last,carried}' AS integer), 0)) FILTER (WHERE f.state = 'done'), 0)
               AS reports,
           bool_and(f.state = 'done' OR f.checked_at >= c.started_at
               AND coalesce(f.context #>> '{last,failure}', '') !~ '^status (?!404|410)') AS answered
    FROM frontier f JOIN crawls c ON c.id = :crawl
    WHERE f.crawl_id = :crawl AND f.role = 'list' AND f.state IN ('done', 'failed')
    GROUP BY f.portal_id, f.context ->> 'column'
)
SELECT l.portal_id AS portal, l.name AS column, count(DISTINCT s.document_id) AS known, l.url
FROM listed l
JOIN frontier f ON f.portal_id = l.portal_id AND f.role = 'report' AND f.context ->> 'column' = l.name
JOIN sources s ON s.portal_id = f.portal_id AND s.url_key = f.url_key AND s.document_id IS NOT NULL
WHERE l.reports = 0 AND l.answered
GROUP BY l.portal_id, l.name, l.url ORDER BY l.portal_id, l.name
""")

READ = text("""
WITH fresh AS (
    SELECT DISTINCT r.id, r.error_code
    FROM captures c JOIN readings r ON r.payload_id = c.payload_id AND r.revision = :revision
    WHERE c.crawl_id = :crawl AND c.kind = 'response'
), verdicts AS (
    SELECT verdict, count(*) AS checks
    FROM fresh JOIN figures f ON f.reading_id = fresh.id CROSS JOIN unnest(f.verdicts) AS verdict GROUP BY verdict
)
SELECT (SELECT count(*) FROM fresh WHERE error_code IS NULL) AS readings,
       (SELECT count(*) FROM fresh WHERE error_code IS NOT NULL) AS unreadable,
       (SELECT coalesce(sum(checks), 0) FROM verdicts WHERE verdict = :holds) AS hold,
       (SELECT coalesce(sum(checks), 0) FROM verdicts WHERE verdict = :fails) AS fail,
       (SELECT coalesce(sum(checks), 0) FROM verdicts WHERE verdict NOT IN (:holds, :fails)) AS not_checkable
""")


@dataclass(frozen=True, slots=True)
class Last:
    """The last crawls of a portal: when the latest began, how they ended, the latest first, and what it left."""

    at: datetime
    states: tuple[str, ...]
    requests: int
    unasked: int  # addresses that are known and were never asked for

    @property
    def state(self) -> str:
        """Gives how the latest ended; `running` where it was interrupted."""
        return self.states[0]

    @property
    def in_a_row(self) -> int:
        """Gives how many crawls in a row ended as the latest, of those remembered."""
        return next((n for n, state in enumerate(self.states) if state != self.state), len(self.states))


@dataclass(frozen=True, slots=True)
class Season:
    """Reports of a year that a portal has given, and how many of the year before it had given by this day then."""

    year: int
    reports: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Emptied:
    """A column whose lists name no report, though the archive holds some from it."""

    portal: str
    column: str
    known: int
    url: str


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What the reading of a crawl's new payloads gave: readings, failures, and their checks (勾稽) by verdict."""

    readings: int
    unreadable: int
    hold: int
    fail: int
    not_checkable: int


def lasts(connection: Connection) -> dict[str, Last]:
    """Gives the last crawls of every portal that was ever crawled."""
    rows = connection.execute(LASTS, {"remembered": REMEMBERED})
    return {row.portal_id: Last(row.started_at, tuple(row.states), row.requests, row.unasked) for row in rows}


def seasons(connection: Connection, portal_ids: Collection[str], today: date) -> dict[str, Season]:
    """Gives the season of portals: reports for the last calendar year, compared with the season before."""
    day = today.replace(year=today.year - 1, day=min(today.day, 28) if today.month == 2 else today.day)
    year = today.year - 1
    rows = connection.execute(SEASONS, {"portals": list(portal_ids), "year": year, "day": day})
    found = {row.portal_id: Season(year, row.reports, row.last_year) for row in rows}
    return {portal_id: found.get(portal_id, Season(year, 0, 0)) for portal_id in portal_ids}


def emptied(connection: Connection, crawl_id: int) -> list[Emptied]:
    """Gives the columns that a crawl found emptied."""
    return [Emptied(*row) for row in connection.execute(EMPTIED, {"crawl": crawl_id})]


def read_counts(connection: Connection, crawl_id: int, revision: int) -> ReadCounts:
    """Gives what the reading of a crawl's new payloads gave."""
    codes = {"holds": VERDICT_CODES[Verdict.HOLDS], "fails": VERDICT_CODES[Verdict.FAILS]}
    row = connection.execute(READ, {"crawl": crawl_id, "revision": revision} | codes).one()
    return ReadCounts(*(int(count) for count in row))
