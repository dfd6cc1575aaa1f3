"""Which portals a night asks: often while reports appear, seldom while none do, none that is paused.

The Regulation (《政府信息公开条例》) has departments publish by 31 January and governments by 31 March. The columns
move from January to April, are corrected for two months more, and rest for the other half of the year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from archive.portals import SHANGHAI, Portal
from archive.records.monitors import Last
from archive.records.pauses import Pause

DAYS_BETWEEN = (1, 1, 1, 1, 7, 7, 28, 28, 28, 28, 28, 28)  # two crawls, January to December
SEASON = (1, 2, 3, 4)  # months in which reports appear
PATIENCE = 3  # crawls in a row that may end badly before the portal waits for its turn like the others
BLOCKED_REST = 7  # days for a portal that has refused us that often: someone has to look first


@dataclass(frozen=True, slots=True)
class Due:
    """Whether a portal is crawled tonight, and why or why not."""

    portal: str
    due: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a night does: which portals in which order, which due ones are beyond its requests, which are not due."""

    chosen: tuple[Due, ...]
    left: tuple[Due, ...]
    resting: tuple[Due, ...]


def day_of(at: datetime) -> date:
    """Gives the day of an aware time in China, where the portals are."""
    return at.astimezone(SHANGHAI).date()


def due(portal: Portal, last: Last | None, pause: Pause | None, today: date) -> Due:
    """Says whether a portal is due today."""
    wanted, reason = judged(portal, last, pause, today)
    return Due(portal.id, wanted, reason)


def judged(portal: Portal, last: Last | None, pause: Pause | None, today: date) -> tuple[bool, str]:
    """Gives whether a portal is due, and the reason."""
    if portal.status != "active":
        return False, f"its file says {portal.status}"
    if pause is not None:
        return False, pause_text(pause)
    if last is None:
        return True, "never crawled"
    if last.state == "running":
        return True, "its last crawl was interrupted"
    day = day_of(last.at)
    since = (today - day).days
    if since < 1:
        return False, f"crawled on {day} already"
    if last.state != "complete" and last.unasked:
        return True, f"{last.unasked} addresses were left for another night"
    if last.state != "complete" and last.in_a_row < PATIENCE:
        return True, f"its last crawl was {last.state}"
    every = DAYS_BETWEEN[today.month - 1]
    if last.state == "blocked":
        every = max(every, BLOCKED_REST)
    if since >= every:
        return True, f"last crawled on {day}; at this time of the year {often(every)}"
    return False, f"last crawled on {day}, next on {day + timedelta(days=every)}"


def plan(
    portals: Sequence[Portal],
    lasts: Mapping[str, Last],
    pauses: Mapping[str, Pause],
    today: date,
    requests: int,
    everything: bool = False,
) -> Plan:
    """Gives what a night does with its requests: those never crawled first, then those crawled longest ago.

    A portal is begun only where what its last crawl took is still there, so that a small budget gives a few whole
    portals and not the beginnings of many. `everything` takes portals that are not due; none that is paused.
    """
    found = [(portal, due(portal, lasts.get(portal.id), pauses.get(portal.id), today)) for portal in portals]
    if everything:
        found = [(portal, asked_for(portal, one, pauses)) for portal, one in found]
    chosen: list[Due] = []
    left: list[Due] = []
    for portal, one in sorted(found, key=lambda pair: age(lasts.get(pair[0].id))):
        if not one.due:
            continue
        last = lasts.get(portal.id)
        takes = min(last.requests if last else portal.politeness.nightly_requests, portal.politeness.nightly_requests)
        if chosen and takes > requests:
            left.append(replace(one, reason=f"{one.reason}; it may take {takes} requests, {max(requests, 0)} are left"))
        else:
            chosen.append(one)
            requests -= takes
    return Plan(tuple(chosen), tuple(left), tuple(one for _, one in found if not one.due))


def asked_for(portal: Portal, one: Due, pauses: Mapping[str, Pause]) -> Due:
    """Gives a portal as due where it may be crawled at all."""
    if one.due or portal.status != "active" or portal.id in pauses:
        return one
    return Due(portal.id, True, f"asked for; {one.reason}")


def age(last: Last | None) -> tuple[bool, bool, float]:
    """Gives the place of a portal in the night: interrupted ones first, then never crawled ones, then by age."""
    return last is None or last.state != "running", last is not None, last.at.timestamp() if last else 0.0


def often(days: int) -> str:
    """Gives an interval in words."""
    return "it is crawled every night" if days == 1 else f"it is crawled every {days} days"


def pause_text(pause: Pause) -> str:
    """Gives a pause in words."""
    until = f" until {pause.until}" if pause.until else ""
    return f"paused since {pause.since}{until}: {pause.reason}"
