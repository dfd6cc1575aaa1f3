"""Columns in memory, as the writer of Stata and SPSS files wants them: it takes whole tables only."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.research.exports import limits
from archive.research.exports.numbers import Numbers
from archive.research.exports.table import Cell, Column, Kind, Row, Table
from archive.research.missing import Missing


class Frame:
    """Collects a table column by column; `save` writes it. Raises UsageError where it is too large."""

    def __init__(self, table: Table, code: Callable[[Missing], Any]) -> None:
        self.table, self.numbers = table, Numbers()
        self.columns: list[list[Any]] = [[] for _ in table.columns]
        self.codes = {each: code(each) for each in Missing}
        self.room = limits.CELLS // len(table.columns)
        if (table.total or 0) > self.room:
            raise self.too_large()

    def add(self, rows: Iterable[Row]) -> None:
        """Takes rows."""
        taken = list(rows)
        by_column = zip(*taken, strict=True)
        for column, values, cells in zip(self.table.columns, self.columns, by_column, strict=False):
            values.extend(map(self.text if column.kind is Kind.TEXT else self.value, cells))
        if len(self.columns[0]) > self.room:
            raise self.too_large()

    def value(self, cell: Cell) -> Any:
        """Gives a number, the code of a reason, or None."""
        return self.codes[cell] if isinstance(cell, Missing) else self.numbers.of(cell)

    def text(self, cell: Cell) -> str:
        """Gives a text; neither program knows a missing one."""
        return cell if isinstance(cell, str) else ""

    def too_large(self) -> UsageError:
        """Gives the error of a table that does not fit into memory."""
        return UsageError(
            f"{self.table.name} has more than {self.room:,} rows of {len(self.table.columns)} columns, as much as is"
            " written to Stata or SPSS at once; write csv or parquet, or choose years, a division or indicators"
        )

    def abandon(self) -> None:
        """Lets go of what was collected."""
        self.columns.clear()

    def frame(self) -> Any:
        """Gives the columns as a frame under their short names, without copying them."""
        import numpy as np
        import pandas as pd

        series = {}
        for column, values in zip(self.table.columns, self.columns, strict=True):
            mixed = column.kind is Kind.TEXT or column.figure
            cells = np.empty(len(values), dtype=object if mixed else float)
            cells[:] = values  # None becomes NaN among doubles
            values.clear()
            series[column.short] = pd.Series(cells, copy=False, dtype=cells.dtype)
        return pd.DataFrame(series, copy=False)


def labels(columns: Iterable[Column]) -> dict[str, str | None]:
    """Gives the Chinese labels by short name."""
    return {column.short: column.label_zh for column in columns}


def overwrite(path: Path, begin: bytes, skip: int, written: bytes) -> None:
    """Puts bytes `skip` behind the first `begin` of a file: where a library wrote the time of day."""
    with path.open("r+b") as file:
        head = file.read(4096)
        file.seek(head.index(begin) + len(begin) + skip)
        file.write(written)
