"""An archive that is hurt again and again, and what must hold of it after each fault and in the end."""

import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection as Reader
from typing import Any

from sqlalchemy import Engine, text

from archive.model import Hints, Payload
from archive.operate import fixity
from archive.read import REVISION, read
from archive.records import crawls
from archive.warc.verify import Report
from tests.faults import stages
from tests.faults.stages import BASE, BATCH, FAILED, PORTAL, World

PLAN = {  # stage → its faults, and its share of all
    "crawl": (("kill", "full disk", "dropped connection", "truncated file"), 5),
    "read": (("kill", "dropped connection", "truncated file"), 2),
    "promote": (("kill", "dropped connection"), 3),
}
PATIENCE = 120.0  # seconds for a stage

# A payload may lie twice only where a worker died between writing and the index; here nobody writes beside another.
TWICE = """
SELECT 'payload', payload_id || '', count(*) FROM captures WHERE kind = 'response' AND payload_id IS NOT NULL
GROUP BY payload_id HAVING count(*) > 1
UNION ALL SELECT 'record', record_id, count(*) FROM captures GROUP BY record_id HAVING count(*) > 1
UNION ALL SELECT 'reading', payload_id || ' ' || revision, count(*) FROM readings
GROUP BY payload_id, revision, place HAVING count(*) > 1
UNION ALL SELECT 'version', source_id || ' ' || content_hash, count(*) FROM versions
GROUP BY source_id, content_hash HAVING count(*) > 1"""
MIXED = """
SELECT count(*) FROM current_readings k JOIN readings r ON r.id = k.reading_id
WHERE r.revision <> (SELECT number FROM revisions WHERE current)"""
OTHERS = """
WITH made AS (
    INSERT INTO readings (payload_id, revision, media_type, charset, title, agency, year, forms, text_sha256,
        content_hash, place)
    SELECT payload_id, :other, media_type, charset, title, agency, year, forms, text_sha256, content_hash, place
    FROM readings r WHERE revision = :own AND error_code IS NULL AND NOT EXISTS (
        SELECT FROM readings o WHERE o.payload_id = r.payload_id AND o.revision = :other AND o.place = r.place)
    RETURNING id, payload_id, place
)
INSERT INTO figures (reading_id, part, form, statuses, "values", places, details, verdicts, lefts,
    rights)
SELECT m.id, f.part, f.form, f.statuses, f.values, f.places, f.details, f.verdicts, f.lefts, f.rights
FROM made m JOIN readings r ON r.payload_id = m.payload_id AND r.revision = :own AND r.place = m.place
JOIN figures f ON f.reading_id = r.id"""


