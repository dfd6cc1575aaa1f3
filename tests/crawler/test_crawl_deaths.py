"""Deaths: kill -9 at any moment, a full disk, a database that goes away, a parent that dies."""

import hashlib
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from archive.model import Location, Storage
from archive.warc.reader import payload_at
from crawler.spiders.portal import OUT_PER_TURN
from tests.crawler.crawl_bench import Bench
from tests.crawler.raw_server import RawServer

TITLE = "{}镇{}年政府信息公开工作年度报告"
PAGES, ROWS = 4, 12
KILLS = 12


@dataclass
class Site:
    """A column of four pages of twelve reports; every third report has a file, every twelfth repeats another's body."""

    reports: dict[str, bytes]
    files: dict[str, bytes]
    lists: list[str]


@pytest.fixture
def site(server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]) -> Site:
    made = Site({}, {}, [])
    for page in range(1, PAGES + 1):
        rows = []
        for row in range(ROWS):
            name = f"/r{page}-{row}.html"
            link = f'<a href="/f{page}-{row}.pdf">附件.pdf</a>' if row % 3 == 0 else ""
            text = "同文" if row == 11 else f"{page}-{row}"
            made.reports[name] = f"<html><body>{text}{'文' * 2000}{link}</body></html>".encode()
            rows.append((name, TITLE.format("甲乙丙丁"[page - 1], 2010 + row)))
            if link:
                made.files[f"/f{page}-{row}.pdf"] = f"%PDF-1.4 {page} {row}".encode() * 300
        path = "/list.html" if page == 1 else f"/list_{page}.html"
        made.lists.append(path)
        server.page(path, list_page(rows, f"/list_{page + 1}.html" if page < PAGES else None))
    for path, body in made.reports.items():
        server.page(path, body)
    for path, body in made.files.items():
        server.page(path, body, "Content-Type: application/pdf")
    portal("nightly_requests = 10000\ntimeout = 10.0")
    return made


def check_whole(bench: Bench, server: RawServer, site: Site) -> None:
    """Checks that the archive holds what an undisturbed crawl would have given, each thing once."""
    assert bench.state() == ("complete", None)
    paths = {row.url.removeprefix(server.base): row.state for row in bench.ask("SELECT url, state FROM frontier")}
    assert paths == dict.fromkeys([*site.lists, *site.reports, *site.files], "done")
    sources = {row.url.removeprefix(server.base) for row in bench.ask("SELECT url FROM sources")}
    assert sources == {*site.reports, *site.files}
    held = [row.sha256 for row in bench.ask("SELECT sha256 FROM payloads")]
    bodies = {*site.reports.values(), *site.files.values()}
    expected = {hashlib.sha256(body).hexdigest() for body in bodies}
    assert expected <= set(held)
    assert len(held) == len(expected) + PAGES + 1  # the lists, and the 404 of robots.txt
    stored = bench.ask(
        "SELECT p.sha256, w.name, c.warc_offset, c.warc_length, c.url FROM captures c JOIN payloads p ON"
        " p.id = c.payload_id JOIN warc_files w ON w.id = c.warc_file_id WHERE c.kind = 'response'"
    )
    assert Counter(row.sha256 for row in stored) == Counter(held)  # each body once
    for row in stored:
        data = payload_at(Storage(bench.warcs), Location(row.name, row.warc_offset, row.warc_length))
        assert hashlib.sha256(data).hexdigest() == row.sha256, row.url
    assert not list(bench.warcs.glob("*.open"))
    assert not bench.ask(
        "SELECT name FROM warc_files w WHERE sealed_at IS NULL OR indexed_end <> (SELECT max(greatest("
        " warc_offset + warc_length, request_offset + request_length)) FROM captures WHERE warc_file_id = w.id)"
    )
    for row in bench.ask("SELECT name, indexed_end FROM warc_files"):
        assert (bench.warcs / row.name).stat().st_size == row.indexed_end


def wait_for(server: RawServer, count: int, child: "subprocess.Popen[str]") -> None:
    """Waits until the server has seen so many requests, or the crawl has ended."""
    deadline = time.monotonic() + 60
    while len(server.seen) < count and child.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextmanager
