"""What a format tells of its tables before any form is known: is it data, or does it only lay out a page."""

from collections.abc import Sequence

from archive.read.blocks import Cell, Slots, Table
from archive.read.words import section

LONG_CELL, SHORTEST = 200, 4
MANY_ROWS, MANY_COLUMNS = 2, 2
NUMERALS = "一二三四五六"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""A raised or lowered digit is a note's number, never a digit of the figure before it."""


def is_data(table: Table) -> bool:
    """Tells a table of data from one that only lays out a page.

    A heading or a long text in it fills a row alone (a caption, a note, a whole report in one table).
    """
    if len(table.rows) < MANY_ROWS or max(map(len, table.rows)) < MANY_COLUMNS:
        return False
    if not holds_prose(table.rows):
        return True
    rows = [row for row in table.rows if said_across(row) is None]
    return len(rows) >= MANY_ROWS and not holds_prose(rows)


def holds_prose(rows: Sequence[Slots]) -> bool:
    """Tells whether any cell holds prose."""
    return any(map(is_prose, {cell.text for row in rows for cell in row if cell is not None}))


def said_across(row: Slots) -> str | None:
    """Gives the text that a row prints alone where it is prose, None for any other row."""
    printed: dict[int, Cell] = {id(cell): cell for cell in row if cell is not None and cell.text.strip()}
    if len(printed) != 1:
        return None
    text = next(iter(printed.values())).text
    return text if is_prose(text) else None


def is_prose(text: str) -> bool:
    """Tells whether a cell's text is a heading of a report or too long for a table's cell."""
    if len(text) < SHORTEST:
        return False
    return len(text) >= LONG_CELL or (text.lstrip()[:1] in NUMERALS and section(text) is not None)
