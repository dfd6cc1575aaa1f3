"""Hanweb JPaaS (大汉): a column's page holds no rows but units (`unitbuild.js`), each of which an API builds as HTML.

Every unit of the page is asked for, for their names tell nothing: banners and menus answer as well and list no
article. A unit's own pager counts the rows (`<div class="pagination" pageNo="1" rows="15" count="931">`). The API
refuses who does not come from the column's page (Referer). Quirks: portals.md §3.3.
"""

import json
import re
from urllib.parse import urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser

from archive.errors import PortalError
from crawler.families.json_answer import is_json, parsed, whole
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.listing import total_pages
from crawler.families.query import parameter, query_of, with_query
from crawler.families.rows import ListRow, find_rows, fold
from crawler.families.signal import shown
from crawler.urls import join

PER_PAGE = 15  # where neither the pager nor the address says
MOST_UNITS = 20  # of one page
_LONGEST_QUERY = 4000

_SCRIPT = re.compile(r"\bunitbuild\.js\b", re.IGNORECASE)
_API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
# {'webId':'1','tagId':'信息列表'}: a literal of Python, JSON or plain JavaScript
_PAIR = re.compile(r"([\"']?)(\w{1,40})\1\s{0,9}:\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+))")
_PAGER = {
    name: re.compile(rf"(?<![\w-]){name}[\"']?\s{{0,9}}[=:]\s{{0,9}}[\"']?(\d{{1,9}})\b", re.IGNORECASE)
    for name in ("count", "rows", "pageNo")
}
_COUNTED = re.compile(r"共\s{0,9}(?:<\w+[^<>]{0,99}>)?\s{0,9}(\d{1,9})\s{0,9}(?:</\w+>)?\s{0,9}条")
_GOES_ON = re.compile(r"下一?页|尾页|末页|\bpagination\b|\btotalPages?\b", re.IGNORECASE)
_COLUMN = re.compile(r"/col/col\w+/?(?:index\.s?html?)?$")
_YEAR = re.compile(r"20\d\d")
_REPORTS = re.compile(r"年报|年度报告")


def detect(html: str) -> str | None:
    """Gives where the page leaves its lists to units of JPaaS."""
    return shown(_SCRIPT.search(html)) or (_API if _API in html else None)


def read(asked: Asked) -> ListPage:
    """Gives the units of a column's page as further lists, or what the answer for a unit holds.

    Raises PortalError where the page names no unit or the answer is none.
    """
    return _answer(asked) if is_json(asked.text) else ListPage(_static(asked), lists=_units(asked.text, asked.url))


def _static(asked: Asked) -> tuple[ListRow, ...]:
    """Gives the reports that stand in the page itself, as newer columns of some sites print them."""
    found = find_rows(asked.text, asked.url, asked.override)
    if asked.override.item:
        return tuple(found)
    return tuple(r for r in found if _REPORTS.search(r.title) and _YEAR.search(r.title) and not _is_column(r))


def _units(html: str, url: str) -> tuple[Ask, ...]:
    """Gives the calls that the page's own script makes, each once."""
    asks: dict[str, Ask] = {}
    for script in LexborHTMLParser(html).css("script[querydata]"):
        api = join(url, script.attributes.get("url") or _API)
        query = _pairs((script.attributes.get("querydata") or "")[:_LONGEST_QUERY])
        if api and query:
            target = f"{api}{'&' if urlsplit(api).query else '?'}{urlencode(query)}"
            asks.setdefault(target, Ask(target))
    if not asks:
        raise PortalError("the page names no unit of JPaaS (unitbuild.js without queryData)")
    if len(asks) > MOST_UNITS:
        raise PortalError(
            f"the page has {len(asks)} units of JPaaS, more than {MOST_UNITS}: name the column's own page"
        )
    return tuple(asks.values())


def _pairs(literal: str) -> dict[str, str]:
    return {pair[2]: pair[3] or pair[4] or pair[5] or "" for pair in _PAIR.finditer(literal)}


def _answer(asked: Asked) -> ListPage:
    answer = parsed(asked.text)
    data = answer.get("data") if isinstance(answer, dict) else None
    html = data.get("html") if isinstance(data, dict) else None
    if not isinstance(html, str):
        said = fold(str(answer.get("message") or answer.get("msg") or "")) if isinstance(answer, dict) else ""
        raise PortalError(f"the answer for the unit holds no html{f': {said[:60]}' if said else ''}")
    page, size = _page(asked.url)
    pager = _pager(html)
    rows = tuple(
        row
        for row in find_rows(html, asked.url, asked.override)
        if asked.override.item
        or row.date
        or _YEAR.search(row.title)
        or not _is_column(row)  # folders of years are rows
    )
    total, pages = pager["count"], total_pages(html)
    size = pager["rows"] or size or (len(rows) if page == 1 else 0) or PER_PAGE
    trouble = _other_page(page, pager["pageNo"]) or _miscounted(page, size, total, len(rows))
    if total is not None:
        goes_on = page * size < total
    else:
        goes_on = page < pages if pages is not None else bool(_GOES_ON.search(html))
    following = _turned(asked.url, page + 1, size) if goes_on and rows and not trouble else None
    return ListPage(rows, following, total_rows=total, total_pages=pages, trouble=trouble)


def _pager(html: str) -> dict[str, int | None]:
    """Gives what the unit's pager says: an element with `count`, the script that draws it, or 共31条."""
    pager = LexborHTMLParser(html).css_first("[count]")
    if pager is not None:
        return {name: whole(pager.attributes.get(name.lower())) for name in _PAGER}
    found = {name: pattern.search(html) for name, pattern in _PAGER.items()}
    if found["count"]:
        return {name: int(one[1]) if one else None for name, one in found.items()}
    counted = _COUNTED.search(html)
    return {"count": int(counted[1]) if counted else None, "rows": None, "pageNo": None}


def _other_page(asked: int, told: int | None) -> str | None:
    return f"page {asked} was asked for, page {told} answered" if told not in (None, asked) else None


def _miscounted(page: int, size: int, total: int | None, came: int) -> str | None:
    """Gives how the number of rows contradicts what the pager counts; a lost row is told by the total."""
    if total is None:
        return None
    wanted = max(0, min(size, total - (page - 1) * size))
    if came > wanted:
        return f"page {page} of {total} rows should have {wanted}, {came} came: the site pages otherwise"
    if not came and wanted:
        return f"page {page} of {total} rows should have {wanted}, none came"
    return None


def _is_column(row: ListRow) -> bool:
    """Gives whether a row leads to a column, as those of menus do."""
    return bool(_COLUMN.search(urlsplit(row.url).path))


def _page(url: str) -> tuple[int, int | None]:
    """Gives the page and the size that an address asks for; page 1 and None where it names none."""
    said = parameter(query_of(url), "paramJson")
    try:
        value = json.loads(said) if said else None
    except (ValueError, RecursionError):
        value = None
    asked = value if isinstance(value, dict) else {}
    return whole(asked.get("pageNo")) or 1, whole(asked.get("pageSize"))


def _turned(url: str, page: int, size: int) -> Ask:
    wanted = json.dumps({"pageNo": page, "pageSize": size}, separators=(",", ":"))
    return Ask(with_query(url, "paramJson", wanted))
