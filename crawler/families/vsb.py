"""VSB 博达: a column is `xxgknb.htm`, the pages after it `xxgknb/12.htm` down to `xxgknb/1.htm`, the oldest.

So an older page keeps its address when rows are added, and the number of the page after the first is the highest.
Dynamic columns (`list.jsp?urltype=tree.TreeTempUrl`) count upwards in their query. Quirks: portals.md §3.7.
"""

import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser

from archive.portals import Override
from crawler.families import listing
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.query import query_of
from crawler.families.rows import find_rows
from crawler.families.signal import shown
from crawler.urls import join

_DETECT = re.compile(
    r"id\s*=\s*[\"']?(?:line_u\d|vsb_content)|_simple_list_gotopage_fun|/system/resource/(?:js|css)/|/system/_content/"
    r"|class\s*=\s*[\"']p_pages[\"']"
)
_GOTO = re.compile(r"_simple_list_gotopage_fun\(\s*(\d{1,6})\s*,\s*(?:&quot;|&#39;|[\"'])(?:u(\d+)_)?")
_COUNTED = re.compile(r"(?:^|&)a\d*t=(\d{1,6})(?:&|$)")  # a3t=13&a3p=2&a3c=10: pages, page, rows of a page
_ROWS = re.compile(r"共\s*(\d{1,6})\s*条")
_PAGER = '.p_t, .pb_sys_common, [id^="fanye"]'
_LINE = re.compile(r"id\s*=\s*[\"']?line_u(\d{1,9})_")
_ARTICLE = 'a[href*="info/"]'  # a link before it may name the column
_PAGE = re.compile(r"/(\d{1,5})(\.html?)$")


def read(asked: Asked) -> ListPage:
    """Gives what a list page holds."""
    text, url, override = asked.text, asked.url, asked.override
    numbered = None if override.next else next_page(text, url, asked.number)
    tree = LexborHTMLParser(text)
    counted = _ROWS.search(" ".join(node.text(separator=" ") for node in tree.css(_PAGER)))
    return ListPage(
        tuple(find_rows(text, url, override if override.item else _unit(text, tree))),
        Ask(numbered) if numbered else listing.following(asked),
        total_rows=int(counted[1]) if counted else None,
        total_pages=total_pages(text, url, asked.number),
    )


def detect(html: str) -> str | None:
    """Gives what shows that the page is made by VSB."""
    return shown(_DETECT.search(html))


def next_page(html: str, url: str, number: int) -> str | None:
    """Gives the next page by its number: one less than the page in hand, after the first the highest linked.

    None where the pages of the column have no numbers, or this is the last.
    """
    page = _PAGE.search(_bare(url))
    if page and number > 1:  # a column may be named 2023.htm
        before = int(page[1]) - 1
        return f"{_bare(url)[: page.start()]}/{before}{page[2]}" if before else None
    linked = _linked(html, url)
    return linked[max(linked)] if linked else None


def total_pages(html: str, url: str, number: int) -> int | None:
    """Gives how many list pages there are; an older page may tell the count of the day that it was written."""
    page = _PAGE.search(_bare(url))
    if page and number > 1:
        return int(page[1]) + number - 1
    if found := _GOTO.search(html) or _COUNTED.search(query_of(url)):
        return int(found[1])
    linked = _linked(html, url)
    return max(linked) + 1 if linked else listing.total_pages(html)


def _bare(url: str) -> str:
    return re.sub(r"[?#].*", "", url, flags=re.DOTALL)


def _linked(html: str, url: str) -> dict[int, str]:
    """Gives the numbered pages of the column that its first page links to."""
    column = re.sub(r"\.html?$", "", _bare(url))
    links = (join(url, link.attributes.get("href") or "") for link in LexborHTMLParser(html).css("a[href]"))
    pages = (_PAGE.search(link) for link in links if link and link.startswith(column + "/"))
    return {int(page[1]): page.string for page in pages if page and page.string == column + page[0]}


def _unit(html: str, tree: LexborHTMLParser) -> Override:
    """Gives the selectors of the rows of the unit that the pager turns, of the longest where no pager names one."""
    units = Counter(found[1] for found in _LINE.finditer(html))
    if not units:
        return Override()
    turned = next((found[2] for found in _GOTO.finditer(html) if found[2] in units), None)
    item = f'[id^="line_u{turned or units.most_common(1)[0][0]}_"]'
    named = all(row.css_first(_ARTICLE) for row in tree.css(item))
    return Override(item=item, link=_ARTICLE if named else None)
