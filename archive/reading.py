"""Runs `read` over stored payloads in limited worker processes, stores the readings, derives the versions.

Nothing here fetches: the bytes come from the WARC files. Work that was interrupted goes on where it stopped,
because what waits for a reading is a question to the database, not a list kept somewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from archive.answers import Batch, Read, absent, answers, given, kept, meanwhile
from archive.errors import StoreUnavailableError, UsageError
from archive.model import Storage
from archive.read import REVISION
from archive.read.forms import part_forms
from archive.read.forms.codebook import crossings, words
from archive.records import Connection, Engine, catalogues, readings, rereadings, revisions, versions, waiting
from archive.records.readings import PartForm
from archive.records.waiting import EVERYTHING, Share, Stored, Wanted
from archive.sandbox import Failure
from archive.warc.reach import within_reach

Progress = Callable[[int, int], None]  # done, total


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run of reading did."""

    revision: int
    read: int
    failed: int
    waiting_for: int | None = None  # the current revision, where it is not the code's
    away: StoreUnavailableError | None = None  # why the rest of the payloads waits for another run
    elsewhere: tuple[str, ...] = ()  # WARC files with payloads that wait, and that only another machine has
    current: int | None = None  # the revision that researchers see after reading again
    same: int = 0  # payloads that were read again and read as before
    unlike: tuple[str, ...] = ()  # digests of payloads that read otherwise under the revision that answers already


def read_new(engine: Engine, storage: Storage, workers: int, progress: Progress) -> Summary:
    """Reads every payload of a source that has no reading under the current revision; derives versions.

    Where the code's REVISION is not the current one nothing is read: it has to be promoted first, so that nobody sees
    a mixture. The captures wait; the summary says so.
    """
    summary = read_here(engine, storage, workers, progress)
    if summary.waiting_for is not None:
        return summary
    return replace(summary, waiting_for=derive(engine))


def derive(engine: Engine) -> int | None:
    """Derives versions from what REVISION read; gives the current revision where it is another, and does nothing."""
    with engine.begin() as connection:
        versions.lock_versions(connection)  # whoever promotes another waits until this has ended, or has ended
        current = revisions.current_revision(connection)
        if current != REVISION:
            return current
        versions.derive(connection, REVISION)
    return None


def read_here(engine: Engine, storage: Storage, workers: int, progress: Progress) -> Summary:
    """Reads as `read_new` does and derives nothing: one of several machines, each with WARC files of its own."""
    with engine.begin() as connection:
        prepare(connection, REVISION)
        current = revisions.current_revision(connection)
    if current != REVISION:
        return Summary(REVISION, 0, 0, waiting_for=current)
    return read_pending(engine, storage, workers, progress)


def elsewhere(engine: Engine, storage: Storage, size: int) -> list[Share]:
    """Gives what waits to be read under the current revision and is not here, as shares of at most so many payloads."""
    with engine.connect() as connection:
        if revisions.current_revision(connection) != REVISION:
            return []
        every = waiting.shares(connection, REVISION, EVERYTHING, size)
    here = within_reach(storage, {share.file for share in every})
    return [share for share in every if share.file not in here]


def waiting_text(summary: Summary) -> str:
    """Says that nothing was read, because the current revision is another than the code's."""
    return (
        f"nothing was read: the archive is read under revision {summary.waiting_for}, this code reads under"
        f" {summary.revision}; run `nianbao reread && nianbao revisions promote`"
    )


def elsewhere_text(files: Sequence[str]) -> str:
    """Says that payloads wait because only another machine has their WARC files."""
    return (
        f"what lies in {len(files)} WARC files is not read, for instance {files[0]}: they are not here, and the"
        " worker that has them has not read them; start it, the next night takes in what it reads"
    )


def reread(
    engine: Engine,
    storage: Storage,
    workers: int,
    progress: Progress,
    wanted: Wanted = EVERYTHING,
    *,
    every: bool = False,
) -> Summary:
    """Reads the wanted payloads under REVISION beside the old readings; nobody sees that before it is promoted.

    Those that REVISION has read are left out; `every` compares them with what is stored: under the revision that
    answers already a difference is only told, under another the new reading takes the place. Raises UsageError where
    the archive is read under a higher revision already, and for digests of no payload; StoreUnavailableError where
    payloads are out of reach: it goes on later.
    """
    begin(engine, wanted)
    with engine.connect() as connection:
        already = list(waiting.pending(connection, REVISION, wanted, read_already=True)) if every else []
    summary = read_pending(engine, storage, workers, progress, wanted)
    if not summary.away:
        summary = read_again(engine, storage, workers, progress, already, summary)
    if summary.away:
        raise summary.away
    return replace(summary, current=derive(engine) or REVISION)


