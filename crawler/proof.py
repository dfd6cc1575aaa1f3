"""Does a list prove that it was read whole? What cannot be proved is a flaw, and makes the portal incomplete.

A list is a chain of pages. Each must add rows that no page before it had, the second must not be the first again, and
what the site itself counts must have been reached at the end (portals.md §8.3). A page on which nothing is new stands
for those after it: what they showed, and what they could not prove, was found by an earlier crawl and still counts.
"""

import hashlib
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from archive.ingest import PageRead, has_turn
from crawler.families import ListPage

FOLDER = 3  # reports at least
KEY = 8  # hexadecimal digits by which a row is known again within one list


@dataclass(slots=True)
class Chain:
    """One list as far as it was read in this crawl, the rows seen, page by page; and as crawls before have read it."""

    before: list[PageRead] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    first: frozenset[str] = frozenset()
    total_rows: int | None = None
    total_pages: int | None = None

    def take(self, keys: Iterable[str], page: ListPage) -> None:
        """Adds the rows of a page and what the site says of the whole list."""
        keys = frozenset(keys)
        self.first = self.first or keys
        self.seen |= keys
        self.total_rows = page.total_rows if page.total_rows is not None else self.total_rows
        self.total_pages = page.total_pages if page.total_pages is not None else self.total_pages

    def stands(self, page: ListPage, keys: frozenset[str]) -> bool:
        """Tells whether a page stands for those after it: its rows were known, and the site counts no others.

        Where the site's own count has moved by more than the new rows seen on the way here, something has come or gone
        further down.
        """
        known = {key for one in self.before for key in split(one.keys)}
        told = next((one.total for one in self.before if one.total is not None), None)
        if not keys or not keys <= known:
            return False
        return told is None or page.total_rows is None or page.total_rows - told == len(self.seen - known)

    def after(self, number: int) -> list[PageRead]:
        """Gives the pages after a page as crawls before have read them, to where the list last ended."""
        ends = max((one for one in self.before if one.ends), key=lambda one: one.crawl_id, default=None)
        return [one for one in self.before if one.number > number and (ends is None or one.number <= ends.number)]

    def rests(self, today: date) -> bool:
        """Tells whether a list below a column need not be asked: a folder of a year that is over, not on its turn.

        A folder of a year names several reports and all for that year; the list of one agency names several years.
        """
        years = {year for one in self.before for year in one.years}
        if len(years) != 1 or sum(one.reports for one in self.before) < FOLDER:
            return False
        first = min(self.before, key=lambda one: one.number)
        return first.number == 1 and not has_turn(first.row, first.checked, today, years.pop())


def split(keys: str) -> list[str]:
    """Gives the row keys of a page as the frontier holds them."""
    return textwrap.wrap(keys, KEY)


def row_key(address: str) -> str:
    """Gives what stands for a row's canonical URL in the frontier."""
    return hashlib.sha256(address.encode()).hexdigest()[:KEY]


def repeats(chain: Chain, keys: frozenset[str]) -> bool:
    """Tells whether a page holds nothing but what the pages before it held."""
    return bool(chain.seen) and keys <= chain.seen


def flaw(chain: Chain, number: int, page: ListPage, keys: frozenset[str], going_on: bool) -> str | None:
    """Gives why a page leaves its list unproved, None where nothing speaks against it.

    `chain` is the list before this page; `going_on` says that the page after it will be asked for.
    """
    if page.trouble:
        return page.trouble
    if number == 2 and len(keys & chain.first) * 2 > len(keys) > 0:
        return "page 2 shows mostly what page 1 showed: the site does not page as its family does"
    rows, pages = (
        told if told is not None else before
        for told, before in ((page.total_rows, chain.total_rows), (page.total_pages, chain.total_pages))
    )
    if going_on:
        return None
    listed = len(chain.seen | keys)
    if rows is not None and listed < rows:
        return f"the site counts {rows} rows, its pages show {listed}"
    if rows is None and pages is not None and number < pages:
        return f"the site counts {pages} pages, the list ends at page {number}"
    return None
