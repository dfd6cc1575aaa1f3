"""Runs `read` over stored payloads in limited worker processes, stores the readings, derives the versions.

Nothing here fetches: the bytes come from the WARC files. Work that was interrupted goes on where it stopped,
because what waits for a reading is a question to the database, not a list kept somewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from archive import sandbox
from archive.errors import CorruptArchiveError, StoreUnavailableError, UnreadableDocumentError, UsageError
from archive.model import Issue, Payload, Reading, Storage
from archive.read import REVISION, read_all
from archive.read.forms import part_forms
from archive.records import Connection, Engine, readings, versions
from archive.records.readings import PartForm, Stored
from archive.unpacking import unpack
from archive.warc.reach import within_reach
from archive.warc.reader import payload_at

BATCH = 20  # readings in a transaction; what is lost when it is interrupted

Progress = Callable[[int, int], None]  # done, total
Answer = tuple[Reading, ...] | sandbox.Failure | StoreUnavailableError


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run of reading did."""

    revision: int
    read: int
    failed: int
    promoted: bool = False
    waiting_for: int | None = None  # the current revision, where it is not the code's
    away: StoreUnavailableError | None = None  # why the rest of the payloads waits for another run
    elsewhere: tuple[str, ...] = ()  # WARC files with payloads that wait, and that only another machine has


def read_new(engine: Engine, storage: Storage, workers: int, progress: Progress) -> Summary:
    """Reads every payload of a source that has no reading under the current revision; derives versions.

    Where the code's REVISION is not the current one nothing is read: `reread` has to make it current first, so that
    nobody sees a mixture. The captures wait; the summary says so.
    """
    summary = read_here(engine, storage, workers, progress)
    if summary.waiting_for is None:
        with engine.begin() as connection:
            versions.derive(connection, REVISION)
    return summary


def read_here(engine: Engine, storage: Storage, workers: int, progress: Progress) -> Summary:
    """Reads as `read_new` does and derives nothing: one of several machines, each with WARC files of its own."""
    with engine.begin() as connection:
        prepare(connection, REVISION)
        current = readings.current_revision(connection)
    if current != REVISION:
        return Summary(REVISION, 0, 0, waiting_for=current)
    return read_pending(engine, storage, workers, progress)


def elsewhere(engine: Engine, storage: Storage) -> set[str]:
    """Gives the WARC files whose payloads wait to be read under the current revision, and that are not here."""
    with engine.connect() as connection:
        if readings.current_revision(connection) != REVISION:
            return set()
        names = {stored.location.file for stored in readings.pending(connection, REVISION)}
    return names - within_reach(storage, names)


def elsewhere_text(files: Sequence[str]) -> str:
    """Says that payloads wait because only another machine has their WARC files."""
    return (
        f"what lies in {len(files)} WARC files is not read, for instance {files[0]}: they are not here, and the"
        " worker that has them has not read them; start it, the next night takes in what it reads"
    )


def reread(engine: Engine, storage: Storage, workers: int, progress: Progress) -> Summary:
    """Reads all stored payloads under REVISION beside the old readings, then makes them current at once.

    Raises UsageError where the archive is read under a higher revision already: older code must not take it back.
    StoreUnavailableError says that payloads are out of reach: the old readings stay current, and it goes on later. So
    they do where payloads lie on other machines: each has to read its own, the last makes the revision current.
    """
    with engine.begin() as connection:
        prepare(connection, REVISION)
        before = readings.current_revision(connection)
    if before is not None and before > REVISION:
        raise UsageError(
            f"the archive is read under revision {before}; this code reads under {REVISION}, which is older"
        )
    summary = read_pending(engine, storage, workers, progress)
    if summary.away:
        raise summary.away
    if summary.elsewhere:
        return summary
    with engine.begin() as connection:
        if before != REVISION:
            readings.promote(connection, REVISION)
            versions.rederive(connection, REVISION)
        else:
            versions.derive(connection, REVISION)
    return Summary(REVISION, summary.read, summary.failed, promoted=before != REVISION)


def prepare(connection: Connection, revision: int) -> None:
    """Makes the revision and the catalogues of its forms known to the database."""
    readings.open_revision(connection, revision)
    parts = [
        PartForm(
            part.part,
            part.form,
            tuple((i.code, i.label_zh, i.unit) for i in part.indicators),
            tuple(part.identities),
        )
        for part in part_forms()
    ]
    readings.register_forms(connection, parts)


def read_pending(engine: Engine, storage: Storage, workers: int, progress: Progress) -> Summary:
    """Reads what is here and has no reading under REVISION, a transaction for every few of them.

    It ends early where bytes are in an object store that does not answer; the summary says so.
    """
    with engine.connect() as connection:
        found = list(readings.pending(connection, REVISION))
    names = {stored.location.file for stored in found}
    here = within_reach(storage, names)
    waiting = [stored for stored in found if stored.location.file in here]
    done = failed = 0
    away: StoreUnavailableError | None = None
    answers = sandbox.run(partial(read_stored, storage), waiting, workers=workers)
    for batch in batches(answers):
        with engine.begin() as connection:
            unread = readings.claim(connection, [stored.payload_id for stored, _ in batch], REVISION)
            for stored, answer in batch:
                if stored.payload_id not in unread:  # another machine can reach it too, and was quicker
                    continue
                if isinstance(answer, StoreUnavailableError):
                    away = answer
                    continue
                if isinstance(answer, sandbox.Failure):
                    failed += 1
                    issue = Issue(answer.code, answer.message)
                    readings.store_failure(connection, stored.payload_id, REVISION, issue)
                    continue
                for reading in answer:
                    readings.store(connection, stored.payload_id, reading)
        done += len(batch)
        progress(done, len(waiting))
        if away:
            break
    return Summary(REVISION, done - failed, failed, away=away, elsewhere=tuple(sorted(names - here)))


def read_stored(storage: Storage, stored: Stored) -> Answer:
    """Gives the readings of a stored payload, or why there is none. Runs in a worker process."""
    try:
        data = payload_at(storage, stored.location)
    except StoreUnavailableError as error:
        return error
    except CorruptArchiveError as error:
        return sandbox.Failure("corrupt-record", str(error))
    payload = Payload(data)
    if payload.sha256 != stored.sha256:
        return sandbox.Failure("corrupt-record", f"{stored.location}: digest is {payload.sha256}")
    try:
        return read_all(payload, stored.hints, unpack)
    except UnreadableDocumentError as error:
        return sandbox.Failure(error.code, error.message)


def batches(answers: Iterator[tuple[Stored, Answer]]) -> Iterator[list[tuple[Stored, Answer]]]:
    """Gives the answers in lists of at most BATCH."""
    batch: list[tuple[Stored, Answer]] = []
    for answer in answers:
        batch.append(answer)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
