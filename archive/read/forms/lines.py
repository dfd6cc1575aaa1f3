"""Rows of a table as the matchers see them: the distinct cells in order, whatever the layout."""

from collections.abc import Iterable
from dataclasses import dataclass

from archive.read.blocks import Cell, Layout, Slots, Table
from archive.read.forms.labels import Labels


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its distinct cells in order, its slots on the grid, and where it stands."""

    table: int
    row: int
    layout: Layout
    cells: tuple[Cell, ...]
    slots: Slots

    @property
    def width(self) -> int:
        """Gives the number of slots."""
        return len(self.slots)

    @property
    def printed(self) -> tuple[Cell, ...]:
        """Gives the cells that are not blank."""
        return tuple(cell for cell in self.cells if cell.text.strip())

    @property
    def worded(self) -> list[Cell]:
        """Gives the cells that may be labels: those not all in digits and Latin letters."""
        return [cell for cell in self.cells if not cell.text.isascii()]

    @property
    def shown(self) -> str:
        """Gives the row for messages."""
        return " | ".join(" ".join(cell.text.split()) for cell in self.cells)[:160]


def lines_of(table: Table, number: int) -> list[Line]:
    """Gives the rows of a table."""
    return [line(slots, number, row, table.layout) for row, slots in enumerate(table.rows)]


def line(slots: Slots, table: int, row: int, layout: Layout) -> Line:
    """Gives one row."""
    cells: dict[int, Cell] = {id(cell): cell for cell in slots if cell is not None}
    return Line(table, row, layout, tuple(cells.values()), slots)


def part_of(whole: Line, cells: Iterable[Cell]) -> Line:
    """Gives a piece of a row as a row of its own (a flattened table whose blank line is missing)."""
    kept = tuple(cells)
    return Line(whole.table, whole.row, whole.layout, kept, kept)


def joined(lines: list[Line], labels: Labels) -> list[Line]:
    """Gives the rows of a tabbed table with a label that is broken over two text lines put together again.

    Only where neither half is a label and both together are one.
    """
    made: list[Line] = []
    for each in lines:
        whole = together(made[-1], each, labels) if made and each.layout is Layout.TABBED else None
        if whole:
            made[-1] = whole
        else:
            made.append(each)
    return made


def together(upper: Line, lower: Line, labels: Labels) -> Line | None:
    """Gives two text lines as one row, None where they are two."""
    if not upper.cells or not lower.cells or upper.width > 4:
        return None
    if any(labels.find(cell.text) for cell in (*upper.cells, *lower.cells[:4])):
        return None
    last, first = upper.cells[-1], lower.cells[0]
    if not labels.find(last.text + first.text):
        return None
    cell = Cell(f"{last.text}\n{first.text}", last.row, last.column)
    cells = (*upper.cells[:-1], cell, *lower.cells[1:])
    return Line(upper.table, upper.row, upper.layout, cells, cells)
