"""A night over the ten demo portals that is killed again and again, beside one that nobody disturbs.

`python -m tests.cli.killing --kills 20 --seed 7` says what it saw; the tests do the same with fewer kills.
"""

import argparse
import csv
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, make_url, text

from archive.records import migrate, server
from crawler.demo.answers import Access
from crawler.demo.server import DemoServer
from crawler.demo.ten import TEN
from tests.cli.command import PROGRAM, Command, make_archive, served
from tests.scratch import administer, scratch_name

# Asked once by each process: the rules, and what a host says of an address that cannot exist (soft 404).
BY_PROCESS = re.compile(r"/robots\.txt|/[0-9a-f]{32}\.html")
ASIDE = (301, 302, 429)  # answers on the way to the one that counts
IN_FLIGHT = 2  # at a portal: one on the wire, one whose page is being settled
WAIT = 0.02  # seconds between two looks at how far a night is


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: at which request of the night and reading of a payload, and how many portals were still at work."""

    requests: int
    readings: int
    running: int


@dataclass(frozen=True, slots=True)
class Ended:
    """What an archive holds in the end, and what its night asked for, by portal."""

    state: dict[str, Any]
    asked: Counter[str]


def undisturbed(archive: Command) -> Ended:
    """Gives what a night leaves that nobody disturbs."""
    with served(archive, TEN) as portals:
        night = archive.json("nightly", code=3)[0]
        return Ended(end_state(archive, night), counted(portals.log))


def disturbed(archive: Command, kills: int, dice: random.Random, whole: Ended) -> tuple[Ended, list[Kill]]:
    """Gives what a night leaves that is killed at random moments, spread over the requests and readings of a whole one.

    After the last kill it goes on to its end.
    """
    requests, readings = whole.asked.total(), whole.state["readings"]
    moments = sorted(dice.sample(range(requests + readings), kills))
    done: list[Kill] = []
    engine = create_engine(archive.database_url)
    with served(archive, TEN) as portals:
        for moment in moments:
            wanted = (min(moment, requests), max(0, moment - requests))
            if kill := killed_at(archive, engine, portals, wanted, dice.random() * 0.3):
                done.append(kill)
                sys.stderr.write(f"killed at {kill}\n")
        night = archive.json("nightly", code=3)[0]
        engine.dispose()
        return Ended(end_state(archive, night), counted(portals.log)), done


def killed_at(
    archive: Command, engine: Engine, portals: DemoServer, wanted: tuple[int, int], then: float
) -> Kill | None:
    """Starts a night, or goes on with it, and kills all its processes a moment after it has come so far."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "nightly"],
        env=archive.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while process.poll() is None:
            requests, readings = how_far(engine, portals)
            if requests >= wanted[0] and readings >= wanted[1]:
                break
            time.sleep(WAIT)
        time.sleep(then)
        if process.poll() is not None:
            return None
        os.killpg(process.pid, signal.SIGKILL)
    running = "SELECT count(*) FROM crawl_portals WHERE state = 'running'"
    return Kill(*how_far(engine, portals), int(ask(engine, running)[0][0]))


def how_far(engine: Engine, portals: DemoServer) -> tuple[int, int]:
    """Gives the requests that count so far, and the readings."""
    return counted(portals.log).total(), int(ask(engine, "SELECT count(DISTINCT payload_id) FROM readings")[0][0])


def counted(log: Sequence[Access]) -> Counter[str]:
    """Gives the requests of a night by portal, without what each process asks anew and without detours."""
    return Counter(one.portal for one in list(log) if not BY_PROCESS.fullmatch(one.path) and one.status not in ASIDE)


def ask(engine: Engine, statement: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(statement)).all())


