"""Table 2 without rules: blocks of labelled rows, each under a header row of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from archive.read.page.labelled import Label
from archive.read.page.labelled_grid import Span, caption, cells_of, table
from archive.read.page.model import Region
from archive.read.page.places import Places, columns_of, leanings, rows_of
from archive.read.page.runs import Run
from archive.read.page.scene import BLANK_CELL, Draft, Scene, clusters, figures_in, strangers_in

GAP = 1.0
KINDS = ("column", "row", "corner", "item")


@dataclass(frozen=True, slots=True)
class Block:
    """A header row with the rows below it: labels, unknown labels, figures."""

    corner: Label | None
    heads: list[Label]
    rows: list[Label]
    strange: list[Label]
    figures: list[Run]


def blocked(scene: Scene) -> Iterator[Draft]:
    """Gives the tables 2 of a strip."""
    for stretch in scene.stretches(KINDS):
        corners = [label for label in stretch if "corner" in label.keys]
        zones = clusters([label for label in stretch if "column" in label.keys], GAP)
        if not zones:
            continue
        tried = (block_of(scene, stretch, corners, *each) for each in zip(zones, stops(zones), strict=True))
        blocks = [block for block in tried if block]
        if len(blocks) > 1 or (blocks and (corners or len(blocks[0].rows) > 1)):
            lean = [each for block in blocks for each in leanings(block.figures, block.heads)]
            yield Draft(lean, partial(region, scene, stretch, blocks))


def stops(zones: Sequence[Sequence[Label]]) -> list[float]:
    """Gives where each block ends: at the header of the next."""
    return [*(min(label.y0 for label in zone) for zone in zones[1:]), float("inf")]


def block_of(
    scene: Scene, stretch: Sequence[Label], corners: Sequence[Label], zone: list[Label], stop: float
) -> Block | None:
    """Gives the block under a header row, None where no row of the form stands there."""
    heads = sorted(zone, key=lambda label: label.x0)
    top, under = min(label.y0 for label in heads), max(label.y1 for label in heads)
    rows = [x for x in stretch if "row" in x.keys and under < x.middle < stop and x.x0 < heads[0].x0]
    if not rows:
        return None
    corner = next((x for x in corners if top - x.runs[0].em <= x.middle <= under + x.runs[0].em), None)
    last = max(row.y1 for row in rows)
    labelled = [*rows, corner] if corner and corner.x1 <= heads[0].x0 else rows
    figures = figures_in(scene, labelled, [(top, under)], last)
    strange = strangers_in(scene, labelled, [(top, under)], last, figures)
    return Block(corner, heads, rows, strange, figures)


def region(scene: Scene, stretch: Sequence[Label], blocks: Sequence[Block], sides: Sequence[float]) -> Region:
    """Gives the region of the blocks of one table."""
    made: list[list[Span]] = []
    for block in blocks:
        made += rows_made(block, sides)
    labels = [label for block in blocks for label in (*block.heads, *block.rows)]
    first = min(label.y0 for label in labels)
    top = min((x.y0 for x in stretch if x.middle < first and ("item" in x.keys or "corner" in x.keys)), default=first)
    bottom = max([label.y1 for label in labels] + [figure.middle for block in blocks for figure in block.figures])
    start, stop = scene.lines(top, bottom)
    return Region(start, stop, table(made))


def rows_made(block: Block, sides: Sequence[float]) -> list[list[Span]]:
    """Gives the rows of a block: its header, then a row a label."""
    columns: list[Places] = [(0,)] * len(block.figures)
    if len(block.heads) > 1:
        columns = columns_of(block.figures, block.heads, sides)
    cells = cells_of(block.figures, rows_of(block.figures, block.rows, block.strange), columns)
    filled = {row for row, _ in cells}
    labels = [*block.rows, *block.strange]
    made = [[caption(block.corner), *map(caption, block.heads)]]
    for n in sorted(range(len(labels)), key=lambda n: labels[n].y0):
        if n < len(block.rows) or n in filled:
            values = [Span(cells.get((n, column), BLANK_CELL)) for column in range(len(block.heads))]
            made.append([caption(labels[n]), *values])
    return made
