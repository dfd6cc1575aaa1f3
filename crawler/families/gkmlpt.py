"""gkmlpt (广东政府信息公开目录平台): a page that only frames the list, and the list as JSON, 100 rows a page.

The page, the offset, the total and the column must agree, else the column counts as not fully read. Fields and their
meaning: portals.md §3.5.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from archive.errors import PortalError
from crawler.families.json_answer import day, is_json, parsed, whole
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.query import parameter, query_of, with_query
from crawler.families.rows import ListRow, distinct, fold
from crawler.families.signal import shown
from crawler.urls import join

PAGE = 100  # rows of a full page; the site shows them as five pages of 20

_CONFIG = re.compile(r"\b_CONFIG\s*=\s*\{")
_SID = re.compile(r"\bSID[\"']?\s*[:=]\s*[\"']?(\d+)")
_TREE = re.compile(r"\bTREE[\"']?\s*[:=]\s*(?=\[)")
_API = "/gkmlpt/api/"
_COLUMN = re.compile(r"/gkmlpt/api/[a-z]+/(\d+)$")
_REPORTS = re.compile(r"年报|年度报告")


def read(asked: Asked) -> ListPage:
    """Gives what a list page holds: the addresses of the lists of the framing page, or the rows of an answer.

    Raises PortalError where the page names no column of annual reports or the answer is none.
    """
    if is_json(asked.text):
        return _answer(parsed(asked.text), asked.url)
    return ListPage((), lists=_lists(asked.text, asked.url))


def detect(html: str) -> str | None:
    """Gives what shows that the page is the platform's, or an answer of it."""
    if is_json(html):
        return "classify and articles" if '"classify"' in html and '"articles"' in html else None
    return (shown(_CONFIG.search(html)) and shown(_SID.search(html))) or (_API if _API in html else None)


def _lists(html: str, url: str) -> tuple[Ask, ...]:
    """Gives the list that the address names behind `#`, else those of every column whose name says 年报."""
    sid = _SID.search(html)
    if not sid:
        raise PortalError(
            "the page of gkmlpt names no SID; give the column's url as /gkmlpt/api/all/<column>?page=1&sid=<SID>"
        )
    named = re.fullmatch(r"\d+", urlsplit(url).fragment)
    columns = [int(named[0])] if named else list(dict.fromkeys(_columns(html)))
    if not columns:
        raise PortalError("no column of the gkmlpt tree is named 年报; give the column's url with #<column>")
    root = urljoin(url, urlsplit(url).path.partition("/gkmlpt")[0] or "/").rstrip("/")
    return tuple(Ask(f"{root}/gkmlpt/api/all/{column}?page=1&sid={sid[1]}") for column in columns)


def _columns(html: str) -> Iterator[int]:
    """Gives the columns of the tree that are named 年报, and those below them."""
    found = _TREE.search(html)
    if not found:
        return
    try:
        tree = json.JSONDecoder().raw_decode(html, found.end())[0]
    except (ValueError, RecursionError):
        raise PortalError("the TREE of gkmlpt is no JSON") from None
    waiting: list[tuple[Any, bool]] = [(node, False) for node in reversed(tree)]
    while waiting:
        node, below = waiting.pop()
        if not isinstance(node, dict):
            continue
        wanted = below or bool(_REPORTS.search(str(node.get("name", ""))))
        if wanted and (number := whole(node.get("id"))) is not None:
            yield number
        children = node.get("children")
        waiting += [(child, wanted) for child in reversed(children if isinstance(children, list) else [])]


def _answer(answer: Any, url: str) -> ListPage:
    if not isinstance(answer, dict) or not isinstance(articles := answer.get("articles"), list):
        raise PortalError("the answer of gkmlpt has no articles")
    column, total, offset = answer.get("classify"), whole(answer.get("total")), whole(answer.get("offset"))
    if not isinstance(column, dict) or total is None or offset is None:
        raise PortalError("the answer of gkmlpt lacks classify, total or offset")
    if trouble := _other_column(column, url):
        return ListPage((), total_rows=total, trouble=trouble)
    found = [row for article in articles if (row := _row(article, url))]
    rows = tuple(distinct(found))
    pages = -(-total // PAGE)
    trouble = _disagreement(column, articles, url, total, offset)
    if len(found) < len(articles) and not trouble:
        trouble = f"{len(articles) - len(found)} of {len(articles)} rows have no title or no address"
    if trouble:
        return ListPage(rows, total_rows=total, total_pages=pages, trouble=trouble)
    onward = Ask(with_query(url, "page", _page(url) + 1)) if offset + len(articles) < total else None
    return ListPage(rows, onward, total_rows=total, total_pages=pages)


def _other_column(column: dict[str, Any], url: str) -> str | None:
    asked = _COLUMN.search(urlsplit(url).path)
    if asked and whole(column.get("id")) != int(asked[1]):
        return f"column {asked[1]} was asked for, column {column.get('id')!r} answered"
    if column.get("jump_url"):
        return f"column {column.get('id')} leads elsewhere: {column['jump_url']}"
    return None


def _disagreement(column: dict[str, Any], articles: list[Any], url: str, total: int, offset: int) -> str | None:
    page = _page(url)
    if offset != (page - 1) * PAGE:
        return f"page {page} was asked for, the answer begins at row {offset}"
    if len(articles) != max(0, min(PAGE, total - offset)):
        return f"{len(articles)} rows from row {offset} on do not agree with a total of {total}"
    for article in articles:
        of, name = (
            (article.get("classify_main"), article.get("classify_main_name")) if isinstance(article, dict) else (0, "")
        )
        if name and of == column.get("id") and name != column.get("name"):
            return f"column {of} is named {column.get('name')!r} and {name!r}"
    return None


def _row(article: object, url: str) -> ListRow | None:
    """Gives a row; `create_time` is the day of publication, `date` that of writing. `type: "url"` leads elsewhere."""
    if not isinstance(article, dict):
        return None
    title, target = article.get("title"), article.get("url") or article.get("post_url")
    address = join(url, target) if isinstance(target, str) else None
    if not isinstance(title, str) or not fold(title) or not address:
        return None
    return ListRow(address, fold(title), day(article.get("create_time")) or day(article.get("display_publish_time")))


def _page(url: str) -> int:
    return whole(parameter(query_of(url), "page")) or 1
