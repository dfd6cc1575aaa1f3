"""Which row and which column a figure without rules belongs to: one, or several where that cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.read.forms.labels import NUMBERING
from archive.read.page.labelled import Label
from archive.read.page.runs import LEVEL, Run

MARGIN = 0.5
"""Points by which boxes must overlap to stand in one column."""
NEAR = 0.6
"""Distance in em over which a figure may stand above or below its label, if the next label is twice as far."""
CLOSE = 0.5
"""Gap in em between two lines of one label."""
CENTRED = 0.3
"""Share of an em by which a figure's centre may differ from that of its header and still be centred under it."""

SMALLEST = 0.1
"""Points that a sign has at least; a damaged file may give it none."""

Places = tuple[int, ...]
"""Indices of the rows or columns a figure may belong to; certain where there is one, and only one entry."""


@dataclass(frozen=True, slots=True)
class Band:
    """Figures above each other that share some of their width, and the headers among them."""

    x0: float
    x1: float
    heads: tuple[int, ...]
    figures: tuple[int, ...]


ON_LINE, COVERED, NEARBY = range(3)


def rows_of(figures: Sequence[Run], labels: Sequence[Label], strangers: Sequence[Label]) -> list[Places]:
    """Gives the labels each figure may belong to, unknown ones (`strangers`) counted on from the last label.

    That is the label with a line on the figure's own baseline, else the one whose lines reach above and below it,
    else one that is clearly the nearest. Known labels go first: an unknown one may be that of a group beside them.
    """
    return [row_of(figure, labels, strangers) for figure in figures]


def row_of(figure: Run, labels: Sequence[Label], strangers: Sequence[Label]) -> Places:
    """Gives the labels one figure may belong to."""
    how, places = beside_labels(figure, labels)
    if how < NEARBY or not strangers:
        return places
    how, strange = beside_labels(figure, strangers)
    if how < NEARBY:
        own = tuple(len(labels) + n for n in strange)
        return (*own, *goes_on(labels, [strangers[n] for n in strange]))
    return beside_labels(figure, [*labels, *strangers])[1]


def goes_on(labels: Sequence[Label], strange: Sequence[Label]) -> Places:
    """Gives the labels of which unknown text may be one more line."""
    return tuple(
        n
        for n, label in enumerate(labels)
        for other in strange
        if max(other.y0 - label.y1, label.y0 - other.y1) < CLOSE * other.runs[0].em and not NUMBERING.match(other.text)
    )


def beside_labels(figure: Run, labels: Sequence[Label]) -> tuple[int, Places]:
    """Gives how a figure stands to labels, and to which."""
    level = LEVEL * (figure.y1 - figure.y0)
    middle, top, bottom = figure.middle, figure.middle - level, figure.middle + level
    on_line = [
        n
        for n, label in enumerate(labels)
        if label.y0 < bottom and label.y1 > top and any(top <= run.middle <= bottom for run in label.runs)
    ]
    if on_line:
        return ON_LINE, nearest_of(figure, labels, on_line) if len(on_line) > 1 else (on_line[0],)
    covering = [n for n, label in enumerate(labels) if label.y0 <= middle <= label.y1]
    if covering:
        return COVERED, tuple(covering)
    distances = sorted((max(label.y0 - figure.middle, figure.middle - label.y1), n) for n, label in enumerate(labels))
    near = [n for distance, n in distances[:2] if distance <= 3 * NEAR * figure.em]
    if near and distances[0][0] <= NEAR * figure.em and (len(near) < 2 or distances[0][0] * 2 <= distances[1][0]):
        return NEARBY, (near[0],)
    return NEARBY, tuple(near) if len(near) > 1 else tuple(near * 2)


def nearest_of(figure: Run, labels: Sequence[Label], rows: Sequence[int]) -> Places:
    """Gives the one of several labels on a figure's baseline that is exactly level with it, else all of them."""
    off = {n: min(abs(run.middle - figure.middle) for run in labels[n].runs) for n in rows}
    least = min(off.values())
    return tuple(n for n in rows if off[n] <= least + LEVEL * (figure.y1 - figure.y0) / 3)


