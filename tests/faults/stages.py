"""What a process does that a fault hits: it crawls, reads or promotes, and says what it has been told is done."""

import contextlib
import os
import resource
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from sqlalchemy import text

from archive import reading
from archive.config import Config
from archive.errors import NianbaoError
from archive.ingest import Committer, Done, Entry, Frontier, Lease, Outcome, Source, recover
from archive.model import Context, Exchange, Role
from archive.operate import revisions
from archive.operate.gate import Gate
from archive.records import Engine
from archive.records.session import open_engine
from archive.urls import key_of
from crawler.demo import plan
from crawler.demo.render.html import html
from crawler.demo.report import report

PORTAL = "990101-qinghe"
BASE = "http://127.0.0.1"
BATCH = 8  # addresses of a crawl
AT_ONCE = 4
SEASON = date(2026, 8, 15)  # in which known addresses are left alone, so that a crawl asks for its own
FAILED = 6  # exit code: it could not go on, and said why


@dataclass(frozen=True, slots=True)
class World:
    """An archive to hurt: its settings, a copy of its WARC files in another place, the revision that is not read."""

    config: Config
    copy: Path
    other: int

    @property
    def warcs(self) -> Path:
        return self.config.warcs


@cache
def body(number: int) -> bytes:
    """Gives the page at an address: one of the demo's reports, which no other address repeats but every tenth."""
    entry = plan.entries()[number % len(plan.entries())]
    mark = number - 1 if number % 10 == 9 else number
    return (html(report(entry, 1)) + f"<p>第{mark}号</p>").encode()


def exchange(lease: Lease) -> Exchange:
    """Gives what crossed the wire for an address."""
    page = body(int(lease.entry.url.rpartition("/")[2].partition(".")[0]))
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n\r\n"
    request = f"GET {lease.entry.url.removeprefix(BASE)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    context = Context(PORTAL, Role.REPORT, title="年度报告")
    return Exchange(lease.entry.url, datetime.now(UTC), request.encode(), head.encode() + page, context)


def crawl(world: World, engine: Engine, crawl_id: int, say: Callable[[str], None]) -> None:
    """Keeps and settles the addresses of a crawl that are left; says each that it knows to be durable."""
    recover(engine, world.warcs, key_of)
    committer = Committer(engine, world.config.storage, crawl_id, {}, key_of, lambda error: os._exit(FAILED))
    frontier = Frontier(committer, crawl_id, PORTAL)
    first = crawl_id * BATCH
    urls = [f"{BASE}/{number}.html" for number in range(first, first + BATCH)]
    frontier.open([Entry(PORTAL, url, url, "report", {}) for url in urls], SEASON).result()
    while leases := frontier.lease(AT_ONCE).result():
        kept = [(lease, frontier.keep(exchange(lease), None, want_payload=False)) for lease in leases]
        for lease, future in kept:
            captured = future.result()
            say(f"{captured.capture_id} {lease.entry.url} {captured.sha256}")
            found = Source("年度报告")
            frontier.settle(Done(lease, "done", captured.at, capture_id=captured.capture_id, source=found)).result()
    frontier.finish(Outcome("complete", None)).result()
    committer.close()


def read(world: World, engine: Engine, _: int, say: Callable[[str], None]) -> None:
    """Reads what waits and derives versions."""
    summary = reading.read_new(engine, world.config.storage, 1, lambda done, total: say(f"read {done}"))
    say(f"done {summary.read} {summary.failed}")


def promote(world: World, engine: Engine, _: int, say: Callable[[str], None]) -> None:
    """Makes the other revision current, or takes that back."""
    with engine.connect() as connection:
        current = connection.scalar(text("SELECT number FROM revisions WHERE current"))
    gate = Gate(unread="what was crawled meanwhile")
    step = (
        revisions.rollback(engine, world.config)
        if current == world.other
        else revisions.promote(engine, world.config, world.other, gate)
    )
    assert step.promoted, step.refused
    say(f"current {step.new}")


STAGES = {"crawl": crawl, "read": read, "promote": promote}


def run(world: World, stage: str, crawl_id: int, room: int | None, pipe: Pipe) -> None:
    """Does a stage and ends the process: 0, or FAILED where it was told what went wrong. `room`: bytes of a file."""
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        with open_engine(world.config.home, world.config.database_url) as engine:
            STAGES[stage](world, engine, crawl_id, pipe.send)
    except NianbaoError as error:
        with contextlib.suppress(OSError):
            pipe.send(f"failed {error}")
        os._exit(FAILED)
    os._exit(0)
