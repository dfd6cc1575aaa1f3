"""A client that goes through a served demo portal as the spider does: redirects, cookies, Referer, forms."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from archive.model import Hints, Payload, Reading
from archive.pages import links_of, text_of
from archive.portals import Api
from archive.read import read_all
from crawler.attachments import file_links
from crawler.demo.layout import Figures
from crawler.demo.portal import DemoPortal
from crawler.demo.report import printed
from crawler.demo.ten.planted import Row
from crawler.families import FAMILIES, Ask, Asked, ListPage, ListRow, choose
from crawler.recognise import classify
from crawler.urls import posted
from tests.demo.client import fetch
from tests.demo.walking import shown

MOST = 20


@dataclass
class Answer:
    """What an address answered in the end."""

    url: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    asked: str  # the address that was asked for first

    @property
    def hints(self) -> Hints:
        """Gives what the answer claims of its body."""
        media, _, rest = (self.headers["Content-Type"] or "").partition(";")
        return Hints(url=self.url, media_type=media, charset=rest.partition("charset=")[2] or None)

    @property
    def text(self) -> str:
        """Gives the body decoded as the archive decodes it."""
        return text_of(Payload(self.body), self.hints)


@dataclass
class Browser:
    """Keeps cookies."""

    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, url: str, form: str | None = None, referer: str = "") -> Answer:
        """Gives the answer after at most five redirects; a redirected form is not posted again."""
        asked = url
        for _ in range(6):
            response, body = self._once(url, form, referer)
            if response.status not in (301, 302):
                return Answer(url, response.status, response.headers, body, asked)
            url, form = urljoin(url, response.headers["Location"]), None
        raise AssertionError(f"too many redirects: {asked}")

    def _once(self, url: str, form: str | None, referer: str) -> tuple[http.client.HTTPResponse, bytes]:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response, body = fetch(url, form=form, referer=referer, headers={"Cookie": kept} if kept else {})
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response, body


@dataclass
class Tour:
    """The list pages of a column in the order they were asked for, and the families that read them."""

    pages: list[ListPage] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    families: set[str] = field(default_factory=set)

    @property
    def rows(self) -> list[ListRow]:
        """Gives the rows of all pages."""
        return [row for page in self.pages for row in page.rows]

    @property
    def reports(self) -> list[ListRow]:
        """Gives the rows that are or may be reports."""
        return [row for row in self.rows if classify(row.title).kind != "noise"]

    @property
    def trouble(self) -> list[str]:
        """Gives what contradicts itself."""
        return [page.trouble for page in self.pages if page.trouble]


def tour(browser: Browser, url: str, family: str = "auto", api: Api | None = None) -> Tour:
    """Gives all pages of a list and of the lists that it leads to."""
    found, seen = Tour(), set()
    queue: list[tuple[Ask, int, str, str]] = [(Ask(url), 1, "", "")]
    for ask, number, known, via in queue:
        if posted(ask.url, ask.form) in seen:
            continue
        seen.add(posted(ask.url, ask.form))
        answer = browser.open(ask.url, ask.form, via)
        assert answer.status == 200, ask.url
        name = known or choose(family, answer.text)
        page = FAMILIES[name].read(Asked(answer.text, answer.url, number, ask.form, api=api))
        found.pages.append(page)
        found.urls.append(answer.url)
        found.families.add(name)
        queue += [(each, 1, name, answer.url) for each in page.lists]
        queue += [(page.next, number + 1, name, answer.url)] if page.next else []
        assert len(queue) < MOST
    return found


def readings(browser: Browser, row: ListRow) -> list[Reading]:
    """Gives the reports of a row: of its page and of the files that the page leads to."""
    page = browser.open(row.url)
    assert page.status == 200, row.url
    payloads = [(page.body, page.hints)]
    for link in file_links(links_of(Payload(page.body), page.hints)):
        file = browser.open(link.url, referer=page.url)
        assert file.status == 200, link.url
        payloads.append((file.body, Hints(url=file.url, title=link.text)))
    found = [reading for body, hints in payloads for reading in read_all(Payload(body), hints)]
    return [reading for reading in found if reading.figures]


def planted(rows: tuple[Row, ...], base: str) -> Mapping[str, Row]:
    """Gives the planted reports by address."""
    return {base + row.path: row for row in rows if row.entry}


def assert_reads_as_planted(reading: Reading, row: Row, night: int = 1) -> None:
    """The reading is of the row's report, cell by cell."""
    assert row.entry
    assert (reading.agency, reading.year) == (row.entry.agency, row.entry.year)
    figures: Figures = printed(row.entry, night)
    assert shown(reading) == figures


def addressed(portal: DemoPortal, number: int) -> bool:
    """Tells whether a portal lives where its number says."""
    return portal.address == f"127.0.0.{20 + number}"
