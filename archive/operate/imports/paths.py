"""What lies under a path that is to be imported: WARC files, packed into a WACZ or not, and files as they are."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from archive.warc.foreign import GZIP, ZSTD, Trouble

WARC = b"WARC/"
ARC = b"filedesc://"
START = 12  # bytes that tell
MEMBERS = 10_000  # of a WACZ


@dataclass(frozen=True, slots=True)
class Input:
    """A file; `member` is the one of a WACZ; `base` is the path under which it was found."""

    path: Path
    base: Path
    is_warc: bool = False
    member: str | None = None

    @property
    def where(self) -> str:
        """Gives how it is told to people."""
        return f"{self.path}!{self.member}" if self.member else str(self.path)

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Opens it for reading. Raises OSError, BadZipFile."""
        if self.member is None:
            with self.path.open("rb") as file:
                yield file
        else:
            with zipfile.ZipFile(self.path) as packed, packed.open(self.member) as file:
                yield file


def inputs(base: Path) -> Iterator[Input | tuple[str, Trouble]]:
    """Gives the files under a path in the order of their names, and (where, why) of those that are left out."""
    for path in files(base):
        if path != base and any(part.startswith(".") for part in path.relative_to(base).parts):
            yield str(path), Trouble(0, "hidden", "a hidden file")
            continue
        try:
            yield from inputs_of(path, base)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            reason = getattr(error, "strerror", None) or str(error)
            yield str(path), Trouble(0, "unreadable-file", reason)


def files(base: Path) -> list[Path]:
    """Gives the files of a folder, or the one that it is; links to elsewhere are not followed."""
    if not base.is_dir():
        return [base]
    return sorted(path for path in base.rglob("*") if path.is_file() and not path.is_symlink())


def inputs_of(path: Path, base: Path) -> Iterator[Input | tuple[str, Trouble]]:
    """Gives what a file is, or what a WACZ holds. Raises OSError, EOFError, zlib.error, BadZipFile."""
    name = path.name.lower()
    start = beginning(path)
    if name.endswith(".warc.zst") or start[:4] in ZSTD:
        yield str(path), Trouble(0, "unsupported", "compressed with zstd: unpack it first (zstd -d)")
    elif start.startswith(ARC):
        yield str(path), Trouble(0, "unsupported", "ARC, the format before WARC: convert it first (warcio recompress)")
    elif start.startswith(WARC) or name.endswith((".warc", ".warc.gz")):
        yield Input(path, base, is_warc=True)
    elif name.endswith(".wacz"):
        yield from wacz(path, base)
    else:
        yield Input(path, base)


def beginning(path: Path) -> bytes:
    """Gives the first bytes of a file, unpacked where it is gzip."""
    with path.open("rb") as file:
        start = file.read(START)
    if start.startswith(GZIP):
        with gzip.open(path) as unpacked:
            return unpacked.read(START)
    return start


def wacz(path: Path, base: Path) -> Iterator[Input | tuple[str, Trouble]]:
    """Gives the WARC files of a WACZ. Raises BadZipFile, OSError."""
    with zipfile.ZipFile(path) as packed:
        members = [member for member in packed.infolist() if not member.is_dir()]
    warcs = [member for member in members if member.filename.lower().endswith((".warc", ".warc.gz"))]
    for member in members:
        if member.filename.lower().endswith((".wacz", ".warc.zst")):
            yield f"{path}!{member.filename}", Trouble(0, "unsupported", "unpack it and import it by itself")
    if len(members) > MEMBERS:
        yield str(path), Trouble(0, "unsupported", f"{len(members)} members, {MEMBERS} at most")
    elif not warcs:
        yield str(path), Trouble(0, "no-warc", "a WACZ without a WARC file in it")
    else:
        for member in warcs:
            if member.flag_bits & 1:
                yield f"{path}!{member.filename}", Trouble(0, "unsupported", "encrypted")
            else:
                yield Input(path, base, is_warc=True, member=member.filename)
