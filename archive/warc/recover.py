"""Finishes the files of dead writers: what is complete is indexed, what is torn is set aside, then they are sealed.

Every step can be killed and done again. The order is: `examine`, index what it found (one transaction, by the
caller), `settle`; so a file is sealed only when the index knows all of it.
"""

import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import CorruptArchiveError, LockHeldError, StorageFailedError
from archive.model import Location
from archive.warc.facts import Facts, facts_of, is_capture
from archive.warc.member import MalformedRecordError, Record
from archive.warc.reader import BITE, TornTailError, walk
from archive.warc.record import parse_warc_fields
from archive.warc.writer import OPEN, SUFFIX, lock, seal, sync_file, sync_folder


@dataclass(frozen=True, slots=True)
class Orphan:
    """A complete exchange in a file: where its records lie and what the index should say of it."""

    location: Location
    facts: Facts
    request_location: Location | None = None


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the file of a dead writer holds beyond what is indexed."""

    path: Path
    name: str  # of the sealed file, as in Location
    info: dict[str, str] = field(default_factory=dict)  # of its warcinfo: who wrote it, for which crawl
    orphans: tuple[Orphan, ...] = ()
    good_end: int = 0
    torn_bytes: int = 0


def recover(folder: Path, indexed_end: Callable[[str], int], index: Callable[[Recovered], None]) -> list[Recovered]:
    """Gives what was found in each dead writer's file; all of them are sealed afterwards.

    `indexed_end` gives the end of the last indexed member of a file by name, 0 if none; `index` stores the orphans
    and returns when they are committed. Files that a living writer holds are left alone. Raises
    CorruptArchiveError where a file is shorter than its index, or differs from a sealed one of its name.
    """
    done = []
    for path in recoverable(folder):
        with held(path):
            if is_left_over(path):
                path.unlink()
                continue
            found = examine(path, indexed_end(path.name.removesuffix(OPEN)))
            index(found)
            settle(found)
        done.append(found)
    return done


def adopt(
    folder: Path, known: Collection[str], indexed_end: Callable[[str], int], index: Callable[[Recovered], None]
) -> list[Recovered]:
    """Gives what sealed files hold that the index does not, as after a restored database; `known` are left alone.

    They stay as they are, damage included, which a verification names. Files of other archives have no crawl of ours
    and are none of our business. Arguments and errors as of `recover`.
    """
    done = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if path.name in known or "crawl" not in info_of(path):
            continue
        with suppress(LockHeldError), held(path):  # someone checks it: next time
            found = examine(path, indexed_end(path.name))
            index(found)
            done.append(found)
    return done


def recoverable(folder: Path) -> list[Path]:
    """Gives the open files whose writer is dead, by name."""
    return [path for path in sorted(folder.glob(f"*{SUFFIX}{OPEN}")) if not in_use(path)]


def is_left_over(path: Path) -> bool:
    """Says whether a sealed file has all bytes of an open one: backups taken at two times leave both.

    Raises CorruptArchiveError where it has others.
    """
    sealed = path.with_name(path.name.removesuffix(OPEN))
    if not sealed.exists():
        return False
    with path.open("rb") as file, sealed.open("rb") as whole:
        while piece := file.read(BITE):
            if piece != whole.read(len(piece)):
                raise CorruptArchiveError(f"{path}: not the beginning of {sealed.name}; move one of them away")
    return True


def in_use(path: Path) -> bool:
    """Gives whether another process, or a writer of this one, holds a file."""
    try:
        with held(path):
            return False
    except (LockHeldError, FileNotFoundError):  # gone: sealed since it was listed
        return True


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Holds the lock of a file. Raises LockHeldError if someone else does."""
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if not lock(fd):
            raise LockHeldError(f"{path}: its writer is alive")
        yield
    finally:
        os.close(fd)


def examine(path: Path, start: int) -> Recovered:
    """Gives the complete exchanges of a file from `start`, the end of its last indexed member.

    Changes no byte, but makes them durable, as the index may only know what is. Raises CorruptArchiveError if the
    file ends before `start`.
    """
    sync_file(path)
    size = path.stat().st_size
    if start > size:
        raise CorruptArchiveError(f"{path}: the index reaches to offset {start}, the file ends at {size}")
    good_end = start
    captures: list[tuple[Location, Facts]] = []
    requests: dict[str, Location] = {}
    try:
        for location, record in walk(path, start):
            good_end = location.offset + location.length
            if is_capture(record):
                captures.append((location, facts_at(path, location, record)))
            elif answered := record.headers.get("WARC-Concurrent-To"):
                requests[answered] = location
    except TornTailError as torn:
        good_end = torn.offset
    orphans = tuple(Orphan(place, facts, requests.get(facts.record_id)) for place, facts in captures)
    name = path.name.removesuffix(OPEN)
    return Recovered(path, name, info_of(path), orphans, good_end, size - good_end)


def facts_at(path: Path, location: Location, record: Record) -> Facts:
    """Gives the facts of a record. Raises CorruptArchiveError if it is not one of ours."""
    try:
        return facts_of(record)
    except MalformedRecordError as error:
        raise CorruptArchiveError(f"{path}: offset {location.offset}: {error}") from error


def info_of(path: Path) -> dict[str, str]:
    """Gives what the warcinfo at the head of a file says; nothing if it is torn or missing."""
    try:
        _, record = next(walk(path))
    except (StopIteration, TornTailError):
        return {}
    return parse_warc_fields(record.block) if record.type == "warcinfo" else {}


def settle(found: Recovered) -> Path | None:
    """Gives the sealed file, its torn tail copied to `<name>.torn-<offset>` and cut off.

    A file without any complete record is only set aside: None. Raises StorageFailedError.
    """
    try:
        if found.torn_bytes:
            set_aside(found.path, found.name, found.good_end)
        if found.good_end == 0:
            found.path.unlink()
            sync_folder(found.path.parent)
            return None
        return seal(found.path)
    except OSError as error:
        raise StorageFailedError(f"{found.path}: cannot be sealed: {error.strerror or error}") from error


def set_aside(path: Path, name: str, good_end: int) -> None:
    """Copies all from `good_end` on beside the file, durably, and then cuts it off. Raises OSError."""
    with path.open("r+b") as file:
        file.seek(good_end)
        with path.with_name(f"{name}.torn-{good_end}").open("wb") as aside:
            shutil.copyfileobj(file, aside)
            aside.flush()
            os.fsync(aside.fileno())
        sync_folder(path.parent)
        file.truncate(good_end)
        os.fsync(file.fileno())
