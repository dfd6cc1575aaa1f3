"""WACZ 1.1.1: a ZIP file of WARC records with their index, which ReplayWeb.page, pywb and py-wacz open.

Records are copied as they are, byte for byte, each file of ours becoming one of the package under its own name. One
record is in memory at a time; the index is sorted in pieces (archive/warc/cdxj.py).
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import BinaryIO, TextIO

from archive.model import CaptureKind, Location, Role, Storage
from archive.warc.cdxj import Entry, Sink, line, stamp, write_blocks
from archive.warc.member import safe_url
from archive.warc.reader import first_at, member_at

VERSION = "1.1.1"
PAGES = {"format": "json-pages-1.0", "id": "pages", "title": "Reports"}
BITE = 1 << 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """A capture that goes into a package, with its request; `title` is for a page that a reader begins at."""

    entry: Entry
    request: Location | None
    role: Role
    record_id: str | None
    title: str | None

    @property
    def is_page(self) -> bool:
        """Says whether it shows a state of a report."""
        shown = self.entry.kind is CaptureKind.RESPONSE and self.entry.status in (None, 200)
        return shown and self.role in (Role.REPORT, Role.ATTACHMENT)


@dataclass(slots=True)
class Packed:
    """What went into a package."""

    captures: int = 0
    records: int = 0
    files: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """What a package says of itself."""

    title: str
    software: str
    at: datetime


@dataclass(slots=True)
class Package:
    """A package that is being written; `resources` is what datapackage.json lists."""

    file: zipfile.ZipFile
    said: Named
    resources: list[dict[str, object]] = field(default_factory=list)

    @contextmanager
    def part(self, path: str, compressed: bool = False) -> Iterator["Part"]:
        """Gives a file of the package to be written, and lists it with its digest."""
        info = zipfile.ZipInfo(path, self.said.at.astimezone(UTC).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        with self.file.open(info, "w", force_zip64=True) as raw:
            part = Part(raw)
            yield part
        name = path.rpartition("/")[2].lower()
        digest = f"sha256:{part.digest.hexdigest()}"
        self.resources.append({"name": name, "path": path, "hash": digest, "bytes": part.size})


class Part:
    """A file in a package, digested as it is written."""

    def __init__(self, raw: Sink) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> int:
        """Writes bytes; gives their number."""
        self.digest.update(data)
        self.size += len(data)
        return self._raw.write(data)


def write(storage: Storage, chosen: Iterable[Chosen], out: BinaryIO, said: Named) -> Packed:
    """Writes a package of captures, which come grouped by file and sorted by offset; gives what is in it.

    Raises CorruptArchiveError naming a record that is not sound, StoreUnavailableError, OSError.
    """
    packed = Packed()
    with (
        zipfile.ZipFile(out, "w") as file,
        tempfile.TemporaryFile("w+", encoding="ascii") as lines,
        tempfile.TemporaryFile("w+", encoding="ascii") as pages,
    ):
        package = Package(file, said)
        for name, group in groupby(chosen, key=lambda one: one.entry.place.file):
            packed.files += 1
            with package.part(f"archive/{name}") as part:
                for one in copied(storage, name, group, part, packed):
                    if written := line(one.entry):
                        lines.write(f"{written}\n")
                    if one.is_page:
                        packed.pages += 1
                        pages.write(f"{json.dumps(page(one))}\n")
        index(package, (one.rstrip("\n") for one in rewound(lines)))
        with package.part("pages/pages.jsonl", compressed=True) as part:
            part.write(f"{json.dumps(PAGES)}\n".encode("ascii"))
            for one_page in rewound(pages):
                part.write(one_page.encode("ascii"))
        describe(package)
    return packed


def copied(storage: Storage, name: str, group: Iterable[Chosen], part: Part, packed: Packed) -> Iterator[Chosen]:
    """Copies the captures of a file, behind what it says of itself; gives each with its place in the package."""
    first, record = first_at(storage, name)
    if record.type == "warcinfo":
        part.write(first)
        packed.records += 1
    for one in group:
        place = replace(one.entry.place, offset=part.size)
        part.write(member_at(storage, one.entry.place)[0])
        if one.request:
            part.write(member_at(storage, one.request)[0])
        packed.captures += 1
        packed.records += 2 if one.request else 1
        yield replace(one, entry=replace(one.entry, place=place))


def index(package: Package, lines: Iterable[str]) -> None:
    """Writes the index, in blocks, and the index of the blocks."""
    with package.part("indexes/index.cdx.gz") as part:
        blocks = list(write_blocks(lines, part, "index.cdx.gz"))
    with package.part("indexes/index.idx", compressed=True) as part:
        for block in blocks:
            part.write(f"{block}\n".encode("ascii"))


def page(one: Chosen) -> dict[str, str]:
    """Gives a page as pages.jsonl has it."""
    shown = {
        "id": (one.record_id or "").strip("<>").rpartition(":")[2] or stamp(one.entry.at),
        "url": safe_url(one.entry.url),
        "ts": f"{one.entry.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    return shown | ({"title": one.title} if one.title else {})


def describe(package: Package) -> None:
    """Writes datapackage.json, and its digest beside it."""
    said = package.said
    described = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": said.title,
        "software": said.software,
        "created": f"{said.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "resources": list(package.resources),
    }
    data = json.dumps(described, ensure_ascii=False, indent=1).encode()
    with package.part("datapackage.json", compressed=True) as part:
        part.write(data)
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    with package.part("datapackage-digest.json", compressed=True) as part:
        part.write(json.dumps(digest).encode("ascii"))


def rewound(file: TextIO) -> Iterator[str]:
    """Gives the lines of a file that was just written."""
    file.seek(0)
    yield from file
