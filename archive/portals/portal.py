"""A portal as its file describes it, key by key as in docs/add-a-portal.md."""

import re
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

ROLES = ("annual-report", "index-of-columns")
FROM_TITLE = "from-title"
YEARS = re.compile(r"(\d{4})(-(\d{4})?)?")
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # China Standard Time, which knows no summer time


@dataclass(frozen=True, slots=True)
class Politeness:
    """How gently a portal is asked; times in seconds, the window in China Standard Time."""

    delay: float = 4.0
    jitter: float = 0.5  # part of the delay by which it varies to both sides
    nightly_requests: int = 150
    timeout: float = 30.0
    window: str | None = None  # "01:00-05:30"; None: at any hour


@dataclass(frozen=True, slots=True)
class Identify:
    """Regular expressions over titles without spaces, beside the built-in rules; `exclude` wins."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expect:
    """What a complete crawl finds; fewer is told as incomplete."""

    reports: int | None = None
    min_items: int = 1


@dataclass(frozen=True, slots=True)
class Override:
    """CSS selectors for pages that the family misreads; `@name` at the end takes an attribute, not the text."""

    item: str | None = None  # one list row
    link: str | None = None  # inside the row: the link, "a" unless told
    title: str | None = None  # inside the row
    date: str | None = None  # inside the row
    next: str | None = None  # the link to the next list page
    article: str | None = None  # the report's text on its page
    attachments: str | None = None  # links to files on the report's page


@dataclass(frozen=True, slots=True)
class Expand:
    """Which lists hang below the column's page: folders of years, lists of agencies, frames. They are lists as well."""

    follow: tuple[str, ...] = ()
    depth: int = 1  # how many steps below the column's page
    text: str | None = None  # a regular expression over the links' text, in place of the built-in ones


@dataclass(frozen=True, slots=True)
class Fields:
    """Where a row of an API has what a list row shows."""

    url: str
    title: str
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """The JSON API from which a page's script draws the list, as the portal file declares it.

    Paths name what lies deeper with dots: `data.results`, `0.total`; an empty one is the whole answer. A field is such
    a path inside a row, or a pattern with paths in braces: `/show/{id}.html`.
    """

    url: str
    rows: str  # path to the array
    fields: Fields
    method: str = "GET"
    body: str = ""  # of a POST: a form, urlencoded, or JSON
    page_param: str | None = None  # of the body (a path, where that is JSON) or the address; None: one page only
    page_start: int = 1
    page_size: int | None = None  # rows of a full page, where that is known; else the list ends with an empty page
    total: str | None = None  # path to the number of rows of the whole list


@dataclass(frozen=True, slots=True)
class Column:
    """One column (栏目) of a portal that lists reports."""

    key: str
    url: str
    role: str = ROLES[0]
    family: str = "auto"
    agency: str = FROM_TITLE  # or the one agency whose reports stand here
    years: str = "2008-"  # "2008-", "2019-2023" or "2020": report years wanted
    max_pages: int = 60
    expand: Expand = Expand()
    override: Override = Override()
    api: Api | None = None

    @property
    def fixed_agency(self) -> str | None:
        """Gives the agency that the column fixes, None where each title names its own."""
        return None if self.agency == FROM_TITLE else self.agency

    def covers(self, year: int) -> bool:
        """Gives whether a report year is wanted from this column."""
        found = YEARS.fullmatch(self.years)
        assert found  # load() let no other through
        first, dash, last = int(found[1]), found[2], found[3]
        return first <= year <= (int(last) if last else 9999 if dash else first)


@dataclass(frozen=True, slots=True)
class Portal:
    """One government site as its portal file describes it."""

    schema: int
    id: str
    name: str
    division: str  # GB/T 2260, six digits
    base: str
    hosts: tuple[str, ...]  # host or host:port, the only ones asked for pages
    status: str
    path: Path
    attachment_hosts: tuple[str, ...] = ()  # further ones, for files only
    politeness: Politeness = Politeness()
    identify: Identify = Identify()
    expect: Expect = Expect()
    columns: tuple[Column, ...] = field(default=(), metadata={"key": "column"})


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """Gives a URL's host as `hosts` writes it: lower case, `:port` only where it is not the scheme's own.

    Raises ValueError for a port that is no port.
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".")
    name = f"[{name}]" if ":" in name else name
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return name if parts.port in (None, default) else f"{name}:{parts.port}"


def selector(text: str) -> tuple[str, str | None]:
    """Gives the CSS selector and the attribute, if one is named, of an override such as `a@title`."""
    css, at, attribute = text.rpartition("@")
    return (css, attribute) if at and re.fullmatch(r"[\w-]+", attribute) else (text, None)
