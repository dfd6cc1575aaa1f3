"""TRS WCM: a column is a directory, its pages `index.html`, `index_1.html` …, its links `./202401/t20240118_1.html`.

Quirks: portals.md §3.1.
"""

import re
from itertools import zip_longest
from urllib.parse import urljoin, urlsplit

from archive.portals import Override
from crawler.families import listing
from crawler.families.dates import find_date
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.rows import ListRow, distinct, find_rows, fold, is_title
from crawler.families.signal import shown
from crawler.urls import join

STUB_BYTES = 600  # a page shorter than this is what TRS leaves where a list once was longer

# createPageHTML(25, 0, "index", "shtml"): pages, current from 0, name, extension. A quoted first argument is CMSPro's.
_CREATE_PAGE = re.compile(
    r"createPageHTML\(\s*(\d+)\s*,\s*\d+\s*,\s*([\"'])([\w-]+)\2\s*,\s*([\"'])(\w+)\4", re.IGNORECASE
)
_COUNT_PAGE = re.compile(r"\bcountPage\s*=\s*[\"']?(\d+)")
_ARTICLE = re.compile(r"href\s*=\s*[\"']?[^\"'\s>]*\bt\d{8}_\d+\.(s?html?)", re.IGNORECASE)
_WRITTEN_EXTENSION = re.compile(r"\+\s*[\"']\.(s?html?)\b", re.IGNORECASE)  # "index_" + next + ".shtml"
_SCRIPT = re.compile(r"<script\b[^>]*>([^<]*(?:<(?!/?script\b)[^<]*)*)", re.IGNORECASE)
_SCRIPT_URL = re.compile(r"\burl\s*=\s*([\"'])([^\"'\s]*\bt\d{8}_\d+\.s?html?)\1", re.IGNORECASE)
_SCRIPT_TITLE = re.compile(r"\btitle\s*=\s*([\"'])(.*?)\1\s*[;,\n]", re.IGNORECASE | re.DOTALL)


def read(asked: Asked) -> ListPage:
    """Gives what a list page holds."""
    following = next_page(asked.text, asked.url, asked.number, asked.override)
    return ListPage(
        tuple(rows(asked.text, asked.url, asked.override)),
        Ask(following) if following else None,
        total_pages=total_pages(asked.text),
    )


def rows(html: str, url: str, override: Override) -> list[ListRow]:
    """Gives the rows of a list page, also those that an inline script writes."""
    if override.item:
        return find_rows(html, url, override)
    written = [row for script in _SCRIPT.findall(html) for row in _written(script, url)]
    return written or find_rows(html, url, override)


def next_page(html: str, url: str, number: int, override: Override) -> str | None:
    """Gives the address of the page after the one in hand, which is the `number`th, from 1."""
    if len(html.encode()) < STUB_BYTES:
        return None
    total = None if override.next else total_pages(html)
    if total is None:
        return listing.next_page(html, url, number, override)
    if number >= total:
        return None
    found = _CREATE_PAGE.search(html)
    name, extension = (found[3], found[5]) if found else ("index", _extension(html, url))
    return urljoin(url, f"{name}_{number}.{extension}")


def total_pages(html: str) -> int | None:
    """Gives how many list pages the page's script counts; an empty column counts 0."""
    found = _CREATE_PAGE.search(html) or _COUNT_PAGE.search(html)
    return int(found[1]) if found else None


def detect(html: str) -> str | None:
    """Gives where the page counts its pages or names its articles as TRS does."""
    return shown(_CREATE_PAGE.search(html) or _COUNT_PAGE.search(html) or _ARTICLE.search(html))


def _written(script: str, url: str) -> list[ListRow]:
    """Gives rows of `url = "./202602/t….shtml"; title="…"; document.writeln("2026-02-14 17:32")`."""
    starts = list(_SCRIPT_URL.finditer(script))
    written = []
    for found, following in zip_longest(starts, starts[1:]):
        rest = script[found.end() : following.start() if following else None]
        title, target = _SCRIPT_TITLE.search(rest), join(url, found[2])
        if title and target and is_title(title[2]):
            written.append(ListRow(target, fold(title[2]), find_date(rest[title.end() :])))
    return distinct(written)


def _extension(html: str, url: str) -> str:
    """Gives the list pages' extension: of the page in hand, else as its script or its articles have it, else html."""
    found = re.search(r"\.(s?html?)$", urlsplit(url).path) or _WRITTEN_EXTENSION.search(html) or _ARTICLE.search(html)
    return found[1] if found else "html"
