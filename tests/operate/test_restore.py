"""The restore drill of docs/operate.md: a dump and a copy of the WARC files become an archive in an empty home."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from archive.records import binaries
from crawler.demo.server import DemoServer
from tests.cli.command import PROGRAM, Command, served

Nights = tuple[Command, list[dict[str, Any]]]


def program(name: str, *arguments: str | Path) -> None:
    """Runs a program that comes with the embedded PostgreSQL."""
    path = binaries.packaged() / "bin" / name
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def libpq_url(address: str) -> str:
    """Gives a database URL as PostgreSQL's own programs take it."""
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def empty_home(open_folder: Path) -> Iterator[Command]:
    """A command on an empty home with an embedded PostgreSQL of its own, as a new machine has it."""
    home = open_folder / "drill"
    command = Command(home, "", 0)
    yield command
    command.run("db", "stop")
    shutil.rmtree(home)


@pytest.fixture
def demo(archive: Command) -> Iterator[DemoServer]:
    with served(archive) as server:
        yield server


def restore(home: Command, dump: Path, warcs: Path) -> None:
    """Makes an archive on an empty machine of a dump and the WARC files."""
    home.run("db", "start")
    [status] = home.json("db", "status")
    program("pg_restore", "-d", libpq_url(status["url"]), "--no-owner", "--exit-on-error", dump)
    shutil.copytree(warcs, home.home / "warc", dirs_exist_ok=True)


def test_a_dump_and_the_warc_files_are_the_archive(two_nights: Nights, empty_home: Command, tmp_path: Path) -> None:
    lost, _ = two_nights
    dump, copy = tmp_path / "nianbao.dump", tmp_path / "warc"
    program("pg_dump", "-Fc", "-f", dump, libpq_url(lost.database_url))
    shutil.copytree(lost.home / "warc", copy)

    restore(empty_home, dump, copy)

    empty_home.run("db", "check")
    [report] = empty_home.json("verify")
    assert report["captures"] == report["checked"] > 100
    assert report["bad"] == report["missing"] == report["orphans"] == []
    for question in (("find", "--limit", "1000"), ("runs", "list"), ("history", "青禾县财政局", "2023")):
        assert empty_home.json(*question) == lost.json(*question)
    for command, folder in ((lost, "before"), (empty_home, "after")):
        command.run("export", "--shape", "long", "-o", str(tmp_path / folder))
    exported = [(tmp_path / folder / "long.csv").read_bytes() for folder in ("before", "after")]
    assert exported[0] == exported[1]
    assert len(exported[0]) > 10_000


def copied(folder: Path, to: Path) -> None:
    """Copies WARC files as rsync does, again where one was sealed meanwhile; a backup of before stays."""
    while True:
        try:
            shutil.copytree(folder, to, dirs_exist_ok=True)
        except shutil.Error:  # a name has gone
            continue
        return


def indexed(archive: Command) -> int:
    engine = create_engine(archive.database_url)
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM captures WHERE warc_file_id IS NOT NULL"))
    engine.dispose()
    return int(count or 0)


def test_a_backup_taken_while_a_crawl_runs_is_whole(
    archive: Command, demo: DemoServer, empty_home: Command, tmp_path: Path
) -> None:
    dump, copy = tmp_path / "nianbao.dump", tmp_path / "warc"
    command = [sys.executable, "-c", PROGRAM, "crawl"]
    with subprocess.Popen(command, env=archive.environ, stderr=subprocess.DEVNULL) as crawl:
        while (at_least := indexed(archive)) < 10:
            assert crawl.poll() is None, "the crawl was over before the backup"
        program("pg_dump", "-Fc", "-f", dump, libpq_url(archive.database_url))
        assert crawl.poll() is None, "the crawl was over before the dump"
        copied(archive.home / "warc", copy)
        assert list(copy.glob("*.open")), "the crawl was over before the copy"
        assert crawl.wait() == 0
    copied(archive.home / "warc", copy)  # the next backup of the files; the database has been lost by then

    restore(empty_home, dump, copy)
    empty_home.run("db", "check")
    [report] = empty_home.json("verify")
    assert report["bad"] == report["missing"] == []
    assert report["checked"] == report["captures"] >= at_least
    orphans = len(report["orphans"])
    assert orphans > 0
    [report] = empty_home.json("verify", "--repair")
    assert (report["bad"], report["missing"], report["orphans"]) == ([], [], [])
    assert report["checked"] == report["captures"] == indexed(archive)
    assert {path.name for path in (empty_home.home / "warc").glob("crawl*")} == {
        path.name for path in (archive.home / "warc").glob("crawl*")
    }


def test_a_lost_warc_file_is_noticed(two_nights: Nights, tmp_path: Path) -> None:
    command, _ = two_nights
    shutil.copytree(command.home / "warc", tmp_path / "home" / "warc")
    gone = max((tmp_path / "home" / "warc").iterdir(), key=lambda path: path.stat().st_size)
    gone.unlink()
    drill = Command(tmp_path / "home", command.database_url, command.port)
    [report] = drill.json("verify", code=4)
    assert {found["file"] for found in report["missing"]} == {gone.name}
