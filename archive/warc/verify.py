"""Fixity: reads back what the index names, and finds what it does not name.

Every byte of the folder is read once, in order; one record is in memory at a time. What lies in an object store is
read there (archive/warc/store_verify.py); what is mended is in archive/warc/mend.py.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from archive.errors import CorruptArchiveError
from archive.model import Location, Storage
from archive.warc.facts import SHA256, is_capture
from archive.warc.http import decoded, framed, parse_response
from archive.warc.member import Record, digest
from archive.warc.reader import TornTailError, find, record_at, walk
from archive.warc.recover import in_use
from archive.warc.store_verify import Copies
from archive.warc.writer import OPEN, SUFFIX


@dataclass(frozen=True, slots=True)
class Indexed:
    """A capture as the index knows it; None stands for no payload, and for no request record of its own."""

    location: Location
    payload_sha256: str | None = None
    request: Location | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place in a file."""

    file: str
    offset: int
    reason: str


@dataclass(slots=True)
class Report:
    """What a verification found.

    `missing`: rows whose bytes are not there. `bad`: bytes that are not what they should be, of a row or between
    rows. `orphans`: complete captures that no row names. `elsewhere`: files that another machine has, not looked at.
    `repaired`: files that were replaced by a good copy, and are right now.
    """

    captures: int = 0  # rows of the files looked at
    checked: int = 0  # rows whose bytes were read and are right
    bad: list[Finding] = field(default_factory=list)
    orphans: list[Finding] = field(default_factory=list)
    missing: list[Finding] = field(default_factory=list)
    elsewhere: list[Finding] = field(default_factory=list)
    repaired: list[Finding] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Gives whether nothing was found."""
        return self.sound and not self.orphans

    @property
    def sound(self) -> bool:
        """Gives whether every row looked at has its bytes, and all bytes are right."""
        return not (self.bad or self.missing)

    def add(self, other: "Report") -> None:
        """Adds what was found in another part of the archive."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def as_json(self) -> dict[str, object]:
        """Gives the report as plain lists, dicts and numbers."""
        return asdict(self)


def verify(storage: Storage, expected: Iterable[Indexed], uploaded: Mapping[str, str] = MappingProxyType({})) -> Report:
    """Gives a report on all files of folder and store against the index; arguments as of `files`."""
    report = Report()
    for _, found in files(storage, expected, uploaded):
        report.add(found)
    return report


def files(
    storage: Storage,
    expected: Iterable[Indexed],
    uploaded: Mapping[str, str] = MappingProxyType({}),
    only: Collection[str] | None = None,
) -> Iterator[tuple[str, Report]]:
    """Gives each file of folder and store with the report on it; first those of the index, in its order.

    `uploaded`: the SHA-256 of each file that the store gave back once, by name. With `only`, no other file is looked
    at. `expected` comes grouped by file and sorted by offset, and is read lazily, after the files were listed; so a
    crawl that goes on meanwhile makes no findings: the end of a file that a living writer holds is not judged. Raises
    ValueError if `expected` is not sorted.
    """
    copies = Copies(storage, uploaded)
    unseen = names_of(storage.folder) | copies.names if only is None else set(only)
    done: set[str] = set()
    for name, rows in groupby(expected, key=lambda row: row.location.file):
        if name in done:
            raise ValueError(f"rows are not sorted by file: {name} comes twice")
        done.add(name)
        unseen.discard(name)
        yield name, check_copies(copies, name, rows)
    for name in sorted(unseen):
        yield name, check_copies(copies, name, ())


def check_copies(copies: Copies, name: str, rows: Iterable[Indexed]) -> Report:
    """Gives what is found in one file, in the folder if it is there, and in its copy in the store."""
    with copies.readable(name) as folder:
        report = check_file(folder, name, rows)
    if reason := copies.missing(name):
        report.missing.append(Finding(name, 0, reason))
    if reason := copies.wrong(name):
        report.bad.append(Finding(name, 0, reason))
    return report


