"""Reading everything again over several machines: hands shares of the WARC files to workers, and waits for them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive import reading
from archive.model import Storage
from archive.operate.spread import POLL, Watch
from archive.read import REVISION
from archive.reading import Progress, Summary
from archive.records import Engine, jobs, shares, waiting
from archive.records.session import advisory_lock
from archive.records.shares import Standing
from archive.records.waiting import Share, Wanted

SIZE = 500  # payloads of a share: half a minute, so a worker that is lost costs no more
LONELY = timedelta(seconds=30)  # in which no worker has taken anything of what waits

Warn = Callable[[str], None]


def spread(engine: Engine, storage: Storage, workers: int, progress: Progress, wanted: Wanted, warn: Warn) -> Summary:
    """Does what `reading.reread` does, the reading by workers; what none of them takes is read here, if it is here.

    Raises as that does, and LockHeldError where another does the same.
    """
    with engine.connect() as holder, advisory_lock(holder, "reread"):
        reading.begin(engine, wanted)
        with engine.connect() as connection:
            every = waiting.shares(connection, REVISION, wanted, SIZE)
        asyncio.run(hand_out(engine, every, progress, warn))
        with engine.connect() as connection:
            counts = [waiting.results(connection, share) for share in every]
        rest = reading.reread(engine, storage, workers, progress, wanted)
    read, failed = (sum(each) for each in zip((rest.read, rest.failed), *counts, strict=True))
    return replace(rest, read=read, failed=failed)


async def hand_out(engine: Engine, every: Sequence[Share], progress: Progress, warn: Warn) -> None:
    """Waits until workers have read all shares, or none takes one of what is left; nothing waits in the queue then."""
    sizes = {shares.key_of(share): len(share.payloads) for share in every}
    watch, last = Watch(warn), datetime.now(UTC)
    before: Standing | None = None
    async with jobs.opened(engine.url) as app:
        await shares.withdraw(app)  # what a killed one left; other sizes, other keys
        try:
            for share in every:
                await shares.put(app, share)
            while True:
                await shares.rescue(app)
                with engine.connect() as connection:
                    now = shares.standing(connection)
                    watch.look(jobs.alive(connection))
                left = now.left & sizes.keys()
                progress(sum(sizes.values()) - sum(sizes[key] for key in left), sum(sizes.values()))
                if not left:
                    return
                if now.taken & left or before is None or now.left != before.left:
                    last, before = datetime.now(UTC), now
                if datetime.now(UTC) - last >= LONELY:
                    warn(unreached([share for share in every if shares.key_of(share) in left]))
                    return
                await asyncio.sleep(POLL)
        finally:
            await shares.withdraw(app)


def unreached(left: Sequence[Share]) -> str:
    """Says what no worker takes."""
    files = sorted({share.file for share in left})
    return (
        f"{sum(len(share.payloads) for share in left)} payloads in {len(files)} WARC files are in reach of no worker"
        f" that is there, for instance {files[0]}"
    )
