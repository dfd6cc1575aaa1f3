"""Makes the cluster of the embedded server and starts it, one process at a time, whatever was killed before.

The server's own processes hold a lock that they inherit, so a second server never works on the same folder.
"""

import fcntl
import os
import shlex
import shutil
import time
from pathlib import Path

from psycopg import pq

from archive.errors import DatabaseUnavailableError
from archive.records import binaries, settings
from archive.records.place import DATABASE, ROLE, Place, locked
from archive.records.probe import listener, ping, written_pid

START_SECONDS = 600.0  # recovery after a crash replays up to max_wal_size
RETRY_SECONDS = 60.0  # a killed server's processes end when their query does (measured 2.9–4.4 s)
SEVERITIES = ("LOG", "ERROR", "FATAL", "PANIC", "DETAIL", "HINT")
LANGUAGE = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}  # and nothing of the caller's


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
        wait_until_up(here, bin_folder)


def wait_until_up(here: Place, bin_folder: Path) -> None:
    """Starts the server, once no process of an earlier one is left, and waits until it accepts connections."""
    begun = time.monotonic()
    while ping(here) != pq.Ping.OK:
        waited = time.monotonic() - begun
        if listener(here) is not None:
            if waited > START_SECONDS:
                raise DatabaseUnavailableError(f"PostgreSQL is still starting; see {here.folder / 'log'}")
            time.sleep(0.05)
        elif not launch(here, bin_folder) and waited > RETRY_SECONDS:
            raise DatabaseUnavailableError(
                f"processes of an earlier PostgreSQL still work on {here.data}: wait for them, or end them"
            )


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


def launch(here: Place, bin_folder: Path) -> bool:
    """Gives whether the server was started; not while processes of an earlier one hold the lock they inherited."""
    try:
        with locked(here.folder / "serving", fcntl.LOCK_EX, patience=0.2) as lock:
            forget_stale(here)
            begin(here, bin_folder, lock)
    except BlockingIOError:
        return False
    return True


def begin(here: Place, bin_folder: Path, lock: int) -> None:
    """Runs PostgreSQL's own `pg_ctl` until the server accepts connections or has given up.

    Raises DatabaseUnavailableError with the end of the log.
    """
    log = here.folder / "log"
    if log.exists():
        log.replace(here.folder / "log.1")
    options = shlex.join(["-c", f"config_file={here.folder / 'postgresql.conf'}"])
    command = [str(bin_folder / "pg_ctl"), "start", "-w", "-t", str(int(START_SECONDS)), "-o", options]
    # The data folder goes by the environment: pg_ctl quotes -D for a shell badly.
    environment = LANGUAGE | {"PGDATA": str(here.data)}
    with log.open("wb") as sink:
        inherited = {"stdout": sink, "stderr": sink, "pass_fds": (lock,)}
        done = here.runner.run(command, env=environment, cwd="/", start_new_session=True, **inherited)
    if done.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace")
        raise DatabaseUnavailableError(f"PostgreSQL did not start: {reason(said)} (see {log})")


def reason(log: str) -> str:
    """Gives the last lines of the log in which the server says why."""
    said = [line for line in log.splitlines() if any(f" {kind}:  " in line for kind in SEVERITIES)]
    return " / ".join(line.partition("] ")[2] for line in said[-3:]) or log.strip()[-300:]


def forget_stale(here: Place) -> None:
    """Removes a pid file that names no server of this folder: it may name another process of the same user by now.

    No process that we started serves it any more (the lock is held); one started by hand has the folder open.
    """
    pid = written_pid(here)
    try:
        theirs = Path(f"/proc/{pid}/cwd").readlink()
    except FileNotFoundError:  # gone, or a zombie nobody waits for
        theirs = None
    except PermissionError:  # another user's, which PostgreSQL sees too
        return
    if theirs != here.data:
        (here.data / "postmaster.pid").unlink(missing_ok=True)
