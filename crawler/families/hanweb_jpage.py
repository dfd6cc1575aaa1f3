"""Hanweb jpage (大汉 jcms): the rows stand as records in a script, those after the first page come by POST.

`/col/col64511/index.html` holds the first records in a `<datastore>`; `/module/web/jpage/dataproxy.jsp` answers for
`startrecord` to `endrecord`, at most three pages a call. It never says where its records begin, so their number has
to be what was asked for. The GET form with `page=` gives page 1 on many sites: it is only followed where a site
encrypts its ids and so leaves nothing else. Quirks: portals.md §3.2.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.errors import PortalError
from crawler.families.dates import find_date
from crawler.families.jpage_store import Store, shows_store, stores
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.query import parameter, query_of
from crawler.families.rows import ListRow, find_rows, fold, is_title
from crawler.urls import join

MOST_RECORDS = 10_000  # of one page or answer

_PROLOGUE = re.compile(r"\ufeff?\s{0,99}(?:<\?xml[^<>]*\?>\s{0,99})?<datastore\b", re.IGNORECASE)
_COLUMN = re.compile(r"/col/col(\d+)(?:/|$)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>?")
_END_DATE = re.compile(r"[\[(（]?(?:19|20)\d\d ?[-/.年] ?\d\d? ?[-/.月] ?\d\d?日?[\])）]?$")
_REPORTS = re.compile(r"年报|年度报告")


def detect(html: str) -> str | None:
    """Gives where the page holds its rows as jpage records, or has jpage fetch them."""
    return shows_store(html)


def read(asked: Asked) -> ListPage:
    """Gives what a column's page or an answer of the proxy holds; every record is a row, also one met before.

    A page may hold several lists: the others that name reports are given as further lists. Raises PortalError for an
    answer that is no jpage XML.
    """
    if "/jpage/" in urlsplit(asked.url).path:
        return _answer(asked)
    found = stores(asked.text, asked.url)
    if not found:
        raise PortalError("the page has no whole jpage list (datastore, or a script that asks dataproxy.jsp)")
    main = _main(found, asked.url)
    others = [one for one in found if one is not main and any(_REPORTS.search(record) for record in one.records)]
    lists = tuple(one.ask(1) for one in others if one.form)
    loose = tuple(record for one in others if not one.form for record in one.records)
    rows = _rows(main.records + loose, asked)
    following = _after(main)
    if following and not main.records:  # the page shows nothing before its script has asked
        return ListPage(rows, lists=(following, *lists))
    return ListPage(rows, following, lists, None if loose else main.total)


def _main(found: list[Store], url: str) -> Store:
    """Gives the list of the column that the address names, else the one with the most records."""
    named = _COLUMN.search(urlsplit(url).path)
    own = [store for store in found if named and store.column == named[1]]
    return max(own or found, key=lambda store: len(store.records))


def _after(store: Store) -> Ask | None:
    """Gives the call after a column's page; it begins with a whole page, for some sites know no other beginning."""
    shown = len(store.records)
    if store.total is not None and shown >= store.total:
        return None
    if store.form:
        full = store.total is not None or not shown or shown >= store.per_page
        return store.ask(shown // store.per_page * store.per_page + 1) if full else None
    return Ask(store.next_group) if store.next_group else None


def _answer(asked: Asked) -> ListPage:
    """Gives what the proxy answered, and how it contradicts what was asked."""
    found = stores(asked.text, asked.url) if _PROLOGUE.match(asked.text) else []
    if not found:
        raise PortalError(f"the answer is no jpage XML: {fold(asked.text[:200])[:60]!r}")
    store, rows = found[0], _rows(found[0].records, asked)
    query = dict(parse_qsl(urlsplit(asked.url).query, keep_blank_values=True))
    if "startrecord" not in query:
        return _group(asked, store, rows, query)
    start, end = _whole(query["startrecord"]), _whole(query.get("endrecord", ""))
    came = len(store.records)
    trouble = _miscounted(came, store.total, start, end, asked.number) or _other_column(store, asked.form)
    per_page = _whole(query.get("perpage", "")) or 1
    ends = came % per_page > 0 if store.total is None else start + came > store.total
    if trouble or ends or not came:
        return ListPage(rows, total_rows=store.total, trouble=trouble)
    moved = urlencode(query | {"startrecord": str(start + came), "endrecord": str(end + came)})
    return ListPage(rows, Ask(urlsplit(asked.url)._replace(query=moved).geturl(), asked.form), total_rows=store.total)


def _group(asked: Asked, store: Store, rows: tuple[ListRow, ...], query: dict[str, str]) -> ListPage:
    """Gives what a call by GET answered; an empty one ends the list, but never is the first."""
    if not store.records:
        empty = "an answer without records, as of sites that encrypt their ids" if asked.number <= 2 else None
        return ListPage(rows, total_rows=store.total, trouble=empty)
    told = parameter(query_of(store.next_group or ""), "page") or ""
    page = query.get("page", "")
    following = Ask(store.next_group) if store.next_group and told != page else None
    return ListPage(rows, following, total_rows=store.total)


def _miscounted(came: int, total: int | None, start: int, end: int, number: int) -> str | None:
    """Gives how the number of records contradicts the call; a few less than asked for are a site's own limit.

    An answer that counts nothing and holds nothing ends a list only after one that held something.
    """
    wanted = end - start + 1 if total is None else max(0, min(end, total) - start + 1)
    told = f"records {start} to {end}{'' if total is None else f' of {total}'} were asked for, {came} came"
    if came > wanted:
        return f"{told}: the site pages otherwise"
    if came == 0 and (number <= 2 if total is None else start > 1 or total > 0):
        return f"{told}: the rest of the list is missing"
    return None


def _other_column(store: Store, form: str | None) -> str | None:
    """Gives which other column answered, where both are told as numbers."""
    asked = parameter(form or "", "columnid")
    if asked is None or store.column is None or asked == store.column:
        return None
    return f"column {asked} was asked for, column {store.column} answered"


def _rows(records: tuple[str, ...], asked: Asked) -> tuple[ListRow, ...]:
    """Gives the rows of records; their links are those of the column's page, wherever the records came from.

    Raises PortalError for more of them than any page holds.
    """
    if len(records) > MOST_RECORDS:
        raise PortalError(f"{len(records)} records at once, more than {MOST_RECORDS}")
    column = parameter(asked.form or "", "columnid")
    url = urljoin(asked.url, f"/col/col{quote(column)}/index.html") if column else asked.url
    if asked.override.item:
        return tuple(find_rows("\n".join(records), url, asked.override))
    return tuple(row for record in records for row in _listed(record, url))


def _listed(record: str, url: str) -> Iterator[ListRow]:
    """Gives the row of a record, or each report where a record holds several."""
    tree = LexborHTMLParser(f"<table>{record}</table>" if re.match(r"<t[rd]\b", record) else record)
    text = fold(tree.body.text(separator=" ")) if tree.body else ""
    links: dict[str, str] = {}
    for link in tree.css("a[href]"):
        target, title = join(url, link.attributes.get("href") or ""), _title(link)
        if target and is_title(title):
            links[target] = max(title, links.get(target, ""), key=len)
    reports = {target: title for target, title in links.items() if _REPORTS.search(title)}
    if len(reports) > 1:
        yield from (ListRow(target, title, None) for target, title in reports.items())
    elif links:
        target, title = max((reports or links).items(), key=lambda one: len(one[1]))
        yield ListRow(target, title, find_date(text.replace(title, " ")))


def _title(link: LexborNode) -> str:
    """Gives the `title` of a link, for broken tags stand in its text; they stand in titles too (`<br/>`).

    The text may end with the date of the row.
    """
    named = fold(_TAG.sub("", link.attributes.get("title") or ""))
    shown = fold(_TAG.sub("", link.text()))
    return (named if is_title(named) else _END_DATE.sub("", shown).strip()).lstrip("·•● ")


def _whole(text: str) -> int:
    """Gives the number of a record. Raises PortalError for what is none."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise PortalError(f"not the number of a record: {text[:20]!r}")
    return int(text)
