"""A worker's part in reading everything again: it serves the queues of the WARC files that it can reach."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from archive import reading
from archive.config import Config
from archive.errors import DatabaseUnavailableError, NianbaoError
from archive.read import REVISION
from archive.records import Engine, jobs, shares
from archive.records.trouble import as_told
from archive.records.waiting import Share
from archive.warc.reach import within_reach

AHEAD = 2  # shares that a worker holds: one that it reads, and the next, so that it never waits for the queue


class GivenBackError(Exception):
    """The worker is to stop; another one goes on with what it has."""


class Attempt(Protocol):
    """One try at a task of the queue."""

    def run(self) -> None:
        """Does it. Raises GivenBackError, NianbaoError where it broke off."""

    def stop(self) -> None:
        """Has it end in good order."""


async def attempted(attempt: Attempt) -> None:
    """Does a task in a thread; cancelled, it lets that end in good order first."""
    done = asyncio.ensure_future(asyncio.to_thread(attempt.run))
    try:
        await asyncio.shield(done)
    except asyncio.CancelledError:
        attempt.stop()
        with suppress(GivenBackError, NianbaoError):
            await done
        raise


@dataclass(slots=True)
class Reader:
    """What a worker reads with, and the queues that it serves, in which it changes those of WARC files."""

    config: Config
    engine: Engine
    turn: threading.Lock
    tell: Callable[..., None]
    queues: list[str] = field(default_factory=lambda: [jobs.QUEUE])
    held: int = 0

    async def look(self) -> None:
        """Serves the queues of the files that are in reach, as shares of them come and go, until it is cancelled."""
        while True:
            with suppress(DatabaseUnavailableError):
                self.queues[1:] = await asyncio.to_thread(self.reachable) if self.held < AHEAD else []
            await asyncio.sleep(jobs.POLL)

    def reachable(self) -> list[str]:
        """Gives the queues with shares that can be read here."""
        offered = shares.offered(self.engine, REVISION)
        return [offered[name] for name in sorted(within_reach(self.config.storage, offered.keys()))]

    async def read(self, share: Share) -> None:
        """Reads a share, when what this machine reads already has ended."""
        self.held += 1
        if self.held >= AHEAD:
            self.queues[1:] = []
        try:
            await attempted(Turn(self, share))
        finally:
            self.held -= 1


class Turn:
    """One try at a share."""

    def __init__(self, reader: Reader, share: Share) -> None:
        self.reader = reader
        self.share = share
        self.stopping = threading.Event()

    def stop(self) -> None:
        """Has it end after what is being stored."""
        self.stopping.set()

    def run(self) -> None:
        """Reads what nobody has read yet. Raises GivenBackError, NianbaoError where bytes are out of reach for now."""
        reader, share = self.reader, self.share
        try:
            with reader.turn:
                self.look_up(0, 0)
                config = reader.config
                done = reading.read_share(reader.engine, config.storage, config.workers, self.look_up, share)
            if done.away:  # it may answer when the share is tried again; this machine's own trouble it is not
                raise NianbaoError(str(done.away))
        except GivenBackError:
            reader.tell("share_given_back", file=share.file)
            raise
        except Exception as error:  # whatever it is: it is tried again elsewhere, and someone is told
            said = str(as_told(error)) or type(error).__name__
            reader.tell("share_broken_off", file=share.file, message=said.partition("\n")[0])
            raise
        reader.tell("share_read", file=share.file, payloads=done.read, unreadable=done.failed)

    def look_up(self, _: int, __: int) -> None:
        """Raises GivenBackError where the worker is to stop."""
        if self.stopping.is_set():
            raise GivenBackError
