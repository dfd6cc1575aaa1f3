"""雾泊县: pages that count downwards, wrong charsets, a .zip of three reports behind a Referer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import portals
from archive.model import Hints, Payload
from archive.read import read_all
from crawler.demo.plan import Entry
from crawler.demo.portal_files import portal_files
from crawler.demo.report import printed
from crawler.demo.server import DemoServer
from crawler.demo.ten import wubo
from tests.demo.browsing import Browser, assert_reads_as_planted, planted, readings, tour
from tests.demo.walking import shown


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(wubo.PORTAL,)) as server:
        yield server


@pytest.fixture(scope="module")
def base(demo: DemoServer) -> str:
    return demo.bases[wubo.ID]


def test_18_reports_on_three_pages_that_count_downwards(base: str) -> None:
    found = tour(Browser(), f"{base}{wubo.COLUMN}.htm")
    assert found.families == {"vsb"}
    assert [url.removeprefix(base) for url in found.urls] == [
        "/zwgk/xxgknb.htm", "/zwgk/xxgknb/2.htm", "/zwgk/xxgknb/1.htm"
    ]  # fmt: skip
    assert [len(page.rows) for page in found.pages] == [10, 10, 6]
    assert {(page.total_pages, page.total_rows) for page in found.pages} == {(3, 26)}
    wanted = {url: (row.title, row.published) for url, row in planted(wubo.rows(), base).items()}
    assert {row.url: (row.title, row.date) for row in found.reports} == wanted
    assert (len(found.reports), len(found.rows)) == (18, 26)


def test_every_report_of_a_page_reads_as_planted(base: str) -> None:
    browser, known = Browser(), planted(wubo.rows(), base)
    for row in tour(browser, f"{base}{wubo.COLUMN}.htm").reports:
        entry = known[row.url].entry
        assert entry
        if (entry.agency, entry.year) != wubo.ZIPPED:
            [reading] = readings(browser, row)
            assert_reads_as_planted(reading, known[row.url])


def test_two_articles_say_a_wrong_charset(base: str) -> None:
    known = {(row.entry.agency, row.entry.year): base + row.path for row in wubo.rows() if row.entry}
    latin, gb2312 = Browser().open(known[wubo.CALLED_LATIN]), Browser().open(known[wubo.CALLED_GB2312])
    assert latin.headers["Content-Type"] == "text/html; charset=ISO-8859-1"
    assert "雾泊县民政局2023年" in latin.body.decode("gbk")
    assert b"charset=gb2312" in gb2312.body
    assert "苇桥乡2022年" in gb2312.body.decode("utf-8")


def test_the_zip_holds_three_reports(base: str) -> None:
    url = base + wubo.DOWNLOAD + "48815A7F"
    file = Browser().open(url, referer=f"{base}/info/1023/2163.htm")
    assert file.body[:4] == b"PK\x03\x04"
    found = read_all(Payload(file.body), Hints(url=url))
    assert [(reading.agency, reading.year) for reading in found] == [(agency, year) for agency, year in (
        wubo.ZIPPED, *reversed(wubo.OLDER)
    )]  # fmt: skip
    for reading in found:
        assert reading.year
        published = next(row.published for row in wubo.rows())
        entry = Entry(wubo.ID, "nb", "烟渡镇", reading.year, "", published, "html", "")
        assert shown(reading) == printed(entry, 1)


def test_the_article_of_the_zip_leads_to_it(base: str) -> None:
    browser = Browser()
    [row] = [row for row in tour(browser, f"{base}{wubo.COLUMN}.htm").reports if "烟渡镇2023" in row.title]
    assert [reading.year for reading in readings(browser, row)] == [2023, 2022, 2021]


@pytest.mark.parametrize("referer", ["", "http://www.example.com/info/1.htm", "{base}/zwgk/xxgknb.htm"])
def test_without_the_article_as_referer_a_page_comes(base: str, referer: str) -> None:
    refused = Browser().open(base + wubo.DOWNLOAD + "48815A7F", referer=referer.format(base=base))
    assert (refused.status, len(refused.body), refused.hints.media_type) == (200, 4900, "text/html")


def test_the_portal_file_is_in_order(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (wubo.PORTAL,))
    portal = portals.load(path, profile="test")
    assert [column.url for column in portal.columns] == [f"{demo.bases[wubo.ID]}{wubo.COLUMN}.htm"]
    assert len(wubo.PORTAL.truth(1).documents) == 20
    assert portal.expect.reports == 19  # three of them are files in one ZIP
