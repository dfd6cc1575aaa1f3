"""What a document is made of before any form is known: headings, paragraphs and tables on a plain grid.

A table's `layout` says how far the position of a cell can be trusted:

- SPANS: the document declares spans (合并单元格), so every slot of the grid has its own place;
- TABBED: one field a column as written, spans unknown: merged cells may or may not have left blank fields;
- STREAM: cells one after another; where a row ends is known only where the text leaves a blank line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from archive.model import Issue

MAX_COLUMNS = 200
MAX_ROWS = 5_000
MAX_SLOTS = 200_000
"""Caps on what spans may ask for; a statutory table has 28 rows and 15 columns."""


class Layout(StrEnum):
    """How the columns of a table are known."""

    SPANS = "spans"
    TABBED = "tabbed"
    STREAM = "stream"


@dataclass(slots=True, eq=False)
class Cell:
    """One printed cell: its text with inner line breaks, its first row and column, its extent.

    Nothing changes a cell; it is not declared frozen because that makes it three times as slow to make.

    `confidence` (0 to 1) belongs to a recognised text (OCR); `doubt` says why a cell's text cannot be relied on, so
    that its figure is unreadable.
    """

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    confidence: float | None = None
    doubt: str | None = None


Slots = tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A plain grid: `rows[r][c]` is the cell that covers the slot, None where nothing does.

    `cut`: cells past the caps were left out.
    """

    rows: tuple[Slots, ...]
    layout: Layout
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of prose without outer blanks."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A line the document itself marks as a heading."""

    text: str


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Content:
    """What the report itself prints, told apart from the page around it."""

    text: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a format reader gives.

    `blocks` in document order; `text` is the report's prose without its data tables; `titles` are the document's
    titles by its metadata, which go before its own lines, `lesser_titles` those that go after (a page's title
    element); `links` are lines that are nothing but a link; `publisher` is what metadata names as the publishing body;
    `content` is what the fingerprint compares, None where report and page cannot be told apart.
    """

    blocks: tuple[Block, ...]
    text: str
    charset: str | None = None
    titles: tuple[str, ...] = ()
    lesser_titles: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    publisher: str | None = None
    content: Content | None = None
    issues: tuple[Issue, ...] = field(default=())

    @property
    def tables(self) -> tuple[Table, ...]:
        """Gives the tables in document order; figures point into this tuple."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def lines(self) -> tuple[str, ...]:
        """Gives headings and paragraphs in document order."""
        return tuple(block.text for block in self.blocks if not isinstance(block, Table))


class Span(NamedTuple):
    """A cell as its document declares it; `rowspan` 0 reaches to the last row."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    confidence: float | None = None
    doubt: str | None = None


def grid(declared: Sequence[Sequence[Span]]) -> Table:
    """Gives the table of cells declared row by row, spans expanded as HTML does it.

    Extents are capped by MAX_COLUMNS and the number of rows; rows past MAX_ROWS are left out.
    A table that declares no span at all is TABBED: its cells may come from a flattening.
    """
    cut = len(declared) > MAX_ROWS
    declared = declared[:MAX_ROWS]
    slots: list[list[Cell | None]] = [[] for _ in declared]
    budget, spans = MAX_SLOTS, False
    for row, cells in enumerate(declared):
        own, column = slots[row], 0
        for text, across, down, confidence, doubt in cells:
            if column < len(own):
                column = free_column(own, column)
            if across == 1 == down and column == len(own) and column < MAX_COLUMNS and budget:
                own.append(Cell(text, row, column, 1, 1, confidence, doubt))
                budget -= 1
                column += 1
                continue
            spans = spans or across != 1 or down != 1
            rowspan = min(down or len(declared), len(declared) - row)
            colspan = min(max(across, 1), MAX_COLUMNS - column)
            if colspan < 1 or budget < rowspan * colspan:
                cut = True
                break
            budget -= rowspan * colspan
            place(slots, Cell(text, row, column, rowspan, colspan, confidence, doubt))
            column += colspan
    return Table(tuple(map(tuple, slots)), Layout.SPANS if spans else Layout.TABBED, cut)


def free_column(slots: Sequence[Cell | None], column: int) -> int:
    """Gives the first column from `column` on that no cell covers yet."""
    while column < len(slots) and slots[column] is not None:
        column += 1
    return column


def place(slots: list[list[Cell | None]], cell: Cell) -> None:
    """Lets `cell` cover its slots; a slot that an earlier cell covers stays with that cell."""
    stop = cell.column + cell.colspan
    if cell.rowspan == 1 and cell.column == len(slots[cell.row]):
        slots[cell.row] += [cell] * cell.colspan
        return
    for row in slots[cell.row : cell.row + cell.rowspan]:
        row.extend([None] * (stop - len(row)))
        for column in range(cell.column, stop):
            if row[column] is None:
                row[column] = cell


def fields(rows: Iterable[Sequence[str]], layout: Layout) -> Table:
    """Gives a flattened table: every string its own cell at its own place."""
    return Table(
        tuple(tuple(Cell(text, row, column) for column, text in enumerate(texts)) for row, texts in enumerate(rows)),
        layout,
    )
