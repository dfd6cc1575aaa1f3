"""The crawler's only door to the archive: exchanges, the frontier of a portal, and how a crawl of it ended.

Everything goes through one writing thread (archive/committer.py) and is durable when its future has a result; the
futures raise StorageFailedError or DatabaseUnavailableError.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from archive.captured import Captured
from archive.committer import Committer
from archive.indexing import recover
from archive.model import Exchange, Role
from archive.records import Connection, crawls, frontier, recheck
from archive.records.captures import Held
from archive.records.crawls import Outcome
from archive.records.frontier import Done, Entry, Lease, PageRead, Source, Tally
from archive.records.recheck import has_turn
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
    "PageRead",
    "Source",
    "Tally",
    "entry_context",
    "has_turn",
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

    def open(self, seeds: Sequence[Entry], season: date | None) -> "Future[tuple[int, bool]]":
        """Makes due what this crawl has to ask for and has not done yet: as the season of a day asks, or everything.

        Gives the requests that it made before an interruption, and whether it is to page through whole lists.
        """

        def ask(connection: Connection) -> tuple[int, bool]:
            made = crawls.resume_portal(connection, self._crawl_id, self._portal_id)
            pages_all = crawls.pages_everything(connection, self._crawl_id, self._portal_id)
            recheck.make_due(connection, self._crawl_id, self._portal_id, season)
            frontier.add(connection, self._crawl_id, seeds)
            return made, pages_all

        return self._committer.run(ask)

    def lease(self, count: int) -> "Future[list[Lease]]":
        """Gives at most `count` due URLs to be fetched now.

        A list that only another machine holds is asked for as if nobody did: a 304 would leave us without its rows.
        """

        def ask(connection: Connection) -> list[Lease]:
            found = frontier.lease(connection, self._crawl_id, self._portal_id, count)
            return [replace(lease, held=None) if self._lies_elsewhere(lease) else lease for lease in found]

        return self._committer.run(ask)

    def _lies_elsewhere(self, lease: Lease) -> bool:
        is_list = Role(lease.entry.role) is Role.LIST
        return is_list and lease.held is not None and not self._committer.can_read(lease.held)

    def settle(self, done: Done) -> "Future[None]":
        """Writes what came of a lease, with the sources and links found."""
        return self._committer.complete(done)

    def release(self, lease: Lease) -> "Future[None]":
        """Gives a lease back unasked."""
        return self._committer.run(lambda connection: frontier.release(connection, [lease]))

    def pages_read(self) -> "Future[list[PageRead]]":
        """Gives the list pages that this crawl and those before it have read, as they were last."""
        return self._committer.run(lambda connection: frontier.pages_read(connection, self._portal_id))

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