def columns_of(figures: Sequence[Run], heads: Sequence[Label], sides: Sequence[float]) -> list[Places]:
    """Gives the header each figure may belong to.

    Figures that share some of their width stand in one column, that of the header that shares it, too. Figures
    beside all headers (a header in the middle, figures at the right) belong to the header before or after them, as
    `sides`, the leanings of this table's figures or of the whole document's, show.
    """
    places: list[Places] = [()] * len(figures)
    found = bands(figures, heads)
    for band in found:
        for n in band.figures:
            places[n] = band.heads if len(band.heads) == 1 else under(figures[n], heads)
    for n, place in beside([band for band in found if not band.heads], found, heads, sides).items():
        places[n] = place
    return places


def bands(figures: Sequence[Run], heads: Sequence[Label]) -> list[Band]:
    """Gives the groups of headers and figures that overlap across, from left to right."""
    boxes = [(head.x0, head.x1, n, True) for n, head in enumerate(heads)]
    boxes += [(figure.x0, figure.x1, n, False) for n, figure in enumerate(figures)]
    made: list[list[tuple[float, float, int, bool]]] = []
    right = 0.0
    for box in sorted(boxes):
        if not made or box[0] > right - MARGIN:
            made.append([])
            right = box[1]
        made[-1].append(box)
        right = max(right, box[1])
    return [
        Band(
            group[0][0],
            max(box[1] for box in group),
            tuple(box[2] for box in group if box[3]),
            tuple(box[2] for box in group if not box[3]),
        )
        for group in made
    ]


def under(figure: Run, heads: Sequence[Label]) -> Places:
    """Gives the headers one figure overlaps; the nearest two where it overlaps none."""
    over = [n for n, head in enumerate(heads) if figure.x0 < head.x1 - MARGIN and figure.x1 > head.x0 + MARGIN]
    near = sorted(range(len(heads)), key=lambda n: abs(heads[n].centre - figure.centre))[:2]
    return tuple(over or near)


def leanings(figures: Sequence[Run], heads: Sequence[Label]) -> list[float]:
    """Gives how far right of their headers figures stand, in em, and 1 or -1 where only one side is possible."""
    found = bands(figures, heads)
    offsets = [
        (figures[n].centre - heads[band.heads[0]].centre) / max(figures[n].em, SMALLEST)
        for band in found
        if len(band.heads) == 1
        for n in band.figures
    ]
    loose = [band for band in found if not band.heads]
    sides = [side for side in (1, -1) if loose and aside(loose, found, heads, side)]
    return [*offsets, *(map(float, sides) if len(sides) == 1 else ())]


def beside(
    loose: Sequence[Band], found: Sequence[Band], heads: Sequence[Label], sides: Sequence[float]
) -> dict[int, Places]:
    """Gives the headers of figures that overlap none: all to the right of theirs, or all to the left."""
    if not loose:
        return {}
    right, left = aside(loose, found, heads, 1), aside(loose, found, heads, -1)
    if right and (any(side < -CENTRED for side in sides) or (sides and max(sides) <= CENTRED)):
        right = {}
    if left and (any(side > CENTRED for side in sides) or (sides and min(sides) >= -CENTRED)):
        left = {}
    if bool(right) != bool(left):
        return right or left
    return {n: around(band, heads) for band in loose for n in band.figures}


def aside(loose: Sequence[Band], found: Sequence[Band], heads: Sequence[Label], side: int) -> dict[int, Places]:
    """Gives the headers of all loose figures, if each has one to its left (`side` 1) or right (-1) without others."""
    taken = {n for band in found if band.figures for n in band.heads}
    places: dict[int, Places] = {}
    for band in loose:
        over = [n for n in range(len(heads)) if (band.x0 - heads[n].x0) * side > 0]
        if not over:
            return {}
        own = max(over, key=lambda n: heads[n].x0 * side)
        if own in taken:
            return {}
        taken.add(own)
        places |= dict.fromkeys(band.figures, (own,))
    return places


def around(band: Band, heads: Sequence[Label]) -> Places:
    """Gives the headers left and right of figures whose own is not known."""
    before = [n for n, head in enumerate(heads) if head.x1 <= band.x0 + MARGIN]
    after = [n for n, head in enumerate(heads) if head.x0 >= band.x1 - MARGIN]
    last = max(before, key=lambda n: heads[n].x1, default=None)
    first = min(after, key=lambda n: heads[n].x0, default=None)
    own = [n for n in (last, first) if n is not None]
    return tuple(own if len(own) > 1 else own * 2)
