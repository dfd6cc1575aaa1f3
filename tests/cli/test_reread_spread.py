"""Everything read again by two workers with homes of their own, one killed half-way: the same as one machine reads."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.cli.command import Command, ask
from tests.cli.test_revisions import RULE, changed_code
from tests.compose.several import html, paged, report

REPORTS = 10  # in each of two WARC files
SHARE = 5  # payloads
QUICK = f"""\
import os
from datetime import timedelta
from archive.operate import rereading
from archive.records import jobs, shares
rereading.SIZE, rereading.LONELY = {SHARE}, timedelta(seconds=float(os.environ["LONELY"]))
jobs.HEARTBEAT = 0.5
jobs.SILENT = shares.SILENT = 3.0
from archive.cli import main
main()
"""
READINGS = """
SELECT p.sha256, r.place, r.revision, r.agency, r.year, r.content_hash, f.part, f.form, f.statuses, f."values",
    f.verdicts
FROM readings r JOIN payloads p ON p.id = r.payload_id JOIN figures f ON f.reading_id = r.id
WHERE r.revision = {revision} ORDER BY 1, 2, 7"""
TAKEN = """
SELECT j.worker_id FROM procrastinate.procrastinate_jobs j WHERE j.task_name = 'read' AND j.status = 'doing'
AND {least} <= (SELECT count(*) FROM readings WHERE revision = {revision})"""
COUNTS = """
SELECT count(*), count(DISTINCT (payload_id, place)) FROM readings WHERE revision = {revision}"""


def started(archive: Command, home: Path, *arguments: str, lonely: int = 120) -> "subprocess.Popen[str]":
    """Starts a command on a home of its own, with small shares and little patience."""
    with home.with_suffix(".log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-c", QUICK, *arguments],
            env=archive.environ
            | {"NIANBAO_HOME": str(home), "NIANBAO_CONTACT": "test", "NIANBAO_WORKERS": "1", "LONELY": str(lonely)},
            cwd=archive.home.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def worker(archive: Command, home: Path, processes: list["subprocess.Popen[str]"]) -> "subprocess.Popen[str]":
    """Starts a worker; comes back when it is ready."""
    process = started(archive, home, "worker", "--name", home.name, "--portals", "2", "--json")
    processes.append(process)
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["event"] != "ready":
        pass
    return process


def imported(archive: Command, folder: Path, number: int) -> str:
    """Imports some reports of their own; gives the WARC file that holds them."""
    folder.mkdir()
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "url"])
        for year in (2020, 2022):
            for town in ("昌傅镇", "大桥街道", "店下镇", "永泰镇", "洋湖乡"):
                name = f"{town}{number}-{year}.html"
                one = report(town, year, Random(name))
                (folder / name).write_bytes(paged(html(one, Random(name)), one.title))
                rows.writerow([name, f"http://www.example.gov.cn/{number}/{town}/{year}.html"])
    before = {path.name for path in (archive.home / "warc").glob("import*")}
    archive.run("import", "--manifest", str(folder / "list.csv"), str(folder))
    [made] = {path.name for path in (archive.home / "warc").glob("import*")} - before
    return made


@pytest.fixture
def shared(archive: Command, tmp_path: Path, pytestconfig: pytest.Config) -> tuple[Command, int]:
    """An archive of two WARC files and code of the next revision; two homes have both files, the archive's only one."""
    archive.home.mkdir(parents=True)
    files = [imported(archive, tmp_path / str(number), number) for number in (1, 2)]
    for name in ("north", "south"):
        shutil.copytree(archive.home / "warc", tmp_path / name / "warc")
    (archive.home / "warc" / files[1]).unlink()
    old = changed_code(pytestconfig.rootpath, tmp_path / "code", RULE[1], RULE[2])
    archive.more["PYTHONPATH"] = os.pathsep.join([str(tmp_path / "code"), os.environ.get("PYTHONPATH", "")])
    return archive, old + 1


@pytest.fixture
def processes() -> Iterator[list["subprocess.Popen[str]"]]:
    """Processes that end with the test."""
    with ExitStack() as stack:
        found: list[subprocess.Popen[str]] = []
        yield found
        for process in found:
            process.kill()
            stack.enter_context(process)


def only(process: "subprocess.Popen[str]", code: int) -> dict[str, Any]:
    """Gives the one object that a command prints."""
    out, _ = process.communicate(timeout=120)
    assert process.returncode == code, out
    found: dict[str, Any] = json.loads(out)
    return found


def test_two_workers_read_what_one_machine_reads_though_one_is_killed(
    shared: tuple[Command, int], tmp_path: Path, processes: list["subprocess.Popen[str]"]
) -> None:
    archive, revision = shared
    command = started(archive, archive.home, "reread", "--spread", "--json", lonely=1)
    processes.append(command)
    alone = only(command, 3)
    assert (alone["read"], len(alone["elsewhere"])) == (REPORTS, 1)
    said = archive.home.with_suffix(".log").read_text()
    assert f"{2 * REPORTS} payloads in 2 WARC files are in reach of no worker" in said
    assert ask(archive, COUNTS.format(revision=revision)) == [(REPORTS, REPORTS)]
    assert "--all on each machine" in archive.run("reread", "--spread", "--all", code=2).stderr

    north = worker(archive, tmp_path / "north", processes)
    command = started(archive, archive.home, "reread", "--spread", "--json")
    processes.append(command)
    while not ask(archive, TAKEN.format(revision=revision, least=REPORTS + 1)):
        assert command.poll() is None, "no worker was met in the middle of a share"
    north.kill()
    assert north.wait() == -signal.SIGKILL
    [(rows, _)] = ask(archive, COUNTS.format(revision=revision))
    assert rows < 2 * REPORTS
    worker(archive, tmp_path / "south", processes)
    done = only(command, 0)
    assert (done["revision"], done["read"], done["failed"], done["elsewhere"]) == (revision, REPORTS, 0, [])
    assert done["current"] == revision - 1
    assert ask(archive, COUNTS.format(revision=revision)) == [(2 * REPORTS, 2 * REPORTS)]
    assert ask(archive, "SELECT count(*) FROM procrastinate.procrastinate_jobs") == [(0,)]
    spread = ask(archive, READINGS.format(revision=revision))
    assert len(spread) == 3 * 2 * REPORTS

    forget(archive, revision)
    shutil.copytree(tmp_path / "south" / "warc", archive.home / "warc", dirs_exist_ok=True)
    assert archive.json("reread") == [done | {"read": 2 * REPORTS}]
    assert ask(archive, READINGS.format(revision=revision)) == spread


def forget(archive: Command, revision: int) -> None:
    """Deletes what was read under a revision."""
    engine = create_engine(archive.database_url)
    with engine.begin() as connection:
        for table in ("figures", "statements", "issues"):
            ids = f"SELECT id FROM readings WHERE revision = {revision}"
            connection.execute(text(f"DELETE FROM {table} WHERE reading_id IN ({ids})"))
        connection.execute(text(f"DELETE FROM readings WHERE revision = {revision}"))
    engine.dispose()
