"""The thread that writes: an exchange goes in, and comes back when it is durable.

It owns the WARC writer and the only database connection of a crawl, takes whatever is waiting, appends
the records, syncs the file once, and commits one transaction; only then does anyone learn of it
(docs/decisions/frontier-in-postgresql.md). A failure of any of these ends the crawl: what is not durable counts
for nothing, and a second attempt at a failed fsync may succeed with pages lost.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from archive.captured import Captured, as_original, captured_as, incomplete
from archive.errors import StoreUnavailableError
from archive.indexing import UrlKey, index
from archive.model import CaptureKind, Exchange, Original, Storage
from archive.records import Connection, Engine, captures, frontier
from archive.records.captures import Held
from archive.records.frontier import Done
from archive.records.trouble import as_told
from archive.warc.reach import in_folder
from archive.warc.reader import payload_at
from archive.warc.record import Received, Records, exchange_records, receive
from archive.warc.recover import Orphan
from archive.warc.store import MissingObjectError
from archive.warc.writer import Writer

T = TypeVar("T")
GROUP = 50  # exchanges in one transaction at most
BUSY, GATHER_SECONDS = 4, 0.008  # after more jobs than that, more are waited for: fewer transactions for the same pages
REMEMBERED = 20_000  # payloads whose place is remembered without asking the database


@dataclass(slots=True, eq=False)
class Kept:
    """An exchange on its way into the archive."""

    exchange: Exchange
    held: Held | None  # what our validator stood for
    want_payload: bool
    future: "Future[Captured]"
    received: Received | None = None
    records: Records | None = None
    captured: Captured | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A lease on its way back into the frontier."""

    done: Done
    future: "Future[None]"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Something to be done on the connection, in the next transaction."""

    ask: Callable[[Connection], Any]
    future: "Future[Any]"


Job = Kept | Settled | Question


class Committer:
    """The writing thread of a crawl; `on_failure` is called once, from it, when nothing can be kept any more."""

    def __init__(
        self,
        engine: Engine,
        storage: Storage,
        crawl_id: int,
        info: Mapping[str, str],
        url_key: UrlKey,
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._engine = engine
        self._storage = storage
        self._crawl_id = crawl_id
        self._url_key = url_key
        self._on_failure = on_failure
        self._writer = Writer(storage.folder, f"crawl{crawl_id}", {**info, "crawl": str(crawl_id)})
        self._originals: dict[str, Original] = {}
        self._files: dict[str, int] = {}
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
        self._thread.start()

    def submit(self, exchange: Exchange, held: Held | None = None, want_payload: bool = False) -> "Future[Captured]":
        """Gives the capture of an exchange once it is durable; `held` is what a validator of ours stood for.

        The future raises StorageFailedError or DatabaseUnavailableError.
        """
        future: Future[Captured] = Future()
        self._put(Kept(exchange, held, want_payload, future))
        return future

    def complete(self, done: Done) -> "Future[None]":
        """Settles a lease, with the sources and links found, in one transaction."""
        future: Future[None] = Future()
        self._put(Settled(done, future))
        return future

    def run(self, ask: Callable[[Connection], T]) -> "Future[T]":
        """Gives what `ask` makes of the connection, once its transaction is committed."""
        future: Future[T] = Future()
        self._put(Question(ask, future))
        return future

    def can_read(self, held: Held) -> bool:
        """Says whether a payload can be read from here: each of several machines has WARC files of its own."""
        return self._storage.url is not None or in_folder(self._storage, held.location.file)

    def close(self) -> None:
        """Keeps what is waiting, then seals the WARC file. Raises what kept it from doing so."""
        self._queue.put(None)
        self._thread.join()
        if self._failure:
            raise self._failure

    def _put(self, job: Job) -> None:
        if self._failure:
            job.future.set_exception(self._failure)
        else:
            self._queue.put(job)

    def _work(self) -> None:
        jobs: list[Job] = []
        try:
            with self._engine.connect() as connection:
                while jobs := self._waiting(len(jobs)):
                    self._commit(connection, jobs)
                self._seal(connection)
        except Exception as error:  # noqa: BLE001 – whatever it was, nothing can be kept any more
            self._fail(as_told(error), jobs)

    def _waiting(self, before: int) -> list[Job]:
        """Gives what is waiting, at least one job; nothing at the end. `before`: how many there were last time."""
        job = self._queue.get()
        if before > BUSY:
            time.sleep(GATHER_SECONDS)
        jobs: list[Job] = []
        while job is not None:
            jobs.append(job)
            if len(jobs) == GROUP:
                return jobs
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return jobs
        if jobs:
            self._queue.put(None)
        return jobs

    def _commit(self, connection: Connection, jobs: list[Job]) -> None:
        kept = [job for job in jobs if isinstance(job, Kept)]
        settled = [job for job in jobs if isinstance(job, Settled)]
        questions = [job for job in jobs if isinstance(job, Question)]
        with connection.begin():
            if kept:
                self._keep(connection, kept)
            if settled:
                frontier.settle(connection, self._crawl_id, [job.done for job in settled])
            answers = [question.ask(connection) for question in questions]
        for item in kept:
            self._answer(item)
        for job in settled:
            answer(job.future, None)
        for question, found in zip(questions, answers, strict=True):
            answer(question.future, found)

    def _answer(self, item: Kept) -> None:
        """Hands over what became of an exchange, with what is held where it is wanted.

        Where that is out of reach, only this one address fails; an object store may be slow, so no transaction waits.
        """
        captured = item.captured
        assert captured is not None
        if captured.not_modified and item.want_payload:
            assert item.held is not None
            try:
                captured = replace(captured, payload=payload_at(self._storage, item.held.location))
            except (MissingObjectError, StoreUnavailableError) as error:
                with suppress(InvalidStateError):
                    item.future.set_exception(error)
                return
        answer(item.future, captured)

    def _keep(self, connection: Connection, kept: list[Kept]) -> None:
        for item in kept:
            item.received = receive(item.exchange.response) if item.exchange.response else None
        self._remember(connection, kept)
        for item in kept:
            self._make_records(item)
        members = [member for item in kept if item.records for member in item.records.members]
        places = iter(self._writer.append(members))
        self._writer.sync()
        orphans = [
            Orphan(next(places), item.records.facts, next(places) if item.records.request_id else None)
            for item in kept
            if item.records
        ]
        ids = index(connection, self._crawl_id, orphans, self._url_key, self._files)
        for item, orphan, capture_id in zip(kept, orphans, ids, strict=True):
            item.captured = captured_as(item.received, orphan.facts, capture_id)

    def _remember(self, connection: Connection, kept: list[Kept]) -> None:
        """Asks at one time which of the payloads are held."""
        if len(self._originals) > REMEMBERED:
            self._originals.clear()
        digests = {item.received.sha256 for item in kept if item.received and item.received.content.data}
        if unknown := digests - self._originals.keys():
            found = captures.held(connection, unknown)
            self._originals |= {digest: held.original for digest, held in found.items()}

    def _make_records(self, item: Kept) -> None:
        received = item.received
        exchange = item.exchange
        if received is None or received.message.status == 304:
            original = item.held.original if item.held else None
            item.records = exchange_records(exchange, original, exchange.validator_sent, received)
            return
        if exchange.error is None and (why := incomplete(received)):
            exchange = replace(exchange, error=why)
        item.records = exchange_records(exchange, self._originals.get(received.sha256), False, received)
        facts = item.records.facts
        if facts.kind is CaptureKind.RESPONSE and received.content.data:
            self._originals.setdefault(received.sha256, as_original(facts))

    def _seal(self, connection: Connection) -> None:
        self._writer.close()
        with connection.begin():
            captures.set_sealed(connection, self._files, datetime.now(UTC))

    def _fail(self, error: Exception, jobs: list[Job]) -> None:
        self._failure = error
        self._on_failure(error)
        with suppress(queue.Empty):
            while True:
                job = self._queue.get_nowait()
                jobs += [job] if job else []
        for job in jobs:
            with suppress(InvalidStateError):  # answered, or nobody waits any more
                job.future.set_exception(error)


def answer(future: "Future[Any]", found: object) -> None:
    """Answers who asked, unless a spider that is told to stop has left."""
    with suppress(InvalidStateError):
        future.set_result(found)
