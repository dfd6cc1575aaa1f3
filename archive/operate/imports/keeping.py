"""Writes what others captured into WARC files of ours and into the index, a group at a time, each thing once."""

import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from archive.captured import as_original, incomplete
from archive.indexing import SOFTWARE, index
from archive.model import CaptureKind, Context, Exchange, Original, Storage
from archive.operate.imports.counts import Count
from archive.records import Connection, Engine, captures, imports
from archive.records.captures import Held
from archive.records.crawls import Place
from archive.records.imports import Sighting
from archive.urls import key_of
from archive.warc.foreign import Trouble
from archive.warc.foreign_exchange import Found
from archive.warc.imported import resource_records, revisit_records
from archive.warc.reader import payload_at
from archive.warc.record import Records, exchange_records, receive
from archive.warc.recover import Orphan
from archive.warc.writer import Writer

GROUP = 50  # captures in one transaction at most
GROUP_BYTES = 16 * 1024 * 1024


@dataclass(slots=True, eq=False)
class Item:
    """Something to be kept, and why; `capture_id` is set where it is kept or was before.

    `worth` says that it may be a report, `sure` that someone says so: a report's page, or a person.
    """

    found: Found
    place: Place
    context: Context
    count: Count
    where: str
    kind: str
    worth: bool
    sure: bool
    capture_id: int | None = None


