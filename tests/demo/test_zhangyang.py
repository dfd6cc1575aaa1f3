"""樟阳市: years below a shell and in a frame, 66 reports of 22 townships under their many names, one dead copy."""

from collections import Counter
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from archive import divisions, portals
from archive.read.identity import title_identity
from crawler.demo.portal_files import portal_files
from crawler.demo.report import printed
from crawler.demo.server import DemoServer
from crawler.demo.ten import zhangyang
from crawler.demo.ten.zhangyang_reports import TOWNSHIPS, items
from crawler.recognise import classify
from tests.demo.client import fetch
from tests.demo.walking import Walk, readings, shown, walk


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(zhangyang.PORTAL,)) as server:
        yield server


@pytest.fixture(scope="module")
def base(demo: DemoServer) -> str:
    return demo.bases[zhangyang.ID]


@pytest.fixture(scope="module")
def walked(base: str) -> Walk:
    return walk([base + zhangyang.SHELL, base + zhangyang.FRAME])


def test_the_shell_leads_to_six_years_and_the_frame_to_the_seventh(base: str, walked: Walk) -> None:
    shell, frame = (walked.pages[base + start] for start in (zhangyang.SHELL, zhangyang.FRAME))
    years = [ask.url for ask in shell.lists]
    assert years == [f"{base}/zyrmzf/{year}nf/list.shtml" for year in (2025, 2023, 2022, 2021, 2020, 2019)]
    assert [ask.url for ask in frame.lists if "2024" in ask.url] == [f"{base}/zyrmzf/2024nf/list.shtml"]
    assert (shell.rows, frame.rows) == ((), ())
    assert walked.families == {"cmspro"}


def test_a_year_with_reports_has_26_rows_on_two_pages(base: str, walked: Walk) -> None:
    for year in (2022, 2023, 2024):
        first, second = (walked.pages[f"{base}/zyrmzf/{year}nf/list{number}.shtml"] for number in ("", "_2"))
        assert (len(first.rows), len(second.rows)) == (20, 6)
        assert {(page.total_rows, page.total_pages, page.trouble) for page in (first, second)} == {(26, 2, None)}
    assert len(walked.pages) == 2 + 7 + 3


def test_66_reports_and_a_dead_copy_are_listed_and_all_else_is_noise(base: str, walked: Walk) -> None:
    planted = {base + zhangyang.path(item): (item.title, item.published) for item in items() if item.entry}
    assert len(planted) == 66
    listed = {row.url: (row.title, row.date) for row in walked.reports}
    [dead] = listed.keys() - planted.keys()
    assert {url: row for url, row in listed.items() if url != dead} == planted
    assert (dead, listed[dead][0]) == (base + zhangyang.DEAD, zhangyang.DEAD_TITLE)
    assert fetch(dead)[0].status == 404
    assert len(walked.rows) == len(items()) + 1


def test_every_township_is_named_in_its_ways_and_known_by_one_name() -> None:
    titles = [item.title for item in items() if item.entry]
    for word in ("街道办事处", "街办", "街道2024年", "人民政府"):
        assert any(word in title for title in titles), word
    named = Counter(title_identity(title) for title in titles)
    assert named == Counter(zhangyang.truth(1).documents)
    assert len(TOWNSHIPS) == len({name for name, _ in named}) == 22
    assert {classify(title).kind for title in titles} == {"report"}


def test_every_township_has_a_code_of_its_own() -> None:
    with as_file(files("crawler.demo").joinpath("data", "divisions.toml")) as path:
        table = divisions.load(path)
    found = {name: divisions.resolve(name, "990982", table) for name, _ in zhangyang.truth(1).documents}
    codes = {resolved.code for resolved in found.values()}
    assert len(codes) == 22
    assert all(code and code.startswith("990982") and len(code) == 12 for code in codes)


def test_every_report_reads_as_planted(demo: DemoServer, base: str, walked: Walk) -> None:
    planted = {base + zhangyang.path(item): item.entry for item in items() if item.entry}
    for row in walked.reports:
        if row.url == base + zhangyang.DEAD:
            continue
        entry = planted[row.url]
        [reading] = readings(demo, row)
        assert (reading.agency, reading.year) == (entry.agency, entry.year)
        assert shown(reading) == printed(entry, 1), row.url


def test_three_reports_are_files_beside_their_articles_one_in_a_frame(base: str) -> None:
    attached = [item for item in items() if item.file]
    assert len(attached) == 3
    pages = [fetch(base + zhangyang.path(item))[1].decode() for item in attached]
    assert sorted(f'<iframe src="files/{item.file}"' in page for item, page in zip(attached, pages, strict=True)) == [
        False,
        False,
        True,
    ]
    for item, page in zip(attached, pages, strict=True):
        assert f'="files/{item.file}"' in page
        assert "总体情况" not in page
        response, data = fetch(f"{base}{zhangyang.path(item).rpartition('/')[0]}/files/{item.file}")
        assert (response.status, data[:4]) == (200, b"%PDF")


def test_the_portal_file_is_in_order(demo: DemoServer, base: str, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (zhangyang.PORTAL,))
    portal = portals.load(path, profile="test")
    assert [column.url for column in portal.columns] == [base + zhangyang.SHELL, base + zhangyang.FRAME]
