"""Portals that hang, drip, flood, go in circles, have no address or disappear: nine others lose nothing by them."""

import itertools
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from crawler.settings import DOWNLOAD_MAXSIZE
from tests.cli.command import Command, ask
from tests.crawler.raw_server import RawServer, http

TITLE = "{}镇{}年政府信息公开工作年度报告"
GOOD, YEARS = 9, range(2020, 2025)
FLOOD = 2_000_000_000
NOWHERE = "xxgk.invalid"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
FILE = """schema = 1
id = "{name}"
name = "试验县人民政府"
division = "990301"
base = "http://{host}"
hosts = ["{host}"]
status = "active"

[politeness]
delay = 0.0
timeout = 4.0

[[column]]
key = "nb"
url = "http://{host}/list.html"
family = "listing"
"""


def listed(rows: list[tuple[str, str]], following: str | None = None) -> str:
    """Gives a list page of rows (address, title)."""
    items = "".join(f'<li><a href="{url}">{title}</a><span>2024-01-18</span></li>' for url, title in rows)
    pager = f'<a href="{following}">下一页</a>' if following else ""
    return f"<html><head><title>年报</title></head><body><ul class=list>{items}</ul><p>{pager}</p></body></html>"


def fill(server: RawServer, town: str) -> None:
    """Puts a column of reports on a server."""
    server.page("/list.html", listed([(f"/{year}.html", TITLE.format(town, year)) for year in YEARS]))
    for year in YEARS:
        body = f"<h1>{TITLE.format(town, year)}</h1><p>一、总体情况</p><p>{town}镇{year}年一切正常。</p>"
        server.page(f"/{year}.html", f"<html><body>{body}</body></html>")


def drip(_: bytes) -> Iterator[bytes]:
    """Sends a byte a second."""
    yield HEAD + b"Content-Length: 5000\r\n\r\n"
    while True:
        yield b"x"
        time.sleep(1)


def flood(_: bytes) -> Iterator[bytes]:
    """Sends 2 GB and does not say so before."""
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    piece = b"%x\r\n%b\r\n" % (1 << 20, b"x" * (1 << 20))
    yield from itertools.repeat(piece, FLOOD >> 20)
    yield b"0\r\n\r\n"


def announced_flood(_: bytes) -> Iterator[bytes]:
    """Says that it will send 2 GB, and begins."""
    yield HEAD + b"Content-Length: %d\r\n\r\n" % FLOOD
    yield from itertools.repeat(b"x" * (1 << 20), FLOOD >> 20)


def go_away(server: RawServer, pages: int) -> None:
    """Makes a column of ten pages whose server is gone when page `pages` + 1 is asked for."""
    for number in range(1, pages + 1):
        rows = [(f"/{number}-{year}.html", TITLE.format("甲乙丙丁戊己庚"[number], year)) for year in YEARS]
        path = "/list.html" if number == 1 else f"/list_{number}.html"
        server.page(path, listed(rows, f"/list_{number + 1}.html"))

    def vanish(_: bytes) -> Iterator[bytes]:
        server.vanish()
        return iter(())

    server.answers[f"/list_{pages + 1}.html"] = vanish


@pytest.fixture
def servers(archive: Command) -> Iterator[dict[str, RawServer]]:
    """Nine good portals, and one of each kind of fault; the files of all are the archive's."""
    folder = archive.home / "portals"
    folder.mkdir(parents=True)
    faults = ("hangs", "drips", "floods", "announces", "circles", "leaves")
    with ExitStack() as stack:
        made = {
            f"990301-{name}": stack.enter_context(RawServer(f"127.0.0.{number}"))
            for number, name in enumerate((*(f"good{n}" for n in range(GOOD)), *faults), start=41)
        }
        for number, (name, server) in enumerate(made.items()):
            fill(server, "子丑寅卯辰巳午未申酉戌亥天地人"[number])
            write(folder, name, server.host)
        write(folder, "990301-nameless", NOWHERE)
        made["990301-hangs"].answers["/list.html"] = lambda _: None
        made["990301-drips"].answers["/list.html"] = drip
        made["990301-floods"].answers["/2022.html"] = flood
        made["990301-announces"].answers["/2022.html"] = announced_flood
        for here, there in (("/2022.html", "/a"), ("/a", "/b"), ("/b", "/a")):
            made["990301-circles"].answers[here] = http("", f"Location: {there}", "302 Found")
        go_away(made["990301-leaves"], 6)
        archive.more |= {"NIANBAO_PORTALS_DIR": str(folder), "NIANBAO_PROFILE": "test", "NIANBAO_CONTACT": "test"}
        yield made


