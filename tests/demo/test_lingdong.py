"""岭东县: 131 rows as JSON on two pages; on night 2 a page begins elsewhere, which is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import portals
from crawler.demo.portal_files import portal_files
from crawler.demo.server import DemoServer
from crawler.demo.ten import lingdong
from tests.demo.browsing import Browser, assert_reads_as_planted, planted, readings, tour

START = "/gkmlpt/index"


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(lingdong.PORTAL,)) as server:
        yield server


@pytest.fixture
def base(demo: DemoServer) -> str:
    return demo.bases[lingdong.ID]


@pytest.mark.parametrize("start", [START, START + "#318"])
def test_131_rows_on_two_pages(base: str, start: str) -> None:
    found = tour(Browser(), base + start)
    assert found.families == {"gkmlpt"}
    assert [len(page.rows) for page in found.pages] == [0, 100, 31]
    assert [(page.total_rows, page.total_pages) for page in found.pages] == [(None, None), (131, 2), (131, 2)]
    assert not found.trouble
    assert len({row.url for row in found.rows}) == 131
    wanted = {url: (row.title, row.published) for url, row in planted(lingdong.rows(), base).items()}
    assert len(wanted) == 60
    foreign = {row.url for row in found.reports} - set(wanted)
    assert foreign == {lingdong.ELSEWHERE}
    assert {row.url: (row.title, row.date) for row in found.reports if row.url not in foreign} == wanted


def test_on_night_two_a_page_contradicts_itself(demo: DemoServer, base: str) -> None:
    demo.set_night(2)
    found = tour(Browser(), base + START)
    assert found.trouble == ["page 1 was asked for, the answer begins at row 31"]
    assert lingdong.truth(2).reason in found.trouble[0]
    assert [lingdong.truth(night).state for night in (1, 2, 3)] == ["complete", "incomplete", "complete"]
    demo.set_night(3)
    assert not tour(Browser(), base + START).trouble


def test_reports_read_as_planted(base: str) -> None:
    browser, known = Browser(), planted(lingdong.rows(), base)
    reports = [row for row in tour(browser, base + START).reports if row.url in known]
    for row in reports[::7]:
        [reading] = readings(browser, row)
        assert_reads_as_planted(reading, known[row.url])


def test_the_portal_file_is_in_order(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (lingdong.PORTAL,))
    portal = portals.load(path, profile="test")
    assert [column.url for column in portal.columns] == [demo.bases[lingdong.ID] + START + "#318"]
    assert portal.expect.reports == len(lingdong.PORTAL.truth(1).documents) == 60
