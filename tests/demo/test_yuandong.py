"""远垌镇: 24 rows of Lonsun with a clone, a login, a correction and pictures; 9 rows more from a declared API."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import PortalError
from archive.model import Hints, Payload
from archive.portals import Api, Fields
from archive.read import read
from crawler.demo.portal_files import portal_files
from crawler.demo.server import DemoServer
from crawler.demo.ten import yuandong
from tests.demo.browsing import Browser, Tour, assert_reads_as_planted, planted, readings, tour

CALLED = ("垌口街道", 2023)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(yuandong.PORTAL,)) as server:
        yield server


@pytest.fixture(scope="module")
def base(demo: DemoServer) -> str:
    return demo.bases[yuandong.ID]


@pytest.fixture(scope="module")
def found(base: str) -> Tour:
    return tour(Browser(), base + yuandong.COLUMN)


def declared(demo: DemoServer, folder: Path) -> Api:
    """Gives the API as the portal file declares it."""
    [path] = portal_files(demo.port, folder, (yuandong.PORTAL,))
    table = tomllib.loads(path.read_text(encoding="utf-8"))["column"][1]["api"]
    return Api(**{**table, "fields": Fields(**table["fields"])})


def test_24_rows_on_three_pages(base: str, found: Tour) -> None:
    assert found.families == {"lonsun"}
    assert [len(page.rows) for page in found.pages] == [9, 9, 6]
    assert {page.total_pages for page in found.pages} == {3}
    assert not found.trouble
    wanted = {url: (row.title, row.published) for url, row in planted(yuandong.rows(), base).items()}
    assert len(wanted) == 17
    other = {row.url for row in found.reports} - set(wanted)
    assert other == {yuandong.CLONE, base + yuandong.LOCKED}
    assert {row.url: (row.title, row.date) for row in found.reports if row.url not in other} == wanted


def test_reports_read_as_planted(base: str, found: Tour) -> None:
    known = planted(yuandong.rows(), base)
    rows = [row for row in found.reports if row.url in known]
    pictured = [row for row in rows if "图片版" in row.title]
    called = [row for row in rows if "垌口街道2023" in row.title]
    for row in rows:
        if row not in pictured + called:
            [reading] = readings(Browser(), row)
            assert_reads_as_planted(reading, known[row.url])
    assert len(pictured) == len(called) == 1
    assert readings(Browser(), pictured[0]) == []


def test_a_report_and_its_correction_differ_in_one_figure(base: str, found: Tour) -> None:
    rows = [row for row in found.reports if "远垌镇2022年" in row.title]
    both = [readings(Browser(), row)[0] for row in rows]
    assert {(reading.agency, reading.year) for reading in both} == {yuandong.MISPRINTED}
    one, other = ({figure.indicator: figure.raw for figure in reading.figures} for reading in both)
    assert [code for code in one if one[code] != other[code]] == ["remedies.review.total"]


def test_a_report_called_2023_counts_2022(found: Tour) -> None:
    [row] = [row for row in found.reports if "垌口街道2023" in row.title]
    page = Browser().open(row.url)
    reading = read(Payload(page.body), page.hints)
    assert (reading.agency, reading.year) == CALLED
    assert "identity-conflict" in {issue.code for issue in reading.issues}
    assert CALLED in yuandong.truth(1).documents


def test_pictures_are_all_there_is_of_one_report(base: str, found: Tour) -> None:
    [row] = [row for row in found.reports if "图片版" in row.title]
    text = Browser().open(row.url).text
    sources = [part.partition('"')[0] for part in text.split('<img src="')[1:]]
    assert len(sources) == 3
    for source in sources:
        assert source.rpartition("/")[2].startswith("W0202")
        picture = Browser().open(base + source)
        assert (picture.hints, picture.body[:3]) == (Hints(base + source, "image/jpeg", None), b"\xff\xd8\xff")


def test_a_list_that_a_script_draws_needs_its_api(demo: DemoServer, base: str, tmp_path: Path) -> None:
    with pytest.raises(PortalError, match="needs_api"):
        tour(Browser(), base + yuandong.SCRIPTED)
    found = tour(Browser(), base + yuandong.SCRIPTED, "json", declared(demo, tmp_path))
    assert [len(page.rows) for page in found.pages] == [0, 5, 4]
    assert [page.total_rows for page in found.pages] == [None, 9, 9]
    wanted = {url: (row.title, row.published) for url, row in planted(yuandong.below(), base).items()}
    assert {row.url: (row.title, row.date) for row in found.reports} == wanted
    assert len(wanted) == 7
    for row in found.reports:
        [reading] = readings(Browser(), row)
        assert_reads_as_planted(reading, planted(yuandong.below(), base)[row.url])


def test_the_login_is_elsewhere(demo: DemoServer, base: str) -> None:
    with pytest.raises(OSError, match=r"."):  # the name is no host of anybody
        Browser().open(base + yuandong.LOCKED)
    last = demo.log[-1]
    assert (last.path, last.status) == (yuandong.LOCKED, 302)


def test_what_the_archive_must_hold(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (yuandong.PORTAL,))
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    base = demo.bases[yuandong.ID]
    assert [column["url"] for column in table["column"]] == [base + yuandong.COLUMN, base + yuandong.SCRIPTED]
    assert table["expect"]["reports"] == len(yuandong.truth(1).documents) == 23
