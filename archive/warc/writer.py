"""Appends records to WARC files so that a dead writer's file can be told from a living one's.

A file is `<name>.open` while it is written, under an flock that the kernel drops with the process. Bytes are
durable after `sync`. Not for several threads at once.
"""

import errno
import fcntl
import os
import re
import secrets
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

from archive.errors import StorageFailedError
from archive.model import Location
from archive.warc.record import warcinfo

ROLL_BYTES = 256 * 1024 * 1024
SUFFIX = ".warc.gz"
OPEN = ".open"
NAME_TRIES = 1000
RANDOM = secrets.token_hex(3)
NUMBERS = count(1)


class Writer:
    """One writer of WARC files in a folder; files appear at the first record and roll by size.

    After a failed write or fsync nothing more is written: the last group may not be on disk, and asking the
    kernel again does not tell (a second fsync can succeed although pages were lost).
    """

    def __init__(self, folder: Path, prefix: str, info: Mapping[str, str], roll_bytes: int = ROLL_BYTES) -> None:
        self._folder = folder
        self._prefix = prefix
        self._info = info
        self._roll_bytes = roll_bytes
        self._fd: int | None = None
        self._path = folder
        self._end = 0
        self._failure: str | None = None

    def append(self, members: Sequence[bytes]) -> list[Location]:
        """Gives the places of the members, written one behind the other in one file.

        They count only after `sync`. Raises StorageFailedError; the records before stay whole then.
        """
        with self._failing_for_good():
            if self._fd is not None and self._end >= self._roll_bytes:
                self._seal()
            fd = self._open() if self._fd is None else self._fd
            return self._write(fd, members)

    def sync(self) -> None:
        """Makes all that was appended durable. Raises StorageFailedError; nothing since the last sync counts then."""
        with self._failing_for_good():
            if self._fd is not None:
                os.fsync(self._fd)

    def close(self) -> None:
        """Makes all durable and seals the file. Raises StorageFailedError."""
        with self._failing_for_good():
            if self._fd is not None:
                self._seal()

    def _write(self, fd: int, members: Sequence[bytes]) -> list[Location]:
        name = self._path.name.removesuffix(OPEN)
        places = []
        end = self._end
        for member in members:
            places.append(Location(name, end, len(member)))
            end += len(member)
        rest = memoryview(b"".join(members))
        while rest:
            rest = rest[os.pwrite(fd, rest, end - len(rest)) :]
        self._end = end
        return places

    def _open(self) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        started = datetime.now(UTC)
        self._path, fd = create(self._folder, self._prefix, started)
        self._fd, self._end = fd, 0
        self._write(fd, [warcinfo(self._path.name.removesuffix(OPEN), started, self._info)])
        sync_folder(self._folder)
        return fd

    def _seal(self) -> None:
        fd = self._fd
        assert fd is not None
        os.ftruncate(fd, self._end)  # an append that an interrupt broke off may have left bytes
        os.fsync(fd)
        seal(self._path)
        self._fd = None
        os.close(fd)

    @contextmanager
    def _failing_for_good(self) -> Iterator[None]:
        if self._failure:
            raise StorageFailedError(self._failure)
        try:
            yield
        except OSError as error:
            self._failure = f"{self._path}: cannot be written: {error.strerror or error}"
            self._give_up()
            raise StorageFailedError(self._failure) from error

    def _give_up(self) -> None:
        if self._fd is None:
            return
        try:
            os.ftruncate(self._fd, self._end)
        except OSError as error:  # the torn member stays for recovery to set aside
            self._failure = f"{self._failure}; its torn end is still there: {error.strerror}"
        fd, self._fd = self._fd, None
        os.close(fd)  # unlocks: recovery may take the file


def create(folder: Path, prefix: str, started: datetime) -> tuple[Path, int]:
    """Gives a new locked file that no other writer has, and that recovery has not taken meanwhile.

    No other machine makes its name, though hosts and processes of containers may be called alike, nor does this process
    once the file has left the folder: all may lie in one object store.

    Raises OSError.
    """
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname()) or "host"
    stem = f"{prefix}-{started:%Y%m%dT%H%M%SZ}-{host}-{os.getpid()}-{RANDOM}"
    for number in islice(NUMBERS, NAME_TRIES):
        sealed = folder / f"{stem}-{number}{SUFFIX}"
        path = sealed.with_name(sealed.name + OPEN)
        if sealed.exists():
            continue
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            continue
        if lock(fd) and path.exists() and path.stat().st_ino == os.fstat(fd).st_ino:
            return path, fd
        os.close(fd)
    raise OSError(errno.EEXIST, f"no free name after {NAME_TRIES} tries", stem)


def lock(fd: int) -> bool:
    """Gives whether this process now holds the lock of a file; False: another one does."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def seal(path: Path) -> Path:
    """Gives the path of a finished file, renamed durably without `.open`. Raises OSError."""
    sealed = path.with_name(path.name.removesuffix(OPEN))
    path.rename(sealed)
    sync_folder(path.parent)
    return sealed


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable. Raises OSError."""
    sync_file(folder)


def sync_file(path: Path) -> None:
    """Makes the bytes of a file, or the names of a folder, durable. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
