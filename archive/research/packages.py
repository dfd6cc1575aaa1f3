"""What leaves the archive in the formats of other web archives: WACZ packages, CDXJ indexes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive.errors import StorageFailedError, UsageError
from archive.model import CaptureKind, Role, Storage
from archive.records import Connection
from archive.records.selections import Capture, Selection, selected
from archive.research.find import one_document
from archive.warc import cdxj, wacz
from archive.warc.wacz import Chosen, Named, Packed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What someone asks for: a portal, a report by agency and year, the reports of a year; nothing means everything."""

    portal: str | None = None
    document: tuple[str, int] | None = None
    year: int | None = None

    @property
    def title(self) -> str:
        """Says it in a line."""
        of = " ".join(str(part) for part in self.document) if self.document else self.year and f"reports of {self.year}"
        return ", ".join(str(part) for part in (of, self.portal) if part) or "the whole archive"


def write_wacz(
    connection: Connection, storage: Storage, wanted: Wanted, path: Path, software: str, at: datetime
) -> Packed:
    """Writes a package of what is wanted into a file, which is there whole or not at all.

    Raises UsageError where nothing is kept of it, CorruptArchiveError, StoreUnavailableError, StorageFailedError.
    """
    chosen = (chosen_of(one) for one in captures_of(connection, wanted))
    said = Named(f"Nianbao (年报): {wanted.title}", software, at)
    packed = Packed()

    def fill(out: BinaryIO) -> None:
        nonlocal packed
        packed = wacz.write(storage, chosen, out, said)

    into(path, fill)
    return packed


def write_cdxj(connection: Connection, wanted: Wanted, path: Path) -> int:
    """Writes an index of what is wanted, which refers to the archive's own WARC files; gives the number of its lines.

    Raises UsageError where nothing is kept of it, StorageFailedError.
    """
    lines = (cdxj.line(chosen_of(one).entry) for one in captures_of(connection, wanted))
    count = 0

    def fill(out: BinaryIO) -> None:
        nonlocal count
        count = cdxj.write((line for line in lines if line), out)

    into(path, fill)
    return count


def captures_of(connection: Connection, wanted: Wanted) -> Iterator[Capture]:
    """Gives the captures that are wanted. Raises UsageError where there are none."""
    document = one_document(connection, *wanted.document).id if wanted.document else None
    found = selected(connection, Selection(wanted.portal, document, wanted.year))
    first = next(found, None)
    if first is None:
        raise UsageError(
            f"nothing is kept of {wanted.title}; `nianbao find` and `nianbao portals list` say what there is"
        )
    yield first
    yield from found


def chosen_of(one: Capture) -> Chosen:
    """Gives a capture as the writers of packages and indexes take it."""
    said = next((value for name, value in one.headers or () if name.lower() == "content-type"), "")
    entry = cdxj.Entry(
        kind=CaptureKind(one.kind),
        url=one.url,
        at=one.at,
        status=one.status,
        media_type=said.partition(";")[0].strip().lower() or None,
        digest=one.payload_digest,
        truncated=one.truncated,
        place=one.place,
    )
    return Chosen(entry, one.request, Role(one.role), one.record_id, one.title)


def into(path: Path, fill: Callable[[BinaryIO], None]) -> None:
    """Has a file filled beside its place and then put there. Raises StorageFailedError where it cannot be written."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as out:
            fill(out)
        partial.replace(path)
    except OSError as error:
        raise StorageFailedError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
