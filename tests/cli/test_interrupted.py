"""kill -9 at any moment of a crawl, then the same command again: the end is as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text

from crawler.demo.server import DemoServer
from tests.cli.command import Command, make_archive

ROUNDS = 6


def crawl_and_kill(archive: Command, seconds: float) -> bool:
    """Starts a crawl and kills it after a while with all it started; gives whether it was still running."""
    with subprocess.Popen(
        [sys.executable, "-c", "from archive.cli import main; main()", "crawl"],
        env=archive.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        time.sleep(seconds)
        running = process.poll() is None
        if running:
            os.killpg(process.pid, signal.SIGKILL)
    return running


def end_state(archive: Command) -> dict[str, Any]:
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
    with engine.connect() as connection:
        state = {name: sorted(map(str, connection.execute(text(sql)).all())) for name, sql in questions.items()}
        twice = (
            "SELECT p.sha256, p.size FROM captures c JOIN payloads p ON p.id = c.payload_id"
            " WHERE c.kind = 'response' AND p.size > 0 GROUP BY p.id HAVING count(*) > 1"
        )
        assert connection.execute(text(twice)).all() == []
    engine.dispose()
    return state


@pytest.mark.parametrize("seed", range(2))
def test_kill_9_changes_nothing_but_the_time_it_takes(
    archive: Command, demo: DemoServer, seed: int, tmp_path: Path, server_url: URL, template: str
) -> None:
    moments = random.Random(seed)
    killed = sum(crawl_and_kill(archive, moments.uniform(0.3, 6.0)) for _ in range(ROUNDS))
    assert killed
    [run] = archive.json("crawl")
    assert {portal["state"] for portal in run["portals"]} == {"complete"}
    for portal in run["portals"]:
        assert portal["found"] == portal["expected"]
    [report] = archive.json("verify")
    assert report["bad"] == report["missing"] == report["orphans"] == []
    interrupted = end_state(archive)

    for undisturbed in make_archive(tmp_path / "undisturbed", server_url, template):
        undisturbed.more = archive.more
        undisturbed.json("crawl")
        assert interrupted == end_state(undisturbed)
