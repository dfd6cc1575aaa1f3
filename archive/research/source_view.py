"""The archived document as the reader sees it: its paragraphs and tables, told again without its own markup.

Nothing of the foreign document's code survives: only texts and the extent of cells. It is read anew from the archived
bytes, in a process of its own that is limited in time and memory; figures point into its tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from threading import Semaphore

from archive import sandbox
from archive.errors import NianbaoError
from archive.model import Figure, Payload, Reading, Status, Storage
from archive.read import read_all
from archive.read.blocks import Document, Heading, Table
from archive.read.words import squash
from archive.records.payloads import Held
from archive.unpacking import unpack
from archive.warc.reader import payload_at

SECONDS = 20.0
MEMORY = 512 << 20
KEPT = 32  # views that are held ready
MAX_TEXT = 100_000  # characters of paragraphs, and of each table's cells
MAX_ROWS = 400
READERS = Semaphore(1)
"""One document is read at a time: whoever asks for many waits, the pages do not."""


@dataclass(frozen=True, slots=True)
class SourceCell:
    """A printed cell, its place in the grid and its extent."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1

    def covers(self, row: int, column: int) -> bool:
        """Tells whether it covers a slot of the grid."""
        return self.row <= row < self.row + self.rows and self.column <= column < self.column + self.columns


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table of the document; `number` counts from 0 as figures do, `left_out` is how many rows are not here."""

    number: int
    rows: tuple[tuple[SourceCell, ...], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """A paragraph or heading."""

    text: str
    heading: bool


@dataclass(frozen=True, slots=True)
class SourceView:
    """A document in its order; `left_out` characters of paragraphs are not here. Without blocks `trouble` says why."""

    blocks: tuple[SourceText | SourceTable, ...] = ()
    left_out: int = 0
    trouble: str | None = None

    def cell_of(self, figure: Figure) -> SourceCell | None:
        """Gives the cell a figure was read from; None where it is not here or does not print what was read."""
        for table in self.blocks:
            if isinstance(table, SourceTable) and table.number == figure.table:
                for cell in (cell for row in table.rows for cell in row):
                    if cell.covers(figure.row or 0, figure.column or 0):
                        return cell if prints(cell.text, figure) else None
        return None


def prints(text: str, figure: Figure) -> bool:
    """Tells whether a cell's text is what a figure was read from."""
    raw = squash(figure.raw or "")
    return raw in squash(text) if raw else figure.status is not Status.NUMBER


@lru_cache(maxsize=KEPT)
def source_view(storage: Storage, held: Held, place: str) -> SourceView:
    """Gives the view of one report of a payload, read within SECONDS; never raises for what the bytes are."""
    with READERS:
        reader = partial(viewed, storage, place)
        [(_, answer)] = sandbox.run(reader, [held], workers=1, seconds=SECONDS, memory=MEMORY)
    return SourceView(trouble=answer.code) if isinstance(answer, sandbox.Failure) else answer


def viewed(storage: Storage, place: str, held: Held) -> SourceView | sandbox.Failure:
    """Gives the view of a payload's report. Runs in a process of its own."""
    seen: list[tuple[Document, Reading]] = []
    try:
        payload = Payload(payload_at(storage, held.location))
        readings = read_all(payload, held.hints, unpack, lambda document, reading: seen.append((document, reading)))
    except NianbaoError as error:
        return sandbox.Failure(getattr(error, "code", "out-of-reach"), str(error))
    for reading in readings:
        if reading.place == place:
            own = [document for document, said in seen if said.figures == reading.figures and said.text == reading.text]
            return view_of(own[0]) if own else sandbox.Failure("no-such-report", place)
    return sandbox.Failure("no-such-report", place)


def view_of(document: Document) -> SourceView:
    """Gives the view of a document."""
    blocks: list[SourceText | SourceTable] = []
    tables = said = left_out = 0
    for block in document.blocks:
        if isinstance(block, Table):
            blocks.append(table_of(tables, block))
            tables += 1
        elif said + len(block.text) > MAX_TEXT:
            left_out += len(block.text)
        else:
            said += len(block.text)
            blocks.append(SourceText(block.text, isinstance(block, Heading)))
    return SourceView(tuple(blocks), left_out)


def table_of(number: int, table: Table) -> SourceTable:
    """Gives a table, its first rows where they are too many or say too much."""
    rows: list[tuple[SourceCell, ...]] = []
    said = 0
    for row in cells_of(table):
        said += sum(len(cell.text) for cell in row)
        if len(rows) == MAX_ROWS or (rows and said > MAX_TEXT):
            break
        rows.append(tuple(shortened(row, said)))
    return SourceTable(number, tuple(rows), len(table.rows) - len(rows))


def shortened(row: Sequence[SourceCell], said: int) -> Iterator[SourceCell]:
    """Gives the cells of a row, each cut with a … where the row alone says too much."""
    most = MAX_TEXT // max(len(row), 1)
    for cell in row:
        text = cell.text[:most] + "…" if said > MAX_TEXT and len(cell.text) > most else cell.text
        yield SourceCell(text, cell.row, cell.column, cell.rows, cell.columns)


def cells_of(table: Table) -> Iterator[list[SourceCell]]:
    """Gives the cells that begin in each row, and a blank one for each slot that no cell covers."""
    for number, slots in enumerate(table.rows):
        row = []
        for column, cell in enumerate(slots):
            if cell is None:
                row.append(SourceCell("", number, column))
            elif (cell.row, cell.column) == (number, column):
                row.append(SourceCell(cell.text.strip(), number, column, cell.rowspan, cell.colspan))
        yield row
