"""The XML in which Hanweb jpage keeps a list: `<datastore>` with `<record>`s, and how its page asks for more of them.

Seen markup: portals.md §3.2. It is taken apart as text, in time linear in its length: what stands in CDATA is HTML,
what stands around it is rarely sound XML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from crawler.families.listed import Ask
from crawler.families.signal import shown
from crawler.urls import join

PAGES_A_CALL = 3
PER_PAGE = 15  # where the page does not say

_TOTAL = re.compile(r"<totalrecord>\s{0,9}(\d{1,9})\s{0,9}</totalrecord>", re.IGNORECASE)
_SCRIPT_TOTAL = re.compile(r"\btotalRecord[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,9})\b", re.IGNORECASE)
_PER_PAGE = re.compile(r"\bperPage[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,4})\b", re.IGNORECASE)
_SETUP = re.compile(r"\.jpage\(\s{0,9}\{|/jpage/dataproxy\.jsp", re.IGNORECASE)
_PROXY = re.compile(r"/jpage/dataproxy\.jsp", re.IGNORECASE)
_PATH = re.compile(r"[^\s\"'<>(),;=]*$")
_LONGEST_PATH = 200
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^'>]*)')", re.IGNORECASE)

# What a POST carries, in the order of the site's own script, with what most sites send where the page is silent.
_FIELDS = {
    "col": "1", "appid": "1", "webid": None, "path": "/", "columnid": None, "sourceContentType": "1", "unitid": None,
    "webname": "", "permissiontype": "0",
}  # fmt: skip
_IDS = ("webid", "columnid", "unitid")


@dataclass(frozen=True, slots=True)
class Store:
    """One list: the records that are at hand, as HTML, and how the page asks for the others."""

    records: tuple[str, ...]
    total: int | None
    per_page: int
    proxy: str
    form: str | None  # None where the ids are encrypted or missing
    next_group: str | None  # the absolute address of the call after these records, by GET
    column: str | None  # the id of the column, where it is a number

    def ask(self, start: int) -> Ask:
        """Gives the call for the records from `start` on, counted from 1."""
        last = start + PAGES_A_CALL * self.per_page - 1
        return Ask(f"{self.proxy}?startrecord={start}&endrecord={last}&perpage={self.per_page}", self.form)


def shows_store(html: str) -> str | None:
    """Gives what shows that a page holds such a list, or has a script fetch it."""
    return "<datastore>" if "<datastore" in html.lower() else shown(_SETUP.search(html))


def stores(html: str, url: str) -> list[Store]:
    """Gives the lists of a page or of an answer; the set-up of each stands between its records and the next list.

    A list that is cut short is none; one that a script has yet to fetch has no records.
    """
    found = list(_inside(html, "datastore"))
    if not found:
        return [_store("", html, html, url)] if _SETUP.search(html) and "<datastore" not in html.lower() else []
    if len(found) == 1:  # the only list may be set up anywhere
        (begin, end), page = found[0], html
        return [_store(html[begin:end], page[:begin] + page[end:], html, url)]
    ends = [begin for begin, _ in found[1:]] + [len(html)]
    return [_store(html[a:b], html[b:end], html, url) for (a, b), end in zip(found, ends, strict=True)]


def _store(store: str, setup: str, html: str, url: str) -> Store:
    link = _next_group(store, url)
    linked = dict(parse_qsl(urlsplit(link).query)) if link else {}
    values = {name: _parameter(setup, name) or linked.get(name) or usual for name, usual in _FIELDS.items()}
    plain = all((values[name] or "").isdecimal() for name in _IDS)
    total = _number(_TOTAL, store)
    column = values["columnid"]
    return Store(
        records=tuple(record for begin, end in _inside(store, "record") if (record := _unwrapped(store[begin:end]))),
        total=_number(_SCRIPT_TOTAL, setup) if total is None else total,
        per_page=_number(_PER_PAGE, setup) or PER_PAGE,
        proxy=_proxy(link or "", url)
        or _proxy(setup, url)
        or _proxy(html, url)
        or urljoin(url, "/module/web/jpage/dataproxy.jsp"),
        form=urlencode({name: _unescaped(value or "") for name, value in values.items()}) if plain else None,
        next_group=link,
        column=column if column and column.isdecimal() else None,
    )


def _inside(text: str, tag: str) -> Iterator[tuple[int, int]]:
    """Gives where the contents of each element of a name begin and end; one that is never closed is none."""
    opening = re.compile(rf"<{tag}\b[^<>]*>", re.IGNORECASE)
    closing = re.compile(rf"</{tag}\s{{0,9}}>", re.IGNORECASE)
    at = 0
    while (begin := opening.search(text, at)) and (end := closing.search(text, begin.end())):
        yield begin.end(), end.start()
        at = end.end()


def _unwrapped(record: str) -> str:
    """Gives what a CDATA section holds, or an element that needs none."""
    before, mark, rest = record.partition("<![CDATA[")
    return (before + rest.rpartition("]]>")[0] if "]]>" in rest else before + rest).strip() if mark else record.strip()


def _next_group(store: str, url: str) -> str | None:
    for begin, end in _inside(store, "nextgroup"):
        if link := _HREF.search(store, begin, end):
            return join(url, (link[1] or link[2] or "").replace("&amp;", "&"))
    return None


def _proxy(text: str, url: str) -> str | None:
    found = _PROXY.search(text)
    path = _PATH.search(text, max(0, found.start() - _LONGEST_PATH), found.start()) if found else None
    return join(url, path[0] + found[0]) if found and path else None


def _parameter(setup: str, name: str) -> str | None:
    """Gives a parameter of the script: `columnid: 1001`, `'webname':'云溪市人民政府'`."""
    found = re.search(rf"[\"'{{,\s]{name}[\"']?\s{{0,9}}:\s{{0,9}}(?:\"([^\"\n]*)\"|'([^'\n]*)'|(\w+))", setup)
    return next(filter(None, found.groups()), None) if found else None


def _unescaped(value: str) -> str:
    """Gives a value without its escapes: names are escaped twice, paths are quoted."""
    return unquote(unquote(value)).strip("'\"")


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None
