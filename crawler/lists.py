"""A list page taken apart: the addresses worth asking for, the lists after and below it, and what was left out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.errors import PortalError
from archive.ingest import Entry, entry_context
from archive.model import Link, Role
from archive.portals import Column, Portal
from crawler.attachments import file_entries
from crawler.expand import below, leads_on
from crawler.families import FAMILIES, Ask, Asked, ListPage, ListRow, choose
from crawler.recognise import Verdict, classify
from crawler.urls import alike, canonical, host_of, posted

NOTHING = ListPage(())


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list page holds: addresses that are or may be reports, the page after it, lists below it."""

    page: ListPage
    entries: tuple[Entry, ...]
    files: tuple[Entry, ...]  # that rows hand out beside their reports
    counts: dict[str, int]  # rows, reports, noise, foreign, unwanted
    keys: frozenset[str]  # canonical URLs of all rows
    next: Entry | None
    below: tuple[Entry, ...]
    cut: bool  # there is a page after it, but the portal file asks for no more


def seed(portal: Portal, column: Column) -> Entry:
    """Gives the first page of a column."""
    return list_entry(portal, column, Ask(column.url), {"page": 1})


def list_entry(portal: Portal, column: Column, ask: Ask, said: Mapping[str, Any]) -> Entry:
    """Gives a list page of a column.

    `said`: its number from 1 (page), the page that led there (via), the list it belongs to (chain), the family that
    the first page showed, how far below the column's page it lies (depth), and whether it is a part of that page that
    the site draws from elsewhere (framed); such a part may be empty.
    """
    key = posted(ask.url, ask.form)
    context = entry_context({"column": column.key, "chain": key, **said, "form": ask.form}, None)
    return Entry(portal.id, key, ask.url, Role.LIST.value, context)


def take_apart(portal: Portal, column: Column, asked: Asked, said: Mapping[str, Any]) -> Listed:
    """Gives what a list page of a column holds; `said` is the context of its entry.

    Raises PortalError where it cannot be read, and where the first page of a list is empty and leads nowhere.
    """
    depth, framed = int(said.get("depth") or 0), said.get("framed")
    via = said["via"] if framed else asked.url  # an API wants to be asked from the column's page
    under = {"page": 1, "via": asked.url, "depth": depth + 1}
    lower = tuple(list_entry(portal, column, ask, under) for ask in asks_below(portal, column, asked, depth))
    name, page = read(column, asked, said.get("family"), bool(lower))
    counts: Counter[str] = Counter(rows=len(page.rows), reports=0)
    entries: list[Entry] = []
    files: list[Entry] = []
    for row in page.rows:
        if entry := wanted(portal, column, via, row, counts):
            entries.append(entry)
            files += files_beside(portal, entry, row, counts)
    parts = under | {"family": name, "framed": True}
    lower += tuple(list_entry(portal, column, ask, parts) for ask in page.lists if on_host(ask, portal))
    told_empty = page.total_rows == 0 or framed
    if asked.number == 1 and not (page.rows or lower or page.next or told_empty):
        raise PortalError("the list is empty")
    if page.next and not on_host(page.next, portal):
        raise PortalError(f"the next page is on another host: {page.next.url}")
    cut = page.next is not None and asked.number >= column.max_pages
    after = None
    if page.next and not cut:
        on = {"page": asked.number + 1, "via": via, "family": name, "depth": depth or None, "framed": framed}
        after = list_entry(portal, column, page.next, on | {"chain": said["chain"]})
    keys = frozenset(canonical(row.url) for row in page.rows)
    return Listed(page, tuple(entries), tuple(files), dict(counts), keys, after, lower, cut)


def read(column: Column, asked: Asked, family: str | None, leads_below: bool) -> tuple[str | None, ListPage]:
    """Gives the family of a page and what it holds; nothing of a page that is no list but leads to lists below it."""
    try:
        name = family or choose(column.family, asked.text)
        return name, FAMILIES[name].read(asked)
    except PortalError:
        if leads_below:
            return None, NOTHING
        raise


def asks_below(portal: Portal, column: Column, asked: Asked, depth: int) -> tuple[Ask, ...]:
    """Gives the lists that the portal file wants followed from here, and the page that this one only leads on to."""
    if asked.number > 1:
        return ()
    asks = below(asked.text, asked.url, column.expand, portal.hosts) if depth < column.expand.depth else ()
    onward = leads_on(asked.text, asked.url)
    if onward and depth < column.expand.depth + 1 and on_host(Ask(onward), portal):
        return (*asks, Ask(onward))
    return asks


def on_host(ask: Ask, portal: Portal) -> bool:
    """Tells whether a list lies on a host of its portal."""
    return host_of(ask.url) in portal.hosts


def wanted(portal: Portal, column: Column, via: str, row: ListRow, counts: Counter[str]) -> Entry | None:
    """Gives the address of a row that is or may be a report; counts it as what it is."""
    identify = portal.identify
    verdict: Verdict = classify(row.title, include=identify.include, exclude=identify.exclude)
    if verdict.kind == "noise":
        counts["noise"] += 1
    elif verdict.year is not None and not column.covers(verdict.year):
        counts["unwanted"] += 1
    elif host_of(row.url) not in portal.hosts:
        counts["foreign"] += 1
    else:
        counts["reports"] += 1
        said: dict[str, object | None] = {
            "column": column.key,
            "title": row.title,
            "agency": column.fixed_agency,
            "via": via,
            "verdict": None if verdict.kind == "report" else verdict.kind,
            "year": verdict.year,
        }
        return Entry(portal.id, alike(row.url, portal.base), row.url, Role.REPORT.value, entry_context(said, row.date))
    return None


def files_beside(portal: Portal, report: Entry, row: ListRow, counts: Counter[str]) -> tuple[Entry, ...]:
    """Gives the files that a row hands out with its report; of what only may be a report its own page decides."""
    if report.context.get("verdict"):
        return ()
    links = [Link(url, name) for url, name in row.files if url != row.url]
    entries, foreign = file_entries(portal, report, row.url, links)
    counts["foreign"] += foreign
    return entries
