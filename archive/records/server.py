"""The embedded PostgreSQL: started when first needed, shared by processes, stopped when the last one leaves.

Its users hold a shared `flock`, which the kernel drops however they end; who leaves last gets it exclusively and
stops the server. Whether it is up is asked of the server, never of a pid file; who it is, of the kernel.
"""

import fcntl
import os
import shlex
import shutil
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import pq
from psycopg.conninfo import make_conninfo

from archive.errors import DatabaseUnavailableError
from archive.records import binaries, place, settings
from archive.records.place import DATABASE, ROLE, SOCKET, Place, locked

START_SECONDS = 600.0  # recovery after a crash replays up to max_wal_size
RETRY_SECONDS = 60.0  # a killed postmaster's children hold its memory for seconds (measured 2.9–4.4)
STOP_SECONDS = 60.0
SEVERITIES = ("LOG", "ERROR", "FATAL", "PANIC", "DETAIL", "HINT")
LANGUAGE = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}  # and nothing of the caller's


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
    from sqlalchemy import URL  # slow to import, and a process that only stops a server needs none of it

    query = {"host": str(here.sockets), "port": "5432"}
    return URL.create("postgresql+psycopg", ROLE, database=DATABASE, query=query).render_as_string()


def ping(here: Place) -> pq.Ping:
    """Gives what the server answers: OK, REJECT (starting or stopping), NO_RESPONSE."""
    target = make_conninfo(host=str(here.sockets), port=5432, user=ROLE, dbname=DATABASE, connect_timeout=10)
    return pq.Ping(pq.PGconn.ping(target.encode()))


def listener(here: Place) -> int | None:
    """Gives the process that listens on the socket, as the kernel knows it; None where none does.

    Elsewhere than on Linux it is what the server itself wrote down, and the server answers.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(here.sockets / SOCKET))
        except OSError:
            return None
        if hasattr(socket, "SO_PEERCRED"):
            pid, uid, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            return pid if pid > 0 and uid == here.runner.uid else None  # 0: in another container
    return written_pid(here)


def written_pid(here: Place) -> int | None:
    """Gives the first line of `postmaster.pid`; it may be stale."""
    try:
        first = (here.data / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() and int(first) > 1 else None


# ── start ────────────────────────────────────────────────────────────────────────────────────────────


def ensure_up(home: Path, here: Place) -> None:
    """Starts the server unless it answers; of several processes at once, one does."""
    if ping(here) == pq.Ping.OK:
        return
    with locked(home / "postgres.lock", fcntl.LOCK_EX):
        bin_folder = binaries.programs(here.runner)
        if not here.data.exists():
            initialise(here, bin_folder)
        settings.require_same_major(here, bin_folder)
        settings.write(here)
        begun = time.monotonic()
        while ping(here) != pq.Ping.OK:
            waited = time.monotonic() - begun
            if listener(here) is None:
                launch(here, bin_folder, again=waited < RETRY_SECONDS)
            elif waited > START_SECONDS:
                raise DatabaseUnavailableError(f"PostgreSQL is still starting; see {here.folder / 'log'}")
            time.sleep(0.02)


def initialise(here: Place, bin_folder: Path) -> None:
    """Makes the cluster with its database: whole, or not at all."""
    new = here.folder / "data.new"
    if new.exists():
        shutil.rmtree(new)  # of a start that was interrupted
    new.mkdir(mode=0o700)
    os.chown(new, here.runner.uid, here.runner.gid)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    program(here, [str(bin_folder / "initdb"), "-D", str(new), "-U", ROLE, "--auth=reject", *locale])
    single = [str(bin_folder / "postgres"), "--single", "-D", str(new), "-c", "exit_on_error=on", "postgres"]
    program(here, single, f"CREATE DATABASE {DATABASE}\n")
    new.rename(here.data)


def program(here: Place, command: list[str], sent: str = "") -> None:
    """Runs a program as the server's user. Raises DatabaseUnavailableError with what it said."""
    done = here.runner.run(command, env=LANGUAGE, cwd="/", input=sent, capture_output=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise DatabaseUnavailableError(f"{Path(command[0]).name} failed: {' / '.join(said)}")


def launch(here: Place, bin_folder: Path, *, again: bool) -> None:
    """Starts the server and waits until it accepts or has given up, by PostgreSQL's own `pg_ctl`.

    Returns without one where an earlier server still holds the memory and `again` allows another try; otherwise
    raises DatabaseUnavailableError with the end of the log.
    """
    forget_stale(here)
    log = here.folder / "log"
    if log.exists():
        log.replace(here.folder / "log.1")
    options = shlex.join(["-c", f"config_file={here.folder / 'postgresql.conf'}"])
    command = [str(bin_folder / "pg_ctl"), "start", "-w", "-t", str(int(START_SECONDS)), "-o", options]
    # The data folder goes by the environment: pg_ctl quotes -D for a shell badly.
    environment = LANGUAGE | {"PGDATA": str(here.data)}
    with log.open("wb") as sink:
        done = here.runner.run(
            command, env=environment, cwd="/", stdin=None, stdout=sink, stderr=sink, start_new_session=True
        )
    said = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode == 0:
        return
    if not again or ("is still in use" not in said and "already exists" not in said):
        raise DatabaseUnavailableError(f"PostgreSQL did not start: {reason(said)} (see {log})")
    time.sleep(0.2)


def reason(log: str) -> str:
    """Gives the last lines of the log in which the server says why."""
    said = [line for line in log.splitlines() if any(f" {kind}:  " in line for kind in SEVERITIES)]
    return " / ".join(line.partition("] ")[2] for line in said[-3:]) or log.strip()[-300:]


def forget_stale(here: Place) -> None:
    """Removes a pid file that names a process which is not a server of this folder.

    PostgreSQL itself refuses to start where the number was given to another process of the same user. Nobody listens
    and no one else starts a server (the lock is held); shared memory still in use is found by its key all the same.
    """
    pid = written_pid(here)
    if pid is None or not Path("/proc/self/cwd").exists():
        return
    try:
        theirs = Path(f"/proc/{pid}/cwd").readlink()
    except FileNotFoundError:  # gone, or a zombie nobody waits for
        theirs = None
    except PermissionError:  # another user's, which PostgreSQL sees too
        return
    if theirs != here.data:
        (here.data / "postmaster.pid").unlink(missing_ok=True)


# ── stop ─────────────────────────────────────────────────────────────────────────────────────────────


def stop_if_unused(here: Place) -> bool:
    """Gives whether no server runs now: stops it, unless a process still shares the lock of its users."""
    try:
        with locked(here.folder / "users", fcntl.LOCK_EX | fcntl.LOCK_NB):
            pid = listener(here)
            if pid is not None:
                os.kill(pid, signal.SIGINT)  # "fast": open connections are ended, a checkpoint is written
            return pid is None or gone(here)
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
