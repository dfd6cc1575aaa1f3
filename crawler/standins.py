"""Pages in place of what was asked for, answered as if they were it (soft 404): the list, the home page, an error page.

Two pages are one page where they print the same lines, numbers left aside: clocks and counters differ every time. What
a site says of an address that cannot exist is asked for once a night, and only where a page looks strange (portals.md
§10.2).
"""

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from urllib.parse import urlsplit

from archive.sections import confirm, heads_sections, squeeze
from crawler.text import visible_text

ALIKE = 0.8  # of the lines of both
DIGITS = re.compile(r"\d+")
ERROR = re.compile(r"404|页面不存在|已删除|找不到|无法访问|出错|错误页面")
SHORT = 2_000  # characters of an error page
SECTIONS = 2
PART = 12  # signs of a title by which a page shows that it is the page of that title

Lines = frozenset[str]


class StandIn(Enum):
    """What stands in place of a page: a list, as sites answer who asks too fast, or what they say of dead addresses."""

    LIST = auto()
    ERROR = auto()


class StandIns:
    """What a portal shows that is no report: its lists of this crawl, and its error pages, asked for with `ask`."""

    def __init__(self, ask: Callable[[str], Awaitable[str]]) -> None:
        self._ask = ask
        self._lists: list[Lines] = []
        self._errors: dict[str, asyncio.Task[Lines]] = {}

    def add_list(self, html: str) -> None:
        """Remembers a list page."""
        self._lists.append(lines_of(visible_text(html)))

    async def find(self, html: str, url: str, title: str | None) -> StandIn | None:
        """Gives what a page is in place of the one that its list row announced, None where it may be that one."""
        if heads_sections(html, SECTIONS):
            return None
        text = visible_text(html)
        if confirm(text).sections >= SECTIONS:
            return None
        own = lines_of(text)
        if any(alike(own, page) for page in self._lists):
            return StandIn.LIST
        if shows(text, title):
            return None
        return StandIn.ERROR if alike(own, await self._error_page(url)) else None

    async def _error_page(self, url: str) -> Lines:
        """Gives what the host of a URL says of an address that cannot exist."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._errors:
            self._errors[host] = asyncio.ensure_future(self._probed(f"{host}/{uuid.uuid4().hex}.html"))
        return await asyncio.shield(self._errors[host])

    async def _probed(self, url: str) -> Lines:
        return lines_of(visible_text(await self._ask(url)))


def lines_of(text: str) -> Lines:
    """Gives what a page prints, line by line, without numbers."""
    return frozenset(line for said in text.splitlines() if (line := DIGITS.sub("", squeeze(said))))


def alike(one: Lines, other: Lines) -> bool:
    """Tells whether two pages print the same."""
    return bool(one) and len(one & other) >= ALIKE * len(one | other)


def shows(text: str, title: str | None) -> bool:
    """Tells whether a page prints the title under which it was listed, and does not speak of an error."""
    if len(text) < SHORT and ERROR.search(text):
        return False
    name = squeeze(title or "")[:PART]
    return bool(name) and name in squeeze(text)
