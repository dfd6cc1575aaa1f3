"""Ten demo portals over two nights by four workers: the same as one machine makes, and one of them is killed."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from crawler.demo.server import DemoServer
from crawler.demo.ten import TEN
from crawler.demo.truth import expected
from crawler.demo.two import TWO
from tests.cli.command import Command, ask, make_archive, served
from tests.cli.test_ten_portals import at_a_time, held

NIGHTS = (1, 2)
KILLED_IN = 2
BEGINS = 6  # requests: the one on its way, robots.txt, two probes and their kind
NAMES = ("north", "east", "south", "west")

# What the archive has to say, without what differs by when and where it was fetched.
ADDRESS = "regexp_replace(s.url_key, '(:|%3A)[0-9]{5}', '', 'g')"  # without the port of the demo
VERSIONS = f"""
SELECT s.portal_id, {ADDRESS} AS url, s.place, a.name, d.year, v.number, v.content_hash
FROM versions v JOIN sources s ON s.id = v.source_id
LEFT JOIN documents d ON d.id = s.document_id LEFT JOIN agencies a ON a.id = d.agency_id"""
FIGURES = f"""
SELECT v.portal_id, v.url, v.place, v.number, f.part, f.form, f.statuses, f.values, f.verdicts
FROM ({VERSIONS.replace("SELECT ", "SELECT v.id, ", 1)}) v
JOIN version_payloads p ON p.version_id = v.id
JOIN readings r ON r.payload_id = p.payload_id AND r.place = v.place JOIN figures f ON f.reading_id = r.id"""
WITHDRAWN = f"""
SELECT s.portal_id, {ADDRESS} AS url, s.place
FROM withdrawals w JOIN sources s ON s.id = w.source_id WHERE w.returned_capture_id IS NULL"""
TAKEN = "SELECT portal_id, worker FROM crawl_portals WHERE state = 'running' AND worker IS NOT NULL AND requests >= 3"


def holdings(archive: Command, statement: str) -> list[str]:
    return sorted({repr(row) for row in ask(archive, statement)})


@dataclass
class Fleet:
    """Workers of one database, each with a home of its own and without portal files."""

    archive: Command
    folder: Path
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str) -> None:
        arguments = ["worker", "--name", name, "--portals", "3", "--json"]
        environ = {key: value for key, value in self.archive.environ.items() if key != "NIANBAO_PORTALS_DIR"}
        with self.told(name).open("ab") as out, self.folder.joinpath(f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-c", f"from archive.cli import main; main({arguments!r})"],
                env=environ | {"NIANBAO_HOME": str(self.folder / name)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
            )

    def told(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    def events(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.told(name).read_text().splitlines()]

    def kill(self, name: str) -> None:
        self.running[name].kill()
        assert self.running.pop(name).wait() == -signal.SIGKILL

    def stop(self) -> dict[str, int]:
        for process in self.running.values():
            process.terminate()
        return {name: self.running[name].wait(60) for name in list(self.running)}


def night_of(archive: Command, *arguments: str, code: int = 3) -> dict[str, Any]:
    return archive.json("nightly", "--all", *arguments, code=code)[0]


def kill_half_way(archive: Command, fleet: Fleet, night: "Future[dict[str, Any]]") -> tuple[str, str]:
    """Kills a worker that is in the middle of a portal; starts it again when another one has taken that over."""
    taken: list[tuple[Any, ...]] = []
    while not taken:
        assert not night.done(), "no worker was met in the middle of a portal"
        taken = ask(archive, TAKEN)
    portal, name = taken[0]
    fleet.kill(name)
    while (portal, name) in ask(archive, TAKEN):
        assert not night.done(), f"nobody took over {portal}"
        time.sleep(0.1)
    fleet.start(name)
    return portal, name


@pytest.fixture
def alone(tmp_path: Path, server_url: URL, template: str) -> Iterator[Command]:
    """An archive that one machine makes."""
    yield from make_archive(tmp_path / "alone", server_url, template)


def test_four_workers_make_what_one_machine_makes(archive: Command, alone: Command, tmp_path: Path) -> None:
    fleet = Fleet(archive, tmp_path)
    with ExitStack() as stack:
        one, four = stack.enter_context(served(alone, TEN)), stack.enter_context(served(archive, TEN))
        stack.callback(fleet.stop)
        pool = stack.enter_context(ThreadPoolExecutor(2))
        for name in NAMES:
            fleet.start(name)
        for night in NIGHTS:
            one.set_night(night)
            four.set_night(night)
            of_four = pool.submit(night_of, archive, "--spread")
            of_one = pool.submit(night_of, alone)
            if night == KILLED_IN:
                portal, killed = kill_half_way(archive, fleet, of_four)
            check_night(archive, night, of_one.result(), of_four.result())
        for statement in (VERSIONS, FIGURES, WITHDRAWN):
            assert holdings(archive, statement) == holdings(alone, statement)
        assert holdings(alone, FIGURES)
        assert set(fleet.stop().values()) == {0}
    check_log(four)
    assert [event["event"] for event in fleet.events(killed)].count("ready") == 2
    assert at_most_on_its_way_again(one, four, portal)
    homes = [replace(archive, home=tmp_path / name).json("verify", "--here")[0] for name in NAMES]
    assert all(home["bad"] == home["missing"] == home["orphans"] == [] for home in homes)
    placed = "SELECT count(*) FROM captures WHERE warc_file_id IS NOT NULL"
    assert [(sum(home["checked"] for home in homes),)] == ask(archive, placed)


def test_a_worker_that_is_told_to_stop_gives_back_what_it_has(archive: Command, tmp_path: Path) -> None:
    fleet = Fleet(archive, tmp_path)
    with ExitStack() as stack:
        server = stack.enter_context(served(archive, TWO))
        stack.callback(fleet.stop)
        pool = stack.enter_context(ThreadPoolExecutor(1))
        fleet.start("north")
        night = pool.submit(night_of, archive, "--spread", code=0)
        while not ask(archive, TAKEN):
            assert not night.done(), "no worker was met in the middle of a portal"
        assert fleet.stop() == {"north": 0}
        given_back = {event["portal"] for event in fleet.events("north") if event["event"] == "given_back"}
        assert given_back
        assert not list((tmp_path / "north" / "warc").glob("*.open"))
        fleet.start("east")
        while ask(archive, "SELECT 1 FROM crawl_portals WHERE state = 'running'"):
            assert not night.done()
            time.sleep(0.1)
        fleet.start("north")  # only it can read what it fetched
        done = {row["portal"]: row for row in night.result()["portals"]}
        shown = archive.run("runs", "show", "1").stdout
    assert {row["state"] for row in done.values()} == {"complete"}
    assert all(done[portal]["worker"] == "east" for portal in given_back)
    assert sum(row["found"] for row in done.values()) == len(expected(1))
    assert "worker" in shown
    assert "east" in shown
    for portal in TWO:
        assert at_a_time([each for each in server.log if each.portal == portal.id]) == 1


def check_night(archive: Command, night: int, of_one: dict[str, Any], of_four: dict[str, Any]) -> None:
    assert of_four["loud"] == of_one["loud"]
    documents = held(archive)
    done = {row["portal"]: row for row in of_four["portals"]}
    counts = ("state", "expected", "found", "new", "changed", "unchanged", "withdrawn", "failed")
    for row in of_one["portals"]:
        mine = done[row["portal"]]
        assert [mine[key] for key in counts] == [row[key] for key in counts], (night, mine, row)
        assert row["worker"] is None
        assert mine["worker"] in NAMES
    for portal in TEN:
        truth = portal.truth(night)
        assert done[portal.id]["state"] == truth.state
        assert truth.reason in (done[portal.id]["reason"] or "")
        assert documents[portal.id] == truth.documents
    assert len({row["worker"] for row in done.values()}) > 2


def at_most_on_its_way_again(one: DemoServer, four: DemoServer, portal: str) -> bool:
    """Tells whether a killed crawl asked no more than one did that was not: but for what begins each try.

    A redirect is not counted beside what it leads to: 990105 sends every address to a new session first.
    """
    asked = [sum(each.portal == portal and each.status != 302 for each in server.log) for server in (one, four)]
    return asked[1] - asked[0] <= BEGINS


def check_log(server: DemoServer) -> None:
    for portal in TEN:
        own = [each for each in server.log if each.portal == portal.id]
        assert len(own) > 10
        assert at_a_time(own) == 1
