"""Promoting a revision that has read everything, past the gate, and taking that back: each in one transaction."""

from contextlib import suppress
from dataclasses import dataclass

from archive import divisions, reading
from archive.config import Config
from archive.errors import LockHeldError, UsageError
from archive.operate.agencies import settle
from archive.operate.gate import Gate, false_numbers, refusals
from archive.operate.notes import keep_notes
from archive.read import REVISION
from archive.records import Connection, Engine, readings, revisions, versions, waiting
from archive.records.session import advisory_lock
from archive.research import checks
from archive.research.revisions import Effect, effect


@dataclass(frozen=True, slots=True)
class Step:
    """What became of a promotion: the revision that was current, the one that is, what the gate refused."""

    old: int
    new: int
    promoted: bool
    refused: tuple[str, ...] = ()
    effect: Effect | None = None


def promote(engine: Engine, config: Config, number: int | None, gate: Gate) -> Step:
    """Makes a revision, by default the code's, what researchers see, with its versions, documents and agencies.

    Nothing is changed where the gate refuses it, or where it is current already. Raises UsageError for a revision that
    nothing was read under, or, unless it was asked for, one lower than the current.
    """
    wanted = REVISION if number is None else number
    if gate.recorded and wanted != REVISION:
        raise UsageError(
            f"this code reads recorded cases under revision {REVISION}, not {wanted}; use that code's gate"
        )
    table = divisions.load(config.divisions_file)
    false = false_numbers(gate, config.workers)
    with engine.begin() as connection:
        revisions.hold(connection)
        current = known(connection, wanted)
        if current == wanted:
            return Step(current, wanted, promoted=False)
        if number is None and current > wanted:
            raise UsageError(
                f"the archive is read under revision {current}; this code reads under {wanted}, which is older:"
                " `nianbao revisions rollback` goes back to it"
            )
        step = effect(connection, current, wanted)
        refused = (*unread(connection, wanted, gate), *false, *refusals(gate, step))
        if refused:
            return Step(current, wanted, promoted=False, refused=refused, effect=step)
        revisions.take_place(connection, wanted)
        if wanted == REVISION:
            readings.register_forms(connection, reading.forms())
        versions.derive(connection, wanted)
        settle(connection, table, only_new=True)
        checks.keep(connection)
    note(engine, config)
    return Step(current, wanted, promoted=True, effect=step)


def note(engine: Engine, config: Config) -> None:
    """Notes the versions beside the captures, for a rebuild; a crawl that runs does so at its end."""
    with suppress(LockHeldError), engine.connect() as holder, advisory_lock(holder, "crawl"):
        keep_notes(engine, config)


def known(connection: Connection, wanted: int) -> int:
    """Gives the current revision. Raises UsageError where there is none, or nothing was read under the wanted one."""
    current = revisions.current_revision(connection)
    there = [revision.number for revision in revisions.known_revisions(connection) if revision.read]
    if current is None or wanted not in {*there, current}:
        raise UsageError(
            f"nothing was read under revision {wanted}; there are: {', '.join(map(str, there)) or 'none'}."
            " `nianbao reread` reads under the code's"
        )
    return current


def unread(connection: Connection, number: int, gate: Gate) -> list[str]:
    """Says how many payloads a revision has not read, unless the gate has a reason for it."""
    left = list(waiting.pending(connection, number))
    if not left or gate.unread:
        return []
    return [
        f"{len(left)} payloads are not read under revision {number}, for instance {left[0].sha256} in"
        f" {left[0].location.file}: run `nianbao reread` on every machine that has WARC files"
    ]


def rollback(engine: Engine, config: Config) -> Step:
    """Makes the revision current again whose place the current one took. Raises UsageError where it was the first."""
    table = divisions.load(config.divisions_file)
    with engine.begin() as connection:
        revisions.hold(connection)
        current = revisions.current_revision(connection)
        before = None if current is None else revisions.replaced_by(connection, current)
        if current is None or before is None:
            raise UsageError(f"there is no revision before {current} to go back to")
        revisions.give_place_back(connection, before)
        versions.derive(connection, before)
        settle(connection, table, only_new=True)
        checks.keep(connection)
    note(engine, config)
    return Step(current, before, promoted=True)


def step_between(connection: Connection, old: int | None, new: int | None) -> tuple[int, int]:
    """Gives the revisions to compare: by default the current and the code's, else the last two that were current.

    Raises UsageError where there are not two, or nothing was read under one.
    """
    there = {revision.number: revision for revision in revisions.known_revisions(connection)}
    current = revisions.current_revision(connection)
    if current is None:
        raise UsageError("nothing was read yet")
    after = new if new is not None else (REVISION if there.get(REVISION) and there[REVISION].read else current)
    before = old if old is not None else (current if after != current else there[current].replaced)
    if before is None:
        raise UsageError(
            f"there is only revision {current}; raise REVISION in archive/read/revision.py and run `nianbao reread`"
        )
    for number in (before, after):
        if number not in there:
            raise UsageError(
                f"nothing was read under revision {number}; there are: {', '.join(map(str, sorted(there)))}"
            )
    return before, after
