"""What one night may use at all portals together; the portals' own limits stand in their files."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Budget:
    """Requests and time of a crawl; None: no limit. What is on its way when they end still arrives."""

    requests: int | None = None
    until: datetime | None = None  # aware
    made: int = 0

    def spent(self, now: datetime) -> str | None:
        """Says why nothing more may be asked, None while it may."""
        if self.requests is not None and self.made >= self.requests:
            return "the night's requests (night_requests) are used up"
        if self.until is not None and now >= self.until:
            return "the night's hours (night_hours) are over"
        return None