def nothing_settled_is_asked_again(bench: Bench, server: RawServer) -> Iterator[None]:
    settled = {row.url for row in bench.ask("SELECT url FROM frontier WHERE state = 'done'")}
    before = len(server.seen)
    yield
    assert not settled & {server.base + one.path for one in server.seen[before:]}


def test_killed_a_dozen_times_it_ends_as_if_undisturbed(bench: Bench, server: RawServer, site: Site) -> None:
    dice = random.Random(7)
    crawl_id = bench.open_crawl()
    server.delay = 0.01
    killed = 0
    for _ in range(KILLS):
        with nothing_settled_is_asked_again(bench, server):
            child = bench.popen(crawl_id)
            wait_for(server, len(server.seen) + dice.randint(1, 6), child)
            time.sleep(dice.random() * 0.03)
            if child.poll() is None:
                child.kill()
                killed += 1
            bench.finish(child)
    server.delay = 0.0
    with nothing_settled_is_asked_again(bench, server):
        run = bench.crawl(crawl_id)
    assert run.code == 0, run.log
    assert killed >= 10
    check_whole(bench, server, site)
    asked = Counter(path for path in server.paths() if path != "/robots.txt")
    assert set(asked) == {*site.lists, *site.reports, *site.files}
    assert sum(asked.values()) - len(asked) <= OUT_PER_TURN * killed  # no more than what was leased
    (counted,) = bench.ask("SELECT requests FROM crawl_portals")
    assert counted.requests <= len(server.seen)


def test_a_full_disk_ends_the_crawl_and_loses_nothing(bench: Bench, server: RawServer, site: Site) -> None:
    crawl_id = bench.open_crawl()
    run = bench.crawl(crawl_id, prefix=("sh", "-c", 'ulimit -f 40; exec "$@"', "sh"))
    assert run.code == 6, run.log
    assert "cannot be written: File too large" in run.log
    assert str(bench.warcs) in run.log
    assert run.events[-1]["event"] == "error"
    assert run.events[-1]["code"] == 6
    assert "Traceback" not in run.log
    done = len(bench.ask("SELECT id FROM frontier WHERE state = 'done'"))
    assert 0 < done < len(site.reports)
    assert bench.crawl(crawl_id).code == 0
    check_whole(bench, server, site)


def test_a_database_that_goes_away_ends_the_crawl_and_loses_nothing(
    bench: Bench, server: RawServer, site: Site
) -> None:
    crawl_id = bench.open_crawl()
    server.delay = 0.02
    child = bench.popen(crawl_id)
    wait_for(server, 12, child)
    bench.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    run = bench.finish(child)
    assert run.code == 6, run.log
    assert "the database failed in the middle of the work" in run.log
    assert "Traceback" not in run.log
    server.delay = 0.0
    assert bench.crawl(crawl_id).code == 0
    check_whole(bench, server, site)


def test_it_does_not_outlive_its_parent(bench: Bench, server: RawServer, site: Site) -> None:
    server.delay = 0.05
    child = bench.popen(bench.open_crawl())
    wait_for(server, 5, child)
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(timeout=30) == 1
    assert len(server.seen) < len(site.reports)
    for pipe in (child.stdout, child.stderr):
        assert pipe is not None
        pipe.close()


def test_told_to_stop_it_settles_what_is_on_its_way_and_can_go_on(bench: Bench, server: RawServer, site: Site) -> None:
    crawl_id = bench.open_crawl()
    server.delay = 0.02
    child = bench.popen(crawl_id)
    wait_for(server, 12, child)
    child.send_signal(signal.SIGTERM)
    run = bench.finish(child)
    assert run.code == 130, run.log
    assert bench.state() == ("running", None)
    assert not list(bench.warcs.glob("*.open"))
    assert bench.crawl(crawl_id).code == 0
    check_whole(bench, server, site)
    asked = Counter(path for path in server.paths() if path != "/robots.txt")
    assert sum(asked.values()) == len(asked)


def test_a_portal_that_has_no_file_is_a_usage_error(bench: Bench) -> None:
    child = bench.popen(1, "990399-nowhere")
    run = bench.finish(child)
    assert run.code == 2
    assert "990399-nowhere" in run.log
