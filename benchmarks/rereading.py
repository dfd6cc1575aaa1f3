"""What reading everything again costs as the archive grows, and what it comes to for three million payloads.

At each size a synthetic archive is loaded by COPY but for its last payloads; those go the product's own way: what is
pending, storing, deriving versions. Then a second revision of all, which reads every hundredth otherwise, is compared,
made current and taken back. Reading itself is measured on the recorded reports, once. A cost is flat where a payload
costs at the largest size what it costs at the smallest.

    python benchmarks/rereading.py [SIZE …]    (payloads: 10000 50000 200000; by default 2000 4000 8000)
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from archive.answers import BATCH
from archive.model import Check, Figure, Hints, Payload, Reading, Status, Verdict
from archive.read import read
from archive.read.forms import FORMS
from archive.records import notes, readings, revisions, versions, waiting
from archive.records.reading_rows import rows_of
from archive.research.revisions import effect
from benchmarks.synthetic import load
from benchmarks.synthetic.invented import PARTS, body
from benchmarks.synthetic.plan import Plan, Source, agency_name
from benchmarks.synthetic.servers import machine, scratch, sizes

SMALL = (2000, 4000, 8000)
PLANNED = 3_000_000
NEW = 500  # payloads of a night
NIGHTLY = ("pending, a night", "derive, a night", "derive, nothing new", "pending, nothing new", "notes, nothing new")
REPORTS = Path(__file__).parents[1] / "tests" / "recorded" / "reports"


@dataclass
class Measured:
    """Seconds of each step at one size, and how many payloads it was for."""

    payloads: int
    engine: Engine
    seconds: dict[str, tuple[float, int]] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)  # seconds of CPU, the server's included
    bytes: float = 0  # a payload, with its captures, sources, versions, texts
    bytes_again: float = 0  # a payload under one more revision

    def note(self, step: str, payloads: int, work: Callable[[], object]) -> None:
        """Measures a step."""
        started, spent = time.perf_counter(), cpu(self.engine)
        work()
        self.seconds[step] = time.perf_counter() - started, payloads
        self.spent[step] = cpu(self.engine) - spent

    def each(self, step: str) -> float:
        """Gives milliseconds a payload."""
        took, payloads = self.seconds[step]
        return took / payloads * 1000


def cpu(engine: Engine) -> float:
    """Gives the seconds of CPU that this process and its sessions in the database have taken."""
    with engine.connect() as connection:
        asked = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        sessions = list(connection.scalars(asked))
    taken = time.process_time()
    for pid in sessions:
        said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        taken += (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")
    return taken


def invented_reading(payload: int, state: int, source: Source, revision: int) -> Reading:
    """Gives a reading with every figure of a form, as `read` would."""
    form = "2021"
    figures = [
        Figure(one.code, Status.NUMBER, raw="0", value=Decimal(0), table=1, row=2, column=place % 7)
        for part in PARTS
        for place, one in enumerate(FORMS[part, form].indicators)
    ]
    checks = [Check(code, Verdict.HOLDS, Decimal(0), Decimal(0)) for p in PARTS for code in FORMS[p, form].identities]
    agency = agency_name(source.agency)
    return Reading(
        revision=revision,
        media_type="text/html",
        charset="utf-8",
        title=f"{agency}{source.year}年政府信息公开工作年度报告",
        agency=agency,
        year=source.year,
        period=None,
        forms=dict.fromkeys(PARTS, form),
        text=body(payload % 1000),
        content_hash=hashlib.sha256(f"content {source.id} {state}".encode()).hexdigest(),
        figures=tuple(figures),
        checks=tuple(checks),
    )


def store(engine: Engine, new: list[tuple[int, int, Source]]) -> None:
    """Stores readings as a run of reading does, some in a transaction."""
    for first in range(0, len(new), BATCH):
        with engine.begin() as connection:
            some = new[first : first + BATCH]
            readings.claim(connection, [payload for payload, _, _ in some], 1)
            found = [(payload, rows_of(invented_reading(payload, state, source, 1))) for payload, state, source in some]
            readings.store_all(connection, found, 1)


def committed(engine: Engine, work: Callable[[Connection], object]) -> Callable[[], object]:
    """Gives a run of some work in a transaction of its own."""

    def run() -> None:
        with engine.begin() as connection:
            work(connection)

    return run


def measure(engine: Engine, size: int) -> Measured:
    """Gives what the steps cost in an archive of so many payloads."""
    plan = Plan(round(size / 1.1333))
    everything = list(plan.payloads())
    upto = len(everything) - NEW
    found = Measured(len(everything), engine)
    load.prepared(engine, 1)
    steps = chain(load.crawled(plan), load.read(plan, 1, upto=upto), load.derived(plan, 1, upto))
    load.load(engine, steps, lambda *_: None)
    load.assign_documents(engine, plan, upto)
    with engine.connect() as connection:
        found.note("pending, a night", NEW, lambda: wait_for(connection, 1, NEW))
    found.note("store", NEW, lambda: store(engine, everything[upto:]))
    found.note("derive, a night", NEW, committed(engine, lambda c: versions.derive(c, 1)))
    found.note("derive, nothing new", NEW, committed(engine, lambda c: versions.derive(c, 1)))
    with engine.connect() as connection:
        found.note("pending, nothing new", NEW, lambda: wait_for(connection, 1, 0))
    found.note("notes, everything", found.payloads, committed(engine, tell))
    found.note("notes, nothing new", NEW, committed(engine, tell))
    found.bytes = weight(engine) / found.payloads
    with engine.begin() as connection:
        revisions.open_revision(connection, 2)
        found.note("pending, everything", found.payloads, lambda: wait_for(connection, 2, found.payloads))
    again = load.read(plan, 2, first=found.payloads, upto=upto)
    load.load(engine, again, lambda *_: None)
    found.bytes_again = weight(engine) / found.payloads - found.bytes
    with engine.connect() as connection:
        found.note("diff", found.payloads, lambda: effect(connection, 1, 2))
    found.note("promote", found.payloads, committed(engine, promote))
    found.note("rollback", found.payloads, committed(engine, lambda c: revisions.give_place_back(c, 1)))
    return found


def promote(connection: Connection) -> None:
    """Makes the second revision current, as `nianbao revisions promote` does."""
    revisions.take_place(connection, 2)
    versions.derive(connection, 2)


def tell(connection: Connection) -> None:
    """Takes what the WARC files are to be told."""
    for _ in notes.changed(connection):
        pass


def wait_for(connection: Connection, revision: int, expected: int) -> None:
    """Fetches what is pending. Ends the program where it is not what it must be."""
    count = sum(1 for _ in waiting.pending(connection, revision))
    if count != expected:
        raise SystemExit(f"{count} payloads are pending, {expected} should be")


def weight(engine: Engine) -> int:
    """Gives the bytes of all tables with their indexes."""
    return sum(own + indexes for own, indexes in sizes(engine).values())


def reading_ms() -> tuple[float, int]:
    """Gives CPU milliseconds to read a recorded page, and of how many."""
    pages = [path.read_bytes() for path in sorted(REPORTS.glob("*/html/*/page.html"))]
    read(Payload(pages[0]), Hints())
    started = time.process_time()
    for page in pages:
        read(Payload(page), Hints())
    return (time.process_time() - started) / len(pages) * 1000, len(pages)


def show(found: list[Measured], reading: float) -> None:
    """Prints milliseconds a payload by size, whether they are flat, and the projection."""
    small, large = found[0], found[-1]
    print(f"{'ms a payload':22}" + "".join(f"{one.payloads:>12}" for one in found) + f"{'last/first':>12}")
    for step in small.seconds:
        if step not in NIGHTLY:
            ratio = large.each(step) / small.each(step)
            print(f"{step:22}" + "".join(f"{one.each(step):12.3f}" for one in found) + f"{ratio:12.2f}")
    print(f"\n{f'seconds a night, {NEW} new':22}")
    for step in NIGHTLY:
        whole = [one.seconds[step][0] for one in found]
        print(f"{step:22}" + "".join(f"{seconds:12.2f}" for seconds in whole) + f"{whole[-1] / whole[0]:12.2f}")
    print(f"\n{'bytes a payload':22}" + "".join(f"{one.bytes:12.0f}" for one in found))
    print(f"{'one revision more':22}" + "".join(f"{one.bytes_again:12.0f}" for one in found))
    project(large, reading)


def project(large: Measured, reading: float) -> None:
    """Prints what three million payloads come to, as the largest archive measured costs."""
    hours = PLANNED / 3.6e6
    once = sum(large.each(step) for step in ("pending, everything", "diff", "promote"))
    store_ms = large.each("store")
    print(f"\n{PLANNED / 1e6:.0f} million payloads, as {large.payloads} cost; reading {reading:.1f} ms of CPU a page")
    for workers in (1, 2, 8, 32):
        print(f"    {workers:3} workers: {hours * (reading + store_ms) / workers + hours * once:7.1f} h", end="")
        print(f"   ({hours * reading / workers:.1f} reading, {hours * store_ms / workers:.1f} storing,", end="")
        print(f" {hours * once:.1f} finding, comparing, promoting)")
    taken = sum(large.spent[step] / large.seconds[step][1] * 1000 for step in ("store", "pending, everything"))
    print(
        f"    finding and storing take {taken:.1f} ms of CPU a payload, the server's included: {taken / reading:.0%}",
        end="",
    )
    print(" of reading")
    whole, again = (PLANNED * each / 1e9 for each in (large.bytes, large.bytes_again))
    print(f"    {whole:.0f} GB of database, {again:.0f} GB a revision more")


def main(wanted: list[int]) -> None:
    """Measures each size in a database of its own and prints all."""
    reading, pages = reading_ms()
    found = []
    for size in wanted:
        with scratch() as engine:
            print(f"{size} payloads; {machine(engine)}", flush=True)
            found.append(measure(engine, size))
    print(f"reading measured on {pages} recorded pages\n")
    show(found, reading)


if __name__ == "__main__":
    main([int(said) for said in sys.argv[1:]] or list(SMALL))
