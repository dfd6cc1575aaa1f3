"""What the crawl tells the command that started it: one JSON object a line on stdout."""

import json
import sys
import time
from typing import Any

EVERY = 0.5  # seconds between two lines of a portal


class Progress:
    """Tells how far the crawl of each portal is."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def page(self, portal: str, done: int) -> None:
        """Tells how many addresses of a portal have answered, at most twice a second."""
        now = time.monotonic()
        if now - self._told.get(portal, 0.0) >= EVERY:
            self._told[portal] = now
            tell(event="page", portal=portal, done=done)


def tell(**said: Any) -> None:
    """Writes one event."""
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    sys.stdout.flush()
