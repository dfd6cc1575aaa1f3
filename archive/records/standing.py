"""How the archive stands: how much it holds, what waits to be read, which portals were asked when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text

from archive.records.tables import revisions

HOLDINGS = text("""
SELECT (SELECT count(DISTINCT agency_id) FROM current_readings) AS agencies,
       (SELECT count(*) FROM current_readings) AS documents,
       (SELECT count(*) FROM captures) AS captures,
       (SELECT max(captured_at) FROM captures) AS latest
""")

# What a portal answered to the question for a report, and nobody has read under the revision in use.
WAITING = text("""
SELECT count(*) FROM payloads p
WHERE NOT EXISTS (SELECT FROM readings r WHERE r.payload_id = p.id AND r.revision = :revision)
  AND EXISTS (SELECT FROM captures c JOIN sources s ON s.portal_id = c.portal_id AND s.url_key = c.url_key
              WHERE c.payload_id = p.id AND c.kind = 'response' AND c.truncated IS NULL
              AND (c.status BETWEEN 200 AND 299 OR c.status IS NULL))
""")

UNASKED = text("SELECT count(*) FROM frontier WHERE state <> 'done' AND checked_at IS NULL")
FAILED = text("SELECT count(*) FROM frontier WHERE state = 'failed'")


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much is held: agencies with reports, reports, exchanges; when the last exchange was."""

    agencies: int
    documents: int
    captures: int
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits: payloads to be read, addresses that were never asked, addresses whose last answer failed."""

    unread: int
    unasked: int
    failed: int


def holdings(connection: Connection) -> Holdings:
    """Gives how much the archive holds."""
    return Holdings(*connection.execute(HOLDINGS).one())


def waits(connection: Connection, revision: int) -> Waits:
    """Gives what waits to be read under a revision and to be asked."""
    unread = connection.scalar(WAITING, {"revision": revision}) or 0
    return Waits(unread, connection.scalar(UNASKED) or 0, connection.scalar(FAILED) or 0)


def promoted_at(connection: Connection, revision: int) -> datetime | None:
    """Gives when a revision first became the one in use."""
    return connection.scalar(select(revisions.c.promoted_at).where(revisions.c.number == revision))
