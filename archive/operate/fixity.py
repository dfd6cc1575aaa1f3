"""Fixity: do the stored bytes still match the digests of the index; what does not is mended where a copy is good."""

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.config import Config
from archive.indexing import recover
from archive.model import Storage
from archive.records import Connection, Engine, captures, rereadings, warc_files
from archive.urls import key_of
from archive.warc import verify as warc_verify
from archive.warc.mend import mend, places_of
from archive.warc.reach import within_reach
from archive.warc.store_verify import Copies
from archive.warc.verify import Finding, Indexed, Report

TELL_EVERY = 500
OLD_SHARE = 0.01  # of the files that were right once, each night

Tell = Callable[[int, int], None]  # captures done, of how many


@dataclass(frozen=True, slots=True)
class Known:
    """What the index says of files: all names, those that are out of reach, and of these who has them."""

    names: set[str]
    away: set[str]
    elsewhere: dict[str, str]  # the worker, by name
    uploaded: dict[str, str]  # SHA-256 by name


@dataclass(frozen=True, slots=True)
class Checked:
    """What a night verified; `waiting`: files that have never been and for which no time was left."""

    files: int
    waiting: int
    report: Report


def verify(
    engine: Engine,
    config: Config,
    tell: Tell,
    *,
    here: bool = False,
    sample: float | int | None = None,
    repair: bool = False,
) -> Report:
    """Gives the report of a verification of all files, or of a `sample`: a share of them, or so many.

    What another machine has is left out: with `here` all that is not here, else what is known to be a worker's; the
    report names these. With `repair` what is bad or missing is copied from another place that has it right, and what no
    row names is indexed. Raises StoreUnavailableError, StorageFailedError.
    """
    storage = config.storage
    report, right = Report(), []
    for file in recover(engine, storage.folder, key_of) if repair else ():
        if file.orphans:
            report.repaired.append(Finding(file.name, 0, f"{len(file.orphans)} captures indexed"))
    places = places_of(config.warc_copy, storage) if repair else []
    with engine.connect() as connection:
        known = known_of(connection, storage)
    left_out = known.away if here else set(known.elsewhere)
    within = known.names - left_out if left_out else None
    only = None if sample is None else drawn(known.names - left_out | warc_verify.names_of(storage.folder), sample)
    with engine.connect() as connection:
        rows = indexed(connection, within if only is None else only, tell)
        for name, found in warc_verify.files(storage, rows, known.uploaded, only):
            whole = mended(engine, storage, name, found, known, places) if places and not found.sound else found
            report.add(whole)
            right += [name] if whole.sound else []
    with engine.begin() as connection:
        warc_files.set_verified(connection, right, datetime.now(UTC))
    if not here and sample is None:
        report.elsewhere += [
            Finding(name, 0, f"worker {worker} has it: run `nianbao verify --here` there")
            for name, worker in sorted(known.elsewhere.items())
        ]
    return report


def verify_by_night(engine: Engine, config: Config, until: datetime) -> Checked:
    """Verifies the files that are here and never were, then a random hundredth of the others, while there is time.

    A file that has gone is missing whether its turn has come or not. Raises StoreUnavailableError.
    """
    storage = config.storage
    with engine.connect() as connection:
        known = known_of(connection, storage)
        new = sorted((known.names & warc_files.never_verified(connection)) - known.away)
    old = drawn(known.names - known.away - set(new), OLD_SHARE)
    copies = Copies(storage, known.uploaded)
    gone = sorted(known.away - known.elsewhere.keys())
    report = Report(missing=[Finding(name, 0, "the index names this file, but it is not there") for name in gone])
    right, done = [], 0
    for name in (*new, *old):
        if datetime.now(UTC) >= until:
            break
        with engine.connect() as connection:
            found = warc_verify.check_copies(copies, name, indexed(connection, [name], silent))
        report.add(found)
        right += [name] if found.sound else []
        done += 1
    with engine.begin() as connection:
        warc_files.set_verified(connection, right, datetime.now(UTC))
    return Checked(done, max(0, len(new) - done), report)


def known_of(connection: Connection, storage: Storage) -> Known:
    """Gives what the index says of files; the store is listed once.

    Where a worker's files are is told by each other: if one of them is in the folder, so should be all.
    """
    names = warc_files.names(connection)
    away = names - within_reach(storage, names)
    by_worker = warc_files.workers(connection)
    here = {by_worker[name] for name in warc_verify.names_of(storage.folder) if name in by_worker}
    uploads = warc_files.uploaded(connection, storage.url) if storage.url else {}
    with_others = (away & by_worker.keys()) - uploads.keys()
    elsewhere = {name: by_worker[name] for name in with_others if by_worker[name] not in here}
    return Known(names, away, elsewhere, {name: upload.sha256 for name, upload in uploads.items()})


def drawn(names: Collection[str], sample: float | int) -> list[str]:
    """Gives names by lot: a share of them as a float, at least one, or so many as an int."""
    count = max(1, round(len(names) * sample)) if isinstance(sample, float) else sample
    return random.sample(sorted(names), min(count, len(names)))


def mended(
    engine: Engine, storage: Storage, name: str, found: Report, known: Known, places: Sequence[Path | str]
) -> Report:
    """Gives the report on a file after an attempt to mend it; the old one where no place has a good copy."""
    with engine.connect() as connection:
        rows = list(indexed(connection, [name], silent))
        done = mend(storage.folder, name, rows, places)
        if done is None:
            return found
        with engine.begin() as writing:
            rereadings.forget_corrupt(writing, name)
        again = Report(repaired=[done])
        for _, report in warc_verify.files(storage, rows, known.uploaded, [name]):
            again.add(report)
        return again


def silent(done: int, total: int) -> None:
    """Tells nothing."""


def indexed(connection: Connection, names: Collection[str] | None, tell: Tell) -> Iterator[Indexed]:
    """Gives every capture that has a record, by file and offset; tells how far it is."""
    listed = None if names is None else sorted(names)
    total = captures.count_placed(connection, listed)
    for done, row in enumerate(captures.placed(connection, listed), 1):
        yield Indexed(row.place, row.sha256, row.request)
        if done % TELL_EVERY == 0 or done == total:
            tell(done, total)
