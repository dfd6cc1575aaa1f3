"""Tables that a page break parted → one table.

The parts belong together when nothing but page furniture stands between them and their columns are the same. The break
may fall between two rows or inside one; labels of the forms decide (`（四）无` ‖ `法提供` is one label), then numbering
and how full the last line is. Where none of these tells, the values of both rows are doubtful.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from archive.read.blocks import MAX_COLUMNS, MAX_ROWS
from archive.read.forms.catalogue import forms
from archive.read.forms.labels import normal
from archive.read.page.cells import Content
from archive.read.page.ruled import Box, Grid
from archive.read.words import squash

SLACK = 6.0
"""How far the edges of a column may differ from page to page, in points."""
NUMBERED = re.compile(
    r"(?:[(（][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+[、.．,，]|\d+[、.．)）](?!\d)|第[一二三四五六七八九十]+条)"
)
VALUE = re.compile(r"[+\-−]{0,2}\d[\d,]*(?:\.\d+)?(?:[万亿千百]?元|[万件条项次笔个份人]|人次)?|[-—–/]+")
UNDECIDED = "a page break may part this row"


class Relation(StrEnum):
    """How what stands above a page break goes with what stands below."""

    APART = "apart"
    TOGETHER = "together"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Pair:
    """The two cells of the same columns that a page break parts or separates."""

    upper: Box
    lower: Box

    @property
    def own(self) -> bool:
        """Tells whether both cells belong to the last and to the first row alone."""
        return self.upper.rowspan == self.lower.rowspan == 1

    @property
    def texts(self) -> tuple[str, str]:
        """Gives what both cells print, without blanks."""
        return squash(self.upper.content.text), squash(self.lower.content.text)

    @property
    def words(self) -> bool:
        """Tells whether one of the cells prints words, not a value."""
        return any(map(words, self.texts))


def words(text: str) -> bool:
    """Tells whether a text is neither blank nor a value."""
    return bool(text) and not VALUE.fullmatch(text)


def continues(upper: Grid, lower: Grid) -> bool:
    """Tells whether a table at the top of a page has the columns of the one at the foot of the page before."""
    if lower.page != upper.page + 1:
        return False
    wide, other = upper.xs[-1] - upper.xs[0], lower.xs[-1] - lower.xs[0]
    if abs(wide - other) > max(SLACK, 0.02 * wide):
        return False
    if rows_of(upper) + rows_of(lower) > MAX_ROWS or len(upper.xs) + len(lower.xs) > MAX_COLUMNS:
        return False
    inner = matched(upper.xs, lower.xs)[1:-1]
    found = sum(place is not None for place in inner)
    return not inner or found * 2 >= min(len(inner), len(upper.xs) - 2)


def rows_of(grid: Grid) -> int:
    """Gives the number of rows."""
    return len(grid.ys) - 1


def matched(upper: Sequence[float], lower: Sequence[float]) -> list[int | None]:
    """Gives for each edge of the lower part the number of the same edge of the upper, None where there is none."""
    stretch = (upper[-1] - upper[0]) / (lower[-1] - lower[0])
    places: list[int | None] = []
    free = 0
    for edge in (upper[0] + (x - lower[0]) * stretch for x in lower):
        near = min(range(free, len(upper)), key=lambda index: abs(upper[index] - edge), default=None)
        if near is not None and abs(upper[near] - edge) <= SLACK:
            places.append(near)
            free = near + 1
        else:
            places.append(None)
    return places


def on_common_columns(upper: Grid, lower: Grid) -> tuple[Grid, Grid]:
    """Gives both parts with the columns of either."""
    stretch = (upper.xs[-1] - upper.xs[0]) / (lower.xs[-1] - lower.xs[0])
    places = matched(upper.xs, lower.xs)
    edges = [
        upper.xs[place] if place is not None else upper.xs[0] + (x - lower.xs[0]) * stretch
        for place, x in zip(places, lower.xs, strict=True)
    ]
    xs = tuple(sorted({*upper.xs, *edges}))
    return moved(upper, upper.xs, xs), moved(lower, edges, xs)


def moved(grid: Grid, own: Sequence[float], xs: tuple[float, ...]) -> Grid:
    """Gives a grid on more columns: `own` are its edges among `xs`."""
    at = {edge: index for index, edge in enumerate(xs)}
    boxes = [
        replace(
            box,
            column=at[own[box.column]],
            colspan=at[own[box.column + box.colspan]] - at[own[box.column]],
        )
        for box in grid.boxes
    ]
    return replace(grid, xs=xs, boxes=tuple(box for box in boxes if box.colspan > 0))


def put_together(upper: Grid, lower: Grid) -> Grid:
    """Gives two parts as one table, a header repeated on the new page left out."""
    upper, lower = on_common_columns(upper, lower)
    lower = without_header(upper, lower)
    height = rows_of(upper)
    pairs = pairs_at(upper, lower)
    relation = rows_relation(pairs, upper, lower)
    cut = relation is Relation.TOGETHER
    below = [replace(box, row=box.row + height - cut) for box in lower.boxes]
    above = list(upper.boxes)
    for pair in pairs:
        if cut or same_group(pair, pairs):
            mended = merged(pair, cut)
            above[above.index(pair.upper)] = mended
            below = [box for box in below if not (box.column == pair.lower.column and box.row == height - cut)]
        elif relation is Relation.UNCLEAR and pair.own and not pair.words:
            above[above.index(pair.upper)] = doubted(pair.upper)
            below = [doubted(b) if b.column == pair.lower.column and b.row == height else b for b in below]
    ys = tuple(float(row) for row in range(height + rows_of(lower) - cut + 1))
    boxes = tuple(sorted([*above, *below], key=lambda box: (box.row, box.column)))
    return Grid(upper.xs, ys, boxes, lower.page)


def without_header(upper: Grid, lower: Grid) -> Grid:
    """Gives the lower part without the rows at its top that repeat the head of the table."""
    count = 0
    for rows in range(1, min(rows_of(upper), rows_of(lower))):
        head, again = top_rows(upper, rows), top_rows(lower, rows)
        if head != again or any(VALUE.fullmatch(text) for *_, text in head):
            break
        if all(row + rowspan <= rows for row, _, rowspan, _, _ in head) and any(text for *_, text in head):
            count = rows
    boxes = tuple(replace(box, row=box.row - count) for box in lower.boxes if box.row >= count)
    return replace(lower, ys=lower.ys[count:], boxes=boxes)


def top_rows(grid: Grid, count: int) -> list[tuple[int, int, int, int, str]]:
    """Gives the places and texts of the cells that start in the first rows."""
    return [
        (box.row, box.column, box.rowspan, box.colspan, squash(box.content.text))
        for box in grid.boxes
        if box.row < count
    ]


def pairs_at(upper: Grid, lower: Grid) -> list[Pair]:
    """Gives the cells of the same columns that meet at the page break, from left to right."""
    foot = {(b.column, b.colspan): b for b in upper.boxes if b.row + b.rowspan == rows_of(upper)}
    top = {(b.column, b.colspan): b for b in lower.boxes if b.row == 0}
    return [Pair(foot[place], top[place]) for place in sorted(foot.keys() & top.keys())]


def rows_relation(pairs: Sequence[Pair], upper: Grid, lower: Grid) -> Relation:
    """Gives whether the last row above and the first row below are one row."""
    foot = sum(box.row + box.rowspan == rows_of(upper) for box in upper.boxes)
    top = sum(box.row == 0 for box in lower.boxes)
    relations = [relation(pair) for pair in pairs]
    if not len(pairs) == foot == top or Relation.APART in relations:
        return Relation.APART
    own = [pair for pair in pairs if pair.own]
    label = next((pair for pair in reversed(own) if pair.words), None)
    if label is None or not all(label.texts):
        return Relation.TOGETHER if own else Relation.APART
    if relation(label) is Relation.TOGETHER:
        return Relation.TOGETHER
    values = [pair.texts for pair in own if not pair.words]
    upper_filled, lower_filled = (any(texts[side] for texts in values) for side in (0, 1))
    return Relation.UNCLEAR if upper_filled != lower_filled else Relation.APART


def relation(pair: Pair) -> Relation:
    """Gives whether two cells are the halves of one, as far as their texts tell."""
    upper, lower = pair.texts
    if not upper or not lower:
        return Relation.UNCLEAR
    if VALUE.fullmatch(upper) or VALUE.fullmatch(lower):
        return Relation.APART
    known = labels()
    if normal(upper) in known and normal(lower) in known:
        return Relation.APART
    if normal(upper + lower) in known:
        return Relation.TOGETHER
    if normal(lower) in known or NUMBERED.match(lower):
        return Relation.APART
    return Relation.UNCLEAR


@cache
def labels() -> frozenset[str]:
    """Gives every label of the statutory forms as it is compared."""
    found: set[str] = set()
    for form in forms().values():
        second, third = form.disclosure, form.requests
        found.update(s for column in (*second.columns, *third.columns) for s in column.spellings)
        found.update(s for block in second.blocks for row in block.rows for s in row.spellings)
        found.update(s for row in third.rows for s in row.spellings)
        found.update((*third.groups, *third.headers))
    return frozenset(map(normal, found))


def same_group(pair: Pair, pairs: Sequence[Pair]) -> bool:
    """Tells whether a break between two rows goes through a merged label cell (a group of rows).

    The label of the row below stands to its right, and nothing to its left begins anew.
    """
    place = pair.upper.column
    if any(relation(each) is Relation.APART for each in pairs if each.upper.column < place):
        return False
    if not any(each.lower.column > place and words(each.texts[1]) for each in pairs):
        return False
    upper, lower = pair.texts
    if upper and lower:
        return relation(pair) is Relation.TOGETHER
    return pair.words and not pair.own


def merged(pair: Pair, cut: bool) -> Box:
    """Gives two halves of a cell as one; `cut` where the last row of one is the first of the other."""
    upper, lower = pair.upper.content, pair.lower.content
    sure = [each.confidence for each in (upper, lower) if each.confidence is not None]
    text = "\n".join(each.text for each in (upper, lower) if each.text)
    made = Content(text, min(sure, default=None), upper.doubt or lower.doubt)
    return replace(
        pair.upper, rowspan=pair.upper.rowspan + pair.lower.rowspan - cut, content=made, below=pair.lower.below
    )


def doubted(box: Box) -> Box:
    """Gives a cell whose value cannot be relied on."""
    return replace(box, content=replace(box.content, doubt=UNDECIDED))
