"""RTF rows → grids: the edges that \\cellx gives make one grid for all rows of a table, so spans are exact.

A row says where its cells end, in twips, and which of them continue the cell to their left (\\clmrg) or the one above
(\\clvmrg). Writers round edges by a few twips from row to row; such edges are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from archive.read.blocks import MAX_COLUMNS, MAX_ROWS, MAX_SLOTS, Cell, Layout, Slots, Table, fields
from archive.read.formats.rtf_text import damaged

TOLERANCES = (60, 30, 15, 0)
"""Twips by which edges of different rows may differ and still be one; the widest that keeps every row's cells apart."""


@dataclass(slots=True)
class Edge:
    """The right edge of a cell, and what it continues."""

    right: int
    merged_left: bool = False
    merged_up: bool = False


@dataclass(slots=True)
class Definition:
    """What \\trowd … \\cellx say of a row."""

    left: int = 0
    edges: list[Edge] = field(default_factory=list)
    pending: Edge = field(default_factory=lambda: Edge(0))

    def cellx(self, right: int) -> None:
        """Ends the definition of a cell."""
        if len(self.edges) >= MAX_COLUMNS:
            raise damaged(f"a row has more than {MAX_COLUMNS} cells")
        self.pending.right = right
        self.edges.append(self.pending)
        self.pending = Edge(0)


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


@dataclass(slots=True)
class Builder:
    """A table while it is read: finished rows and the cells of the one that is open."""

    rows: list[Row] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def end_cell(self) -> None:
        """Ends the open cell."""
        if len(self.texts) >= MAX_COLUMNS:
            raise damaged(f"a row has more than {MAX_COLUMNS} cells")
        self.texts.append("\n".join(self.lines))
        self.lines.clear()

    def end_row(self, definition: Definition) -> None:
        """Ends the open row."""
        if len(self.rows) >= MAX_ROWS:
            raise damaged(f"a table has more than {MAX_ROWS} rows")
        if self.texts:
            self.rows.append(Row(definition.left, tuple(definition.edges), tuple(self.texts)))
            self.texts.clear()


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
