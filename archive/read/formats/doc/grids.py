"""Rows with cell edges → a plain grid.

A DOC has no common columns: every row tells the edges of its own cells. Columns are the edges of all rows together;
edges of different rows that lie closer than a third of the narrowest cell are one, because rows drawn by hand or
resized differ by a millimetre (Word itself merges downwards only cells whose edges are about the same).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.read.blocks import MAX_COLUMNS, MAX_ROWS, MAX_SLOTS, Cell, Layout, Table, fields, place
from archive.read.formats.doc.rows import ACROSS, Shape

CLOSEST, FURTHEST = 15, 120  # twips: bounds on how far edges that are one may lie apart


@dataclass(frozen=True, slots=True)
class Row:
    """The texts of a row's cells and its shape, None where the document does not tell it."""

    texts: tuple[str, ...]
    shape: Shape | None


@dataclass(slots=True)
class Draft:
    """A cell while it may still grow downwards; it covers columns `left` up to `right`."""

    text: str
    row: int
    left: int
    right: int
    open: bool
    rowspan: int = 1


def table_of(rows: Sequence[Row]) -> Table:
    """Gives the grid of rows; TABBED, one field a cell, where a row's shape is unknown or does not fit its cells."""
    rows = rows[:MAX_ROWS]
    shapes = [row.shape for row in rows if row.shape is not None and len(row.shape.flags) == len(row.texts)]
    places = columns(shapes)
    width = max((place[-1] for place in places), default=0)
    if len(shapes) < len(rows) or width > MAX_COLUMNS or width * len(rows) > MAX_SLOTS:
        return fields([row.texts for row in rows], Layout.TABBED)
    drafts = cells(rows, shapes, places)
    slots: list[list[Cell | None]] = [[] for _ in rows]
    for draft in drafts:
        place(slots, Cell(draft.text, draft.row, draft.left, draft.rowspan, draft.right - draft.left))
    spans = any(draft.rowspan > 1 or draft.right - draft.left > 1 for draft in drafts)
    return Table(tuple(map(tuple, slots)), Layout.SPANS if spans else Layout.TABBED)


def columns(shapes: Sequence[Shape]) -> list[list[int]]:
    """Gives the column of every edge of every row; two edges of one row are never one."""
    pairs = [pair for shape in shapes for pair in pairwise(shape.edges)]
    narrowest = min((right - left for left, right in pairs if right > left), default=0)
    near = min(max(narrowest // 3, CLOSEST), FURTHEST)
    edges = sorted((edge, row, index) for row, shape in enumerate(shapes) for index, edge in enumerate(shape.edges))
    places = [[0] * len(shape.edges) for shape in shapes]
    column, anchor = -1, 0
    here: set[int] = set()
    for edge, row, index in edges:
        if column < 0 or edge - anchor > near or row in here:
            column, anchor = column + 1, edge
            here.clear()
        here.add(row)
        places[row][index] = column
    return places


def cells(rows: Sequence[Row], shapes: Sequence[Shape], places: Sequence[list[int]]) -> list[Draft]:
    """Gives the printed cells; what stands in a cell merged with one before or above it is not printed."""
    drafts: list[Draft] = []
    above: dict[tuple[int, int], Draft] = {}
    for index, (row, shape, place_of) in enumerate(zip(rows, shapes, places, strict=True)):
        current: dict[tuple[int, int], Draft] = {}
        for first, stop in groups(shape.flags):
            extent = place_of[first], place_of[stop]
            draft = above.get(extent)
            if draft is not None and draft.open and shape.continues(first):
                draft.rowspan += 1
            else:
                draft = Draft(row.texts[first], index, *extent, open=shape.begins(first))
                drafts.append(draft)
            current[extent] = draft
        above = current
    return drafts


def groups(flags: Sequence[int]) -> list[tuple[int, int]]:
    """Gives the printed cells of a row as (first, stop) of its cells, those merged across together.

    Word 97's own description calls the first cell 1 and the others 2, [MS-DOC] calls it 2 or 3 and the others 1: the
    cell that comes first tells which of both was meant.
    """
    found: list[tuple[int, int]] = []
    lead = 0
    for cell, flag in enumerate(flags):
        across = min(flag & ACROSS, 2)
        if across and lead and across != lead:
            found[-1] = found[-1][0], cell + 1
        else:
            lead = across
            found.append((cell, cell + 1))
    return found
