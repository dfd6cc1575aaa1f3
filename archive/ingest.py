"""The crawler's only door to the archive: exchanges, the frontier of a portal, and how a crawl of it ended.

Everything goes through one writing thread (archive/committer.py) and is durable when its future has a result; the
futures raise StorageFailedError or DatabaseUnavailableError.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import date
from typing import Any, TypeVar

from archive.committer import Captured, Committer
from archive.indexing import recover
from archive.model import Exchange
from archive.records import Connection, crawls, frontier
from archive.records.captures import Held
from archive.records.crawls import Outcome
from archive.records.frontier import Done, Entry, Lease, Source, Tally
from archive.records.session import open_engine

__all__ = [
    "Captured",
    "Committer",
    "Done",
    "Entry",
    "Frontier",
    "Held",
    "Lease",
    "Outcome",
    "Source",
    "Tally",
    "entry_context",
    "open_engine",
    "recover",
]

T = TypeVar("T")


class Frontier:
    """What one crawl does at one portal."""

    def __init__(self, committer: Committer, crawl_id: int, portal_id: str) -> None:
        self._committer = committer
        self._crawl_id = crawl_id
        self._portal_id = portal_id

    def keep(self, exchange: Exchange, held: Held | None, want_payload: bool) -> "Future[Captured]":
        """Gives what became of an exchange; `held` is what our validator stood for, and is read where wanted."""
        return self._committer.submit(exchange, held, want_payload)

    def open(self, seeds: Sequence[Entry]) -> "Future[tuple[int, bool]]":
        """Makes due what this crawl has to ask for and has not done yet.

        Gives the requests that it made before an interruption, and whether it is to page through whole lists.
        """

        def ask(connection: Connection) -> tuple[int, bool]:
            made = crawls.resume_portal(connection, self._crawl_id, self._portal_id)
            frontier.open_portal(connection, self._crawl_id, self._portal_id, seeds)
            return made, crawls.pages_everything(connection, self._crawl_id, self._portal_id)

        return self._committer.run(ask)

    def lease(self, count: int) -> "Future[list[Lease]]":
        """Gives at most `count` due URLs to be fetched now."""
        return self._run(frontier.lease, count)

    def settle(self, done: Done) -> "Future[None]":
        """Writes what came of a lease, with the sources and links found."""
        return self._committer.complete(done)

    def release(self, lease: Lease) -> "Future[None]":
        """Gives a lease back unasked."""
        return self._committer.run(lambda connection: frontier.release(connection, [lease]))

    def known(self, keys: Sequence[str]) -> "Future[set[str]]":
        """Gives those of the canonical URLs that the frontier has."""
        return self._committer.run(lambda connection: frontier.known(connection, self._portal_id, keys))

    def pages_read(self) -> "Future[list[tuple[str, str]]]":
        """Gives the list pages that this crawl has read: the list each belongs to, and its rows' keys."""
        return self._run(frontier.pages_read)

    def tally(self) -> "Future[Tally]":
        """Gives what the crawl has seen at this portal, across interruptions."""
        return self._run(frontier.tally)

    def finish(self, outcome: Outcome) -> "Future[None]":
        """Writes how the crawl of this portal ended."""
        return self._run(crawls.finish_portal, outcome)

    def _run(self, ask: Callable[..., T], *arguments: Any) -> "Future[T]":
        return self._committer.run(lambda c: ask(c, self._crawl_id, self._portal_id, *arguments))


def entry_context(said: dict[str, object | None], published: date | None) -> dict[str, Any]:
    """Gives what a link said as a frontier row holds it: what is known, dates as text."""
    known = {name: value for name, value in said.items() if value is not None}
    return known | ({"published": published.isoformat()} if published else {})
