"""CSV: UTF-8 with BOM (Excel in China takes nothing else as Chinese), comma, CRLF (RFC 4180), names first."""

import csv
from collections.abc import Iterable
from pathlib import Path

from archive.research.exports.harmless import no_formula, visible
from archive.research.exports.table import Cell, Kind, Row, Table


class Csv:
    """Writes a table as CSV. What is missing is an empty field; the reason stands in the table of reasons."""

    def __init__(self, table: Table, path: Path) -> None:
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.texts = [number for number, column in enumerate(table.columns) if column.kind is Kind.TEXT]
        self.figures = table.figures
        self.writer = csv.writer(self.file)
        self.writer.writerow([column.name for column in table.columns])

    def add(self, rows: Iterable[Row]) -> None:
        """Writes rows."""
        for row in rows:
            cells: list[Cell] = list(row)
            for number in self.texts:
                if cell := cells[number]:
                    cells[number] = no_formula(visible(str(cell)))
            cells[self.figures] = [cell if isinstance(cell, str) else None for cell in cells[self.figures]]
            self.writer.writerow(cells)

    def close(self) -> None:
        """Ends the file."""
        self.file.close()

    def abandon(self) -> None:
        """Lets go of a file that does not become whole."""
        self.file.close()

    @property
    def said(self) -> tuple[str, ...]:
        """Gives what a reader must be told: CSV holds everything as it is."""
        return ()
