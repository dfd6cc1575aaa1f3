"""`nianbao nightly` over the two quick demo portals: what an operator sees of a night."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from archive.records.session import advisory_lock, engine_for, parsed
from crawler.demo.server import DemoServer
from crawler.demo.truth import changes, expected
from tests.cli.command import PROGRAM, Command, ask

QINGHE, YUNXIU = "990101-qinghe", "990202-yunxiu"
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


def night(archive: Command, *arguments: str, code: int = 0) -> dict[str, Any]:
    [found] = archive.json("nightly", *arguments, code=code)
    assert found["exit_code"] == code
    return found


def of(found: dict[str, Any], portal: str) -> dict[str, Any]:
    return next(row for row in found["portals"] if row["portal"] == portal)


def test_two_nights_and_one_in_which_nothing_is_due(archive: Command, demo: DemoServer) -> None:
    told = archive.json("nightly", "--dry-run")
    assert [(row["portal"], row["crawl"], row["reason"]) for row in told] == [
        (QINGHE, "yes", "never crawled"),
        (YUNXIU, "yes", "never crawled"),
    ]
    assert not demo.log
    first = night(archive)
    for name in (QINGHE, YUNXIU):
        planted = sum(one.portal == name for one in expected(1))
        assert (of(first, name)["found"], of(first, name)["new"]) == (planted, planted)
    assert first["loud"] == first["left"] == first["paused"] == first["issues"] == []
    assert first["read"]["unreadable"] == 0
    assert first["read"]["readings"] >= len(expected(1))  # pages, and the files that some lead to
    assert first["read"]["hold"] > 0

    asked = len(demo.log)
    again = night(archive)
    assert (again["run"], again["portals"], again["resting"]) == (None, [], 2)
    assert len(demo.log) == asked

    demo.set_night(2)
    second = night(archive, "--today", TOMORROW, "--all")
    moved = changes(2)
    assert sum(row["changed"] for row in second["portals"]) == len(moved.corrected)
    assert sum(row["withdrawn"] for row in second["portals"]) == len(moved.withdrawn)
    assert sum(row["new"] for row in second["portals"]) == len(moved.added)

    [shown] = archive.json("runs", "show", str(second["run"]))
    assert shown["night"] == second
    assert shown["failures"] == []
    people = archive.run("runs", "show", str(second["run"])).stdout
    assert "a night" in people
    assert "exit code 0" in people
    assert QINGHE in people
    assert len(ask(archive, "SELECT id FROM nights")) == 3


def test_a_night_without_enough_requests_ends_in_good_order_and_the_next_goes_on(
    archive: Command, demo: DemoServer
) -> None:
    archive.more["NIANBAO_NIGHT_REQUESTS"] = "12"
    first = night(archive, code=3)
    [portal] = first["portals"]
    assert portal["portal"] == QINGHE
    assert portal["state"] == "incomplete"
    assert "night_requests" in portal["reason"]
    assert "left for another night" in portal["reason"]
    assert portal["requests"] <= 13  # one may be on its way
    assert [one["portal"] for one in first["left"]] == [YUNXIU]
    assert "left for another night" in archive.run("runs", "show", str(first["run"])).stdout
    del archive.more["NIANBAO_NIGHT_REQUESTS"]
    second = night(archive, "--today", TOMORROW)
    assert {row["portal"]: row["state"] for row in second["portals"]} == {QINGHE: "complete", YUNXIU: "complete"}
    assert of(second, QINGHE)["found"] == of(second, QINGHE)["expected"]


def test_a_night_without_enough_hours_says_so(archive: Command, demo: DemoServer) -> None:
    archive.more["NIANBAO_NIGHT_HOURS"] = "0.00001"
    found = night(archive, code=3)
    assert {row["state"] for row in found["portals"]} == {"incomplete"}
    assert all("night_hours" in row["reason"] for row in found["portals"])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_an_interrupted_night_left_is_done_first(archive: Command, demo: DemoServer, how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "nightly"],
        env=archive.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while len(demo.log) < 8 and process.poll() is None:
            time.sleep(0.01)
        if how is signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
    assert process.returncode == (130 if how is signal.SIGTERM else -signal.SIGKILL)
    told = archive.json("nightly", "--dry-run")
    assert {(row["crawl"], row["reason"]) for row in told} == {("yes", "its last crawl was interrupted")}
    (left,) = ask(archive, "SELECT id FROM crawls WHERE finished_at IS NULL")
    found = night(archive)
    assert found["run"] == left.id
    assert {row["state"] for row in found["portals"]} == {"complete"}
    assert sum(row["found"] for row in found["portals"]) == len(expected(1))
    [report] = archive.json("verify")
    assert report["bad"] == report["missing"] == report["orphans"] == []


def test_a_night_takes_in_what_is_due_beside_what_was_interrupted(archive: Command, demo: DemoServer) -> None:
    archive.json("crawl", QINGHE)
    ask(archive, "UPDATE crawls SET finished_at = NULL")
    ask(archive, "UPDATE crawl_portals SET state = 'running'")
    found = night(archive)
    assert [row["portal"] for row in found["portals"]] == [QINGHE, YUNXIU]
    assert {row["state"] for row in found["portals"]} == {"complete"}
    assert len(ask(archive, "SELECT id FROM crawls")) == 1


def test_while_another_run_works_on_the_archive_it_ends_with_5(archive: Command, demo: DemoServer) -> None:
    engine = engine_for(parsed(archive.database_url))
    with engine.connect() as holder, advisory_lock(holder, "crawl"):
        assert "another run" in archive.run("nightly", code=5).stderr
    engine.dispose()
    assert not demo.log


def test_a_paused_portal_is_left_alone_until_its_day(archive: Command, demo: DemoServer) -> None:
    day = (date.fromisoformat(TOMORROW) + timedelta(days=7)).isoformat()
    archive.run("portals", "pause", QINGHE, "--reason", "moves to a new system", "--until", day)
    found = night(archive)
    assert [row["portal"] for row in found["portals"]] == [YUNXIU]
    [pause] = found["paused"]
    assert (pause["portal"], pause["reason"], pause["until"]) == (QINGHE, "moves to a new system", day)
    assert found["resting"] == 0
    listed = {row["id"]: row["paused"] for row in archive.json("portals", "list")}
    assert f"until {day}: moves to a new system" in listed[QINGHE]
    assert listed[YUNXIU] is None
    assert "moves to a new system" in archive.run("nightly").stdout
    later = archive.json("nightly", "--dry-run", "--today", day)
    assert {row["portal"]: row["crawl"] for row in later}[QINGHE] == "yes"
    [run] = archive.json("crawl", QINGHE)  # a person may look all the same
    assert [row["portal"] for row in run["portals"]] == [QINGHE]
    archive.run("portals", "pause", YUNXIU, "--reason", "for ever")
    assert "every portal is paused" in archive.run("crawl", code=2).stderr
    archive.run("portals", "resume", QINGHE)
    archive.run("portals", "resume", QINGHE, code=2)
    assert [row["paused"] is None for row in archive.json("portals", "list")] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--reason", "x"), QINGHE),
        ((QINGHE,), "--reason"),
        ((QINGHE, "--reason", " "), "--reason is empty"),
        ((QINGHE, "--reason", "x", "--until", "2020-01-01"), "after today"),
        ((QINGHE, "--reason", "x", "--until", "soon"), "--until"),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused(
    archive: Command, demo: DemoServer, arguments: tuple[str, ...], said: str
) -> None:
    assert said in archive.run("portals", "pause", *arguments, code=2).stderr
