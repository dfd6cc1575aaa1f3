"""Takes the captures and the notes of WARC files into an empty database, file by file in the order of their making."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive.indexing import SOFTWARE, index
from archive.model import CaptureKind, Location, Storage
from archive.records import Connection, captures, crawls, imports, rebuilding, warc_files
from archive.records.warc_files import Upload
from archive.urls import key_of
from archive.warc import store
from archive.warc.facts import facts_of, is_capture
from archive.warc.member import MalformedRecordError, Record, parse_date
from archive.warc.notes import is_notes, lines_of
from archive.warc.reach import in_folder
from archive.warc.reader import find
from archive.warc.record import parse_warc_fields
from archive.warc.recover import Orphan
from archive.warc.salvage import Damage, salvage

GROUP = 500  # captures in one statement
LOST = "its payload is in no WARC file any more"


class Indexer:
    """Indexes files through one connection; counts what it took, and remembers what was damaged."""

    def __init__(self, connection: Connection, storage: Storage) -> None:
        self._connection = connection
        self._storage = storage
        self._files: dict[str, int] = {}
        self._run: tuple[int, bool] | None = None  # of the file at hand, and whether it is an import
        self._waiting: list[Orphan] = []
        self._early: dict[int, list[Orphan]] = {}  # of a run: revisits whose payload no file until then held
        self.captures = 0
        self.notes = 0
        self.lost = 0
        self.damaged: list[Damage] = []

    def take(self, name: str) -> None:
        """Takes a file in. Raises StoreUnavailableError."""
        self._files[name] = captures.file_id(self._connection, name)
        kind, run = named(name)
        self._run = (run, kind == "import") if run is not None else None
        with self._reached(name) as path:
            try:
                for found in salvage(path):
                    self._note(found)
            except OSError as error:
                self.damaged.append(Damage(name, 0, 0, error.strerror or str(error)))
        self._flush()
        captures.set_sealed(self._connection, [name], datetime.now(UTC))

    def finish(self) -> None:
        """Indexes what waited for a payload; what still has none is kept as an error that says so."""
        for run, orphans in self._early.items():
            known = rebuilding.held(self._connection, {sha for each in orphans if (sha := each.facts.payload_sha256)})
            whole = [each if each.facts.payload_sha256 in known else without_payload(each) for each in orphans]
            self.lost += sum(each.facts.kind is CaptureKind.ERROR for each in whole)
            self._index(run, whole)

    def _note(self, found: tuple[Location, Record] | Damage) -> None:
        """Takes one record in: a capture, the request beside it, notes, what the head of the file says."""
        if isinstance(found, Damage):
            self.damaged.append(found)
            return
        location, record = found
        if record.type == "warcinfo" and self._run:
            self._begin(record)
        elif is_notes(record):
            lines = lines_of(record)
            rebuilding.say(self._connection, lines)
            self.notes += len(lines)
        elif is_capture(record):
            if len(self._waiting) >= GROUP:
                self._flush()
            self._capture(location, record)
        elif self._waiting and record.headers.get("WARC-Concurrent-To") == self._waiting[-1].facts.record_id:
            self._waiting[-1] = replace(self._waiting[-1], request_location=location)

    def _begin(self, record: Record) -> None:
        assert self._run
        info = parse_warc_fields(record.block)
        self._ensure(set())
        at = parse_date(record.headers["WARC-Date"])
        rebuilding.set_started(self._connection, self._run[0], at, info.get("software", SOFTWARE))

    def _ensure(self, portals: set[str]) -> None:
        assert self._run
        run, imported = self._run
        ensure = imports.ensure_import if imported else crawls.ensure
        ensure(self._connection, run, sorted(portals), SOFTWARE)

    def _capture(self, location: Location, record: Record) -> None:
        try:
            if self._run is None:
                raise MalformedRecordError("a capture in a file of notes")
            self._waiting.append(Orphan(location, facts_of(record)))
        except MalformedRecordError as error:
            end = location.offset + location.length
            self.damaged.append(Damage(location.file, location.offset, end, str(error)))

    def _flush(self) -> None:
        """Indexes what is waiting, but for revisits of what was not met yet: another machine's file may hold it."""
        waiting, self._waiting = self._waiting, []
        if not waiting or self._run is None:
            return
        self._ensure({each.facts.context.portal for each in waiting})
        known = rebuilding.held(self._connection, {sha for each in waiting if (sha := needed(each))})
        ready = []
        for each in waiting:
            if each.facts.kind is CaptureKind.RESPONSE and each.facts.payload_sha256:
                known.add(each.facts.payload_sha256)
            if (sha := needed(each)) and sha not in known:
                self._early.setdefault(self._run[0], []).append(each)
            else:
                ready.append(each)
        self._index(self._run[0], ready)

    def _index(self, run: int, orphans: list[Orphan]) -> None:
        self.captures += len(index(self._connection, run, orphans, key_of, self._files))

    @contextmanager
    def _reached(self, name: str) -> Iterator[Path]:
        """Gives a file of the folder, else fetched from the object store, where it counts as uploaded then."""
        if self._storage.url is None or in_folder(self._storage, name):
            yield find(self._storage.folder, name)
            return
        with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
            path = Path(folder) / name
            upload = fetched(self._storage.url, name, path)
            warc_files.set_uploaded(self._connection, self._storage.url, upload, datetime.now(UTC))
            yield path


def named(name: str) -> tuple[str, int | None]:
    """Gives what the name of a file says of it: crawl, import or notes, and the number of the run."""
    prefix = name.partition("-")[0]
    kind = prefix.rstrip("0123456789")
    number = prefix.removeprefix(kind)
    return kind, int(number) if number else None


def needed(orphan: Orphan) -> str | None:
    """Gives the payload that a revisit stands for."""
    revisits = orphan.facts.kind in (CaptureKind.REVISIT_IDENTICAL, CaptureKind.REVISIT_NOT_MODIFIED)
    return orphan.facts.payload_sha256 if revisits else None


def without_payload(orphan: Orphan) -> Orphan:
    """Gives a revisit as an error: what it stands for is lost."""
    return replace(orphan, facts=replace(orphan.facts, kind=CaptureKind.ERROR, error=LOST))


def fetched(url: str, name: str, path: Path) -> Upload:
    """Gives a file of the object store, written to a path. Raises MissingObjectError, StoreUnavailableError."""
    size, made = store.size(url, name), hashlib.sha256()
    with path.open("wb") as file:
        for piece in store.pieces(url, name, size):
            file.write(piece)
            made.update(piece)
    return Upload(name, size, made.hexdigest())
