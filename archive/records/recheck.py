"""Which known addresses a crawl asks again: those whose turn the season and the age of their report have brought.

A report is corrected while the season lasts, January to June, and hardly ever once it is a year old. So every known
address has its turn each so many days. The turns of a portal's addresses fall on different days, for they are counted
from the number of the row; an address that missed its turn has it the next time that its portal is crawled. What
failed, or was left over, is asked in any case (docs/decisions/as-the-season-asks.md).
"""

from datetime import date

from sqlalchemy import Connection, text

EPOCH = date(2000, 1, 1)
SEASON_ENDS = 6  # June: departments publish by 31 January, governments by 31 March, corrections follow
NEWEST, OLDER, OLDEST = (1, 28), (14, 28), (28, 84)  # days between two turns, in the season and outside it
# Reports for the last calendar year; for the year before; all others, and what is not known to be a report. Files of a
# page that has not changed take the next older class.

# A list sleeps until a seed or a page before it wakes it, and one that was left unread is remembered as failed until
# then. So does a fleeting address, whose token the page that links to it gives anew.
OPEN = text("""
WITH years AS (
    SELECT s.url_key, max(d.year) AS year FROM sources s JOIN documents d ON d.id = s.document_id
    WHERE s.portal_id = :portal GROUP BY s.url_key
), ages AS (
    SELECT f.id, (f.role = 'attachment')::int + CASE
             WHEN f.context #> '{last,unconfirmed}' IS NOT NULL OR f.role = 'attachment' AND y.year IS NULL THEN 2
             ELSE :year - coalesce(y.year, CAST(f.context ->> 'year' AS integer),
                 date_part('year', CAST(f.context ->> 'published' AS date))::int - 1, :year) END AS age,
           date(f.checked_at AT TIME ZONE 'Asia/Shanghai') - DATE '2000-01-01' AS checked
    FROM frontier f LEFT JOIN years y USING (url_key) WHERE f.portal_id = :portal
), turns AS (
    SELECT id, checked, CASE WHEN age <= 0 THEN :newest WHEN age = 1 THEN :older ELSE :oldest END AS every FROM ages
)
UPDATE frontier f SET leased_at = NULL,
    context = CASE WHEN f.role = 'list' AND f.state IN ('due', 'leased') AND f.crawl_id IS DISTINCT FROM :crawl
        THEN f.context || '{"last": {"failure": "left for another night"}}' ELSE f.context END,
    state = CASE
    WHEN f.role = 'list' AND f.crawl_id IS DISTINCT FROM :crawl
        THEN CASE f.state WHEN 'done' THEN 'done' ELSE 'failed' END
    WHEN f.context ? 'fleeting' AND f.crawl_id IS DISTINCT FROM :crawl THEN 'done'
    WHEN f.state <> 'done' OR t.checked IS NULL OR :everything
      OR (:today + f.id) / t.every > (t.checked + f.id) / t.every THEN 'due'
    ELSE 'done' END
FROM turns t
WHERE t.id = f.id AND (f.crawl_id IS DISTINCT FROM :crawl OR f.state IN ('due', 'leased'))
""")


def make_due(connection: Connection, crawl_id: int, portal_id: str, today: date | None) -> None:
    """Makes due what a crawl asks of what is known at a portal: what has its turn on the day, everything without one.

    Of a crawl that goes on, what it has settled stays settled.
    """
    asked = {"crawl": crawl_id, "portal": portal_id, "everything": today is None}
    connection.execute(OPEN, asked | turns(today or EPOCH))


def has_turn(row: int, checked: date | None, today: date, year: int) -> bool:
    """Tells whether an address of a report year has its turn on a day, when it was checked last on another."""
    asked = turns(today)
    age = asked["year"] - year
    every = asked["newest"] if age <= 0 else asked["older"] if age == 1 else asked["oldest"]
    return checked is None or (asked["today"] + row) // every > ((checked - EPOCH).days + row) // every


def turns(today: date) -> dict[str, int]:
    """Gives the day as a number, the report year that is the newest then, and the days between turns by age."""
    outside = today.month > SEASON_ENDS
    return {
        "today": (today - EPOCH).days,
        "year": today.year - 1,
        "newest": NEWEST[outside],
        "older": OLDER[outside],
        "oldest": OLDEST[outside],
    }
