"""Where the embedded PostgreSQL of an archive lies: a folder under its home, or elsewhere for root.

<home>/postgres.lock        held while the server is made or started
<home>/postgres/            ours; a link to /var/lib/nianbao/embedded/… where the server's user cannot enter home
    users                   a lock shared by all who use the server; the kernel drops it with its holder
    keep                    there: the server stays when the last user leaves
    postgresql.conf …       what the server is started with; written anew at each start
    local.conf              the operator's own settings, if any
    log, log.1              what the server said since its last start, and before
    data/                   the cluster; belongs to the user who runs the server
    run/                    the socket; under /tmp where this path will not do for one
"""

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.errors import DatabaseUnavailableError
from archive.records import binaries
from archive.records.binaries import Account

SOCKET = ".s.PGSQL.5432"
SOCKET_BYTES = 103  # of sockaddr_un, less the final zero: macOS; Linux has 107
DATABASE = ROLE = "nianbao"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one embedded server, and who runs it."""

    folder: Path
    runner: Account

    @property
    def data(self) -> Path:
        """Gives the folder of the cluster."""
        return self.folder / "data"

    @property
    def sockets(self) -> Path:
        """Gives the folder of the socket: short enough for one, and without the comma that parts hosts."""
        near = self.folder / "run"
        if len(os.fsencode(near / SOCKET)) <= SOCKET_BYTES and "," not in str(near):
            return near
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(f"/tmp/nianbao-{self.runner.uid}-{digest}")  # noqa: S108 - owner and mode are checked

    @property
    def kept(self) -> Path:
        """Gives the file that keeps the server when its last user leaves."""
        return self.folder / "keep"


@contextmanager
def locked(path: Path, how: int, patience: float | None = None) -> Iterator[int]:
    """Holds `flock(path, how)` and gives its descriptor; a process that inherits it holds the lock too.

    Raises BlockingIOError where it is still held after `patience` seconds; None waits as long as it takes.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        take(descriptor, how, patience)
        yield descriptor
    finally:
        os.close(descriptor)


def take(descriptor: int, how: int, patience: float | None) -> None:
    """Takes the lock of an open file."""
    deadline = time.monotonic() + (patience or 0)
    wait = 0 if patience is None else fcntl.LOCK_NB
    while True:
        try:
            fcntl.flock(descriptor, how | wait)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.05)
        else:
            break


def find(home: Path) -> Place | None:
    """Gives the place under `home` if one was made. Raises DatabaseUnavailableError where it cannot be used."""
    link = home / "postgres"
    if not os.path.lexists(link):
        return None
    if not link.exists():
        raise DatabaseUnavailableError(f"{link} leads to {link.readlink()}, which is gone")
    folder = link.resolve()
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise DatabaseUnavailableError(
            f"{folder} belongs to user {owner}, not to {os.geteuid()}: run as that user,"
            " name another home (NIANBAO_HOME), or use a server of your own (NIANBAO_DATABASE_URL)"
        )
    data = folder / "data"
    return Place(folder, binaries.account_of(data.stat().st_uid) if data.exists() else binaries.runner())


def make(home: Path) -> Place:
    """Gives the place under `home`, making its folders. Raises DatabaseUnavailableError where they cannot be."""
    try:
        if not home.exists():
            binaries.folder(home)
        with locked(home / "postgres.lock", fcntl.LOCK_EX):
            place = find(home) or Place(new_folder(home, binaries.runner()), binaries.runner())
        runtime(place)
    except OSError as error:
        raise DatabaseUnavailableError(f"cannot keep a database under {home}: {error}") from error
    return place


def new_folder(home: Path, runner: Account) -> Path:
    """Gives a new folder of ours that the runner may enter: in `home`, else elsewhere with a link to it."""
    near = home / "postgres"
    if runner.may_enter(home):
        near.mkdir()
        near.chmod(0o700 if runner.uid == os.geteuid() else 0o755)
        return near.resolve()
    binaries.folder(binaries.SYSTEM / "embedded")
    elsewhere = Path(tempfile.mkdtemp(dir=binaries.SYSTEM / "embedded", prefix=""))
    elsewhere.chmod(0o755)
    (elsewhere / "home").write_text(f"{home.absolute()}\n", encoding="utf-8")
    near.symlink_to(elsewhere)
    return elsewhere


def runtime(place: Place) -> None:
    """Makes the folder of the socket. Raises DatabaseUnavailableError where a stranger made it before."""
    sockets = place.sockets
    try:
        sockets.mkdir(mode=0o700)
    except FileExistsError:
        found = sockets.lstat()
        strange = not stat.S_ISDIR(found.st_mode) or found.st_uid not in (place.runner.uid, os.geteuid())
        if strange or stat.S_IMODE(found.st_mode) & 0o077:
            raise DatabaseUnavailableError(
                f"{sockets} is not a private folder of user {place.runner.name}: remove it"
            ) from None
    if sockets.stat().st_uid != place.runner.uid:
        os.chown(sockets, place.runner.uid, place.runner.gid)
