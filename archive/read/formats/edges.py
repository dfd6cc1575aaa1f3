"""Rows whose cells say where they end → grids: the edges of all rows make one grid, so spans are exact.

RTF gives edges in twips (\\cellx), a table drawn with characters by the places of its bars. Writers round edges by a
few units from row to row; such edges are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.read.blocks import MAX_COLUMNS, MAX_SLOTS, Cell, Layout, Slots, Table, fields

TOLERANCES = (60, 30, 15, 0)
"""Units by which edges of rows may differ and still be one; the widest that keeps the cells of every row apart."""


@dataclass(slots=True)
class Edge:
    """The right edge of a cell, and what it continues."""

    right: int
    merged_left: bool = False
    merged_up: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row as written: left edge, and for each cell its edge and text."""

    left: int
    edges: tuple[Edge, ...]
    texts: tuple[str, ...]

    @property
    def bounds(self) -> list[int]:
        """Gives all edges from left to right."""
        return [self.left, *(edge.right for edge in self.edges)]

    @property
    def sound(self) -> bool:
        """Tells whether every cell has an edge, each right of the one before."""
        bounds = self.bounds
        rising = all(one < other for one, other in pairwise(bounds))
        return rising and len(self.edges) == len(self.texts)


def table(rows: Sequence[Row]) -> Table:
    """Gives the table of its rows; one whose edges contradict its cells keeps the cells in order, spans unknown."""
    columns = common(rows) if all(row.sound for row in rows) else None
    if (
        columns is None
        or len(set(columns.values())) > MAX_COLUMNS
        or len(set(columns.values())) * len(rows) > MAX_SLOTS
    ):
        return fields([row.texts for row in rows], Layout.TABBED)
    spread: list[list[Cell | None]] = []
    for index, row in enumerate(rows):
        spread.append(slots(row, index, spread[-1] if spread else [], columns))
    extents = sized(spread)
    merged = any(cell.rowspan > 1 or cell.colspan > 1 for cell in extents.values())
    made: list[Slots] = [tuple(extents[id(cell)] if cell else None for cell in row) for row in spread]
    return Table(tuple(made), Layout.SPANS if merged else Layout.TABBED)


def common(rows: Sequence[Row]) -> dict[int, int] | None:
    """Gives for every edge its place among the edges of all rows, None where no grid keeps the cells apart."""
    edges = sorted({edge for row in rows for edge in row.bounds})
    for tolerance in TOLERANCES:
        places: dict[int, int] = {}
        start, place = edges[0], 0
        for edge in edges:
            if edge - start > tolerance:
                start, place = edge, place + 1
            places[edge] = place
        if all(len({places[edge] for edge in row.bounds}) == len(row.bounds) for row in rows):
            return places
    return None


def slots(row: Row, index: int, above: Sequence[Cell | None], columns: dict[int, int]) -> list[Cell | None]:
    """Gives the slots of one row."""
    made: list[Cell | None] = [None] * columns[row.left]
    for edge, text in zip(row.edges, row.texts, strict=True):
        start, stop = len(made), columns[edge.right]
        covering = None
        upper = above[start] if start < len(above) else None
        if edge.merged_up and upper is not None and upper.column == start:
            covering = upper
        elif edge.merged_left and made and not text.strip():
            covering = made[-1]
        made += [covering or Cell(text, index, start)] * (stop - start)
    return made


def sized(spread: Sequence[Sequence[Cell | None]]) -> dict[int, Cell]:
    """Gives every cell with the rows and columns it covers, by the id of the one without."""
    extents: dict[int, tuple[Cell, int, int]] = {}
    for index, row in enumerate(spread):
        for column, cell in enumerate(row):
            if cell is not None:
                extents[id(cell)] = (cell, index - cell.row + 1, column - cell.column + 1)
    return {key: Cell(cell.text, cell.row, cell.column, down, across) for key, (cell, down, across) in extents.items()}
