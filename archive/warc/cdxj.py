"""Index of captures as other tools read it (CDXJ 0.1): a line a capture, sorted by address and time.

Only what can be replayed has a line: an answer that came whole, or a revisit of one. pywb waits for ever for a body
that is shorter than its Content-Length.
"""

import gzip
import hashlib
import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

from archive.model import CaptureKind, Location
from archive.warc.member import safe_url
from archive.warc.surt import surt

IN_MEMORY = 100_000  # lines sorted at a time
BLOCK = 3_000  # lines in a compressed block
REVISITS = (CaptureKind.REVISIT_IDENTICAL, CaptureKind.REVISIT_NOT_MODIFIED)


class Sink(Protocol):
    """Where bytes are written to."""

    def write(self, data: bytes, /) -> int:
        """Writes bytes; gives their number."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A capture to be indexed; `media_type` as the server claimed it, `digest` of its payload or its original's."""

    kind: CaptureKind
    url: str
    at: datetime
    status: int | None
    media_type: str | None
    digest: str | None
    truncated: str | None
    place: Location


def line(entry: Entry) -> str | None:
    """Gives the line of a capture, without its end; None for what cannot be replayed."""
    if entry.kind is CaptureKind.ERROR or entry.truncated:
        return None
    said = {
        "url": safe_url(entry.url),
        "mime": "warc/revisit" if entry.kind in REVISITS else entry.media_type or "unk",
        "status": None if entry.status is None else str(entry.status),
        "digest": entry.digest,
        "length": str(entry.place.length),
        "offset": str(entry.place.offset),
        "filename": entry.place.file,
    }
    known = {name: value for name, value in said.items() if value is not None}
    return f"{surt(entry.url)} {stamp(entry.at)} {json.dumps(known, ensure_ascii=True)}"


def stamp(at: datetime) -> str:
    """Gives an aware time as 14 digits of UTC."""
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}"


def in_order(lines: Iterable[str]) -> Iterator[str]:
    """Gives lines sorted by their bytes; those that do not fit into memory wait in files."""
    every = iter(lines)
    with ExitStack() as stack:
        runs: list[Iterable[str]] = []
        while some := sorted(islice(every, IN_MEMORY)):
            if len(some) < IN_MEMORY:
                runs.append(some)
                break
            file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="ascii"))
            file.writelines(f"{one}\n" for one in some)
            file.seek(0)
            runs.append(one.rstrip("\n") for one in file)
        yield from heapq.merge(*runs)


def write(lines: Iterable[str], file: Sink) -> int:
    """Writes sorted lines; gives their number."""
    count = 0
    for count, one in enumerate(in_order(lines), 1):  # noqa: B007  the number of the last
        file.write(one.encode("ascii") + b"\n")
    return count


def write_blocks(lines: Iterable[str], file: Sink, name: str) -> Iterator[str]:
    """Writes sorted lines in compressed blocks, for a file of that name; gives the lines of the index of the blocks.

    ReplayWeb.page and pywb look an address up there and read one block.
    """
    yield "!meta 0 " + json.dumps({"format": "cdxj-gzip-1.0", "filename": name})
    at = 0
    for block in blocks(in_order(lines)):
        packed = gzip.compress("".join(f"{one}\n" for one in block).encode("ascii"), mtime=0)
        file.write(packed)
        where = {"offset": at, "length": len(packed), "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}"}
        key = " ".join(block[0].split(" ", 2)[:2])
        yield f"{key} {json.dumps(where | {'filename': name})}"
        at += len(packed)


def blocks(lines: Iterator[str]) -> Iterator[list[str]]:
    """Gives lines in lists of BLOCK."""
    while block := list(islice(lines, BLOCK)):
        yield block