def write(folder: Path, name: str, host: str) -> None:
    """Writes a portal file."""
    folder.joinpath(f"{name}.toml").write_text(FILE.format(name=name, host=host), encoding="utf-8")


ENDS = {  # state, documents found, what the reason says
    "hangs": ("failed", 0, ("/list.html", "took longer than 4.0 seconds")),
    "drips": ("failed", 0, ("/list.html", "took longer than 4.0 seconds")),
    "floods": ("incomplete", 4, ("1 addresses could not be fetched", "/2022.html", str(DOWNLOAD_MAXSIZE))),
    "announces": ("incomplete", 4, ("1 addresses could not be fetched", "/2022.html", str(DOWNLOAD_MAXSIZE))),
    "circles": ("incomplete", 4, ("1 addresses could not be fetched", "/2022.html", "max redirections reached")),
    "nameless": ("failed", 0, ("the host does not answer", f"http://{NOWHERE}/robots.txt", "DNS lookup failed")),
    "leaves": ("incomplete", 0, ("the host does not answer any more", "left for another night")),
}


def test_nine_portals_lose_nothing_by_the_others(archive: Command, servers: dict[str, RawServer]) -> None:
    [night] = archive.json("nightly", code=3)
    rows = {row["portal"].partition("-")[2]: row for row in night["portals"]}
    for number in range(GOOD):
        row, server = rows[f"good{number}"], servers[f"990301-good{number}"]
        assert (row["state"], row["found"], row["failed"]) == ("complete", len(YEARS), 0), row
        assert sorted(server.paths()) == sorted(["/robots.txt", "/list.html", *(f"/{year}.html" for year in YEARS)])
    for name, (state, found, said) in ENDS.items():
        row = rows[name]
        assert (row["state"], row["found"]) == (state, found), row
        for words in said:
            assert words in row["reason"], row

    # Who did not answer was asked three times for each of at most three addresses, and kept nobody waiting.
    assert servers["990301-hangs"].paths().count("/list.html") == 3
    assert servers["990301-drips"].paths().count("/list.html") == 3
    [last] = ask(
        archive,
        "SELECT max(captured_at) FILTER (WHERE portal_id LIKE '%good%') AS good,"
        " max(captured_at) FILTER (WHERE portal_id LIKE '%hangs') AS hanging FROM captures",
    )
    assert last.good < last.hanging
    assert servers["990301-leaves"].paths()[-1] == "/list_7.html"  # then nobody was there
    silent = "SELECT count(DISTINCT url), count(*) FROM captures WHERE portal_id LIKE '%leaves' AND kind = 'error'"
    addresses, tries = ask(archive, silent)[0]
    assert 3 <= addresses <= 4  # so many are out at a time
    assert tries <= 3 * addresses

    # Of the flood, no more was taken than an answer may be long, once, and nothing of it counts.
    cut = ask(
        archive,
        "SELECT truncated, payload_id FROM captures WHERE portal_id LIKE '%floods' AND url LIKE '%/2022.html'",
    )
    assert [(row.truncated, row.payload_id) for row in cut] == [("length", None)]
    assert servers["990301-floods"].paths().count("/2022.html") == 1
    assert servers["990301-announces"].paths().count("/2022.html") == 1
    stored = sum(path.stat().st_size for path in (archive.home / "warc").rglob("*.warc*"))
    assert stored < DOWNLOAD_MAXSIZE
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f"peak memory of a process of the night: {peak / 1e6:.0f} MB")  # noqa: T201
    assert peak < 20 * DOWNLOAD_MAXSIZE
    [report] = archive.json("verify")
    assert report["bad"] == report["missing"] == report["orphans"] == []
