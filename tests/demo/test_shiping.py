"""石坪县: three pages turned by posting, a session in the path, an .xls and an .ofd below articles."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive import portals
from crawler.demo.portal_files import portal_files
from crawler.demo.server import DemoServer
from crawler.demo.ten import shiping
from tests.demo.browsing import Browser, assert_reads_as_planted, readings, tour


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(shiping.PORTAL,)) as server:
        yield server


@pytest.fixture
def base(demo: DemoServer) -> str:
    return demo.bases[shiping.ID]


def without_session(url: str) -> str:
    parts = urlsplit(url)
    return re.sub(r"/\(S\(\w+\)\)", "", parts.path) + (f"?{parts.query}" if parts.query else "")


def test_18_reports_on_three_pages_in_one_session(demo: DemoServer, base: str) -> None:
    found = tour(Browser(), base + shiping.LIST)
    assert found.families == {"aspnet"}
    assert [len(page.rows) for page in found.pages] == [10, 10, 4]
    assert {(page.total_pages, page.total_rows) for page in found.pages} == {(3, 24)}
    assert not found.trouble
    wanted = {row.path: (row.title, row.published) for row in shiping.rows() if row.entry}
    assert len(wanted) == 18
    assert {without_session(row.url): (row.title, row.date) for row in found.reports} == wanted
    assert len({re.search(r"\(S\(\w+\)\)", row.url) for row in found.rows}) == len(found.rows)  # every row has one
    assert len({urlsplit(row.url).path.split("/")[1] for row in found.rows}) == 1  # and the same one
    assert [(access.method, access.status) for access in demo.log] == [
        ("GET", 302), ("GET", 200), ("POST", 200), ("POST", 200)
    ]  # fmt: skip


def test_another_session_names_the_same_pages(base: str) -> None:
    first, second = (tour(Browser(), base + shiping.LIST) for _ in range(2))
    assert not {row.url for row in first.rows} & {row.url for row in second.rows}
    assert [without_session(row.url) for row in first.rows] == [without_session(row.url) for row in second.rows]


def test_a_session_of_another_night_is_replaced_and_what_was_posted_is_lost(demo: DemoServer, base: str) -> None:
    browser = Browser()
    found = tour(browser, base + shiping.LIST)
    turned = found.pages[0].next
    assert turned is not None
    demo.set_night(2)
    article = browser.open(found.rows[0].url)
    assert (article.status, article.url == found.rows[0].url) == (200, False)
    again = browser.open(turned.url, turned.form)
    assert "页次：1/3" in again.text
    broken = browser.open(again.url, "__EVENTTARGET=AspNetPager1&__EVENTARGUMENT=2&__VIEWSTATE=x")
    assert broken.status == 500


def test_every_report_reads_as_planted(base: str) -> None:
    browser = Browser()
    planted = {row.path: row for row in shiping.rows()}
    for row in tour(browser, base + shiping.LIST).reports:
        [reading] = readings(browser, row)
        assert_reads_as_planted(reading, planted[without_session(row.url)])


def test_the_names_of_files_come_in_raw_gbk(base: str) -> None:
    paths = [row.path for row in shiping.rows() if row.entry and (row.entry.agency, row.entry.year) in shiping.FILES]
    assert len(paths) == 2
    names = []
    for path in paths:
        file = Browser().open(base + path.replace("Show", "Down"))
        names.append(file.headers["Content-Disposition"].encode("latin-1").decode("gbk"))
        assert file.body[:4] in (b"\xd0\xcf\x11\xe0", b"PK\x03\x04")
    assert sorted(name[-4:] for name in names) == [".ofd", ".xls"]
    assert all(name.startswith("attachment; filename=石坪县") for name in names)


def test_the_portal_file_is_in_order(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (shiping.PORTAL,))
    portal = portals.load(path, profile="test")
    assert [column.url for column in portal.columns] == [demo.bases[shiping.ID] + shiping.LIST]
    assert portal.expect.reports == len(shiping.PORTAL.truth(3).documents) == 18
