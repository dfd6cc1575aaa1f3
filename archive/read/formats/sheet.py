"""Spreadsheets (XLSX, XLS, ET of WPS): rows of running text become paragraphs, the rest tables with exact spans.

A sheet says how a report was laid out only by its cells. A row that prints one cell is running text where that cell
is a section heading, names an annual report, ends like a sentence or is too long for a label; blank rows without
rules and rows of running text part tables. What is hidden is not printed: it is left out, with an issue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Issue, Payload
from archive.read.blocks import MAX_SLOTS, Block, Cell, Document, Layout, Paragraph, Table
from archive.read.formats import sheet_xls, sheet_xlsx
from archive.read.formats.sheet_cells import Sheet, damaged
from archive.read.words import is_furniture, section, tidy

LABEL_MAX = 60
SENTENCE = ("。", "；", "！", "：", ":")
TITLE_ENDS = ("报告", "年报")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: the cell on each column that has one; `ruled` where two cells at least have rules."""

    index: int
    slots: dict[int, Cell]
    ruled: bool

    @property
    def printed(self) -> list[Cell]:
        """Gives the distinct cells that print something."""
        return list({id(cell): cell for cell in self.slots.values() if cell.text.strip() or cell.doubt}.values())

    @property
    def lone(self) -> Cell | None:
        """Gives the only cell that the row prints."""
        return self.printed[0] if len(self.printed) == 1 else None


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a workbook, its sheets in order."""
    reader = sheet_xlsx.sheets if payload.data.startswith(b"PK") else sheet_xls.sheets
    try:
        found = reader(payload.data)
    except UnreadableDocumentError:
        raise
    except (RecursionError, MemoryError) as error:
        raise damaged(str(error)) from error
    shown = [sheet for sheet in found if not sheet.hidden]
    blocks = tuple(block for sheet in shown for block in blocks_of(sheet))
    prose = "\n".join(b.text for b in blocks if not isinstance(b, Table) and not is_furniture(b.text))
    names = tuple(sheet.name for sheet in shown)
    return Document(blocks, prose, lesser_titles=names, issues=tuple(issue for s in found for issue in issues(s)))


def issues(sheet: Sheet) -> Iterator[Issue]:
    """Gives what of a sheet was left out."""
    if sheet.hidden:
        yield Issue("sheet-hidden", f"the sheet {sheet.name} is hidden and was left out")
    if any((r in sheet.hidden_rows or c in sheet.hidden_columns) and s.text for (r, c), s in sheet.cells.items()):
        yield Issue("cells-hidden", f"the sheet {sheet.name} hides rows or columns, which were left out")
    if sheet.cut:
        yield Issue("sheet-too-large", f"the sheet {sheet.name} holds more than can be read; the rest was left out")


def blocks_of(sheet: Sheet) -> Iterator[Block]:
    """Gives paragraphs and tables of a sheet in order."""
    rows = rows_of(sheet)
    text: set[int] = {id(cell) for row in rows if (cell := row.lone) and is_text(cell.text)}

    def kind(row: Row) -> str:
        printed = row.printed
        if not printed and not row.ruled:
            return "blank"
        return "text" if len(printed) == 1 and id(printed[0]) in text else "table"

    for what, run in groupby(apart(rows), key=lambda row: kind(row) if row else "blank"):
        kept = [row for row in run if row]
        if what == "text":
            yield from (line for row in kept for line in lines(row))
        elif what == "table":
            yield from piece(kept)


def apart(rows: Sequence[Row]) -> Iterator[Row | None]:
    """Gives rows in order, None where the sheet has rows between them that hold nothing."""
    before = -1
    for row in rows:
        if row.index > before + 1:
            yield None
        yield row
        before = row.index


def is_text(text: str) -> bool:
    """Tells whether the only cell of a row is running text, not a label of a table."""
    said = [clean for line in text.split("\n") if (clean := tidy(line))]
    return any(
        section(line) is not None or line.endswith((*SENTENCE, *TITLE_ENDS)) or len(line) > LABEL_MAX for line in said
    )


def lines(row: Row) -> Iterator[Block]:
    """Gives the paragraphs of a row's cell, in the row where the cell begins."""
    cell = row.lone
    if cell is not None and cell.row == row.index:
        yield from (Paragraph(clean) for line in cell.text.split("\n") if (clean := tidy(line)))


