"""Whether any worker is there, while others wait for what workers do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

POLL = 1.0  # seconds between two looks
LONELY = 30.0  # seconds without any worker, until someone is told


@dataclass(slots=True)
class Watch:
    """Tells once that no worker is there, and that one has come."""

    warn: Callable[[str], None]
    since: datetime | None = None
    told: bool = False

    def look(self, alive: int) -> None:
        """Takes note of how many workers are alive."""
        now = datetime.now(UTC)
        if alive:
            if self.told:
                self.warn(f"{alive} workers are there now")
            self.since, self.told = None, False
            return
        self.since = self.since or now
        if not self.told and (now - self.since).total_seconds() >= LONELY:
            self.warn("no worker is there: start `nianbao worker` on one machine or more")
            self.told = True
