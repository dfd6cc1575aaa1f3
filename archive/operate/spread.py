"""A night over several machines: hands its portals to workers, as the budget allows, and waits for them."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from archive import reading
from archive.config import Config
from archive.model import Storage
from archive.operate import shared
from archive.operate.watch import POLL, Watch
from archive.portals import Portal
from archive.records import Engine, crawls, jobs, runs
from archive.records.crawls import Outcome
from archive.records.runs import PortalRun

PATIENCE = timedelta(seconds=300)  # for a worker that died to come back, once all else is done
OVER = "no worker had ended it when the night's hours (night_hours) were over"
SPENT = "the night's requests (night_requests) are used up"


@dataclass(frozen=True, slots=True)
class Work:
    """What a night hands out: portals in their order, of all that are known, until when, with which options."""

    config: Config
    crawl_id: int
    portals: Sequence[Portal]
    known: Sequence[Portal]
    until: datetime
    options: Sequence[str]  # of the crawler


def spread(engine: Engine, work: Work, warn: Callable[[str], None]) -> None:
    """Has workers crawl portals; each has come to an end afterwards, if only to that of the night."""
    spent = asyncio.run(hand_out(engine, work, warn)) if work.portals else set()
    have_read(engine, work.config.storage, warn)
    with engine.begin() as connection:
        for run in runs.portals_of(connection, work.crawl_id):
            if run.state == "running":
                outcome = Outcome("incomplete", SPENT) if run.portal in spent else unended(run, work.until)
                crawls.finish_portal(connection, work.crawl_id, run.portal, outcome)


def have_read(engine: Engine, storage: Storage, warn: Callable[[str], None]) -> None:
    """Has workers read what only they hold and nobody has read.

    One that died left it so; or it died after it had kept a report and before it had settled its address, which
    another then did. They have PATIENCE to come back.
    """
    if away := reading.elsewhere(engine, storage, shared.SIZE):
        asyncio.run(shared.hand_out(engine, away, lambda done, total: None, warn, PATIENCE))


def unended(run: PortalRun, until: datetime) -> Outcome:
    """Gives how a portal ended that no worker has brought to its end."""
    if datetime.now(UTC) >= until:
        return Outcome("incomplete", OVER + (f"; before that: {run.reason}" if run.reason else ""))
    return Outcome("failed", f"given up after {jobs.TRIES} tries, the last by {run.worker}: {run.reason or 'it died'}")


async def hand_out(engine: Engine, work: Work, warn: Callable[[str], None]) -> set[str]:
    """Keeps the queue filled until all portals have come to an end, or the night has; takes back what waits then.

    Gives the portals for which the night had no request left.
    """
    hosts = shared_hosts(work.known)
    left = deque(work.portals)
    watch = Watch(warn)
    async with jobs.opened(engine.url) as app:
        await jobs.begin(app)
        ended = False
        try:
            while not ended:
                await jobs.rescue(app)
                if datetime.now(UTC) >= work.until:
                    left.clear()
                    await jobs.withdraw(app, taken_too=False)
                with engine.connect() as connection:  # before the queue: what ends meanwhile counts as going on
                    done = {run.portal: run for run in runs.portals_of(connection, work.crawl_id)}
                    watch.look(jobs.alive(connection))
                promised = await jobs.promised(app, work.crawl_id)
                put = affordable(left, done, promised, work.config.night_requests)
                for portal, requests in put:
                    await jobs.put(app, task_of(work, portal, hosts[portal.id], requests))
                ended = not promised and not put
                await asyncio.sleep(0 if ended else POLL)
        finally:
            if not ended:
                await jobs.withdraw(app, taken_too=True)
    return {portal.id for portal in left}


def affordable(
    left: deque[Portal], done: dict[str, PortalRun], promised: dict[str, int], night_requests: int
) -> list[tuple[Portal, int]]:
    """Takes from `left` what the night's requests allow; gives portals with the requests that each may make in all.

    What is promised to others is kept for them, so the night never makes more than its own. A portal whose own limit
    does not fit waits until they give back what they did not need; with nothing to wait for, it gets the rest.
    """
    kept = sum(max(0, most - done[portal].requests) for portal, most in promised.items())
    rest = night_requests - sum(run.requests for run in done.values()) - kept
    found: list[tuple[Portal, int]] = []
    while left:
        portal = left[0]
        before = done[portal.id].requests
        wanted = max(0, portal.politeness.nightly_requests - before)
        if portal.id not in promised:  # else a worker goes on with what a killed night had given it
            if wanted > rest and (promised or found or rest <= 0):
                break
            found.append((portal, before + min(wanted, rest)))
            rest -= min(wanted, rest)
        left.popleft()
    return found


def task_of(work: Work, portal: Portal, host: str, requests: int) -> jobs.Task:
    """Gives a portal as a task, with the files that say what it is."""
    files = {portal.path.name: portal.path.read_text(encoding="utf-8")}
    if work.config.divisions_file.is_file():
        files["divisions"] = work.config.divisions_file.read_text(encoding="utf-8")
    return jobs.Task(work.crawl_id, portal.id, host, requests, list(work.options), files)


def shared_hosts(portals: Collection[Portal]) -> dict[str, str]:
    """Gives for each portal one host for all that hang together: portals that share a host have the same."""
    parents: dict[str, str] = {}

    def root(host: str) -> str:
        while parents.setdefault(host, host) != host:
            host = parents[host]
        return host

    firsts = {}
    for portal in portals:
        first, *others = sorted({urlsplit(f"//{host}").hostname or host for host in every_host(portal)})
        firsts[portal.id] = first
        for other in others:
            least, most = sorted((root(first), root(other)))
            parents[most] = least
    return {portal_id: root(first) for portal_id, first in firsts.items()}


def every_host(portal: Portal) -> tuple[str, ...]:
    """Gives the hosts that are asked for a portal's pages and files."""
    return (*portal.hosts, *portal.attachment_hosts)
