"""Lonsun 龙讯: `/public/column/31?type=3&pageIndex=2`, `/content/column/6791573?pageIndex=2`; pages count from 1.

The pager is a script, `Ls.pagination("#page_…", function…, {currPage: (0+1), pageCount: 3})`. Some lists are templates
that a script fills (`<?=el.link?>`): their rows are not in the page. Quirks: portals.md §3.6.
"""

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from archive.errors import PortalError
from crawler.families import listing
from crawler.families.json_answer import whole
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.query import parameter, query_of, with_query
from crawler.families.rows import TEMPLATE, find_rows
from crawler.families.signal import shown

_DETECT = re.compile(r"/(?:public|content)/column/\d|\bLs\.pagination\(|\bj-fontContent\b|[\"'/]OpennessContent/")
_PAGER = "Ls.pagination("
_PAGER_LENGTH = 3000  # characters in which a call of the pager ends
_COUNT = re.compile(r"\bpageCount[\"']?\s*:\s*[\"']?(\d{1,6})")
_CURRENT = re.compile(r"\bcurrPage[\"']?\s*:\s*\(?\s*(\d{1,6})\s*(?:\+\s*(\d{1,6}))?")
_ARTICLE = re.compile(r"/public/\d+/\d+\.html|/content/(?:detail|article)/|/show/")
_COLUMN = re.compile(r"/(?:public|content)/column/\d+$")


def read(asked: Asked) -> ListPage:
    """Gives what a list page holds. Raises PortalError where a script draws the list from an API."""
    text, url = asked.text, asked.url
    rows = tuple(find_rows(text, url, asked.override))
    if TEMPLATE.search(text) and not any(_ARTICLE.search(row.url) for row in rows) and (not rows or _drawn(text)):
        raise PortalError(
            "the list is drawn by a script from an API (needs_api); its rows are not in the page: "
            "declare the API with [column.api]"
        )
    total = _pages(text)
    return ListPage(rows, _next(asked, total), total_pages=total, trouble=_trouble(asked))


def detect(html: str) -> str | None:
    """Gives what shows that the page is made by Lonsun."""
    return shown(_DETECT.search(html))


def _drawn(html: str) -> bool:
    """Gives whether links of the page still wait for their script."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "noscript"])
    return any(TEMPLATE.search(f"{link.attributes.get('href')} {link.text()}") for link in tree.css("a[href]"))


def _pages(html: str) -> int | None:
    found = _COUNT.search(_pager(html))
    return int(found[1]) if found else listing.total_pages(html)


def _pager(html: str) -> str:
    """Gives the call of the pager, empty where there is none."""
    start = html.find(_PAGER)
    return html[start : start + _PAGER_LENGTH] if start >= 0 else ""


def _next(asked: Asked, total: int | None) -> Ask | None:
    if asked.override.next or total is None or not _COLUMN.search(urlsplit(asked.url).path):
        return listing.following(asked)
    page = _number(asked)
    return Ask(with_query(asked.url, "pageIndex", page + 1)) if page < total else None


def _number(asked: Asked) -> int:
    return whole(parameter(query_of(asked.url), "pageIndex")) or 1


def _trouble(asked: Asked) -> str | None:
    """Tells where the pager says that another page answered than was asked for."""
    found = _CURRENT.search(_pager(asked.text))
    shown = int(found[1]) + int(found[2] or 0) if found else None
    page = _number(asked)
    return f"page {page} was asked for, page {shown} answered" if shown not in (None, page) else None
