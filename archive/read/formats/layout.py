"""What a format tells of its tables before any form is known: is it data, or does it only lay out a page."""

from collections.abc import Sequence
from functools import lru_cache

from archive.read.blocks import Cell, Slots, Table
from archive.read.words import section

LONG_CELL, SHORTEST = 200, 4
MANY_ROWS, MANY_COLUMNS = 2, 2
NUMERALS = "一二三四五六"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""A raised or lowered digit is a note's number, never a digit of the figure before it."""


def is_data(table: Table, prose: bool) -> bool:
    """Tells a table of data from one that only lays out a page; `prose` says whether any cell holds some.

    A heading or a long text in it fills a row alone (a caption, a note, a whole report in one table).
    """
    if len(table.rows) < MANY_ROWS or max(map(len, table.rows)) < MANY_COLUMNS:
        return False
    if not prose:
        return True
    rows = [row for row in table.rows if said_across(row) is None]
    return len(rows) >= MANY_ROWS and not holds_prose(rows)


def holds_prose(rows: Sequence[Slots]) -> bool:
    """Tells whether any cell holds prose."""
    long = {cell.text for row in rows for cell in row if cell is not None and len(cell.text) >= SHORTEST}
    return any(map(is_prose, long))


def said_across(row: Slots) -> str | None:
    """Gives the text that a row prints alone where it is prose, None for any other row."""
    alone: Cell | None = None
    for cell in row:
        if cell is not None and cell is not alone and cell.text and not cell.text.isspace():
            if alone is not None:
                return None
            alone = cell
    return alone.text if alone is not None and is_prose(alone.text) else None


def is_prose(text: str) -> bool:
    """Tells whether a cell's text is a heading of a report or too long for a table's cell."""
    if len(text) < SHORTEST:
        return False
    return len(text) >= LONG_CELL or (text.lstrip()[:1] in NUMERALS and opens_section(text))


@lru_cache(maxsize=1024)
def opens_section(text: str) -> bool:
    """Tells whether a short text is the heading of a section; the labels of a form come in every report."""
    return section(text) is not None