def names_of(folder: Path) -> set[str]:
    """Gives the names of the WARC files of a folder, as the index has them; torn tails set aside are none."""
    return {path.name.removesuffix(OPEN) for path in warc_files(folder)}


def warc_files(folder: Path) -> Iterator[Path]:
    """Gives the WARC files of a folder, sealed and open; torn tails set aside are none."""
    yield from folder.glob(f"*{SUFFIX}")
    yield from folder.glob(f"*{SUFFIX}{OPEN}")


def check_file(folder: Path, name: str, rows: Iterable[Indexed]) -> Report:
    """Gives what is found in one file; `rows` are its captures by offset."""
    report = Report()
    at = 0
    for row in rows:
        report.captures += 1
        place = row.location
        if place.offset < at:
            raise ValueError(f"rows of {name} overlap or are not sorted: offset {place.offset} after {at}")
        try:
            path = find(folder, name)
        except CorruptArchiveError as error:
            report.missing.append(Finding(name, place.offset, str(error)))
            continue
        check_gap(path, at, place.offset, report)
        check_row(folder, path, row, report)
        at = place.offset + place.length
    check_rest(folder, name, at, report)
    return report


def check_row(folder: Path, path: Path, row: Indexed, report: Report) -> None:
    """Adds what is wrong with one capture: not there, unreadable, or not the payload that the index names."""
    place = row.location
    size = path.stat().st_size
    for part in (place, row.request):
        if part and part.offset + part.length > size:
            reason = f"{part.length} bytes are indexed, the file ends at {size}"
            report.missing.append(Finding(part.file, part.offset, reason))
            return
    try:
        reason = wrong_payload(record_at(Storage(folder), place), row.payload_sha256)
    except CorruptArchiveError as error:
        reason = str(error).removeprefix(f"{folder / place.file}: offset {place.offset}: ")
    if reason:
        report.bad.append(Finding(place.file, place.offset, reason))
    else:
        report.checked += 1


def wrong_payload(record: Record, sha256: str | None) -> str:
    """Gives what differs between a record, its own payload digests and the index; empty if nothing does."""
    said = record.headers.get(SHA256)
    if record.type == "response":
        message = parse_response(record.block)
        claimed = record.headers.get("WARC-Payload-Digest")
        if claimed and claimed != digest(framed(message).data):
            return "the payload does not match WARC-Payload-Digest"
        said = hashlib.sha256(decoded(message).data).hexdigest()
    elif record.type == "resource":
        said = hashlib.sha256(record.block).hexdigest()
    if sha256 and said and said != sha256:
        return f"the index names payload {sha256}, the record has {said}"
    if sha256 and not said and record.type != "revisit":
        return f"the index names payload {sha256}, the {record.type} record has none"
    return ""


def check_gap(path: Path, start: int, end: int, report: Report) -> None:
    """Adds captures without a row, and damage, between two rows: normally a warcinfo or request record is there."""
    if start == end:
        return
    try:
        for location, record in walk(path, start, end):
            judge(location, record, report)
    except TornTailError as torn:
        report.bad.append(Finding(path.name.removesuffix(OPEN), torn.offset, torn.reason))


def check_rest(folder: Path, name: str, start: int, report: Report) -> None:
    """Adds captures without a row, and damage, behind the last row, unless a living writer holds the file."""
    try:
        path = find(folder, name)
        if path.name.endswith(OPEN) and in_use(path):
            return
        for location, record in walk(path, start):
            judge(location, record, report)
    except TornTailError as torn:
        report.bad.append(Finding(name, torn.offset, torn.reason))
    except CorruptArchiveError:
        return  # the file is gone: each of its rows was reported missing


def judge(location: Location, record: Record, report: Report) -> None:
    """Adds a record as an orphan if it stands for a capture."""
    if is_capture(record):
        report.orphans.append(Finding(location.file, location.offset, f"no row names this {record.type} record"))
