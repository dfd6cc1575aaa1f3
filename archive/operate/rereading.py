"""Reading everything again over several machines: hands shares of the WARC files to workers, and waits for them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from archive import reading
from archive.model import Storage
from archive.operate.shared import SIZE, Warn, hand_out
from archive.read import REVISION
from archive.reading import Progress, Summary
from archive.records import Engine, waiting
from archive.records.session import advisory_lock
from archive.records.waiting import Wanted

LONELY = timedelta(seconds=30)  # in which no worker has taken anything of what waits


def spread(engine: Engine, storage: Storage, workers: int, progress: Progress, wanted: Wanted, warn: Warn) -> Summary:
    """Does what `reading.reread` does, the reading by workers; what none of them takes is read here, if it is here.

    Raises as that does, and LockHeldError where another does the same.
    """
    with engine.connect() as holder, advisory_lock(holder, "reread"):
        reading.begin(engine, wanted)
        with engine.connect() as connection:
            every = waiting.shares(connection, REVISION, wanted, SIZE)
        asyncio.run(hand_out(engine, every, progress, warn, LONELY))
        with engine.connect() as connection:
            counts = [waiting.results(connection, share) for share in every]
        rest = reading.reread(engine, storage, workers, progress, wanted)
    read, failed = (sum(each) for each in zip((rest.read, rest.failed), *counts, strict=True))
    return replace(rest, read=read, failed=failed)
