"""What a spreadsheet holds before it is read as blocks: its cells as they show, merges, what is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.errors import UnreadableDocumentError
from archive.read.blocks import MAX_COLUMNS, MAX_ROWS, MAX_SLOTS
from archive.read.formats.sheet_numbers import GENERAL, shown

MAX_SHEETS = 64
MAX_MERGES = 20_000
MAX_TEXT = 32_768
"""Characters a cell may hold, as Excel has it."""

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
NO_RESULT = "a formula whose result is not stored"
UNKNOWN_FORMAT = "a number format that is not understood"

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, all 0-based and inclusive."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as it shows; `ruled` where it has a border; `doubt` as blocks.Cell has it."""

    text: str
    ruled: bool = False
    doubt: str | None = None


@dataclass(slots=True)
class Sheet:
    """A sheet while it is read. `hidden`: the sheet as a whole; `cut` says that it held more than can be read."""

    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Shown] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    cut: bool = False

    def put(self, row: int, column: int, shown: Shown) -> None:
        """Keeps a cell that prints something or is ruled; one past the caps only marks the sheet as cut."""
        if not shown.text and not shown.ruled and not shown.doubt:
            return
        if row < MAX_ROWS and column < MAX_COLUMNS and len(self.cells) < MAX_SLOTS:
            self.cells[row, column] = shown
        else:
            self.cut = self.cut or bool(shown.text or shown.doubt)

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Keeps a merged range, clipped to the caps."""
        last_row, last_column = min(last_row, MAX_ROWS - 1), min(last_column, MAX_COLUMNS - 1)
        single = (first_row, first_column) == (last_row, last_column)
        if first_row <= last_row and first_column <= last_column and not single and len(self.merges) < MAX_MERGES:
            self.merges.append((first_row, first_column, last_row, last_column))


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell is shown: number format and whether it is ruled."""

    code: str = GENERAL
    ruled: bool = False


def style(styles: Mapping[int, Style], index: int) -> Style:
    """Gives a style by its index, the plain one where there is none."""
    return styles.get(index) or Style()


def number_cell(value: float, how: Style, from_1904: bool) -> Shown:
    """Gives the cell of a number."""
    text = shown(value, how.code, from_1904) if abs(value) < float("inf") else None
    if text is None:
        return Shown(f"{value!r}", how.ruled, UNKNOWN_FORMAT)
    return Shown(text, how.ruled)


def text_cell(text: str, how: Style) -> Shown:
    """Gives the cell of a text."""
    return Shown(text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n"), how.ruled)


def damaged(why: str) -> UnreadableDocumentError:
    """Gives the error of a spreadsheet that cannot be opened."""
    return UnreadableDocumentError("damaged-sheet", f"the spreadsheet cannot be opened: {why}")


def encrypted() -> UnreadableDocumentError:
    """Gives the error of a document that asks for a password."""
    return UnreadableDocumentError("encrypted", "the document is encrypted")
