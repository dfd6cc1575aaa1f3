"""How the archive stands: the last run, every portal, what waits, the revision in use."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from archive.plain import time_text
from archive.records import Connection, coverage, monitors, pauses, revisions, runs, standing
from archive.records.coverage import Asked
from archive.records.monitors import Last
from archive.records.pauses import Pause
from archive.records.runs import Run
from archive.records.standing import Holdings, Waits

Json = dict[str, Any]


class Condition(StrEnum):
    """How a portal is doing, by its last crawl."""

    OK = "ok"
    DEGRADED = "degraded"  # incomplete: a list not proved whole, addresses that failed, fewer reports than expected
    BROKEN = "broken"  # failed or blocked
    PAUSED = "paused"
    RUNNING = "running"  # or interrupted


CONDITIONS = {
    "complete": Condition.OK,
    "incomplete": Condition.DEGRADED,
    "failed": Condition.BROKEN,
    "blocked": Condition.BROKEN,
    "running": Condition.RUNNING,
}


@dataclass(frozen=True, slots=True)
class PortalStatus:
    """A portal: its condition and why, its last crawl, its last whole one, since how many crawls it is so."""

    asked: Asked
    condition: Condition
    reason: str | None
    in_a_row: int
    pause: Pause | None


@dataclass(frozen=True, slots=True)
class Status:
    """How the archive stands; `oldest` is the portal whose last whole crawl is longest ago, or that never had one."""

    holdings: Holdings
    last: Run | None
    portals: tuple[PortalStatus, ...]
    oldest: PortalStatus | None
    waits: Waits
    revision: int | None
    promoted_at: datetime | None


def status(connection: Connection, today: date) -> Status:
    """Gives how the archive stands; pauses are those in force today."""
    asked, lasts, paused = coverage.asked(connection), monitors.lasts(connection), pauses.in_force(connection, today)
    portals = tuple(portal_status(one, lasts.get(one.portal), paused.get(one.portal)) for one in asked.values())
    last = runs.runs(connection, limit=1)
    revision = revisions.current_revision(connection)
    crawled = [portal for portal in portals if portal.condition is not Condition.PAUSED]
    return Status(
        holdings=standing.holdings(connection),
        last=last[0] if last else None,
        portals=portals,
        oldest=min(crawled, key=lambda p: p.asked.complete_at.timestamp() if p.asked.complete_at else 0, default=None),
        waits=standing.waits(connection, revision or 0),
        revision=revision,
        promoted_at=standing.promoted_at(connection, revision) if revision else None,
    )


def portal_status(asked: Asked, last: Last | None, pause: Pause | None) -> PortalStatus:
    """Gives the condition of a portal; a pause comes before what its last crawl was."""
    condition = Condition.PAUSED if pause else CONDITIONS[asked.state]
    return PortalStatus(asked, condition, pause.reason if pause else asked.reason, last.in_a_row if last else 0, pause)


def status_json(status: Status) -> Json:
    """Gives how the archive stands."""
    counted = Counter(portal.condition for portal in status.portals)
    return {
        "agencies": status.holdings.agencies,
        "reports": status.holdings.documents,
        "captures": status.holdings.captures,
        "latest_capture": time_text(status.holdings.latest),
        "revision": status.revision,
        "revision_since": time_text(status.promoted_at),
        "waiting": {
            "payloads_unread": status.waits.unread,
            "addresses_unasked": status.waits.unasked,
            "addresses_failed": status.waits.failed,
        },
        "last_run": None if status.last is None else run_json(status.last),
        "conditions": {condition.value: counted[condition] for condition in Condition},
        "oldest_success": None if status.oldest is None else portal_json(status.oldest),
        "portals": [portal_json(portal) for portal in status.portals],
    }


def run_json(run: Run) -> Json:
    """Gives a run with its counts over all portals."""
    counts = ("found", "new", "changed", "unchanged", "withdrawn", "failed", "requests")
    return {
        "id": run.id,
        "started": time_text(run.started_at),
        "finished": time_text(run.finished_at),
        "portals": len(run.portals),
        "states": dict(Counter(portal.state for portal in run.portals)),
        **{name: sum(getattr(portal, name) for portal in run.portals) for name in counts},
    }


def portal_json(portal: PortalStatus) -> Json:
    """Gives a portal with why it is as it is, and since when."""
    return {
        "id": portal.asked.portal,
        "name": portal.asked.name,
        "condition": portal.condition.value,
        "reason": portal.reason,
        "last_crawl": time_text(portal.asked.at),
        "last_complete": time_text(portal.asked.complete_at),
        "crawls_in_a_row": portal.in_a_row,
        "paused_until": portal.pause.until.isoformat() if portal.pause and portal.pause.until else None,
    }
