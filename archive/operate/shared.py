"""Shares of the WARC files in the queue of the workers, and waiting until they are read."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from archive.operate.watch import POLL, Watch
from archive.reading import Progress
from archive.records import Engine, jobs, shares
from archive.records.shares import Standing
from archive.records.waiting import Share

SIZE = 500  # payloads of a share: half a minute, so a worker that is lost costs no more

Warn = Callable[[str], None]


async def hand_out(engine: Engine, every: Sequence[Share], progress: Progress, warn: Warn, patience: timedelta) -> None:
    """Waits until workers have read all shares, or for so long none has taken one; nothing waits in the queue then."""
    sizes = {shares.key_of(share): len(share.payloads) for share in every}
    watch, last = Watch(warn), datetime.now(UTC)
    before: Standing | None = None
    async with jobs.opened(engine.url) as app:
        await shares.withdraw(app)  # what a killed one left; other sizes, other keys
        try:
            for share in every:
                await shares.put(app, share)
            while True:
                await jobs.rescue(app, shares.TASK)
                with engine.connect() as connection:
                    now = shares.standing(connection)
                    watch.look(jobs.alive(connection))
                left = now.left & sizes.keys()
                progress(sum(sizes.values()) - sum(sizes[key] for key in left), sum(sizes.values()))
                if not left:
                    return
                if now.taken & left or before is None or now.left != before.left:
                    last, before = datetime.now(UTC), now
                if datetime.now(UTC) - last >= patience:
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
