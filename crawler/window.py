"""The hours in which a portal may be asked, in China Standard Time."""

from datetime import datetime, time

from archive.portals import SHANGHAI


def is_open(window: str | None, at: datetime) -> bool:
    """Says whether an aware time lies in a window such as "01:00-05:30"; it may span midnight. None: always."""
    if window is None:
        return True
    start, end = (time.fromisoformat(clock) for clock in window.split("-"))
    now = at.astimezone(SHANGHAI).time()
    return start <= now < end if start < end else now >= start or now < end
