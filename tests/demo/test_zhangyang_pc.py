"""樟阳市 after its migration: the same reports at new addresses, the old ones sent home from night 2 on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import portals
from crawler.demo.portal_files import portal_files
from crawler.demo.report import printed
from crawler.demo.server import DemoServer
from crawler.demo.ten import zhangyang, zhangyang_pc
from crawler.demo.ten.zhangyang_reports import YEARS, items
from tests.demo.client import fetch
from tests.demo.walking import Walk, readings, shown, walk


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(zhangyang_pc.PORTAL,)) as server:
        yield server


def walked(demo: DemoServer, night: int) -> Walk:
    demo.set_night(night)
    return walk(demo.bases[zhangyang_pc.ID] + zhangyang_pc.list_path(year) for year in YEARS)


@pytest.mark.parametrize("night", [1, 2, 3])
def test_all_reports_are_listed_on_seven_pages(demo: DemoServer, night: int) -> None:
    found, base = walked(demo, night), demo.bases[zhangyang_pc.ID]
    assert found.families == {"cmspro_pc"}
    assert len(found.pages) == 7
    assert all(page.total_rows == len(page.rows) for page in found.pages.values())
    planted = {base + zhangyang_pc.listed_path(item, night): (item.title, item.published) for item in items()}
    assert {row.url: (row.title, row.date) for row in found.rows} == planted
    assert len(found.reports) == 66
    assert not any("/mobile/" in row.url for row in found.rows)


def test_the_reports_are_those_of_before(demo: DemoServer) -> None:
    assert [zhangyang_pc.PORTAL.truth(night) for night in (1, 2)] == [zhangyang.PORTAL.truth(1)] * 2
    old = [row.url for row in walked(demo, 1).reports if row.url.endswith(".shtml")]
    new = [row.url for row in walked(demo, 2).reports if row.url.endswith(".shtml")]
    assert (len(old), new) == (22, [])


def test_old_addresses_answer_on_night_1_and_are_sent_home_from_night_2_on(demo: DemoServer) -> None:
    base = demo.bases[zhangyang_pc.ID]
    old = [zhangyang.path(item) for item in items()]
    lists = [zhangyang.SHELL, zhangyang.FRAME, "/zyrmzf/2023nf/list_2.shtml"]
    assert {fetch(base + path)[0].status for path in (*old, *lists)} == {200}
    demo.set_night(2)
    for path in (*old, *lists, "/never/there.shtml"):
        response, _ = fetch(base + path)
        assert (response.status, response.headers["Location"]) == (301, f"{base}/")
    assert fetch(f"{base}/")[0].status == 200


def test_every_report_reads_as_planted_wherever_it_is(demo: DemoServer) -> None:
    base = demo.bases[zhangyang_pc.ID]
    names = ("鹿汀街道", "樟影街道", "橹声镇", "獭溪口乡")
    for night in (1, 2):
        entries = {base + zhangyang_pc.listed_path(item, night): item.entry for item in items() if item.entry}
        wanted = {url: entry for url, entry in entries.items() if entry.agency in names}
        assert len(wanted) == 12
        for row in walked(demo, night).reports:
            if entry := wanted.get(row.url):
                [reading] = readings(demo, row)
                assert (reading.agency, reading.year) == (entry.agency, entry.year)
                assert shown(reading) == printed(entry, night), row.url


def test_files_stand_in_the_list_as_in_the_article(demo: DemoServer) -> None:
    base = demo.bases[zhangyang_pc.ID]
    with_files = [row for row in walked(demo, 2).rows if row.files]
    assert len(with_files) == 3
    for row in with_files:
        [(url, name)] = row.files
        assert name == f"{row.title}.pdf"
        assert url.startswith(f"{base}/zyrmzf/")
        assert f'="{url.removeprefix(base)}"'.encode() in fetch(row.url)[1]
        assert fetch(url)[1].startswith(b"%PDF")


def test_every_article_has_a_twin_for_mobiles(demo: DemoServer) -> None:
    base = demo.bases[zhangyang_pc.ID]
    for item in items()[::9]:
        pages = [fetch(base + zhangyang_pc.path(item, device))[1].decode() for device in ("pc", "mobile")]
        assert pages[0].replace("/static/pc/", "/static/mobile/").replace('class="pc"', 'class="mobile"') == pages[1]


def test_the_portal_file_is_in_order(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (zhangyang_pc.PORTAL,))
    portal = portals.load(path, profile="test")
    base = demo.bases[zhangyang_pc.ID]
    assert [column.url for column in portal.columns] == [
        base + zhangyang_pc.list_path(year) for year in reversed(YEARS)
    ]
