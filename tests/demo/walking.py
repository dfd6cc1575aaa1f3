"""Walks a served demo portal with the family functions, as a crawl does but without one."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.model import Hints, Payload, Reading, Status
from archive.pages import links_of
from archive.read import read
from crawler.attachments import file_links
from crawler.demo.layout import Figures
from crawler.demo.server import DemoServer
from crawler.families import FAMILIES, Ask, Asked, ListPage, ListRow, choose
from crawler.recognise import classify
from crawler.urls import canonical
from tests.demo.client import fetch

MOST_PAGES = 100


@dataclass
class Walk:
    """What a walk found: list pages by address, rows in their order."""

    pages: dict[str, ListPage] = field(default_factory=dict)
    rows: list[ListRow] = field(default_factory=list)
    families: set[str] = field(default_factory=set)

    @property
    def reports(self) -> list[ListRow]:
        """Gives the rows that are or may be reports."""
        return [row for row in self.rows if classify(row.title).kind != "noise"]


def walk(urls: Iterable[str], family: str = "auto") -> Walk:
    """Gives what the lists at the addresses hold, and all lists that they lead to; pages that 404 end a list."""
    found = Walk()
    queue: list[tuple[Ask, int, str]] = [(Ask(url), 1, "") for url in urls]
    for ask, number, known in queue:
        if canonical(ask.url) in found.pages:
            continue
        response, body = fetch(ask.url)
        assert response.status == 200, ask.url
        text = body.decode()
        name = known or choose(family, text)
        page = FAMILIES[name].read(Asked(text, ask.url, number, ask.form))
        found.families.add(name)
        found.pages[canonical(ask.url)] = page
        found.rows += page.rows
        queue += [(ask, 1, name) for ask in page.lists]
        queue += [(page.next, number + 1, name)] if page.next else []
        assert len(queue) < MOST_PAGES
    return found


def readings(demo: DemoServer, row: ListRow) -> list[Reading]:
    """Gives the report of a row: of its page, or of the files that the page or the row leads to."""
    response, body = fetch(row.url)
    assert response.status == 200, row.url
    hints = Hints(url=row.url, media_type="text/html", title=row.title)
    links = [link.url for link in file_links(links_of(Payload(body), hints))]
    payloads = [(body, hints)]
    for url in dict.fromkeys((*links, *(url for url, _ in row.files))):
        answer, data = fetch(url, referer=row.url)
        assert answer.status == 200, url
        payloads.append((data, Hints(url=url, title=row.title)))
    found = [read(Payload(data), claims) for data, claims in payloads]
    return [reading for reading in found if reading.figures]


def shown(reading: Reading) -> Figures:
    """Gives the printed string of every cell, None for a blank."""
    return {f.indicator: None if f.status is Status.BLANK else f.raw for f in reading.figures}