def piece(rows: list[Row]) -> Iterator[Block]:
    """Gives a run of rows as a table, what stands alone before and after it as paragraphs.

    A lone cell in front belongs to the table where it is ruled; one behind unless it reads as a note (填报人：…).
    """
    full = [place for place, row in enumerate(rows) if len(row.printed) > 1]
    start = full[0] if full else len(rows)
    while full and start and rows[start - 1].ruled:
        start -= 1
    stop = len(rows)
    while stop > start and (note := rows[stop - 1].lone) and is_note(note.text):
        stop -= 1
    for row in rows[:start]:
        yield from lines(row)
    if start < stop:
        yield table(rows[start:stop])
    for row in rows[stop:]:
        yield from lines(row)


def is_note(text: str) -> bool:
    """Tells whether a lone cell under a table is a note, not a label: 填报人：张三."""
    return "：" in text or ":" in text


def rows_of(sheet: Sheet) -> list[Row]:
    """Gives the rows that show anything, merged cells on every slot they cover, hidden rows and columns closed up."""
    covered = spans(sheet)
    places = set(covered) | set(sheet.cells)
    shown_rows = {row: i for i, row in enumerate(closed([row for row, _ in places], sheet.hidden_rows))}
    shown_columns = {c: i for i, c in enumerate(closed([c for _, c in places], sheet.hidden_columns))}
    cells = made(covered, places, shown_rows, shown_columns, sheet)
    slots: dict[int, dict[int, Cell]] = {}
    ruled: dict[int, int] = {}
    for row, column in sorted(places):
        if row in shown_rows and column in shown_columns:
            anchor = covered.get((row, column), (row, column))
            slots.setdefault(shown_rows[row], {})[shown_columns[column]] = cells[anchor]
            own = sheet.cells.get((row, column)) or sheet.cells.get(anchor)
            ruled[shown_rows[row]] = ruled.get(shown_rows[row], 0) + bool(own and own.ruled)
    return [Row(index, slots[index], ruled[index] > 1) for index in sorted(slots)]


def closed(indexes: Sequence[int], hidden: set[int]) -> list[int]:
    """Gives all rows or columns up to the last used one that are not hidden."""
    return [index for index in range(max(indexes, default=-1) + 1) if index not in hidden]


def spans(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Gives for every slot of a merged range the range's first slot; an earlier range keeps its slots.

    A range that prints nothing and reaches past the used cells (a whole column, a whole sheet) ends with them.
    """
    last_row = max((row for row, _ in sheet.cells), default=0)
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for first_row, first, stop_row, stop in sheet.merges:
        bottom = min(stop_row, last_row)
        if (bottom - first_row + 1) * (stop - first + 1) + len(covered) > MAX_SLOTS:
            continue
        for row in range(first_row, bottom + 1):
            for column in range(first, stop + 1):
                covered.setdefault((row, column), (first_row, first))
    return covered


def made(
    covered: dict[tuple[int, int], tuple[int, int]],
    places: set[tuple[int, int]],
    rows: dict[int, int],
    columns: dict[int, int],
    sheet: Sheet,
) -> dict[tuple[int, int], Cell]:
    """Gives the cell of every first slot, placed and sized by the rows and columns that show."""
    extents: dict[tuple[int, int], tuple[set[int], set[int]]] = {}
    for row, column in places:
        if row in rows and column in columns:
            own = extents.setdefault(covered.get((row, column), (row, column)), (set(), set()))
            own[0].add(rows[row])
            own[1].add(columns[column])
    cells = {}
    for anchor, (down, across) in extents.items():
        shown = sheet.cells.get(anchor)
        text, doubt = (shown.text, shown.doubt) if shown else ("", None)
        cells[anchor] = Cell(text, min(down), min(across), len(down), len(across), doubt=doubt)
    return cells


def table(rows: list[Row]) -> Table:
    """Gives the grid of rows that follow each other, cut to the columns they use; other slots are blank cells."""
    used = [column for row in rows for column in row.slots]
    first, stop = min(used), max(used) + 1
    top = rows[0].index
    moved: dict[int, Cell] = {}

    def slot(row: Row, column: int) -> Cell:
        cell = row.slots.get(column)
        if cell is None:
            return Cell("", row.index - top, column - first)
        if id(cell) not in moved:
            down = min(cell.row + cell.rowspan, rows[-1].index + 1) - max(cell.row, top)
            moved[id(cell)] = Cell(
                cell.text, max(cell.row - top, 0), cell.column - first, down, cell.colspan, doubt=cell.doubt
            )
        return moved[id(cell)]

    return Table(tuple(tuple(slot(row, column) for column in range(first, stop)) for row in rows), Layout.SPANS)