class Keeper(AbstractContextManager["Keeper"]):
    """Keeps items; `flush` gives them back, those that are no use aside."""

    def __init__(self, engine: Engine, storage: Storage, info: Mapping[str, str]) -> None:
        self._engine = engine
        self._storage = storage
        self._info = info
        self._writer: Writer | None = None
        self._files: dict[str, int] = {}
        self._waiting: list[Item] = []
        self._names = sqlite3.connect("")  # on disk where it grows, gone with the process
        self._names.execute("CREATE TABLE named (name TEXT PRIMARY KEY, sha256 TEXT) WITHOUT ROWID")
        self.crawl_id: int | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._names.close()
        if self._writer:
            self._writer.close()
            with self._engine.begin() as connection:
                captures.set_sealed(connection, self._files, datetime.now(UTC))

    def __enter__(self) -> Self:
        return self

    def put(self, item: Item) -> list[Item]:
        """Takes an item; gives those that are kept now."""
        self._waiting.append(item)
        size = sum(len(each.found.block) for each in self._waiting)
        return self.flush() if len(self._waiting) == GROUP or size >= GROUP_BYTES else []

    def flush(self) -> list[Item]:
        """Keeps what is waiting, durably; gives it. Raises StorageFailedError, DatabaseUnavailableError."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return []
        with self._engine.begin() as connection:
            made = [(item, records) for item in waiting if (records := self._records(connection, item))]
            sightings = [sighting(item, records) for item, records in made]
            known = imports.known(connection, sightings)
        fresh: dict[Sighting, tuple[Item, Records]] = {}
        for n, (item, records) in enumerate(made):
            if n in known or sightings[n] in fresh:
                item.count.already += 1
                item.capture_id = known.get(n)
            else:
                fresh[sightings[n]] = item, records
        if fresh:
            self._write(list(fresh.values()))
        return [item for item, _ in made if item.capture_id is not None]

    def _write(self, fresh: list[tuple[Item, Records]]) -> None:
        writer = self._opened()
        assert self.crawl_id is not None
        with self._engine.begin() as connection:
            imports.add_places(connection, {item.place for item, _ in fresh})
            fresh = self._once(connection, fresh)
            places = iter(writer.append([member for _, records in fresh for member in records.members]))
            writer.sync()
            orphans = [
                Orphan(next(places), records.facts, next(places) if records.request_id else None)
                for _, records in fresh
            ]
            ids = index(connection, self.crawl_id, orphans, key_of, self._files)
        for (item, records), capture_id in zip(fresh, ids, strict=True):
            item.capture_id = capture_id
            item.count.captures += 1
            if records.facts.kind is CaptureKind.RESPONSE and records.facts.payload_size:
                item.count.payloads += 1

    def _opened(self) -> Writer:
        """Gives the writer; nothing is opened before there is something to write."""
        if self._writer is None:
            with self._engine.begin() as connection:
                self.crawl_id = imports.open_import(connection, SOFTWARE)
            info = {**self._info, "crawl": str(self.crawl_id), "import": "yes"}
            self._writer = Writer(self._storage.folder, f"import{self.crawl_id}", info)
        return self._writer

    def _once(self, connection: Connection, fresh: list[tuple[Item, Records]]) -> list[tuple[Item, Records]]:
        """Gives the items with records that refer to the payloads which are held already, here or in the archive."""
        shas = {records.facts.payload_sha256 for _, records in fresh if has_payload(records)}
        originals = {sha: held.original for sha, held in captures.held(connection, filter(None, shas)).items()}
        done = []
        for item, records in fresh:
            sha = records.facts.payload_sha256
            if sha and has_payload(records):
                if sha in originals:
                    records = self._made(item, originals[sha])
                else:
                    originals[sha] = as_original(records.facts)
            done.append((item, records))
        return done

    def _records(self, connection: Connection, item: Item) -> Records | None:
        """Gives the records of an item as if nothing were held, None where it is left out."""
        found = item.found
        if not found.revisits:
            records = self._made(item, None)
            if records.facts.payload_sha256 and records.kind is CaptureKind.RESPONSE:
                self._remember(found, records.facts.payload_sha256)
            elif records.facts.error and (records.facts.status or 0) < 300:
                item.count.leave(item.where, Trouble(found.number, "not-whole", f"{found.url}: {records.facts.error}"))
            return records
        if not found.block.strip():
            why = f"{found.url}: a revisit without the head of its response"
            item.count.leave(item.where, Trouble(found.number, "bare-revisit", why))
            return None
        held = self._referred(connection, item)
        if held is None:
            why = f"{found.url}: it stands for a record that is not here"
            item.count.leave(item.where, Trouble(found.number, "revisit-of-elsewhere", why))
            return None
        payload = payload_at(self._storage, held.location)
        return revisit_records(as_exchange(item), held.original, payload, found.revisits.not_modified)

    def _made(self, item: Item, original: Original | None) -> Records:
        found = item.found
        if found.media_type is not None:
            return resource_records(found.url, found.at, found.block, found.media_type, item.context, original)
        received = receive(found.block)
        exchange = as_exchange(item)
        if exchange.truncated:
            exchange = replace(exchange, error=f"the other crawler cut it off ({exchange.truncated})")
        elif why := incomplete(received):
            exchange = replace(exchange, error=why)
        return exchange_records(exchange, original, False, received)

    def _remember(self, found: Found, sha256: str) -> None:
        names = [(name, sha256) for name in (found.record_id, found.payload_digest) if name]
        self._names.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", names)

    def _referred(self, connection: Connection, item: Item) -> Held | None:
        """Gives the payload that a revisit stands for: by the record it names, its address and time, its digest."""
        said = item.found.revisits
        assert said
        for name in (said.record_id, None if said.not_modified else item.found.payload_digest):
            row = self._names.execute("SELECT sha256 FROM named WHERE name = ?", (name,)).fetchone()
            if row and (held := captures.held(connection, row).get(row[0])):
                return held
        if said.at is None:
            return None
        return imports.shown_at(connection, item.place.id, key_of(said.url or item.found.url), said.at)


def has_payload(records: Records) -> bool:
    """Tells whether records hold a body that a later one may refer to."""
    return records.kind is CaptureKind.RESPONSE and bool(records.facts.payload_size)


def sighting(item: Item, records: Records) -> Sighting:
    """Gives what makes an item the same as another one."""
    facts = records.facts
    sha256 = None if facts.kind is CaptureKind.ERROR else facts.payload_sha256
    return Sighting(item.place.id, key_of(facts.url), facts.at, facts.status, sha256)


def as_exchange(item: Item) -> Exchange:
    """Gives an item as the crawler would hand it in."""
    found = item.found
    return Exchange(found.url, found.at, found.request, found.block, item.context, found.ip, found.truncated)
