"""One portal's part of the frontier, as its spider sees it: leases to fetch, and what came of them.

The frontier itself is in PostgreSQL (docs/decisions/frontier-in-postgresql.md); everything here goes through the
one connection of the committer. Scrapy's own queue never holds more than the few requests on their way.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import date
from typing import Any

from archive.ingest import Done, Entry, Frontier, Lease, Outcome, PageRead, Tally
from archive.model import Context, Role


class PortalFrontier:
    """The frontier of one portal in one crawl; at most `most` leases are out at a time."""

    def __init__(self, frontier: Frontier, most: int) -> None:
        self._frontier = frontier
        self._most = most
        self._changed = asyncio.Event()
        self.out = 0

    async def open(self, seeds: Iterable[Entry], season: date | None) -> tuple[int, bool]:
        """Makes due what is to be asked; gives the requests made before an interruption, and whether to page all."""
        return await asyncio.wrap_future(self._frontier.open(tuple(seeds), season))

    async def leases(self, allowed: Callable[[], int]) -> AsyncIterator[Lease]:
        """Gives leases until nothing is due any more, or `allowed()` gives 0, and none is out."""
        while True:
            self._changed.clear()
            found: list[Lease] = []
            count = min(self._most - self.out, allowed())
            if count > 0 and self.out <= self._most // 2:
                found = await asyncio.wrap_future(self._frontier.lease(count))
            for lease in found:
                self.out += 1
                yield lease
            if not found and not self.out:
                return
            if not found:
                await self._changed.wait()

    async def settle(self, done: Done) -> None:
        """Writes what came of a lease."""
        await asyncio.wrap_future(self._frontier.settle(done))
        self._returned()

    async def release(self, lease: Lease) -> None:
        """Gives a lease back unasked."""
        await asyncio.wrap_future(self._frontier.release(lease))
        self._returned()

    async def pages_read(self) -> list[PageRead]:
        """Gives the list pages that this crawl and those before it have read, as they were last."""
        return await asyncio.wrap_future(self._frontier.pages_read())

    async def tally(self) -> Tally:
        """Gives what the crawl has seen at this portal."""
        return await asyncio.wrap_future(self._frontier.tally())

    async def finish(self, outcome: Outcome) -> None:
        """Writes how the crawl of this portal ended."""
        await asyncio.wrap_future(self._frontier.finish(outcome))

    def _returned(self) -> None:
        self.out -= 1
        self._changed.set()


def context_of(entry: Entry) -> Context:
    """Gives what is known of a frontier entry as the WARC keeps it."""
    said: dict[str, Any] = entry.context
    published = said.get("published")
    return Context(
        portal=entry.portal_id,
        role=Role(entry.role),
        column=said.get("column"),
        title=said.get("title"),
        published=date.fromisoformat(published) if published else None,
        agency=said.get("agency"),
        via=said.get("via"),
    )