def end_state(archive: Command, night: dict[str, Any]) -> dict[str, Any]:
    """Gives everything that must not depend on interruptions: all but numbers, times and places of records."""
    engine = create_engine(archive.database_url)
    questions = {
        "documents": "SELECT a.division, a.name, d.year FROM documents d JOIN agencies a ON a.id = d.agency_id",
        "sources": "SELECT s.url_key, s.role, s.title, s.published FROM sources s",
        "versions": "SELECT s.url_key, v.number, v.content_hash FROM versions v JOIN sources s ON s.id = v.source_id",
        "figures": "SELECT DISTINCT s.url_key, f.part, f.values, f.statuses, f.details::text FROM figures f"
        " JOIN readings r ON r.id = f.reading_id JOIN version_payloads p ON p.payload_id = r.payload_id"
        " JOIN sources s ON s.id = p.source_id",
        "frontier": "SELECT url_key, role, state FROM frontier",
        "withdrawals": "SELECT count(*) FROM withdrawals",
    }
    state: dict[str, Any] = {name: sorted(map(str, ask(engine, sql))) for name, sql in questions.items()}
    state["readings"] = ask(engine, "SELECT count(DISTINCT payload_id) FROM readings")[0][0]
    twice = (
        "SELECT p.sha256, p.size FROM captures c JOIN payloads p ON p.id = c.payload_id"
        " WHERE c.kind = 'response' AND p.size > 0 GROUP BY p.id HAVING count(*) > 1"
    )
    assert ask(engine, twice) == []
    engine.dispose()
    told = ("portal", "expected", "found", "new", "changed", "withdrawn", "failed", "state", "reason")
    state["portals"] = [{name: row[name] for name in told} for row in night["portals"]]
    folder = archive.home / "export"
    for shape in ("wide", "long"):
        archive.run("export", "--shape", shape, "--format", "csv", "-o", str(folder))
        with (folder / f"{shape}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        state[f"{shape}.csv"] = [str(lasting(row)) for row in rows]
    [report] = archive.json("verify")
    assert report["bad"] == report["missing"] == report["orphans"] == []
    return state


def lasting(row: dict[str, str]) -> dict[str, str]:
    """Gives a row without what differs at every visit: the bytes of pages with a counter, the tokens of a gateway."""
    return {name: value.partition("?fileUrl=")[0] for name, value in row.items() if name != "sha256"}


def different(wanted: Any, found: Any) -> tuple[list[Any], list[Any]]:
    """Gives what is lacking, and what is there and should not."""
    return [one for one in wanted if one not in found], [one for one in found if one not in wanted]


def compare(folder: Path, server_url: URL, template: str, kills: int, seed: int) -> str:
    """Asserts that a killed night ends as an undisturbed one, and gives what was seen in words."""
    for archive in make_archive(folder / "undisturbed", server_url, template):
        whole = undisturbed(archive)
    for other in make_archive(folder / "killed", server_url, template):
        other.port = archive.port  # the same addresses
        ended, done = disturbed(other, kills, random.Random(seed), whole)
    for name, wanted in whole.state.items():
        if name != "readings":
            assert ended.state[name] == wanted, f"{name}: {different(wanted, ended.state[name])}"
    repeated = {portal: ended.asked[portal] - whole.asked[portal] for portal in whole.asked}
    in_flight = IN_FLIGHT * sum(kill.running for kill in done)
    assert min(repeated.values()) >= 0
    assert sum(repeated.values()) <= in_flight, (repeated, done)
    assert max(repeated.values()) <= IN_FLIGHT * len(done), repeated
    return (
        f"seed {seed}: {len(done)} of {kills} kills found the night at work; {whole.asked.total()} requests when"
        f" undisturbed, {sum(repeated.values())} repeated, {in_flight} may have been in flight; kills at"
        f" {[(kill.requests, kill.readings) for kill in done]} (requests, readings); all else the same"
    )


def main() -> None:
    """Kills nights on a server of its own, and prints what it saw."""
    parser = argparse.ArgumentParser(prog="python -m tests.cli.killing", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1000))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nianbao-kill-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded server of root runs as another user
        with server.running(folder / "server") as url:
            template = scratch_name("template")
            administer(make_url(url), f"CREATE DATABASE {template} TEMPLATE template0 ENCODING 'UTF8'")
            engine = create_engine(make_url(url).set(database=template))
            migrate.upgrade(engine)
            engine.dispose()
            sys.stdout.write(f"seed {options.seed}\n")
            sys.stdout.write(compare(folder, make_url(url), template, options.kills, options.seed) + "\n")


if __name__ == "__main__":
    main()
