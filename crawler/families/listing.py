"""Generic lists: rows in the page, a pager made of links (下一页, 2, 3 …)."""

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.portals import Override, selector
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.rows import ListRow, find_rows, fold
from crawler.urls import canonical, join

_NEXT = re.compile(r"[\[【<]?(下一?[页頁])[\]】>»]*|[>»]|next(page)?", re.IGNORECASE)
_LAST = re.compile(r"[\[【]?(尾页|末页|最后一?页)[\]】>»]*", re.IGNORECASE)
_PAGES = re.compile(
    r"共\s*(\d+)\s*页|页次\s*[:：]?\s*\d+\s*/\s*(\d+)|第\s*\d+\s*/\s*(\d+)\s*页|(?<![\d/])\d+\s*/\s*(\d+)\s*页(?!次)|总页数\s*[:：]\s*(\d+)"
)
# The number of a page in its address: xxgk-list-nb-2.html · list_2.shtml · /2.html · ?page=2
_NUMBER = re.compile(
    r"(?:[-_/](\d{1,3})\.(?:s?html?|jspx?|aspx?|php))|[?&]\w*(?:page|p|pn)\w*=(\d{1,3})\b", re.IGNORECASE
)


def read(asked: Asked) -> ListPage:
    """Gives what a list page holds."""
    found = tuple(rows(asked.text, asked.url, asked.override))
    return ListPage(found, following(asked), total_pages=total_pages(asked.text))


def following(asked: Asked) -> Ask | None:
    """Gives the page after the one in hand by a link to it, None where no link leads on."""
    onward = next_page(asked.text, asked.url, asked.number, asked.override)
    return Ask(onward) if onward else None


def rows(html: str, url: str, override: Override) -> list[ListRow]:
    """Gives the rows of a list page."""
    return find_rows(html, url, override)


def next_page(html: str, url: str, number: int, override: Override) -> str | None:
    """Gives the address of the page after the one in hand, which is the `number`th, from 1.

    None where no link leads on; a pager of `javascript:` links gives None too, so compare with `total_pages`.
    """
    tree = LexborHTMLParser(html)
    if override.next:
        css, attribute = selector(override.next)
        targets = (_target(link, url, attribute or "href") for link in tree.css(css))
        return _onward(filter(None, targets), url)
    links = [(_text(link), target) for link in tree.css("a[href]") if (target := _target(link, url))]
    onward = [target for text, target in links if _NEXT.fullmatch(text.replace(" ", ""))]
    if not onward:  # a pager of bare numbers; elsewhere in the page a number may mean anything
        here = url.rpartition("/")[0]
        numbered = (target for text, target in links if text.strip("[]【】 ") == str(number + 1))
        onward = [target for target in numbered if target.startswith(here)]
    return _onward(onward, url)


def total_pages(html: str) -> int | None:
    """Gives how many list pages the site says there are: 共3页, 1/3页, or the number in the address of 尾页."""
    tree = LexborHTMLParser(html)
    if tree.body and (found := _PAGES.search(tree.body.text(separator=" "))):
        return int(next(filter(None, found.groups())))
    for link in tree.css("a[href]"):
        number = _NUMBER.search(link.attributes.get("href") or "")
        if number and _LAST.fullmatch(_text(link)):
            last = int(number[1] or number[2])
            return last if last > 1 else None  # where pages count downwards the last is 1
    return None


def detect(html: str) -> str | None:
    """Gives how many rows stand in the page's own source, None where none does."""
    found = find_rows(html, "http://host/", Override())
    return f"{len(found)} rows in the page" if found else None


def _text(link: LexborNode) -> str:
    return fold(link.text()) or fold(link.attributes.get("title") or "")


def _target(link: LexborNode, url: str, attribute: str = "href") -> str | None:
    return join(url, link.attributes.get(attribute) or "")


def _onward(targets: Iterable[str], url: str) -> str | None:
    """Gives the first address that is another page; on the last page 下一页 often leads to itself."""
    return next((target for target in targets if canonical(target) != canonical(url)), None)