def begin(engine: Engine, wanted: Wanted) -> None:
    """Makes REVISION known. Raises UsageError where it is lower than the current one, or nothing like that is there."""
    with engine.begin() as connection:
        prepare(connection, REVISION)
        current = revisions.current_revision(connection)
        unknown = waiting.unknown_digests(connection, wanted.digests or ())
    if current is not None and current > REVISION:
        raise UsageError(
            f"the archive is read under revision {current}; this code reads under {REVISION}, which is older"
        )
    if wanted.below is not None and wanted.below > REVISION:
        raise UsageError(f"this code reads under revision {REVISION}, which is below {wanted.below} itself")
    if unknown:
        raise UsageError(f"no payload is called {unknown[0]}, and {len(unknown) - 1} more of the list are not known")


def read_share(engine: Engine, storage: Storage, workers: int, progress: Progress, share: Share) -> Summary:
    """Reads what is left of a share of another machine's re-reading, under its revision, which is this code's."""
    with engine.connect() as connection:
        left = waiting.left_of(connection, share)
    return read_found(engine, storage, workers, progress, left)


def prepare(connection: Connection, revision: int) -> None:
    """Makes the revision and the catalogues of its forms known; labels wait until it is current."""
    revisions.open_revision(connection, revision)
    readings.register_forms(connection, forms(), labels=revisions.current_revision(connection) == revision)
    catalogues.register_wordings(connection, words())
    catalogues.register_crosswalk(connection, crossings())


def forms() -> list[PartForm]:
    """Gives the catalogues of the forms as the database keeps them."""
    return [
        PartForm(
            part.part,
            part.form,
            tuple((i.code, i.label_zh, i.unit) for i in part.indicators),
            tuple(part.identities),
        )
        for part in part_forms()
    ]


def read_pending(
    engine: Engine, storage: Storage, workers: int, progress: Progress, wanted: Wanted = EVERYTHING
) -> Summary:
    """Reads what is here and has no reading under REVISION. It ends as `read_found` does."""
    with engine.connect() as connection:
        found = list(waiting.pending(connection, REVISION, wanted))
    return read_found(engine, storage, workers, progress, found)


def read_found(engine: Engine, storage: Storage, workers: int, progress: Progress, found: Sequence[Stored]) -> Summary:
    """Reads those of the payloads that are here, under REVISION, a transaction for every few of them.

    It ends early where bytes are in an object store that does not answer; the summary says so.
    """
    names = {stored.location.file for stored in found}
    here = within_reach(storage, names)
    summary = Summary(REVISION, 0, 0, elsewhere=tuple(sorted(names - here)))
    todo = [stored for stored in found if stored.location.file in here]

    def store(batch: Batch) -> list[tuple[Stored, Read]]:
        with engine.begin() as connection:
            unread = readings.claim(connection, [stored.payload_id for stored, _ in batch], REVISION)
            # what is not unread another machine can reach too, and was quicker
            gave = [(stored, read) for stored, read in given(batch) if stored.payload_id in unread]
            readings.store_all(connection, kept(gave), REVISION)
        return gave

    done = 0
    for batch, gave in meanwhile(answers(storage, workers, todo), store):
        done += len(batch)
        without = sum(isinstance(read, Failure) for _, read in gave)
        summary = replace(summary, read=summary.read + len(gave) - without, failed=summary.failed + without)
        progress(done, len(todo))
        if away := absent(batch):
            return replace(summary, away=away)
    return summary


def read_again(
    engine: Engine, storage: Storage, workers: int, progress: Progress, already: Sequence[Stored], so_far: Summary
) -> Summary:
    """Reads what REVISION has read; stores what reads otherwise where nobody was shown it yet."""
    with engine.connect() as connection:
        answers_already = REVISION in revisions.revisions_promoted(connection)
    here = within_reach(storage, {stored.location.file for stored in already})
    todo = [stored for stored in already if stored.location.file in here]

    def compare(batch: Batch) -> list[Stored]:
        gave = given(batch)
        good = {stored.payload_id: () if isinstance(read, Failure) else read for stored, read in gave}
        with engine.begin() as connection:
            readings.claim(connection, list(good), REVISION)
            same = rereadings.reads_same(connection, good, REVISION)
            unlike = [(stored, read) for stored, read in gave if stored.payload_id not in same]
            if not answers_already:
                rereadings.discard(connection, [stored.payload_id for stored, _ in unlike], REVISION)
                readings.store_all(connection, kept(unlike), REVISION)
        return [stored for stored, _ in unlike]

    done = 0
    unlike: list[str] = []
    for batch, others in meanwhile(answers(storage, workers, todo), compare):
        if away := absent(batch):
            return replace(so_far, away=away)
        done += len(batch)
        unlike += [stored.sha256 for stored in others]
        progress(done, len(todo))
    same = len(todo) - len(unlike)
    if answers_already:
        return replace(so_far, same=same, unlike=tuple(sorted(unlike)))
    return replace(so_far, read=so_far.read + len(unlike), same=same)
