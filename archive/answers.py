"""Has stored payloads read in limited worker processes; what they answer comes in batches, to be stored meanwhile."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from archive import sandbox
from archive.errors import CorruptArchiveError, StoreUnavailableError, UnreadableDocumentError
from archive.model import Issue, Payload, Storage
from archive.read import read_all
from archive.records.reading_rows import Rows, rows_of
from archive.records.waiting import Stored
from archive.unpacking import unpack
from archive.warc.reader import payload_at

BATCH = 20  # payloads in a transaction; what is lost when it is interrupted
SECONDS = 5.0  # after which fewer are enough: a scan takes as long by itself

Read = tuple[Rows, ...] | sandbox.Failure
Answer = Read | StoreUnavailableError
Batch = list[tuple[Stored, Answer]]
Part = TypeVar("Part")
Taken = TypeVar("Taken")


def answers(storage: Storage, workers: int, todo: Sequence[Stored]) -> Iterator[Batch]:
    """Gives what the readers made of each payload, in the order in which they end, a few at once."""
    return batches(sandbox.run(partial(read_stored, storage), todo, workers=workers))


def read_stored(storage: Storage, stored: Stored) -> Answer:
    """Gives the rows of the readings of a stored payload, or why there is none. Runs in a worker process."""
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
        return tuple(rows_of(reading) for reading in read_all(payload, stored.hints, unpack))
    except UnreadableDocumentError as error:
        return sandbox.Failure(error.code, error.message)


def batches(answers: Iterator[tuple[Stored, Answer]]) -> Iterator[Batch]:
    """Gives the answers in lists of at most BATCH, or of what has come in SECONDS."""
    batch: Batch = []
    due = time.monotonic() + SECONDS
    for answer in answers:
        batch.append(answer)
        if len(batch) == BATCH or time.monotonic() >= due:
            yield batch
            batch = []
            due = time.monotonic() + SECONDS
    if batch:
        yield batch


def given(batch: Batch) -> list[tuple[Stored, Read]]:
    """Gives what was within reach of a batch."""
    return [(stored, answer) for stored, answer in batch if not isinstance(answer, StoreUnavailableError)]


def absent(batch: Batch) -> StoreUnavailableError | None:
    """Gives why the bytes of a payload were out of reach, if any were."""
    return next((answer for _, answer in batch if isinstance(answer, StoreUnavailableError)), None)


def kept(gave: Iterable[tuple[Stored, Read]]) -> list[tuple[int, Rows]]:
    """Gives what to store of what reading payloads gave."""
    found: list[tuple[int, Rows]] = []
    for stored, read in gave:
        each = (rows_of(Issue(read.code, read.message)),) if isinstance(read, sandbox.Failure) else read
        found += [(stored.payload_id, rows) for rows in each]
    return found


def meanwhile(parts: Iterator[Part], take: Callable[[Part], Taken]) -> Generator[tuple[Part, Taken], None, None]:
    """Gives each part with what `take` made of it, in a thread, while the next was waited for.

    Readers do not stand still while something is stored. What `take` raises is raised in its turn; the part after it is
    not taken any more.
    """
    with ThreadPoolExecutor(1) as thread:
        last: tuple[Part, Future[Taken]] | None = None
        for part in parts:
            if last:
                yield last[0], last[1].result()
            last = part, thread.submit(take, part)
        if last:
            yield last[0], last[1].result()
