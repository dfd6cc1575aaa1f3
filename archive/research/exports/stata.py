"""Stata, release 118 (Stata 14 and later, SE and BE too): Chinese labels, extended missing values by reason."""

from pathlib import Path
from typing import Any

import pyreadstat

from archive.research.exports.frames import Frame, labels, overwrite
from archive.research.exports.table import Table
from archive.research.missing import Missing

VERSION = 14  # of pyreadstat, which writes release 118; its default is 119, which SE and BE do not open
NO_CLOCK = b"01 Jan 2000 00:00"


class Stata(Frame):
    """Writes a table as .dta."""

    def __init__(self, table: Table, path: Path) -> None:
        super().__init__(table, lambda missing: missing.letter)
        self.path = path

    def close(self) -> None:
        """Writes the file, and a fixed time where the library wrote that of the day."""
        figures = [column.short for column in self.table.columns if column.figure]
        said: dict[Any, str] = {each.letter: each.zh for each in Missing}  # its types know numbers only
        pyreadstat.write_dta(
            self.frame(),
            self.path,
            file_label=self.table.title_en[:80],
            column_labels=labels(self.table.columns),
            version=VERSION,
            missing_user_values={name: [each.letter for each in Missing] for name in figures},
            variable_value_labels=dict.fromkeys(figures, said),
        )
        overwrite(self.path, b"<timestamp>", 1, NO_CLOCK)

    @property
    def said(self) -> tuple[str, ...]:
        """Gives what a reader must be told."""
        return self.numbers.said
