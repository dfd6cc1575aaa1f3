"""Parquet: numbers as doubles, labels in the metadata of the columns, codes and licence in that of the file."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from archive.research.exports.licence import LICENCE
from archive.research.exports.numbers import Numbers
from archive.research.exports.table import Column, Kind, Row, Table
from archive.research.missing import Missing

FEW = 200  # different words in a column; their numbers are bytes
GROUP = 10_000  # rows in a row group: what stays in memory at a time


class Parquet:
    """Writes a table as Parquet, a row group at a time. What is missing is null."""

    def __init__(self, table: Table, path: Path) -> None:
        self.table, self.numbers = table, Numbers()
        self.schema = schema(table)
        self.writer = pq.ParquetWriter(path, self.schema, compression="zstd")
        self.waiting: list[Row] = []

    def add(self, rows: Iterable[Row]) -> None:
        """Takes rows, and writes those that make a group."""
        self.waiting.extend(rows)
        while len(self.waiting) >= GROUP:
            self.write(self.waiting[:GROUP])
            del self.waiting[:GROUP]

    def write(self, rows: list[Row]) -> None:
        """Writes a row group."""
        columns = zip(self.table.columns, zip(*rows, strict=True), strict=True)
        self.add_columns([self.array(column, cells) for column, cells in columns])

    def add_columns(self, arrays: Sequence[Any], rounded: int = 0) -> None:
        """Writes a row group from its columns, in which so many numbers had to be rounded."""
        self.numbers.rounded += rounded
        self.writer.write_batch(pa.record_batch(arrays, schema=self.schema), row_group_size=GROUP)

    def array(self, column: Column, cells: Sequence[Any]) -> Any:
        """Gives the cells of a column as Arrow has them."""
        if column.kind is Kind.NUMBER:
            return pa.array(self.numbers.all(cells), type=arrow_type(column))
        return named(column, cells)

    def close(self) -> None:
        """Writes what waits and ends the file."""
        if self.waiting:
            self.write(self.waiting)
        self.writer.close()

    def abandon(self) -> None:
        """Lets go of a file that does not become whole."""
        self.writer.close()

    @property
    def said(self) -> tuple[str, ...]:
        """Gives what a reader must be told."""
        return self.numbers.said


def named(column: Column, cells: Sequence[Any]) -> Any:
    """Gives the cells of a column that holds no numbers; a few words again and again by number: 20 times as fast."""
    kind = arrow_type(column)
    if column.kind is Kind.INTEGER:
        return pa.array([int(cell) if isinstance(cell, str) else None for cell in cells], type=kind)
    words = {word: number for number, word in enumerate(dict.fromkeys(cells))}
    if len(words) > FEW:
        return pa.array(cells, type=kind)
    numbers = pa.py_buffer(bytes(map(words.__getitem__, cells)))
    return pa.array(list(words), type=kind).take(pa.Array.from_buffers(pa.uint8(), len(cells), [None, numbers]))


def arrow_type(column: Column) -> Any:
    """Gives the type of a column."""
    return {Kind.NUMBER: pa.float64(), Kind.INTEGER: pa.int64(), Kind.TEXT: pa.string()}[column.kind]


def schema(table: Table) -> Any:
    """Gives the columns with their labels, and what is told of the whole."""
    fields = [pa.field(column.name, arrow_type(column), metadata=described(column)) for column in table.columns]
    missing = [{"status": each.word, "code": f".{each.letter}", "zh": each.zh, "en": each.en} for each in Missing]
    about = {
        "title_zh": table.title_zh,
        "title_en": table.title_en,
        "licence": LICENCE,
        "missing": json.dumps(missing, ensure_ascii=False),
        **table.about,
    }
    return pa.schema(fields, metadata=about)


def described(column: Column) -> dict[str, str]:
    """Gives what a column's metadata say."""
    known = {"label_zh": column.label_zh, "label_en": column.label_en, "unit": column.unit, "short_name": column.short}
    return {name: text for name, text in known.items() if text}
