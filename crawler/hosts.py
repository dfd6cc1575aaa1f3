"""Whose turn it is at a host: one request at a time, however many portals of this process live there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class HostTurns:
    """Turns at hosts, shared by all portals of a process, for several may share a platform's host."""

    def __init__(self, together: int = 1) -> None:
        self._together = together
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._not_before: dict[str, float] = {}
        self._spacing: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Holds a turn at the URL's host, from when the host is free and wants to be asked again."""
        host = urlsplit(url).hostname or ""
        async with self._turns.setdefault(host, asyncio.Semaphore(self._together)):
            while (wait := self._not_before.get(host, 0.0) - asyncio.get_running_loop().time()) > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                if spacing := self._spacing.get(host):
                    self._not_before[host] = asyncio.get_running_loop().time() + spacing

    def slow_down(self, url: str, seconds: float) -> None:
        """Leaves at least so many seconds between two turns at the URL's host from now on."""
        host = urlsplit(url).hostname or ""
        self._spacing[host] = max(seconds, self._spacing.get(host, 0.0))

    def hold(self, url: str, seconds: float) -> None:
        """Makes every turn at the URL's host wait, as its Retry-After said."""
        host = urlsplit(url).hostname or ""
        until = asyncio.get_running_loop().time() + seconds
        self._not_before[host] = max(until, self._not_before.get(host, 0.0))
