"""云溪市: 40 records, of which the page holds 15; the rest by POST; twins under https are the same articles."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from archive import portals
from archive.model import Hints, Payload, Status
from archive.pages import links_of
from archive.read import read as read_report
from crawler.attachments import file_links
from crawler.demo.portal_files import portal_files
from crawler.demo.report import printed
from crawler.demo.server import DemoServer
from crawler.demo.ten import yunxi
from crawler.families import FAMILIES, Ask, Asked, ListPage, choose
from crawler.recognise import classify
from tests.demo.client import fetch

FORM = "col=1&appid=1&webid=2&path=%2F&columnid=1001&sourceContentType=3&unitid=40217&webname=&permissiontype=0"


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(yunxi.PORTAL,)) as server:
        yield server


@pytest.fixture(scope="module")
def base(demo: DemoServer) -> str:
    return demo.bases[yunxi.ID]


def pages(base: str) -> list[ListPage]:
    """Walks the column as a crawl does."""
    found: list[ListPage] = []
    ask: Ask | None = Ask(base + yunxi.COLUMN)
    family = ""
    while ask:
        response, body = fetch(ask.url, form=ask.form)
        assert response.status == 200
        family = family or choose("auto", body.decode())
        found.append(FAMILIES[family].read(Asked(body.decode(), ask.url, len(found) + 1, ask.form)))
        ask = found[-1].next
        assert len(found) < 10
    assert family == "hanweb_jpage"
    return found


def test_forty_rows_in_two_calls_and_the_titles_and_dates_are_whole(base: str) -> None:
    walked = pages(base)
    assert [len(page.rows) for page in walked] == [15, 25]
    assert {(page.total_rows, page.trouble) for page in walked} == {(40, None)}
    secure = base.replace("http:", "https:")
    wanted = [((secure if twin else base) + row.path, row.title, row.published) for row, twin in yunxi.listed()]
    assert [(row.url, row.title, row.date) for page in walked for row in page.rows] == wanted


def test_37_articles_are_31_reports_and_6_rows_of_noise(base: str) -> None:
    rows = {urlsplit(row.url).path: row.title for page in pages(base) for row in page.rows}
    reports = [title for title in rows.values() if classify(title).kind == "report"]
    assert (len(rows), len(reports), len(yunxi.truth(1).documents)) == (37, 31, 31)
    assert {classify(title).kind for title in rows.values()} == {"report", "noise"}


def test_a_twin_stands_beside_its_article_and_two_stand_in_other_calls() -> None:
    places: dict[str, list[int]] = {}
    for place, (row, _) in enumerate(yunxi.listed()):
        places.setdefault(row.path, []).append(place)
    assert sorted(both for both in places.values() if len(both) > 1) == [[2, 3], [6, 22], [32, 36]]


def test_a_call_gives_at_most_three_pages(base: str) -> None:
    body = fetch(f"{base}{yunxi.PROXY}?startrecord=1&endrecord=40&perpage=5", form=FORM)[1].decode()
    assert body.count("<record>") == 15
    asked = Asked(body, f"{base}{yunxi.PROXY}?startrecord=1&endrecord=40&perpage=5", 2, FORM)
    following = FAMILIES["hanweb_jpage"].read(asked).next
    assert following is not None
    assert parse_qs(urlsplit(following.url).query)["startrecord"] == ["16"]


def test_the_get_form_answers_page_1_whatever_is_asked(base: str) -> None:
    first, *others = (
        fetch(f"{base}{yunxi.PROXY}?page={page}&webid=2&columnid=1001&unitid=40217")[1] for page in (1, 2, 3)
    )
    assert first.count(b"<record>") == 15
    assert set(others) == {first}


def test_another_column_is_answered_with_54_empty_bytes(base: str) -> None:
    url = f"{base}{yunxi.PROXY}?startrecord=16&endrecord=60&perpage=15"
    body = fetch(url, form=FORM.replace("1001", "1002"))[1]
    assert len(body) == 54
    assert FAMILIES["hanweb_jpage"].read(Asked(body.decode(), url, 2, FORM)).trouble


def test_every_report_reads_as_planted_also_behind_its_download(base: str) -> None:
    behind = 0
    for row in yunxi.ROWS:
        if row.entry is None:
            continue
        response, body = fetch(base + row.path)
        assert response.status == 200
        hints = Hints(url=base + row.path, media_type="text/html", title=row.title)
        links = file_links(links_of(Payload(body), hints))
        behind += len(links)
        for link in links:
            response, body = fetch(link.url)
            assert response.status == 200
            hints = Hints(url=link.url, media_type=response.headers["Content-Type"], title=row.title)
        reading = read_report(Payload(body), hints)
        shown = {f.indicator: None if f.status is Status.BLANK else f.raw for f in reading.figures}
        assert (reading.agency, reading.year) == (row.entry.agency, row.entry.year)
        assert shown == printed(row.entry, 1), row.title
    assert behind == 2


def test_the_label_of_a_download_says_pdf_and_its_bytes_are_word(base: str) -> None:
    [row] = [one for one in yunxi.ROWS if one.entry and (one.entry.agency, one.entry.year) == ("云溪市水利局", 2021)]
    page = fetch(base + row.path)[1].decode()
    link = page.partition(f'href="{yunxi.DOWNLOAD}')[2].partition('"')[0]
    assert ".pdf&filename=" in link
    assert link.endswith(".doc")
    response, data = fetch(f"{base}{yunxi.DOWNLOAD}{link}")
    assert (response.status, data[:4]) == (200, b"\xd0\xcf\x11\xe0")
    assert fetch(f"{base}{yunxi.DOWNLOAD}?classid=0&showname=a.pdf&filename=b.doc")[0].status == 404


def test_the_portal_file_is_in_order(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (yunxi.PORTAL,))
    portal = portals.load(path, profile="test")
    assert [column.url for column in portal.columns] == [demo.bases[yunxi.ID] + yunxi.COLUMN]
    assert portal.expect.reports == len(yunxi.truth(1).documents)
