"""禾丰县: 23 rows on three pages of a table, then a stub; every report reads as planted, also from Word and WPS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import portals
from crawler.demo.portal_files import portal_files
from crawler.demo.report import printed
from crawler.demo.server import DemoServer
from crawler.demo.ten import hefeng
from crawler.families.article import metadata
from crawler.recognise import classify
from tests.demo.client import fetch
from tests.demo.walking import readings, shown, walk


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(hefeng.PORTAL,)) as server:
        yield server


@pytest.fixture(scope="module")
def base(demo: DemoServer) -> str:
    return demo.bases[hefeng.ID]


def test_the_walk_finds_23_rows_on_three_pages(base: str) -> None:
    found = walk([base + hefeng.COLUMN])
    assert found.families == {"trs"}
    assert [len(page.rows) for page in found.pages.values()] == [10, 10, 3]
    assert {page.total_pages for page in found.pages.values()} == {3}
    wanted = {base + entry.page: (entry.title, entry.published) for entry in hefeng.ENTRIES}
    assert {row.url: (row.title, row.date) for row in found.reports} == wanted
    assert len(found.rows) - len(found.reports) == 10


def test_eleven_reports_are_the_countys_and_two_the_citys() -> None:
    names = [agency for agency, _ in hefeng.truth(1).documents]
    assert (len(names), names.count("穗川市")) == (13, 2)
    assert len({entry.page for entry in hefeng.ENTRIES}) == 13
    assert [classify(title).kind for title, _, _ in hefeng.NOISE] == ["noise"] * 10


def test_after_the_last_page_stands_a_stub(base: str) -> None:
    response, stub = fetch(f"{base}{hefeng.COLUMN}index_3.html")
    assert (response.status, len(stub)) == (200, 350)
    assert fetch(f"{base}{hefeng.COLUMN}index_4.html")[0].status == 404


def test_every_report_reads_as_planted(demo: DemoServer, base: str) -> None:
    planted = {base + entry.page: entry for entry in hefeng.ENTRIES}
    for row in walk([base + hefeng.COLUMN]).reports:
        entry = planted[row.url]
        [reading] = readings(demo, row)
        assert (reading.agency, reading.year) == (entry.agency, entry.year)
        assert shown(reading) == printed(entry, 1), entry.page


def test_two_files_are_ole2_and_neither_is_called_what_the_other_is(base: str) -> None:
    files = [entry.file for entry in hefeng.ENTRIES if entry.file]
    assert [name[-4:] for name in files] == [".doc", ".wps"]
    for name in files:
        response, data = fetch(base + name)
        assert (response.status, data[:4]) == (200, b"\xd0\xcf\x11\xe0")


def test_pub_dates_of_every_kind_are_understood(base: str) -> None:
    marks = set()
    for entry in hefeng.ENTRIES:
        text = fetch(base + entry.page)[1].decode()
        assert metadata(text).published == entry.published
        stamp = text.partition('name="PubDate" content="')[2].partition('"')[0]
        marks.add((stamp[4:6] if stamp[5] == "—" else stamp[4], "∶" in stamp))
    assert marks == {("-", False), ("—", True), ("——", True)}


def test_the_portal_file_is_in_order(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (hefeng.PORTAL,))
    portal = portals.load(path, profile="test")
    assert [column.url for column in portal.columns] == [demo.bases[hefeng.ID] + hefeng.COLUMN]
