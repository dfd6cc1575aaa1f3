"""Which cell of a row belongs to which column.

A row is given as the cells after its label. Every rule here either knows the answer or says None; a caller that gets
None calls the row unreadable. No rule counts from the first number it meets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.read.blocks import Cell, Layout
from archive.read.forms.lines import Line

Aligned = Mapping[str, Cell | None]
"""Column key → its cell; None where the row as a whole shows that nothing is printed there."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header row puts the columns: key → (first slot, slot after the last), on rows of that width."""

    width: int
    places: Mapping[str, tuple[int, int]]

    @property
    def first(self) -> int:
        """Gives the first slot of any column."""
        return min(start for start, _ in self.places.values())

    def fits(self, line: Line) -> bool:
        """Tells whether a row stands on the header's grid.

        It has the header's width; where spans are declared, blank cells may also lie beyond the last column or be
        missing there, because they move nothing.
        """
        stop = max(stop for _, stop in self.places.values())
        if line.width == self.width or line.layout is not Layout.SPANS:
            return line.width == self.width
        return line.width >= stop and not any(cell and cell.text.strip() for cell in line.slots[stop:])


def by_order(values: Sequence[Cell], keys: Sequence[str]) -> Aligned | None:
    """Gives the n-th cell to the n-th column, where there are exactly as many of both."""
    return dict(zip(keys, values, strict=True)) if len(values) == len(keys) else None


def by_printed(values: Sequence[Cell], keys: Sequence[str]) -> Aligned | None:
    """Gives cells to columns where every column is filled and all that is left over is blank.

    Order alone then decides, whatever blank cells a merged label or a padded row has left.
    """
    printed = [cell for cell in values if cell.text.strip()]
    return by_order(printed, keys)


def all_blank(values: Sequence[Cell], keys: Sequence[str]) -> Aligned | None:
    """Gives blanks where the row has room for every column and prints nothing."""
    if len(values) < len(keys) or any(cell.text.strip() for cell in values):
        return None
    return dict(zip(keys, values, strict=False))


def by_place(line: Line, values: Sequence[Cell], header: Header, keys: Sequence[str]) -> Aligned | None:
    """Gives the cells that stand in the slots of the header's columns.

    None unless the row stands on the header's grid, every column is covered by one cell of its own that comes after the
    label, and nothing printed is left outside the columns.
    """
    if not header.fits(line):
        return None
    allowed = {id(cell) for cell in values}
    aligned: dict[str, Cell | None] = {}
    for key in keys:
        start, stop = header.places[key]
        covering = {id(slot): slot for slot in line.slots[start:stop]}
        cell = next(iter(covering.values()))
        if len(covering) != 1 or cell is None or id(cell) not in allowed:
            return None
        aligned[key] = cell
    own = {id(cell) for cell in aligned.values()}
    stray = any(cell.text.strip() for cell in values if id(cell) not in own)
    return None if stray or len(own) < len(keys) else aligned


def agreed(*answers: Aligned | None) -> Aligned | None:
    """Gives what the rules that know agree on; two that differ cancel each other."""
    known = [answer for answer in answers if answer is not None]
    if not known or any(not same(known[0], other) for other in known[1:]):
        return None
    return known[0]


def same(one: Aligned, other: Aligned) -> bool:
    """Tells whether two answers print the same under every column."""
    return all(text(one[key]) == text(other[key]) for key in one)


def text(cell: Cell | None) -> str:
    """Gives what a cell prints."""
    return cell.text.strip() if cell else ""


def only_total(line: Line, values: Sequence[Cell], header: Header, totals: Sequence[str]) -> Aligned | None:
    """Gives a row of a doubtful page whose printed cells can only be totals.

    For pages whose own width contradicts the form (a column lost or gained at a page break), so that a cell may stand
    one place off its header. Callers make sure that every row of certain columns fills 总计 alone. Each printed cell
    must have exactly one 总计 within one place, and each 总计 at most one cell.
    """
    if line.width != header.width:
        return None
    allowed = {id(cell) for cell in values}
    aligned: dict[str, Cell | None] = dict.fromkeys(header.places)
    for place, cell in enumerate(line.slots):
        if cell is None or id(cell) not in allowed or not cell.text.strip():
            continue
        near = [key for key in totals if abs(header.places[key][0] - place) <= 1]
        if len(near) != 1 or aligned[near[0]] is not None:
            return None
        aligned[near[0]] = cell
    return aligned
