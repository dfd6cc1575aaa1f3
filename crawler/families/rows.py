"""The rows of a list page: by selectors where they are given, else the blocks of the page that repeat."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.portals import Override, selector
from crawler.families.dates import find_date
from crawler.urls import canonical, join

# Link texts that are never a title (portals.md §9)
FURNITURE = re.compile(
    r"(网站|返回)?首页|主页|更多|more|(上|下)一?[页頁篇]|尾页|末页|第一页|最后一页|返回(上级|列表|顶部)?|打印(本页)?"
    r"|关闭(窗口|本页)?|附件下载|下载|查看|详情|转到|跳转|[<>«»|.\-…\s]*\d{0,3}[<>«»|.\-…\s]*",
    re.IGNORECASE,
)
_ROW_TAGS = ("li", "tr", "dd", "dt")
_BULLETS = "·•●▪◆■□►▶»- "
TEMPLATE = re.compile(r"\{\{|<%=?|<\?=|%7B%7B|&lt;%=")  # what a page shows before its script has run
_MOST_LINKS_OF_A_ROW = 3  # title, category, attachment
_MOST_REPEATS = 12  # of links in a row, the same address again included: what holds more is no row
_REPORT = re.compile(r"信息公开.*(年报|报告)")
_YEAR = re.compile(r"20\d\d|二[〇○零OＯ]")
_ARTICLE_URL = re.compile(r"\d{4,}|[0-9a-f]{24,}")


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of a list page: where it leads, its title, the date it shows, and (address, name) of files it hands out."""

    url: str
    title: str
    date: date | None
    files: tuple[tuple[str, str], ...] = ()


def fold(text: str) -> str:
    """Gives the text with every run of white space as one space, none at the ends."""
    return " ".join(text.split())


def find_rows(html: str, url: str, override: Override) -> list[ListRow]:
    """Gives the rows of a page in its order, each address once."""
    tree = LexborHTMLParser(html)
    if override.item:
        return distinct(row for item in tree.css(override.item) if (row := _selected(item, url, override)))
    tree.strip_tags(["script", "style", "noscript"])
    blocks = _blocks(tree, url)
    if not blocks:
        return []
    best = max(blocks.values(), key=_score)
    kept = [block for block in blocks.values() if _kept(block, block is best)]
    return distinct(row for _, row in sorted((place, row) for block in kept for place, row in block.items()))


def distinct(rows: Iterable[ListRow]) -> list[ListRow]:
    """Gives the rows without those that lead where an earlier one does."""
    kept: dict[str, ListRow] = {}
    for row in rows:
        kept.setdefault(canonical(row.url), row)
    return list(kept.values())


def is_title(text: str) -> bool:
    """Gives whether a link's text can be a title: not empty, not a button of the page."""
    return not FURNITURE.fullmatch(unicodedata.normalize("NFKC", fold(text)).strip("[]【】<>«» "))


def _selected(item: LexborNode, url: str, override: Override) -> ListRow | None:
    css, attribute = selector(override.link or "a")
    link = item if item.tag == "a" and not override.link else item.css_first(css)
    target = join(url, link.attributes.get(attribute or "href") or "") if link else None
    if link is None or target is None:
        return None
    title = _value(item, override.title) if override.title else _title(link)
    shown = _value(item, override.date) if override.date else _text(item).replace(title, " ")
    return ListRow(target, title, find_date(shown)) if is_title(title) else None


def _value(item: LexborNode, override: str) -> str:
    css, attribute = selector(override)
    node = item.css_first(css)
    if node is None:
        return ""
    return fold(node.attributes.get(attribute) or "") if attribute else _text(node)


def _text(node: LexborNode) -> str:
    return fold(node.text(separator=" "))


def _title(link: LexborNode) -> str:
    """Gives `title` of a link, for its visible text is often cut short; the text where there is no attribute."""
    named = fold(link.attributes.get("title") or "")
    return (named if is_title(named) else fold(link.text())).lstrip(_BULLETS)


