"""An archive whose WARC files lie in an object store: nights, readers and checks work as they do over a folder."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import obstore
import pytest
from sqlalchemy import create_engine, text

from crawler.demo.portal_files import portal_files
from crawler.demo.server import DemoServer
from crawler.demo.truth import changes, expected
from tests.cli.command import PROGRAM, Command
from tests.object_store import KEY, SECRET, ObjectStore

AFTER_TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
PREFIX = "an-archive"
URL = f"s3://warcs/{PREFIX}"


@pytest.fixture
def demo(archive: Command, running_store: ObjectStore) -> Iterator[DemoServer]:
    """Serves the two quick demo portals; sealed WARC files go to the store and leave the folder."""
    folder = archive.home / "portals"
    folder.mkdir(parents=True)
    with DemoServer(archive.port) as server:
        portal_files(server.port, folder)
        archive.more |= {"NIANBAO_PORTALS_DIR": str(folder), "NIANBAO_PROFILE": "test", "NIANBAO_CONTACT": "test"}
        archive.more |= running_store.more | {"NIANBAO_WARC_URL": URL, "NIANBAO_WARC_LOCAL": "remove"}
        yield server


def files(archive: Command) -> list[str]:
    return sorted(path.name for path in (archive.home / "warc").glob("*.warc.gz"))


def stored(running: ObjectStore) -> dict[str, int]:
    return {each["path"]: each["size"] for some in obstore.list(running.client(PREFIX)) for each in some}


def answers(archive: Command, folder: Path) -> list[Any]:
    """Gives what researchers get: a report, its history, and every figure."""
    archive.run("export", "--shape", "long", "-o", str(folder))
    asked = (("show", "青禾县财政局", "2023"), ("history", "青禾县财政局", "2023"), ("find", "--limit", "1000"))
    return [*(archive.json(*question) for question in asked), (folder / "long.csv").read_bytes()]


@contextmanager
def pages(archive: Command) -> Iterator[str]:
    """Serves the pages; gives their address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-c", PROGRAM, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=archive.environ, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        server.stderr.readline()
        try:
            for _ in range(200):
                try:
                    urlopen(f"http://127.0.0.1:{port}/").close()
                    break
                except URLError:
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def everything_in_the_database(archive: Command) -> str:
    """Gives the rows that say something of files, nights and crawls."""
    engine = create_engine(archive.database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        tables = ("warc_files", "nights", "crawls", "crawl_portals", "frontier")
        found = [connection.execute(text(f"SELECT t::text FROM {name} t")).scalars().all() for name in tables]
    engine.dispose()
    return json.dumps([list(rows) for rows in found], ensure_ascii=False)


def test_an_archive_lives_in_the_store(
    archive: Command, demo: DemoServer, running_store: ObjectStore, tmp_path: Path
) -> None:
    # A night while the store is away: done all the same, its files wait.
    archive.more["AWS_SECRET_ACCESS_KEY"] = "a-wrong-one"
    [night] = archive.json("nightly")
    assert sum(row["found"] for row in night["portals"]) == len(expected(1))
    unverified, issue = night["issues"]
    assert unverified == f"not verified: {URL}: SignatureDoesNotMatch"
    assert issue.endswith(f"for their upload: {URL}: SignatureDoesNotMatch")
    waiting = files(archive)
    assert waiting
    assert not stored(running_store)
    red = archive.run("doctor", code=6).stdout
    assert f"RED storage: {URL}: SignatureDoesNotMatch" in red
    assert archive.run("upload", code=6).stderr.startswith(f"nianbao: {URL}: SignatureDoesNotMatch")
    archive.run("verify", code=6)
    before = answers(archive, tmp_path / "before")

    # The store is back: what waited is there, and nowhere else.
    archive.more |= running_store.more
    assert f"{URL} answers and has 0 files; {len(waiting)} wait" in archive.run("doctor").stdout
    [done] = archive.json("upload")
    assert done == {"uploaded": waiting, "removed": waiting, "differing": []}
    assert archive.json("upload") == [{"uploaded": [], "removed": [], "differing": []}]
    assert sorted(stored(running_store)) == waiting
    assert not files(archive)
    [report] = archive.json("verify")
    assert report["captures"] == report["checked"] > 50
    assert report["bad"] == report["missing"] == report["orphans"] == []
    assert answers(archive, tmp_path / "after") == before

    # The source of a page comes out of the store, byte for byte.
    digest = before[0][0]["versions"][0]["sha256"]
    with pages(archive) as address, urlopen(f"{address}/payloads/{digest}") as answer:
        assert sha256(answer.read()).hexdigest() == digest

    # The files of the next night follow at once.
    demo.set_night(2)
    [second] = archive.json("nightly", "--today", AFTER_TOMORROW, "--all")
    moved = changes(2)
    assert sum(row["changed"] for row in second["portals"]) == len(moved.corrected)
    assert sum(row["withdrawn"] for row in second["portals"]) == len(moved.withdrawn)
    assert second["issues"] == []
    assert set(stored(running_store)) > set(waiting)
    assert not files(archive)

    [report] = archive.json("verify")
    assert report["captures"] == report["checked"]

    # A lost object and an altered one are named.
    lost, altered = sorted(stored(running_store), key=lambda name: stored(running_store)[name])[-2:]
    client = running_store.client(PREFIX)
    data = bytearray(bytes(obstore.get(client, altered).bytes()))
    data[len(data) // 2] ^= 0xFF
    obstore.put(client, altered, bytes(data))
    obstore.delete(client, lost)
    [report] = archive.json("verify", code=4)
    assert {found["file"] for found in report["missing"]} == {lost}
    assert {found["file"] for found in report["bad"]} == {altered}
    assert any(URL in found["reason"] for found in report["missing"])

    # Nobody has written down who may enter.
    kept = everything_in_the_database(archive)
    assert URL in kept
    assert not any(word in kept + red for word in (SECRET, KEY, "a-wrong-one"))
