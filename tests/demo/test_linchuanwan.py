"""临川湾区: units that an API builds for who comes from the column, files behind tokens that change at every visit."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from archive import portals
from archive.model import Hints, Payload, Status
from archive.pages import links_of
from archive.read import read as read_report
from crawler.attachments import file_links
from crawler.demo.portal_files import portal_files
from crawler.demo.report import printed
from crawler.demo.server import DemoServer
from crawler.demo.ten import linchuanwan as portal
from crawler.demo.ten.planted import Row
from crawler.families import FAMILIES, Ask, Asked, ListPage, choose
from crawler.recognise import classify
from tests.demo.client import fetch

FILED = [row for row in portal.ROWS if portal.file_name(row)]


@dataclass
class Clock:
    """A clock that moves only when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, portals=(portal.PORTAL,)) as server:
        yield server


@pytest.fixture
def base(demo: DemoServer) -> str:
    demo.set_night(1)
    return demo.bases[portal.ID]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stands = Clock()
    monkeypatch.setattr(portal, "clock", stands)
    return stands


def pages(base: str) -> list[ListPage]:
    """Walks the column as a crawl does; every list is asked for from the column's page."""
    column, found = base + portal.COLUMN, []
    name = choose("auto", fetch(column)[1].decode())
    queue = [(Ask(column), 1)]
    for ask, number in queue:
        response, body = fetch(ask.url, referer=column)
        assert response.status == 200
        page = FAMILIES[name].read(Asked(body.decode(), ask.url, number, ask.form))
        found.append(page)
        queue += [(further, 1) for further in page.lists]
        queue += [(page.next, number + 1)] if page.next else []
        assert len(queue) < 10
    assert name == "hanweb_jpaas"
    return found


def download(base: str, row: Row) -> str:
    """Gives the address of a report's file as its article shows it now."""
    body = fetch(base + row.path)[1]
    [link] = file_links(links_of(Payload(body), Hints(url=base + row.path, media_type="text/html")))
    return link.url


def test_the_page_points_to_two_units_of_which_the_second_lists_24_rows(base: str) -> None:
    column, banner, first, second = pages(base)
    assert (column.rows, len(column.lists)) == ((), 2)
    assert (banner.rows, banner.next, banner.trouble) == ((), None, None)
    assert [len(page.rows) for page in (first, second)] == [15, 9]
    assert {(page.total_rows, page.trouble) for page in (first, second)} == {(24, None)}
    found = [(row.url, row.title, row.date) for page in (first, second) for row in page.rows]
    assert found == [(base + row.path, row.title, row.published) for row in portal.ROWS]


def test_twenty_reports_under_old_and_new_addresses(base: str) -> None:
    rows = [row for page in pages(base) for row in page.rows]
    reports = [row for row in rows if classify(row.title).kind == "report"]
    assert (len(reports), len(portal.truth(1).documents)) == (20, 20)
    old = [row for row in reports if urlsplit(row.url).path.startswith("/art/20")]
    assert (len(old), len(reports) - len(old)) == (12, 8)


@pytest.mark.parametrize("referer", [None, "http://127.0.0.23/", "http://127.0.0.23/col/col999/index.html"])
def test_the_api_refuses_who_does_not_come_from_the_column(base: str, referer: str | None) -> None:
    page = FAMILIES["hanweb_jpaas"].read(Asked(fetch(base + portal.COLUMN)[1].decode(), base + portal.COLUMN))
    for ask in page.lists:
        assert fetch(ask.url, referer=referer)[0].status == 403
        assert fetch(ask.url, referer=base + portal.COLUMN)[0].status == 200


def test_a_unit_of_another_site_is_not_built(base: str) -> None:
    response, body = fetch(f"{base}{portal.API}?webId=1&tagId=x", referer=base + portal.COLUMN)
    assert response.status == 200
    assert json.loads(body)["success"] is False


def test_every_visit_shows_another_address_of_the_same_file(base: str, clock: Clock) -> None:
    row = FILED[0]
    urls = [download(base, row) for _ in range(3)]
    assert len(set(urls)) == 3
    said = [parse_qs(urlsplit(url).query) for url in urls]
    assert len({one["fileName"][0] for one in said}) == 1
    assert len({one["fileUrl"][0] for one in said}) == 3
    ends = set()
    for url in urls:
        clock.now += 1
        response, _ = fetch(url)
        assert response.status == 302
        ends.add(response.headers["Location"])
    assert ends == {portal.stored(row)}


def test_three_files_of_different_reports_have_one_name(base: str, clock: Clock) -> None:
    names = [portal.file_name(row) for row in FILED]
    assert (len(names), names.count("附件.docx"), len(set(names))) == (7, 3, 5)
    contents = set()
    for row in FILED:
        clock.now += 1
        response, _ = fetch(download(base, row))
        assert response.headers["Location"].endswith(".docx")
        contents.add(hashlib.sha256(fetch(urljoin(base, response.headers["Location"]))[1]).digest())
    assert len(contents) == 7


def test_a_token_is_good_for_60_seconds_and_for_one_night(demo: DemoServer, base: str, clock: Clock) -> None:
    url = download(base, FILED[0])
    clock.now += 60
    assert fetch(url)[0].status == 302
    clock.now += 1
    assert fetch(url)[0].status == 403
    assert fetch(url.replace("fileUrl=", "fileUrl=x"))[0].status == 403
    fresh = download(base, FILED[0])
    demo.set_night(2)
    assert fetch(fresh)[0].status == 403


def test_the_third_fast_download_has_to_wait(base: str, clock: Clock) -> None:
    urls = [download(base, row) for row in FILED[:3]]
    assert [fetch(url)[0].status for url in urls[:2]] == [302, 302]
    for _ in range(2):
        response, _ = fetch(urls[2])
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
    clock.now += int(response.headers["Retry-After"])
    assert fetch(urls[2])[0].status == 302


def test_every_report_reads_as_planted_also_behind_the_gateway(base: str, clock: Clock) -> None:
    behind = 0
    for row in portal.ROWS:
        if row.entry is None:
            continue
        url, (response, body) = base + row.path, fetch(base + row.path)
        if portal.file_name(row):
            clock.now += 1
            behind += 1
            url = urljoin(base, fetch(download(base, row))[0].headers["Location"])
            response, body = fetch(url)
        assert response.status == 200
        reading = read_report(
            Payload(body), Hints(url=url, media_type=response.headers["Content-Type"], title=row.title)
        )
        shown = {f.indicator: None if f.status is Status.BLANK else f.raw for f in reading.figures}
        assert (reading.agency, reading.year) == (row.entry.agency, row.entry.year)
        assert shown == printed(row.entry, 1), row.title
    assert behind == 7


def test_the_portal_file_is_in_order(demo: DemoServer, tmp_path: Path) -> None:
    [path] = portal_files(demo.port, tmp_path, (portal.PORTAL,))
    loaded = portals.load(path, profile="test")
    assert [column.url for column in loaded.columns] == [demo.bases[portal.ID] + portal.COLUMN]
    assert loaded.expect.reports == len(portal.truth(1).documents)