def _blocks(tree: LexborHTMLParser, url: str) -> dict[tuple[str, ...], dict[int, ListRow]]:
    """Gives rows by the shape of what holds them, each under its place in the page.

    A list is often cut into several `<ul>`, so that not one parent but equal chains of tags and classes make a block.
    """
    links = tree.css("a[href]")
    held, own = _held(links), canonical(url)
    places: dict[int, tuple[int, LexborNode, dict[str, str]]] = {}
    for place, link in enumerate(links):
        href = link.attributes.get("href") or ""
        target, title = join(url, href), _title(link)
        drawn_by_script = TEMPLATE.search(f"{href} {title}")
        if target and is_title(title) and not drawn_by_script and canonical(target) != own:
            row = _row_of(link, held)
            titles = places.setdefault(row.mem_id, (place, row, {}))[2]
            titles[target] = max(title, titles.get(target, ""), key=len)
    blocks: dict[tuple[str, ...], dict[int, ListRow]] = {}
    for place, row, titles in places.values():
        block = blocks.setdefault(tuple(_shape(row)), {})
        for nth, listed in enumerate(_listed(row, titles)):
            block[place + nth] = listed
    return blocks


def _listed(row: LexborNode, titles: dict[str, str]) -> list[ListRow]:
    """Gives what a row lists: its longest title, or each report where several stand side by side, then undated."""
    reports = [ListRow(url, title, None) for url, title in titles.items() if _shows_report(title)]
    if len(reports) > 1:
        return reports
    url, title = max(titles.items(), key=lambda link: (_shows_report(link[1]), len(link[1])))
    return [ListRow(url, title, find_date(_text(row).replace(title, " ")))]


def _held(links: Iterable[LexborNode]) -> dict[int, Counter[str]]:
    """Gives the addresses that each element around the links holds; of one that is too full for a row not all."""
    held: dict[int, Counter[str]] = {}
    for link in links:
        for node in _ancestors(link):
            addresses = held.setdefault(node.mem_id, Counter())
            if _too_full(addresses):
                break  # so is everything around it; without an end a page of deep nests would take minutes
            addresses[link.attributes.get("href") or ""] += 1
    return held


def _too_full(addresses: Counter[str]) -> bool:
    """Gives whether what holds these links lays out the page and is no row."""
    return len(addresses) > _MOST_LINKS_OF_A_ROW or addresses.total() > _MOST_REPEATS


def _row_of(link: LexborNode, held: dict[int, Counter[str]]) -> LexborNode:
    """Gives the element that is the link's row.

    That is the nearest list or table row, unless it holds so many links that it lays out the page; then the widest
    element that holds no other link.
    """
    alone = link
    for node in _ancestors(link):
        addresses = held[node.mem_id]
        if _too_full(addresses):
            break
        if node.tag in _ROW_TAGS:
            return node
        if len(addresses) == 1:
            alone = node
    return alone


def _ancestors(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None and parent.tag not in ("body", "html", "-undef"):
        yield parent
        parent = parent.parent


def _shape(row: LexborNode) -> Iterator[str]:
    yield row.tag or ""
    for _, node in zip(range(3), _ancestors(row), strict=False):
        names = sorted(re.sub(r"\d+", "", name) for name in (node.attributes.get("class") or "").split())
        yield f"{node.tag}.{'.'.join(names)}"


def _score(block: dict[int, ListRow]) -> int:
    return sum(
        5 * (row.date is not None) + 3 * _leads_to_an_article(row) + (len(row.title) > 9) for row in block.values()
    )


def _kept(block: dict[int, ListRow], is_best: bool) -> bool:
    """Gives whether a block lists articles: it names a report, or is the page's best and no menu."""
    if any(_shows_report(row.title) for row in block.values()):
        return True
    return is_best and any(row.date or _leads_to_an_article(row) for row in block.values())


def _leads_to_an_article(row: ListRow) -> bool:
    parts = urlsplit(row.url)
    return bool(_ARTICLE_URL.search(f"{parts.path}?{parts.query}"))


def _shows_report(title: str) -> bool:
    title = "".join(title.split())
    return bool(_REPORT.search(title) and _YEAR.search(title))
