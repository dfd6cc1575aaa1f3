"""The shape of a table row ([MS-DOC] 2.6.3): cell edges in twips (1/1440 inch) and which cells are merged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from archive.read.formats.doc.binary import signed, unsigned
from archive.read.formats.doc.sprms import DEFINE_TABLE, Sprm

ACROSS, DOWN, RESTART = 0x0003, 0x0020, 0x0040
CELL = 20  # bytes of a TC80
MAX_CELLS = 255


@dataclass(frozen=True, slots=True)
class Shape:
    """A row: one edge more than cells; `flags` of a cell as in TCGRF."""

    edges: tuple[int, ...]
    flags: tuple[int, ...]

    def continues(self, cell: int) -> bool:
        """Tells whether a cell belongs to the one above it."""
        return bool(self.flags[cell] & DOWN) and not self.flags[cell] & RESTART

    def begins(self, cell: int) -> bool:
        """Tells whether a cell may go on in the row below."""
        return bool(self.flags[cell] & (DOWN | RESTART))


@dataclass(slots=True)
class Draft:
    """A row while its modifiers are applied."""

    edges: list[int] = field(default_factory=lambda: [0])
    flags: list[int] = field(default_factory=list)
    gap: int = 0


def shape_of(sprms: Iterable[Sprm]) -> Shape | None:
    """Gives the shape of a row, None where its modifiers define no cells or edges that run backwards."""
    draft = Draft()
    for code, operand in sprms:
        change = CHANGES.get(code)
        if change:
            change(draft, operand)
    edges = draft.edges
    if not draft.flags or any(right < left for left, right in pairwise(edges)):
        return None
    return Shape(tuple(edges), tuple(draft.flags))


def define(draft: Draft, operand: bytes) -> None:
    """sprmTDefTable: all edges, then as many cell descriptions as are not plain."""
    count = unsigned(operand, 0, 1)
    cells = 1 + 2 * (count + 1)
    draft.edges = [signed(operand, 1 + 2 * index, 2) for index in range(count + 1)]
    starts = (cells + CELL * index for index in range(count))
    draft.flags = [unsigned(operand, at, 2) if at + 2 <= len(operand) else 0 for at in starts]


def gap(draft: Draft, operand: bytes) -> None:
    """sprmTDxaGapHalf: half the room between the texts of two cells."""
    draft.gap = signed(operand, 0, 2)


def move(draft: Draft, operand: bytes) -> None:
    """sprmTDxaLeft: where the text of the first cell begins."""
    shift = signed(operand, 0, 2) - draft.gap - draft.edges[0]
    draft.edges = [edge + shift for edge in draft.edges]


def insert(draft: Draft, operand: bytes) -> None:
    """sprmTInsert: new cells of one width; a row that is shorter is filled up with such cells first."""
    first, count, width = operand[0], operand[1], unsigned(operand, 2, 2)
    count += max(first - len(draft.flags), 0)
    first = min(first, len(draft.flags))
    count = min(count, MAX_CELLS - len(draft.flags))
    start = draft.edges[first]
    new = [start + width * (index + 1) for index in range(count)]
    draft.edges[first + 1 :] = new + [edge + width * count for edge in draft.edges[first + 1 :]]
    draft.flags[first:first] = [0] * count


def delete(draft: Draft, operand: bytes) -> None:
    """sprmTDelete: cells first to limit go, those after them move up."""
    first, limit = span(draft, operand)
    gone = draft.edges[limit] - draft.edges[first]
    draft.edges[first + 1 :] = [edge - gone for edge in draft.edges[limit + 1 :]]
    del draft.flags[first:limit]


def widen(draft: Draft, operand: bytes) -> None:
    """sprmTDxaCol: cells first to limit get one width."""
    first, limit = span(draft, operand)
    width = unsigned(operand, 2, 2)
    shift = draft.edges[first] + width * (limit - first) - draft.edges[limit]
    draft.edges[first + 1 : limit] = [draft.edges[first] + width * (n + 1) for n in range(limit - first - 1)]
    draft.edges[max(limit, first + 1) :] = [edge + shift for edge in draft.edges[max(limit, first + 1) :]]


def merge(draft: Draft, operand: bytes) -> None:
    """sprmTMerge: cells first to limit become one; which bit means "first" is told by who comes first."""
    first, limit = span(draft, operand)
    for cell in range(first, limit):
        draft.flags[cell] = draft.flags[cell] & ~ACROSS | (1 if cell == first else 2)


def split(draft: Draft, operand: bytes) -> None:
    """sprmTSplit: cells first to limit stand alone again."""
    for cell in range(*span(draft, operand)):
        draft.flags[cell] &= ~ACROSS


def merge_down(draft: Draft, operand: bytes) -> None:
    """sprmTVertMerge: 0 stands alone, 1 continues the cell above, 3 begins."""
    cell, how = unsigned(operand, 0, 1), unsigned(operand, 1, 1)
    if cell < len(draft.flags):
        draft.flags[cell] = draft.flags[cell] & ~(DOWN | RESTART) | (how & 3) << 5


def span(draft: Draft, operand: bytes) -> tuple[int, int]:
    """Gives the cells that an operand names, as far as there are any."""
    count = len(draft.flags)
    first = min(operand[0], count)
    return first, max(min(operand[1], count), first)


CHANGES: Mapping[int, Callable[[Draft, bytes], None]] = {
    DEFINE_TABLE: define,
    0x9601: move,
    0x9602: gap,
    0x7621: insert,
    0x5622: delete,
    0x7623: widen,
    0x5624: merge,
    0x5625: split,
    0xD62B: merge_down,
}
