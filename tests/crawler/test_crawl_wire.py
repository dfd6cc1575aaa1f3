"""What crosses the wire lies byte for byte in the WARC, both ways, whatever the server does."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from archive.warc.member import Record
from archive.warc.reader import walk
from tests.crawler.crawl_bench import Bench
from tests.crawler.raw_server import RawServer, http

QUIRKS = sorted((Path(__file__).parents[1] / "warc" / "quirks").glob("*.http"))
TITLE = "清河镇{}年政府信息公开工作年度报告"

# No usable body: cut off, chunks that Twisted does not take, no HTTP at all, a 304 that nobody asked for, nothing.
FAILED = {
    "09-short-body",
    "10-not-modified",
    "20-gzip-cut",
    "21-chunks-cut",
    "22-lf-chunks-with-extension",
    "23-not-chunked-at-all",
    "25-no-status-line",
    "26-cut-in-the-head",
    "27-nul-in-header",
}
GONE = {"04-gbk-location", "28-only-a-status-line"}  # the address in GBK is asked for, and is a 404


def records(folder: Path) -> list[Record]:
    """Gives all records of all files, every digest checked."""
    return [record for path in sorted(folder.iterdir()) for _, record in walk(path)]


def test_each_quirk_is_kept_exactly_in_both_directions(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    rows = []
    for number, path in enumerate(QUIRKS):
        # bodies that can be told apart: what repeats is kept once
        sent = path.read_bytes()
        own = sent if b"encoding: " in sent.lower() else sent.replace(b"2023", str(2001 + number).encode())
        server.answers[f"/{path.stem}.html"] = own
        rows.append((f"/{path.stem}.html", TITLE.format(2010 + number % 12)))
    server.page("/list.html", list_page(rows))
    portal()

    run = bench.crawl()

    assert run.code == 0, run.log
    assert bench.state()[0] == "incomplete"
    asked = Counter(record.block for record in records(bench.warcs) if record.type == "request")
    assert asked == Counter(seen.request for seen in server.seen)
    kept = Counter(record.block for record in records(bench.warcs) if record.type == "response")
    missing = Counter(seen.response for seen in server.seen) - kept
    revisited = [record.block for record in records(bench.warcs) if record.type == "revisit"]
    assert len(revisited) == sum(missing.values())
    for block in revisited:
        assert [sent for sent in missing if sent.startswith(block)], block

    states = {row.url.rpartition("/")[2][:-5]: row for row in bench.ask("SELECT * FROM frontier WHERE role = 'report'")}
    failed = {name for name, row in states.items() if row.state == "failed"}
    assert failed == FAILED
    assert {name for name, row in states.items() if "gone" in (row.context.get("last") or {})} == GONE
    assert bench.ask("SELECT count(*) FROM sources")[0][0] == len(QUIRKS) - len(FAILED | GONE)


def test_what_warcio_reads_is_what_was_sent(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    server.page("/a.html", "<html><body>甲镇" + "文" * 3000)
    server.page("/list.html", list_page([("/a.html", TITLE.format(2020))]))
    portal()
    assert bench.crawl().code == 0
    (path,) = bench.warcs.iterdir()
    with path.open("rb") as file:
        found = {
            record.rec_headers.get_header("WARC-Target-URI"): record.content_stream().read()
            for record in ArchiveIterator(file, check_digests="raise")
            if record.rec_type == "response"
        }
    assert found[f"{server.base}/a.html"] == ("<html><body>甲镇" + "文" * 3000).encode()
    assert set(found) == {f"{server.base}{name}" for name in ("/robots.txt", "/list.html", "/a.html")}


def test_what_arrived_before_a_timeout_is_kept_and_counts_for_nothing(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    half = http("x" * 5000).replace(b"Length: 5000", b"Length: 9000")
    server.answers["/silent.html"] = lambda request: None
    server.answers["/stalls.html"] = half
    server.page("/good.html", "<html><body>good")
    rows = [(name, TITLE.format(2020)) for name in ("/silent.html", "/stalls.html", "/good.html")]
    server.page("/list.html", list_page(rows))
    portal("timeout = 1.0")

    assert bench.crawl().code == 0

    found = bench.ask(
        "SELECT url, kind, truncated, wire_bytes, payload_id FROM captures WHERE kind = 'error' ORDER BY id"
    )
    assert len(found) == 6  # each was tried three times
    assert {(row.url.rpartition("/")[2], row.truncated, row.wire_bytes, row.payload_id) for row in found} == {
        ("silent.html", None, 0, None),
        ("stalls.html", "time", len(half), None),
    }
    assert [record.block for record in records(bench.warcs)].count(half) == 3
    state, reason = bench.state()
    assert state == "incomplete"
    assert "2 addresses" in (reason or "")
    assert "longer than 1.0 seconds" in (reason or "")
