"""寒渡区: a plain list, a cookie first, an index page for the hasty, challenges, home pages for what is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import portals
from crawler.challenge import challenge
from crawler.demo.portal_files import portal_files
from crawler.demo.server import DemoServer
from crawler.demo.ten import handu
from tests.demo.browsing import Browser, assert_reads_as_planted, planted, readings, tour


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(handu.PORTAL,)) as server:
        yield server


@pytest.fixture
def base(demo: DemoServer) -> str:
    return demo.bases[handu.ID]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handu, "WINDOW", 0.0)


def path_of(agency: str, year: int) -> str:
    return next(r.path for r in handu.rows() if r.entry and (r.entry.agency, r.entry.year) == (agency, year))


def test_12_reports_on_two_pages(base: str) -> None:
    found = tour(Browser(), base + handu.COLUMN, "listing")
    assert [len(page.rows) for page in found.pages] == [10, 6]
    assert {page.total_pages for page in found.pages} == {2}
    wanted = {url: (row.title, row.published) for url, row in planted(handu.rows(), base).items()}
    assert len(wanted) == 12
    assert {row.url: (row.title, row.date) for row in found.reports} == wanted


def test_the_family_is_told_by_the_page(base: str) -> None:
    assert tour(Browser(), base + handu.COLUMN).families == {"listing"}


def test_the_first_visit_is_sent_to_itself_with_a_cookie(demo: DemoServer, base: str) -> None:
    browser = Browser()
    assert browser.open(base + handu.COLUMN).status == 200
    assert handu.COOKIE in browser.cookies
    assert [(access.path, access.status) for access in demo.log] == [(handu.COLUMN, 302), (handu.COLUMN, 200)]


@pytest.mark.usefixtures("patient")
def test_ten_reports_can_be_had_by_the_patient(base: str) -> None:
    browser, known = Browser(), planted(handu.rows(), base)
    held = handu.truth(1).documents
    rows = [row for row in tour(browser, base + handu.COLUMN).reports if (e := known[row.url].entry)
            and (e.agency, e.year) in held]  # fmt: skip
    assert len(rows) == len(held) == 10
    for row in rows:
        [reading] = readings(browser, row)
        assert_reads_as_planted(reading, known[row.url])


def test_the_hasty_get_the_index_of_the_column_instead(base: str) -> None:
    browser, index = Browser(), Browser()
    article = base + path_of("寒渡区", 2024)
    first = browser.open(article).body  # two requests: the cookie and the article
    answers = [browser.open(article) for _ in range(handu.LIMIT - 1)]
    assert [answer.body == first for answer in answers] == [True] * (handu.LIMIT - 2) + [False]
    assert (answers[-1].status, answers[-1].body) == (200, index.open(base + handu.COLUMN).body)


def test_haste_is_forgotten_with_the_night(demo: DemoServer, base: str) -> None:
    browser = Browser()
    article = base + path_of("寒渡区", 2024)
    answers = [browser.open(article).body for _ in range(12)]
    demo.set_night(2)
    assert browser.open(article).body == answers[0] != answers[-1]


@pytest.mark.usefixtures("patient")
def test_challenges_are_known_for_what_they_are(base: str) -> None:
    browser = Browser()
    for path, status in (
        (handu.SCRIPTED, 412),
        (handu.SCRIPTED + "list_2.html", 412),
        (path_of(*handu.CHALLENGED), 202),
    ):
        answer = browser.open(base + path)
        assert answer.status == status
        assert challenge(answer.status, answer.body)
    assert b"$_ts" in browser.open(base + handu.SCRIPTED).body


@pytest.mark.usefixtures("patient")
def test_what_is_not_there_looks_like_the_home_page(base: str) -> None:
    browser = Browser()
    home = browser.open(base + "/")
    for path in (path_of(*handu.DEAD), "/7f0c8a52-9d3e-4a51-8a3e-0d1c2b3a4f5e.html", "/zwgk/nb/99999.html"):
        answer = browser.open(base + path)
        assert (answer.status, answer.body) == (200, home.body)


def test_on_night_three_nothing_is_answered(demo: DemoServer, base: str) -> None:
    demo.set_night(3)
    for path in ("/robots.txt", "/", handu.COLUMN, handu.SCRIPTED):
        answer = Browser().open(base + path)
        assert answer.status == 521
        assert b";go({" in answer.body
    assert [handu.truth(night).state for night in (1, 2, 3)] == ["incomplete", "incomplete", "blocked"]


def test_robots_asks_for_slowness(base: str) -> None:
    answer = Browser().open(base + "/robots.txt")
    assert answer.text.splitlines() == ["User-agent: *", "Crawl-delay: 1", "Disallow: /search"]


def test_the_portal_file_is_in_order(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (handu.PORTAL,))
    portal = portals.load(path, profile="test")
    base = demo.bases[handu.ID]
    assert [column.url for column in portal.columns] == [base + handu.COLUMN, base + handu.SCRIPTED]
    assert portal.expect.reports == len(handu.PORTAL.truth(1).documents) == 10
