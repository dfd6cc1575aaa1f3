"""XLSX: sheets of data, of reasons where figures may be missing, and of what the columns mean.

Rows are written as they come, so that memory stays small. A string is a string whatever it begins with.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from archive.errors import UsageError
from archive.research.exports import limits
from archive.research.exports.harmless import visible
from archive.research.exports.licence import LICENCE_EN, LICENCE_ZH
from archive.research.exports.numbers import Numbers
from archive.research.exports.table import Kind, Row, Table, Words, reasons_row
from archive.research.missing import Missing

LONGEST = 32_767  # characters of a cell
CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # no clock in the bytes
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd",
}


class Xlsx:
    """Writes a table as a workbook. Raises UsageError where it has more rows than a sheet."""

    def __init__(self, table: Table, path: Path) -> None:
        if not limits.fits("xlsx", table.total or 0, len(table.columns)):
            raise too_many(table)
        self.table, self.numbers, self.cut = table, Numbers(), 0
        self.book = xlsxwriter.Workbook(path, OPTIONS)
        self.book.set_properties({"title": table.title_zh, "comments": LICENCE_EN, "created": CREATED})
        self.data = self.sheet("data")
        self.statuses = self.sheet("status") if table.has_reasons else None
        self.figures, self.words = table.figures, Words()
        self.rows = 0

    def sheet(self, name: str) -> Any:
        """Gives a new sheet with the names of the columns, which stay when one scrolls."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 3)
        sheet.write_row(0, 0, [column.name for column in self.table.columns], self.book.add_format({"bold": True}))
        return sheet

    def add(self, rows: Iterable[Row]) -> None:
        """Writes rows."""
        for row in rows:
            self.rows += 1
            if self.rows > limits.SHEET:
                raise too_many(self.table)
            for place, (column, cell) in enumerate(zip(self.table.columns, row, strict=True)):
                if isinstance(cell, str):
                    self.write(self.data, self.rows, place, column.kind, cell)
            if self.statuses is not None:
                for place, word in enumerate(reasons_row(row, self.figures, self.words)):
                    if isinstance(word, str):
                        self.write(self.statuses, self.rows, place, Kind.TEXT, word)

    def write(self, sheet: Any, row: int, place: int, kind: Kind, cell: str) -> None:
        """Writes a cell; a longer text than a cell may hold ends with how long it was."""
        if kind is not Kind.TEXT:
            sheet.write_number(row, place, self.numbers.of(cell))
            return
        text = visible(cell)
        if len(text.encode("utf-16-le")) // 2 > LONGEST:
            self.cut += 1
            text = f"{text[: LONGEST // 2]}… [{len(cell)} characters; CSV and Parquet have all]"
        sheet.write_string(row, place, text)

    def close(self) -> None:
        """Writes what the columns mean and ends the file."""
        sheet = self.book.add_worksheet("codebook")
        lines = [
            ("column", "label_zh", "label_en", "unit", "short_name"),
            *((c.name, c.label_zh, c.label_en, c.unit or "", c.short) for c in self.table.columns),
            (),
            ("status", "zh", "en", "Stata", "SPSS"),
            *((each.word, each.zh, each.en, f".{each.letter}", str(each.spss)) for each in Missing),
            (),
            (self.table.title_zh,),
            (self.table.title_en,),
            *((f"{name}: {value}",) for name, value in self.table.about.items()),
            (LICENCE_ZH,),
            (LICENCE_EN,),
        ]
        for number, line in enumerate(lines):
            for place, text in enumerate(line):
                sheet.write_string(number, place, text)
        self.abandon()

    def abandon(self) -> None:
        """Lets go of a workbook, which keeps files of its own until it is closed."""
        if not self.book.fileclosed:
            self.book.close()

    @property
    def said(self) -> tuple[str, ...]:
        """Gives what a reader must be told."""
        cut = (f"{self.cut} texts are longer than a cell of Excel may be and were cut there",) if self.cut else ()
        return (*self.numbers.said, *cut)


def too_many(table: Table) -> UsageError:
    """Gives the error of a table that no sheet holds."""
    return UsageError(
        f"{table.name} has more than the {limits.SHEET:,} rows that a sheet of Excel holds; write csv or parquet,"
        " or choose years, a division or indicators"
    )
