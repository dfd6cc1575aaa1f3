"""Table 4 without rules: one row of figures under three blocks of five outcomes."""

from collections.abc import Iterator, Sequence
from functools import partial

from archive.model import Status
from archive.read.cells import parse
from archive.read.forms.catalogue import forms
from archive.read.page.labelled import Label
from archive.read.page.labelled_grid import Span, caption, cells_of, table
from archive.read.page.model import Region
from archive.read.page.places import columns_of, leanings
from archive.read.page.runs import LEVEL, Run
from archive.read.page.scene import BLANK_CELL, Draft, Scene, clusters

BLOCKS = tuple(row.label.rpartition("：")[2] for row in forms()["2021"].remedies.rows)
FIVE = len(forms()["2021"].remedies.columns)
GAP = 1.5
FAR = 6.0
"""How far in em below its header the row of figures may stand."""
LINE = 1.2
"""How far in em below each other the lines of one row stand."""
WORD = 4
"""The longest word that is taken for a cell's."""


def outcomes(scene: Scene) -> Iterator[Draft]:
    """Gives the tables 4 of a strip."""
    for stretch in scene.stretches(("outcome", "block")):
        for zone in clusters([label for label in stretch if "outcome" in label.keys], GAP):
            heads = sorted(zone, key=lambda label: label.x0)
            foot = max(head.y1 for head in heads)
            blocks = [label for label in stretch if "block" in label.keys and label.middle < foot]
            if len(heads) == FIVE * len(BLOCKS) and blocks:
                figures = body(scene, heads)
                yield Draft(leanings(figures, heads), partial(region, scene, heads, blocks, figures))


def region(
    scene: Scene, heads: Sequence[Label], blocks: Sequence[Label], figures: Sequence[Run], sides: Sequence[float]
) -> Region:
    """Gives the region of one table."""
    columns = columns_of(figures, heads, sides)
    cells = cells_of(figures, [(0,)] * len(figures), columns)
    names = [caption(over(heads[FIVE * n : FIVE * (n + 1)], name, blocks), FIVE) for n, name in enumerate(BLOCKS)]
    values = [Span(cells.get((0, column), BLANK_CELL)) for column in range(len(heads))]
    bottom = max([label.y1 for label in heads] + [figure.middle for figure in figures])
    start, stop = scene.lines(min(label.y0 for label in blocks), bottom)
    return Region(start, stop, table([names, [caption(label) for label in heads], values]))


def over(heads: Sequence[Label], name: str, blocks: Sequence[Label]) -> Label | None:
    """Gives the label of a block, where it stands over the block's columns."""
    own = (label for label in blocks if label.keys["block"] == name)
    return next((label for label in own if heads[0].x0 - label.runs[0].em <= label.centre <= heads[-1].x1), None)


def body(scene: Scene, heads: Sequence[Label]) -> list[Run]:
    """Gives the runs of the row under a header: its first line and those close below, as far as they may be figures."""
    under = max(label.y1 for label in heads)
    size = heads[0].runs[0].em
    limit = under + FAR * size
    wall = min((height for height in scene.walls if height > under), default=limit)
    found: list[Run] = []
    for run in sorted(scene.between(under, min(limit, wall)), key=lambda each: each.middle):
        beside = bool(found) and run.middle - found[-1].middle < LEVEL * (run.y1 - run.y0)
        if run.middle > limit or not (beside or may_be_cell(run)):
            break
        found.append(run)
        limit = min(limit, run.middle + LINE * size + (run.y1 - run.y0) / 2)
    return found


def may_be_cell(run: Run) -> bool:
    """Tells whether a run may be what a cell prints: a number, a dash, a short word."""
    return parse(run.text).status in (Status.NUMBER, Status.DASH) or len(run.text) <= WORD
