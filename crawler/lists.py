"""A list page taken apart: the addresses worth asking for, the page after it, and what was left out, counted."""

from collections import Counter
from dataclasses import dataclass

from archive.errors import PortalError
from archive.ingest import Entry, entry_context
from archive.model import Role
from archive.portals import Column, Portal
from crawler.families import Ask, Asked, ListRow, choose
from crawler.recognise import Verdict, classify
from crawler.urls import canonical, host_of, posted


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list page holds."""

    entries: tuple[Entry, ...]
    counts: dict[str, int]  # rows, reports, noise, foreign, unwanted
    keys: frozenset[str]  # canonical URLs of all rows
    next: Entry | None


def seed(portal: Portal, column: Column) -> Entry:
    """Gives the first page of a column."""
    return list_entry(portal, column, Ask(column.url), 1)


def list_entry(portal: Portal, column: Column, ask: Ask, number: int, via: str | None = None) -> Entry:
    """Gives a list page of a column, numbered from 1."""
    context = entry_context({"column": column.key, "page": number, "via": via, "form": ask.form}, None)
    return Entry(portal.id, posted(ask.url, ask.form), ask.url, Role.LIST.value, context)


def take_apart(portal: Portal, column: Column, asked: Asked) -> Listed:
    """Gives what a list page of a column holds. Raises PortalError where it cannot be read."""
    page = choose(column.family, asked.text).read(asked)
    if not page.rows and asked.number == 1:
        raise PortalError("the list is empty")
    counts: Counter[str] = Counter(rows=len(page.rows), reports=0)
    entries = [entry for row in page.rows if (entry := wanted(portal, column, asked.url, row, counts))]
    following = page.next if asked.number < column.max_pages else None
    if following and host_of(following.url) not in portal.hosts:
        raise PortalError(f"the next page is on another host: {following.url}")
    after = list_entry(portal, column, following, asked.number + 1, asked.url) if following else None
    return Listed(tuple(entries), dict(counts), frozenset(canonical(row.url) for row in page.rows), after)


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
        return Entry(portal.id, canonical(row.url), row.url, Role.REPORT.value, entry_context(said, row.date))
    return None
