"""Every record of a file that may be damaged: what is sound before, between and behind the damage."""

import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.model import Location
from archive.warc.member import GZIP, Record
from archive.warc.reader import TornTailError, walk

MEMBER = b"\x1f\x8b\x08"  # how a gzip member begins
LOOK = 4096  # bytes of a member that show whether a WARC record is in it


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes from `offset` to `end` of a file that are no sound records, and what is wrong with the first."""

    file: str
    offset: int
    end: int
    reason: str


def salvage(path: Path) -> Iterator[tuple[Location, Record] | Damage]:
    """Gives the sound records of a file in their order, and the damage between them. Raises OSError."""
    at: int | None = 0
    while at is not None:
        try:
            yield from walk(path, at)
            return
        except TornTailError as torn:
            at = next_start(path, torn.offset + 1)
            yield Damage(path.name, torn.offset, path.stat().st_size if at is None else at, torn.reason)


def next_start(path: Path, start: int) -> int | None:
    """Gives the offset of the next member that begins like a WARC record, None where there is none."""
    with path.open("rb") as file:
        if start >= path.stat().st_size:
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            while (start := data.find(MEMBER, start)) != -1:
                if begins_record(data[start : start + LOOK]):
                    return start
                start += 1
    return None


def begins_record(data: bytes) -> bool:
    """Tells whether bytes are the beginning of a gzip member that holds a WARC record."""
    try:
        return zlib.decompressobj(GZIP).decompress(data, 16).startswith(b"WARC/1.")
    except zlib.error:
        return False
