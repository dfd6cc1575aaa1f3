"""Nights: what is asked again, with which validators, and how far lists are paged."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from archive.portals import SHANGHAI
from tests.crawler.crawl_bench import Bench
from tests.crawler.raw_server import RawServer, Seen, http

TITLE = "清河镇{}年政府信息公开工作年度报告"
HTML = "Content-Type: text/html; charset=utf-8"


def tagged(body: str, etag: str) -> Callable[[bytes], bytes]:
    """Answers 304 where the request brings the tag."""

    def answer(request: bytes) -> bytes:
        if f"If-None-Match: {etag}".lower().encode() in request.lower():
            return http("", f"{HTML}\r\nETag: {etag}", "304 Not Modified").replace(b"Content-Length: 0\r\n", b"")
        return http(body, f"{HTML}\r\nETag: {etag}")

    return answer


def asked(server: RawServer, path: str) -> list[Seen]:
    return [seen for seen in server.seen if seen.path == path]


def test_seven_nights_are_conditional_and_the_next_is_full(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    server.answers["/list.html"] = tagged(list_page([("/a.html", TITLE.format(2020))]), '"L"')
    server.answers["/a.html"] = tagged("<html><body>甲", '"A"')
    portal()
    for night in range(1, 10):
        assert bench.crawl().code == 0
        assert bench.state() == ("complete", None), night
    sent = [seen.header("If-None-Match") for seen in asked(server, "/a.html")]
    assert sent == [None, *['"A"'] * 6, None, '"A"']
    kinds = [row.kind for row in bench.ask("SELECT kind FROM captures WHERE url LIKE '%/a.html' ORDER BY id")]
    assert kinds == ["response", *["revisit_not_modified"] * 6, "revisit_identical", "revisit_not_modified"]
    assert bench.ask("SELECT count(*) FROM captures WHERE url LIKE '%/a.html' AND payload_id IS NULL")[0][0] == 0
    assert bench.ask("SELECT count(*) FROM sources")[0][0] == 1


def test_a_304_that_nobody_asked_for_is_answered_with_one_full_request(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    first = [http("", HTML, "304 Not Modified").replace(b"Content-Length: 0\r\n", b""), http("<html><body>甲")]
    server.answers["/a.html"] = lambda request: first.pop(0)
    server.page("/list.html", list_page([("/a.html", TITLE.format(2020))]))
    portal()
    assert bench.crawl().code == 0
    assert bench.state() == ("complete", None)
    found = bench.ask("SELECT kind, error FROM captures WHERE url LIKE '%/a.html' ORDER BY id")
    assert [tuple(row) for row in found] == [
        ("error", "304 that answers no validator of ours"),
        ("response", None),
    ]


def test_a_redirect_makes_an_alias_and_is_never_asked_conditionally(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    server.answers["/old.html"] = http("", f"{HTML}\r\nLocation: /new.html", "301 Moved Permanently")
    server.answers["/new.html"] = tagged("<html><body>甲", '"N"')
    server.page("/list.html", list_page([("/old.html", TITLE.format(2020))]))
    portal()
    for _ in range(2):
        assert bench.crawl().code == 0
    assert [seen.header("If-None-Match") for seen in asked(server, "/new.html")] == [None, None]
    aliases = bench.ask("SELECT s.url, a.url_key FROM sources s JOIN source_aliases a ON a.source_id = s.id")
    assert [tuple(row) for row in aliases] == [(f"{server.base}/old.html", f"{server.base}/new.html")]
    kinds = bench.ask("SELECT kind, status FROM captures WHERE role = 'report' ORDER BY id")
    assert [tuple(row) for row in kinds] == [
        ("response", 301),
        ("response", 200),
        ("response", 301),
        ("revisit_identical", 200),
    ]


def test_paging_stops_at_what_is_known_but_not_on_the_first_night_nor_each_seventh(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    for number in range(1, 5):
        rows = [(f"/r{number}-{n}.html", TITLE.format(2010 + n)) for n in range(5)]
        for path, title in rows:
            server.page(path, f"<html><body>{title} {number}")
        following = f"/list_{number + 1}.html" if number < 4 else None
        server.page("/list.html" if number == 1 else f"/list_{number}.html", list_page(rows, following))
    portal("nightly_requests = 1000")
    pages = []
    for _ in range(8):
        before = len(server.seen)
        assert bench.crawl().code == 0
        pages.append(sum("list" in seen.path for seen in server.seen[before:]))
    assert pages == [4, 1, 1, 1, 1, 1, 1, 4]

    rows = [(f"/r1-{n}.html", TITLE.format(2010 + n)) for n in range(4)] + [("/new.html", TITLE.format(2024))]
    server.page("/new.html", "<html><body>新")
    server.page("/list.html", list_page(rows, "/list_2.html"))
    before = len(server.seen)
    assert bench.crawl().code == 0
    assert sum("list" in seen.path for seen in server.seen[before:]) == 2  # the first brings something new
    assert bench.ask("SELECT count(*) FROM sources")[0][0] == 21


def test_a_night_that_runs_out_of_requests_is_incomplete_and_the_next_goes_on(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    rows = [(f"/r{n}.html", TITLE.format(2010 + n)) for n in range(10)]
    for path, title in rows:
        server.page(path, f"<html><body>{title}")
    server.page("/list.html", list_page(rows))
    portal("nightly_requests = 7")
    assert bench.crawl().code == 0
    state, reason = bench.state()
    assert state == "incomplete"
    assert reason == "the night's 7 requests are used up; 5 addresses were left for another night"
    assert len(server.seen) == 7
    assert bench.crawl().code == 0
    assert len(server.seen) == 14
    assert {seen.path for seen in server.seen} >= {path for path, _ in rows}


def test_outside_its_window_a_portal_is_not_asked(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    start = datetime.now(UTC).astimezone(SHANGHAI) + timedelta(hours=3)
    window = f"{start:%H:%M}-{start + timedelta(hours=2):%H:%M}"
    portal(f'window = "{window}"')
    assert bench.crawl().code == 0
    state, reason = bench.state()
    assert (state, server.seen) == ("incomplete", [])
    assert "night window" in (reason or "")
    assert window in (reason or "")


def test_gone_is_an_answer_and_is_asked_again(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    rows = [("/a.html", TITLE.format(2020)), ("/b.html", TITLE.format(2021))]
    server.page("/list.html", list_page(rows))
    server.page("/a.html", "<html><body>甲")
    server.page("/b.html", "<html><body>乙")
    portal()
    assert bench.crawl().code == 0
    del server.answers["/a.html"]
    assert bench.crawl().code == 0
    assert bench.state() == ("complete", None)
    server.page("/a.html", "<html><body>甲")
    assert bench.crawl().code == 0
    found = bench.ask("SELECT status, payload_id FROM captures WHERE url LIKE '%/a.html' ORDER BY id")
    assert [row.status for row in found] == [200, 404, 200]
    assert found[0].payload_id == found[2].payload_id
