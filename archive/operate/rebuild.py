"""Makes the database anew from WARC files and the files of decisions (docs/decisions/rebuild.md)."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from archive import divisions, reading
from archive.config import Config
from archive.errors import LockHeldError, UsageError
from archive.operate import notes, unnoted
from archive.operate.agencies import settle
from archive.operate.decisions import keep_decisions, take_in
from archive.operate.indexed import Indexer
from archive.portals import Portal
from archive.read import REVISION
from archive.records import Connection, Engine, rebuilding, revisions, versions
from archive.records.session import advisory_lock, open_engine
from archive.warc import recover, store
from archive.warc.salvage import Damage
from archive.warc.verify import warc_files
from archive.warc.writer import OPEN

NAME = re.compile(r"(?:crawl|import|notes)(\d*)-(\d{8}T\d{6}Z)-.*?(\d*)\.warc\.gz")

Tell = Callable[[str, int, int], None]  # what, done, of how many


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rebuild has before it: files in their order, those that are none of ours, tables that are not empty."""

    files: tuple[str, ...]
    foreign: tuple[str, ...]
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did; `lost` counts captures whose payload is in no file, `issues` is for a person to read."""

    files: int
    captures: int
    notes: int
    decisions: int
    lost: int
    damaged: tuple[Damage, ...]
    issues: tuple[str, ...]
    summary: reading.Summary = field(default_factory=lambda: reading.Summary(REVISION, 0, 0))

    @property
    def degraded(self) -> bool:
        """Tells whether something did not come back that somebody may miss."""
        return bool(self.damaged or self.issues or self.lost or self.summary.away or self.summary.elsewhere)

    def as_json(self) -> dict[str, Any]:
        """Gives the result as plain dicts, lists and numbers."""
        return {
            "files": self.files,
            "captures": self.captures,
            "notes": self.notes,
            "decisions": self.decisions,
            "read": self.summary.read,
            "lost": self.lost,
            "damaged": [{"file": d.file, "offset": d.offset, "end": d.end, "reason": d.reason} for d in self.damaged],
            "issues": list(self.issues),
        }


def planned(config: Config) -> Plan:
    """Gives what a rebuild would do. Raises LockHeldError where a crawl writes, StoreUnavailableError."""
    with open_engine(config.home, config.database_url) as engine, engine.connect() as connection:
        return plan(connection, config)


def plan(connection: Connection, config: Config) -> Plan:
    """Gives what there is to rebuild from. Raises as `planned` does."""
    here = list(warc_files(config.warcs))
    if busy := [path for path in here if path.name.endswith(OPEN) and recover.in_use(path)]:
        raise LockHeldError(f"{busy[0]}: its writer is alive; wait until that crawl has ended")
    names = {path.name.removesuffix(OPEN) for path in here}
    if config.warc_url:
        names |= {name for name in store.sizes(config.warc_url) if name.endswith(".warc.gz")}
    ours = sorted((name for name in names if NAME.fullmatch(name)), key=when)
    if not ours:
        raise UsageError(f"there are no WARC files of ours in {config.warc_url or config.warcs}")
    return Plan(tuple(ours), tuple(sorted(names - set(ours))), rebuilding.rows_there(connection))


def when(name: str) -> tuple[str, int, int, str]:
    """Gives the place of a file among the others: by the time at which it was begun, then by run and number."""
    found = NAME.fullmatch(name)
    assert found
    run, at, number = found.groups()
    return at, int(run or 0), int(number or 0), name


def rebuild(config: Config, portals: Sequence[Portal], tell: Tell, replace_all: bool = False) -> Rebuilt:
    """Makes an empty database the index and the reading of the WARC files; gives what came of it.

    `replace_all` empties the database before, its decisions written to their files first. Raises UsageError where it is
    not empty, or was read under a later revision; LockHeldError where a crawl runs; EnvironmentNotReadyError.
    """
    table = divisions.load(config.divisions_file)
    with (
        open_engine(config.home, config.database_url) as engine,
        engine.connect() as holder,
        advisory_lock(holder, "crawl"),
        engine.connect() as connection,
    ):
        with connection.begin():
            ahead = plan(connection, config)
        made_empty(engine, config, ahead, replace_all)
        torn = list(seal_left(config.warcs))
        with connection.begin():
            ahead = plan(connection, config)
        done = indexed(connection, config, ahead, tell)
        with connection.begin():
            load(connection)
            issues = list(unnoted.conclude(connection, portals))
            decisions = take_in(connection, config.warcs)
            rebuilding.settle(connection)
        summary = reading.read_here(engine, config.storage, config.workers, lambda n, of: tell("reading", n, of))
        with connection.begin():
            issues += unnoted.doubt(connection)
            versions.derive(connection, REVISION)
            settle(connection, table)
            unnoted.count(connection)
            rebuilding.mark_told(connection)
        notes.keep_notes(engine, config)
        foreign = [f"{name}: not a WARC file of this archive; `nianbao import` takes it" for name in ahead.foreign]
        return replace(done, decisions=decisions, issues=(*torn, *foreign, *issues), summary=summary)


def made_empty(engine: Engine, config: Config, ahead: Plan, replace_all: bool) -> None:
    """Leaves the database empty. Raises UsageError where it is not and nobody said that it may be emptied."""
    if not ahead.rows:
        return
    if not replace_all:
        raise UsageError(f"the database is not empty ({told(ahead.rows)}); --replace deletes all that is in it")
    with engine.connect() as connection:
        refuse_later(revisions.current_revision(connection))
    keep_decisions(engine, config.warcs)
    with engine.begin() as connection:
        rebuilding.empty(connection)


def told(rows: dict[str, int]) -> str:
    """Says which tables have how many rows, the largest first."""
    most = sorted(rows, key=lambda name: -rows[name])[:3]
    return ", ".join(f"{rows[name]} rows in {name}" for name in most)


def seal_left(warcs: Path) -> Iterator[str]:
    """Seals the files of dead writers; gives which of them had an incomplete end, which is set aside."""
    for path in recover.recoverable(warcs):
        with recover.held(path):
            found = recover.examine(path, 0)
            recover.settle(found)
        if found.torn_bytes:
            yield f"{found.name}: its writer died; an incomplete end of {found.torn_bytes} bytes is set aside"


def indexed(connection: Connection, config: Config, ahead: Plan, tell: Tell) -> Rebuilt:
    """Indexes the files in their order, a transaction each; their notes wait in the connection."""
    with connection.begin():
        rebuilding.stage(connection)
    indexer = Indexer(connection, config.storage)
    for number, name in enumerate(ahead.files, 1):
        with connection.begin():
            indexer.take(name)
        tell("indexing", number, len(ahead.files))
    with connection.begin():
        indexer.finish()
    return Rebuilt(
        files=len(ahead.files),
        captures=indexer.captures,
        notes=indexer.notes,
        decisions=0,
        lost=indexer.lost,
        damaged=tuple(indexer.damaged),
        issues=(),
    )


def load(connection: Connection) -> None:
    """Makes the rows of the notes. Raises UsageError where the archive was read under a later revision."""
    rebuilding.sum_up(connection)
    refuse_later(rebuilding.noted_revision(connection))
    rebuilding.load(connection, REVISION)


def refuse_later(before: int | None) -> None:
    """Raises UsageError where the archive was read under a later revision than the code's."""
    if before is not None and before > REVISION:
        raise UsageError(
            f"the archive was read under revision {before}; this code reads under {REVISION}, which is older"
        )
