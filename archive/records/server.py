"""The embedded PostgreSQL: started when first needed, shared by processes, stopped when the last one leaves.

Its users hold a shared `flock`, which the kernel drops however they end; who leaves last gets it exclusively and
stops the server. Whether it is up is asked of the server, never of a pid file; which process it is, of the kernel.
"""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from psycopg import pq
from sqlalchemy import URL

from archive.records import place
from archive.records.launch import ensure_up
from archive.records.place import DATABASE, ROLE, Place, locked
from archive.records.probe import listener, ping

STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of an embedded server: `pid` of its first process, None where it does not run."""

    folder: Path | None
    running: bool
    kept: bool
    pid: int | None
    url: str | None


@contextmanager
def running(home: Path) -> Iterator[str]:
    """Gives the SQLAlchemy URL of the embedded server of `home`, which runs at least as long as the block.

    Raises DatabaseUnavailableError where it cannot be started.
    """
    here = place.make(home)
    try:
        with locked(here.folder / "users", fcntl.LOCK_SH):
            ensure_up(home, here)
            yield url(here)
    finally:
        if not here.kept.exists():
            stop_if_unused(here)


def start(home: Path) -> str:
    """Gives the URL of the server of `home`, which then runs until `stop`."""
    with running(home) as address:
        place.make(home).kept.touch()
    return address


def stop(home: Path) -> bool:
    """Gives whether no server of `home` runs now; where others use it, it stops when the last of them leaves."""
    here = place.find(home)
    if here is None:
        return True
    here.kept.unlink(missing_ok=True)
    return stop_if_unused(here)


def status(home: Path) -> ServerStatus:
    """Gives what is known of the server of `home`; starts and makes nothing."""
    here = place.find(home)
    if here is None:
        return ServerStatus(None, running=False, kept=False, pid=None, url=None)
    up = ping(here) == pq.Ping.OK
    return ServerStatus(here.folder, up, here.kept.exists(), listener(here), url(here) if up else None)


def url(here: Place) -> str:
    """Gives the SQLAlchemy URL of the server."""
    query = {"host": str(here.sockets), "port": "5432"}
    return URL.create("postgresql+psycopg", ROLE, database=DATABASE, query=query).render_as_string()


def stop_if_unused(here: Place) -> bool:
    """Gives whether no server runs now: stops it, unless a process still shares the lock of its users."""
    try:
        with locked(here.folder / "users", fcntl.LOCK_EX, patience=0):
            pid = listener(here)
            if pid is None:
                return ping(here) == pq.Ping.NO_RESPONSE
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)  # "fast": open connections are ended, a checkpoint is written
            return gone(here)
    except BlockingIOError:
        return False


def gone(here: Place) -> bool:
    """Gives whether the server has ended, having waited for it."""
    deadline = time.monotonic() + STOP_SECONDS
    while listener(here) is not None or (here.data / "postmaster.pid").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
