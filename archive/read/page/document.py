"""Pages → the blocks of a document: ruled tables, tables without rules, paragraphs, in order."""

from collections.abc import Iterator, Mapping, Sequence

from archive.read.blocks import Block, Cell, Document, Layout, Paragraph, Table
from archive.read.page import join, unruled
from archive.read.page.lines import text_lines
from archive.read.page.model import Page, Rule, TextLine
from archive.read.page.prose import Margins, furniture, margins, paragraphs
from archive.read.page.ruled import Grid, grids
from archive.read.page.rules import Frame, frames, rule_of, strokes

Item = Grid | TextLine


def read_pages(pages: Sequence[Page]) -> Document:
    """Gives the blocks of pages in order; tables and paragraphs that a page break parted are whole."""
    items: list[Item] = []
    rules: list[tuple[Rule, ...]] = []
    for number, page in enumerate(pages):
        found, left, other = grids(page, number, frames(strokes(page.rules)))
        items += in_order(found, text_lines(left, number))
        rules.append(rules_of(other))
    items = joined(without_furniture(items, pages))
    places = margins(item for item in items if isinstance(item, TextLine))
    blocks: list[Block] = []
    for part in parts(items):
        if isinstance(part, Grid):
            blocks.append(table(part))
        else:
            blocks += unruled_blocks(part, rules, places)
    prose = "\n".join(block.text for block in blocks if not isinstance(block, Table))
    return Document(tuple(blocks), prose)


def in_order(found: Sequence[Grid], lines: Sequence[TextLine]) -> list[Item]:
    """Gives the tables and lines of a page from top to bottom."""
    items: list[Item] = [*found, *lines]
    return sorted(items, key=lambda item: item.ys[0] if isinstance(item, Grid) else (item.y0 + item.y1) / 2)


def rules_of(other: Sequence[Frame]) -> tuple[Rule, ...]:
    """Gives the rules that are no part of a ruled table."""
    level = (rule_of(stroke, upright=False) for frame in other for stroke in frame.level)
    upright = (rule_of(stroke, upright=True) for frame in other for stroke in frame.upright)
    return (*level, *upright)


def without_furniture(items: Sequence[Item], pages: Sequence[Page]) -> list[Item]:
    """Gives the items without page numbers and running heads."""
    lines = [item for item in items if isinstance(item, TextLine)]
    dropped = {id(lines[index]) for index in furniture(lines, pages)}
    return [item for item in items if id(item) not in dropped]


def joined(items: Sequence[Item]) -> list[Item]:
    """Gives the items with tables put together that go on from page to page."""
    made: list[Item] = []
    for item in items:
        before = made[-1] if made else None
        if isinstance(item, Grid) and isinstance(before, Grid) and join.continues(before, item):
            made[-1] = join.put_together(before, item)
        else:
            made.append(item)
    return made


def parts(items: Sequence[Item]) -> Iterator[Grid | list[TextLine]]:
    """Gives tables, and between them the lines that follow one another."""
    run: list[TextLine] = []
    for item in items:
        if isinstance(item, TextLine):
            run.append(item)
            continue
        if run:
            yield run
            run = []
        yield item
    if run:
        yield run


def unruled_blocks(
    lines: Sequence[TextLine], rules: Sequence[Sequence[Rule]], places: Mapping[int, Margins]
) -> Iterator[Block]:
    """Gives the blocks of lines outside ruled tables: tables known by their labels, paragraphs between them."""
    start = 0
    for region in unruled.find(lines, rules):
        yield from map(Paragraph, paragraphs(lines[start : region.start], places))
        yield region.table
        start = region.stop
    yield from map(Paragraph, paragraphs(lines[start:], places))


def table(grid: Grid) -> Table:
    """Gives a grid as a table of cells with exact spans."""
    rows: list[list[Cell | None]] = [[None] * (len(grid.xs) - 1) for _ in grid.ys[1:]]
    for box in grid.boxes:
        made = box.content
        cell = Cell(made.text, box.row, box.column, box.rowspan, box.colspan, made.confidence, made.doubt)
        for row in rows[box.row : box.row + box.rowspan]:
            row[box.column : box.column + box.colspan] = [cell] * box.colspan
    return Table(tuple(map(tuple, rows)), Layout.SPANS)
