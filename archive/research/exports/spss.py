"""SPSS: Chinese labels, a range of user-missing values by reason."""

from pathlib import Path

import pyreadstat

from archive.research.exports.frames import Frame, overwrite
from archive.research.exports.table import Cell, Column, Kind, Table
from archive.research.missing import Missing

LABEL = 255  # bytes of a variable's label; 80 Chinese characters are 240
LONGEST = 32_767  # bytes of a text
NO_CLOCK = b"01 Jan 0000:00:00"
BEFORE_CLOCK = 88  # bytes between the record's name and its date


class Spss(Frame):
    """Writes a table as .sav. A longer text than SPSS holds ends with how long it was, and is counted."""

    def __init__(self, table: Table, path: Path) -> None:
        super().__init__(table, lambda missing: float(missing.spss))
        self.path, self.cut = path, 0

    def text(self, cell: Cell) -> str:
        """Gives a text of at most what SPSS holds."""
        if not isinstance(cell, str) or len(cell) * 4 <= LONGEST:
            return super().text(cell)
        written = cell.encode()
        if len(written) <= LONGEST:
            return cell
        self.cut += 1
        return f"{written[: LONGEST - 100].decode(errors='ignore')}… [{len(cell)} characters; CSV and Parquet have all]"

    def close(self) -> None:
        """Writes the file, and a fixed time where the library wrote that of the day."""
        columns = self.table.columns
        figures = [column.short for column in columns if column.figure]
        every = [each.spss for each in Missing]
        pyreadstat.write_sav(
            self.frame(),
            self.path,
            file_label=self.table.title_en[:64],
            column_labels={column.short: cut_label(column.label_zh) for column in columns},
            row_compress=True,
            missing_ranges={name: [{"lo": min(every), "hi": max(every)}] for name in figures},
            variable_value_labels={name: {each.spss: each.zh for each in Missing} for name in figures},
            variable_format={column.short: shown(column) for column in columns if column.kind is not Kind.TEXT},
        )
        overwrite(self.path, b"$FL2", BEFORE_CLOCK, NO_CLOCK)

    @property
    def said(self) -> tuple[str, ...]:
        """Gives what a reader must be told."""
        cut = (f"{self.cut} texts are longer than SPSS holds and were cut there",) if self.cut else ()
        return (*self.numbers.said, *cut)


def cut_label(label: str) -> str:
    """Gives a label of at most what SPSS holds, whole characters only."""
    return label.encode()[:LABEL].decode(errors="ignore")


def shown(column: Column) -> str:
    """Gives how SPSS shows a column's numbers."""
    return "F12.4" if column.unit in ("万元", "元") else "F12.0"