@dataclass
class Harm:
    """What was done to an archive: faults that hit by stage and kind, and what was acknowledged before them."""

    world: World
    engine: Engine
    dice: random.Random
    hit: Counter[tuple[str, str]] = field(default_factory=Counter)
    acknowledged: dict[int, tuple[str, str]] = field(default_factory=dict)  # capture → URL, SHA-256
    named: int = 0  # damaged files that a verification named, and mended
    crawl: int = 0

    def ask(self, statement: str, **values: Any) -> list[Any]:
        """Gives the rows of a query."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement), values).all())

    def inject(self, stage: str, fault: str) -> None:
        """Does a stage and hurts it somewhere; counts the fault where it hit before the stage had ended."""
        if stage == "crawl" and not self.open_crawl():
            self.new_crawl()
        if stage == "promote":
            self.read_otherwise()
        damaged = self.truncate() if fault == "truncated file" else None
        room = self.dice.randrange(200, 60_000) if fault == "full disk" else None
        ours, pid = self.start(stage, room)
        told = self.listen(ours, self.dice.randrange(0, 2 * BATCH), self.dice.random() * 0.2)
        if fault == "kill":
            os.kill(pid, signal.SIGKILL)
        if fault == "dropped connection":
            self.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
        told += self.listen(ours, None, PATIENCE)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert code in (0, FAILED, -signal.SIGKILL), (stage, fault, code, told)
        self.remember(told)
        if damaged:
            self.check_named(damaged)
        self.hit[stage, fault] += damaged is not None or code != 0

    def start(self, stage: str, room: int | None = None) -> tuple[Reader, int]:
        """Starts a process that does a stage; gives the pipe on which it says what is done."""
        ours, theirs = Pipe(duplex=False)
        sys.stdout.flush()
        if (pid := os.fork()) == 0:
            try:
                ours.close()
                stages.run(self.world, stage, self.crawl, room, theirs)
            except BaseException as error:  # noqa: BLE001 – whatever it is, it must not go on as the parent
                sys.stderr.write(f"{stage}: {type(error).__name__}: {error}\n")
            os._exit(1)
        theirs.close()
        return ours, pid

    def listen(self, pipe: Reader, count: int | None, seconds: float) -> list[str]:
        """Gives what a process says, until it has said so much, for so long, or until it has ended."""
        told: list[str] = []
        end = time.monotonic() + seconds
        while (count is None or len(told) < count) and (left := end - time.monotonic()) > 0 and pipe.poll(left):
            try:
                told.append(pipe.recv())
            except EOFError:
                break
        return told

    def remember(self, told: list[str]) -> None:
        """Takes in which captures a crawl was told are durable."""
        for line in told:
            first, _, rest = line.partition(" ")
            if first.isdigit():
                url, _, digest = rest.partition(" ")
                self.acknowledged[int(first)] = (url, digest)

    def open_crawl(self) -> bool:
        """Tells whether a crawl has not come to its end."""
        return bool(self.ask("SELECT 1 FROM crawl_portals WHERE crawl_id = :id AND state = 'running'", id=self.crawl))

    def new_crawl(self) -> None:
        """Begins a crawl of addresses that are new."""
        with self.engine.begin() as connection:
            place = crawls.Place(PORTAL, "青禾县", "990101", BASE)
            self.crawl = crawls.open_crawl(connection, [place], "faults")

    def read_otherwise(self) -> None:
        """Gives the other revision readings of all that was read."""
        with self.engine.begin() as connection:
            connection.execute(text(OTHERS), {"own": REVISION, "other": self.world.other})

    def finish(self, stage: str) -> None:
        """Does a stage that nobody disturbs."""
        pipe, pid = self.start(stage)
        told = self.listen(pipe, None, PATIENCE)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert code == 0, (stage, code, told)
        self.remember(told)

    # ── damage ───────────────────────────────────────────────────────────────────────────────────────

    def copy(self) -> None:
        """Brings sealed files to the other place, as a backup does."""
        for path in self.world.warcs.glob("*.warc.gz"):
            if not (self.world.copy / path.name).exists():
                shutil.copyfile(path, self.world.copy / path.name)

    def truncate(self) -> str | None:
        """Cuts the end off a sealed file of which there is a copy; gives its name."""
        self.copy()
        held = sorted(path for path in self.world.warcs.glob("*.warc.gz") if path.stat().st_size)
        if not held:
            return None
        path = self.dice.choice(held)
        os.truncate(path, self.dice.randrange(path.stat().st_size))
        return path.name

    def check_named(self, name: str) -> None:
        """Asserts that a verification names what is damaged and nothing else, and that it is mended from the copy."""
        found = self.verify()
        assert {finding.file for finding in (*found.bad, *found.missing)} == {name}, (name, found)
        mended = self.verify(repair=True)
        assert [finding.file for finding in mended.repaired if "copied" in finding.reason] == [name], mended
        assert mended.sound, mended
        self.named += 1

    def verify(self, *, repair: bool = False) -> Report:
        """Gives what a verification finds."""
        return fixity.verify(self.engine, self.world.config, fixity.silent, repair=repair)

    # ── what must hold ───────────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        """Asserts what holds at any time: what was acknowledged is there, nothing is there twice, nothing is mixed."""
        rows = self.ask(
            "SELECT c.id, c.url, p.sha256 FROM captures c JOIN payloads p ON p.id = c.payload_id"
            " WHERE c.id = ANY(:ids)",
            ids=list(self.acknowledged),
        )
        assert {row[0]: (row[1], row[2]) for row in rows} == self.acknowledged
        assert self.ask(TWICE) == []
        assert self.ask(MIXED) == [(0,)]

    def check_end(self) -> None:
        """Does what is left, and asserts that the archive is as if nothing had happened."""
        if self.crawl and self.open_crawl():
            self.finish("crawl")
        if self.ask("SELECT 1 FROM revisions WHERE current AND number <> :own", own=REVISION):
            self.finish("promote")
        self.finish("read")
        self.check()
        found = self.verify()
        assert found.clean, found
        assert found.checked == found.captures >= len(self.acknowledged)
        held = self.ask(
            "SELECT s.url, r.content_hash FROM sources s JOIN version_payloads v ON v.source_id = s.id"
            " JOIN readings r ON r.payload_id = v.payload_id AND r.revision = :own",
            own=REVISION,
        )
        addresses = [
            number for crawl in range(1, self.crawl + 1) for number in range(crawl * BATCH, (crawl + 1) * BATCH)
        ]
        wanted = [(f"{BASE}/{n}.html", read(Payload(stages.body(n)), Hints()).content_hash) for n in addresses]
        assert sorted(map(tuple, held)) == sorted(wanted)
        assert self.ask("SELECT count(*) FROM frontier WHERE state <> 'done'") == [(0,)]


def harm(world: World, engine: Engine, faults: int, dice: random.Random) -> Harm:
    """Injects faults that hit, so many, and asserts after each what must hold; gives what was done."""
    done = Harm(world, engine, dice)
    done.new_crawl()
    done.finish("crawl")
    done.finish("read")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO revisions (number) VALUES (:other)"), {"other": world.other})
    names = list(PLAN)
    while done.hit.total() < faults:
        stage = dice.choices(names, [PLAN[name][1] for name in names])[0]
        done.inject(stage, dice.choice(PLAN[stage][0]))
        done.check()
    done.check_end()
    return done
