"""Conduct: robots.txt, foreign hosts, private addresses, challenges, Retry-After; portals that yield nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from scrapy.http import Response
from scrapy.resolver import dnscache
from twisted.internet import task

from crawler.challenge import challenge
from crawler.middlewares import retry_after
from crawler.resolver import GuardedResolver, RefusedAddressError, literal_refusal
from crawler.robots import rules
from tests.crawler.crawl_bench import PORTAL, Bench
from tests.crawler.raw_server import RawServer, http

TITLE = "清河镇{}年政府信息公开工作年度报告"
HTML = "Content-Type: text/html; charset=utf-8"
TEXT = "Content-Type: text/plain"


@pytest.fixture
def two_reports(server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]) -> None:
    server.page("/list.html", list_page([("/a.html", TITLE.format(2020)), ("/x/b.html", TITLE.format(2021))]))
    server.page("/a.html", "<html><body>甲")
    server.page("/x/b.html", "<html><body>乙")
    portal()


@pytest.mark.usefixtures("two_reports")
def test_robots_rules_are_obeyed(bench: Bench, server: RawServer) -> None:
    server.page("/robots.txt", "User-agent: NianbaoArchiveBot\nDisallow: /x/\nUser-agent: *\nDisallow: /", TEXT)
    assert bench.crawl().code == 0
    assert sorted(server.paths()) == ["/a.html", "/list.html", "/robots.txt"]
    state, reason = bench.state()
    assert state == "incomplete"
    assert f"{server.base}/x/b.html: " in (reason or "")
    assert "robots.txt closes this address" in (reason or "")
    assert bench.ask("SELECT count(*) FROM captures WHERE role = 'robots' AND kind = 'response'")[0][0] == 1


@pytest.mark.usefixtures("two_reports")
def test_a_list_closed_by_robots_is_blocked(bench: Bench, server: RawServer) -> None:
    server.page("/robots.txt", "User-agent: *\nDisallow: /", TEXT)
    assert bench.crawl().code == 0
    assert server.paths() == ["/robots.txt"]
    assert bench.state()[0] == "blocked"


@pytest.mark.usefixtures("two_reports")
@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "412 Precondition Failed", "500 Oops"])
def test_an_answer_that_is_no_rules_closes_the_host_for_the_night(bench: Bench, server: RawServer, status: str) -> None:
    server.answers["/robots.txt"] = http("no", TEXT, status)
    assert bench.crawl().code == 0
    assert set(server.paths()) == {"/robots.txt"}
    state, reason = bench.state()
    assert state == "blocked"
    assert "robots.txt" in (reason or "")


@pytest.mark.usefixtures("two_reports")
def test_an_html_page_in_place_of_rules_closes_the_host(bench: Bench, server: RawServer) -> None:
    server.page("/robots.txt", "<html>欢迎</html>", HTML)
    assert bench.crawl().code == 0
    assert server.paths() == ["/robots.txt"]
    assert bench.state()[0] == "blocked"


def test_rules_are_read_for_our_name() -> None:
    found = rules(200, "text/plain", b"User-agent: *\nCrawl-delay: 5\nDisallow: /search")
    assert found.delay == 5.0
    assert found.forbids("http://h/search?q=1")
    assert not found.forbids("http://h/a.html")
    assert rules(404, "text/html", b"<html>").stay_away is None
    assert rules(410, "text/html", b"").stay_away is None
    assert rules(200, "text/plain", b"User-agent: *\nCrawl-delay: 600").stay_away is not None


@pytest.mark.usefixtures("two_reports")
def test_a_host_that_does_not_answer_fails_by_name(bench: Bench, server: RawServer) -> None:
    server.__exit__(None, None, None)
    assert bench.crawl().code == 0
    state, reason = bench.state()
    assert state == "failed"
    assert server.host in (reason or "")
    assert "refused" in (reason or "").lower()


def test_foreign_hosts_are_never_asked(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    with RawServer("127.0.0.9") as clone:
        for path in ("/c.html", "/d.html", "/e.docx"):
            clone.page(path, "<html><body>克隆")
        rows = [
            (f"{clone.base}/c.html", TITLE.format(2019)),
            ("/d.html", TITLE.format(2020)),
            ("/good.html", TITLE.format(2021)),
            ("/inside.html", TITLE.format(2022)),
        ]
        server.page("/list.html", list_page(rows))
        server.page("/good.html", f'<html><body><p>甲</p><a href="{clone.base}/e.docx">附件.docx</a></body></html>')
        server.answers["/d.html"] = http("", f"{HTML}\r\nLocation: {clone.base}/d.html", "302 Found")
        server.answers["/inside.html"] = http("", f"{HTML}\r\nLocation: http://10.0.0.1/x", "302 Found")
        portal()
        assert bench.crawl().code == 0
        assert clone.seen == []
    failed = bench.ask(
        "SELECT url, context #>> '{last,failure}' AS why FROM frontier WHERE state = 'failed' ORDER BY id"
    )
    assert [(row.url.rpartition("/")[2], row.why) for row in failed] == [
        ("d.html", f"{clone.host} is not a host of this portal"),
        ("inside.html", "10.0.0.1 is not a host of this portal"),
    ]
    counted = bench.ask(
        "SELECT url, context #>> '{last,foreign}' AS n FROM frontier WHERE context #> '{last,foreign}' IS NOT NULL"
    )
    assert {(row.url.rpartition("/")[2], row.n) for row in counted} == {("list.html", "1"), ("good.html", "1")}


@pytest.mark.parametrize(
    ("address", "test_profile", "refused"),
    [
        ("127.0.0.1", True, False),
        ("127.0.0.1", False, True),
        ("10.1.2.3", True, True),
        ("10.1.2.3", False, True),
        ("8.8.8.8", True, True),
        ("8.8.8.8", False, False),
    ],
)
def test_a_name_is_refused_by_the_address_it_leads_to(address: str, test_profile: bool, refused: bool) -> None:
    resolver = GuardedResolver(task.Clock(), 100, 5.0, test_profile)  # type: ignore[arg-type]
    dnscache["www.example.gov.cn"] = address
    found: list[object] = []
    resolver.getHostByName("www.example.gov.cn").addBoth(found.append)
    assert (getattr(found[0], "type", None) is RefusedAddressError) is refused


def test_a_host_is_resolved_through_the_guard(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    port = server.host.rpartition(":")[2]
    server.page(
        "/list.html", list_page([("/a.html", TITLE.format(2020)), (f"http://0.0.0.0:{port}/b", TITLE.format(2021))])
    )
    server.page("/a.html", "<html><body>甲")
    portal()
    file = bench.portals / f"{PORTAL}.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("127.0.0.1", "localhost"), encoding="utf-8")
    assert bench.crawl().code == 0
    assert bench.state() == ("complete", None)
    assert sorted(server.paths()) == ["/a.html", "/list.html", "/robots.txt"]


def test_addresses_written_as_numbers_are_judged_by_profile() -> None:
    assert literal_refusal("10.0.0.1", test_profile=False)
    assert literal_refusal("169.254.169.254", test_profile=False)
    assert literal_refusal("[::1]", test_profile=False)
    assert literal_refusal("127.0.0.1", test_profile=True) is None
    assert literal_refusal("8.8.8.8", test_profile=True)
    assert literal_refusal("8.8.8.8", test_profile=False) is None
    assert literal_refusal("www.zhangshu.gov.cn", test_profile=False) is None


@pytest.mark.usefixtures("two_reports")
def test_a_challenge_is_kept_and_its_address_left_alone(bench: Bench, server: RawServer) -> None:
    server.answers["/a.html"] = http("<html><script>var $_ts=window['$_ts'];</script>", HTML, "412 Precondition Failed")
    assert bench.crawl().code == 0
    state, reason = bench.state()
    assert state == "incomplete"
    assert f"{server.base}/a.html: challenge page (status 412)" in (reason or "")
    assert bench.ask("SELECT count(*) FROM captures WHERE status = 412")[0][0] == 1
    assert server.paths().count("/a.html") == 1


@pytest.mark.parametrize(("status", "asked"), [("412 Precondition Failed", 3), ("521 Down", 1)])
def test_challenges_end_the_night(
    bench: Bench,
    server: RawServer,
    portal: Callable[..., None],
    list_page: Callable[..., str],
    status: str,
    asked: int,
) -> None:
    server.page("/list.html", list_page([(f"/{year}.html", TITLE.format(year)) for year in range(2015, 2024)]))
    for year in range(2015, 2024):
        server.answers[f"/{year}.html"] = http("<html><script>;go({})</script>", HTML, status)
    portal()
    assert bench.crawl().code == 0
    state, reason = bench.state()
    assert state == "blocked"
    assert "challenge page (status" in (reason or "")
    made = sum(path.startswith("/20") for path in server.paths())
    assert asked <= made <= asked + 1  # without a delay, the next one is on its way already


def test_a_challenge_is_told_from_a_page() -> None:
    assert challenge(521, b"")
    assert challenge(200, b"<script>document.cookie='__jsl_clearance=1'</script>")
    assert challenge(200, "您的访问异常".encode("gb18030"))
    assert challenge(200, "<title>政府信息公开年报</title>云防护".encode()) is None
    assert challenge(404, "访问异常".encode()) is None
    assert challenge(200, b"<html>" + b"x" * 30_000 + b"$_ts=") is None
    assert challenge(200, b"an ordinary page") is None
    assert challenge(403, b"forbidden") is None


@pytest.mark.usefixtures("two_reports")
def test_a_short_retry_after_is_waited_for_and_a_long_one_ends_the_night(bench: Bench, server: RawServer) -> None:
    answers = [http("", f"{HTML}\r\nRetry-After: 1", "429 Too Many Requests"), http("<html><body>甲")]
    server.answers["/a.html"] = lambda request: answers.pop(0)
    assert bench.crawl().code == 0
    assert bench.state() == ("complete", None)
    tries = [seen.at for seen in server.seen if seen.path == "/a.html"]
    assert tries[1] - tries[0] >= 0.9  # what was asked for, not how fast we are

    server.answers["/a.html"] = http("", f"{HTML}\r\nRetry-After: 3600", "503 Busy")
    assert bench.crawl().code == 0
    state, reason = bench.state()
    assert state == "blocked"
    assert "Retry-After 3600" in (reason or "")


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    for value, seconds in (("7", 7.0), ("Mon, 01 Jan 2024 00:01:00 GMT", 60.0), ("soon", None)):
        assert retry_after(Response("http://h/", headers={"Retry-After": value}), now) == seconds
    assert retry_after(Response("http://h/"), now) is None


@pytest.mark.parametrize(
    ("page", "state", "why"),
    [
        ("<html><body><ul></ul></body></html>", "failed", "the list is empty"),
        ('<ul><li><a href="/1.html">关于召开会议的通知</a><i>2024-01-01</i></li></ul>', "failed", "no annual report"),
        (None, "failed", "status 404"),
    ],
)
def test_a_portal_that_yields_nothing_has_failed(
    bench: Bench, server: RawServer, portal: Callable[..., None], page: str | None, state: str, why: str
) -> None:
    if page:
        server.page("/list.html", page)
    portal()
    assert bench.crawl().code == 0
    found, reason = bench.state()
    assert found == state
    assert why in (reason or "")


def test_a_later_list_page_that_fails_makes_the_crawl_incomplete(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    server.page("/list.html", list_page([("/a.html", TITLE.format(2020))], "/list_2.html"))
    server.page("/a.html", "<html><body>甲")
    server.answers["/list_2.html"] = http("", HTML, "500 Oops")
    portal()
    assert bench.crawl().code == 0
    state, reason = bench.state()
    assert state == "incomplete"
    assert f"{server.base}/list_2.html: status 500" in (reason or "")
    assert server.paths().count("/list_2.html") == 3


def test_files_are_judged_by_their_bytes(
    bench: Bench, server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]
) -> None:
    server.page("/list.html", list_page([("/a.html", TITLE.format(2020)), ("/r.txt", TITLE.format(2019))]))
    server.page("/a.html", '<html><body><a href="/f.doc">附件1.doc</a><a href="/page.doc">附件2.doc</a></body></html>')
    server.page("/r.txt", "一、总体情况", "Content-Type: text/plain; charset=utf-8")
    server.page("/f.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Content-Type: text/html")
    server.page("/page.doc", "<html><head></head><body>请登录</body></html>", "Content-Type: application/msword")
    portal()
    assert bench.crawl().code == 0
    sources = bench.ask("SELECT url, role, title FROM sources")
    assert {(row.url.rpartition("/")[2], row.role, row.title) for row in sources} == {
        ("a.html", "report", TITLE.format(2020)),
        ("r.txt", "report", TITLE.format(2019)),
        ("f.doc", "attachment", "附件1.doc"),
    }
    assert "an HTML page where a file was expected" in (bench.state()[1] or "")
    (asked,) = [seen for seen in server.seen if seen.path == "/f.doc"]
    assert asked.header("Referer") == f"{server.base}/a.html"
    assert "NianbaoArchiveBot/1.0" in (asked.header("User-Agent") or "")
