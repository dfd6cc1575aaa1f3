"""The wide panel a column at a time: what Parquet is written from, without an object for each of its cells.

The rows of `wide` say the same; formats that have digits or codes take those.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from archive.records.documents import Document
from archive.records.panel import Arrays
from archive.research.exports.ahead import ahead
from archive.research.exports.identity import AGENCY, DOCUMENT, agency_cells, document_cells
from archive.research.exports.numbers import EXACT, is_rounded
from archive.research.exports.parquet import GROUP, named
from archive.research.exports.table import Block, Column
from archive.research.exports.wide import CODES, Fetched, Forms, Layout, kind_of
from archive.research.missing import Missing

NUMBER, NOTHING = 0, len(Missing) + 1  # beside the reasons, numbered from 1: a value, nothing to say
NUMBERED = {reason: number for number, reason in enumerate(Missing, 1)}
WORDS = pa.array(["number", *(reason.word for reason in Missing), None], pa.string())
OF_SIGN = np.zeros(256, np.uint8)
OF_SIGN[[ord(sign) for sign in CODES]] = [NUMBERED[reason] if reason else NUMBER for reason in CODES.values()]
MANY_DIGITS = re.compile(rf"[\d.]{{{EXACT + 1},}}")

Known = list[tuple[int, Arrays]]
"""Tables of one form, all with as many figures, with the numbers of their rows."""


def blocks(parts: Iterator[Fetched], layout: Layout) -> Iterator[Block]:
    """Gives documents with the tables of their readings as columns, as many rows as a row group has."""
    return (block(documents, arrays, layout) for documents, arrays in ahead(gathered(parts)))


def gathered(parts: Iterator[Fetched]) -> Iterator[Fetched]:
    """Gives as many documents at a time as a row group has rows, one fetched while another is written."""
    documents: list[Document] = []
    arrays: dict[int, list[Arrays]] = {}
    for batch, found in parts:
        documents += batch
        arrays |= found
        if len(documents) >= GROUP:
            yield documents, arrays
            documents, arrays = [], {}
    if documents:
        yield documents, arrays


def block(documents: Sequence[Document], arrays: Mapping[int, list[Arrays]], layout: Layout) -> Block:
    """Gives documents as columns."""
    panel = Panel(documents, layout)
    for (part, form, width), tables in by_form(documents, arrays).items():
        panel.fill(part, form, width, tables)
    before = texts(DOCUMENT, map(document_cells, documents))
    after = texts(AGENCY, map(agency_cells, documents))
    values = [pa.array(panel.values[at], mask=panel.reasons[at] != NUMBER) for at in range(len(layout.columns))]
    words = [WORDS.take(pa.array(reasons)) for reasons in panel.reasons]
    return Block(len(documents), [*before, *values, *after], [*before, *words, *after], panel.rounded)


def by_form(documents: Iterable[Document], arrays: Mapping[int, list[Arrays]]) -> dict[tuple[str, str, int], Known]:
    """Gives the tables of documents by part, form and how many figures they have: a former revision may know fewer."""
    found: dict[tuple[str, str, int], Known] = {}
    for row, document in enumerate(documents):
        for table in arrays.get(document.reading_id, ()):
            if table.statuses:
                found.setdefault((table.part, table.form, len(table.statuses)), []).append((row, table))
    return found


def texts(columns: Iterable[Column], rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Gives the columns that are no figures."""
    return [named(column, cells) for column, cells in zip(columns, zip(*rows, strict=True), strict=True)]


class Panel:
    """Figures of some documents: `values` and `reasons`, a row for each column and a column for each document."""

    def __init__(self, documents: Sequence[Document], layout: Layout) -> None:
        self.layout, self.rounded = layout, 0
        kinds: dict[tuple[Forms, int], int] = {}
        of_document = [kinds.setdefault(kind_of(document), len(kinds)) for document in documents]
        empty = [[NUMBERED[reason] for reason in layout.empty(*kind)] for kind in kinds]
        self.reasons = np.array(empty, np.uint8).reshape(len(empty), len(layout.columns)).T[:, of_document]
        self.values = np.full(self.reasons.shape, np.nan)

    def fill(self, part: str, form: str, width: int, tables: Known) -> None:
        """Puts the figures of tables of one form where they belong."""
        rows = [row for row, _ in tables]
        reasons, values = reasons_of(tables, width), values_of(tables, width)
        shown = {
            at: place + at - first
            for first, place, length in self.layout.runs[part, form]
            for at in range(first, min(first + length, width))
        }
        for at, place in shown.items():
            self.put(place, rows, reasons[at], values[at])
        self.rounded += rounded(tables, shown)
        for at, place in self.layout.money[part, form]:
            if at < width:
                self.put_wan(place, at, tables, reasons[at])

    def put(self, place: int, rows: list[int], reasons: NDArray[np.uint8], values: NDArray[np.float64]) -> None:
        """Puts the cells of a column into rows."""
        self.reasons[place, rows], self.values[place, rows] = reasons, values

    def put_wan(self, place: int, at: int, tables: Known, reasons: NDArray[np.uint8]) -> None:
        """Puts the amounts in 万元 of the figure `at`; where the unit is not known there is nothing to say."""
        known = [table.details.get(str(at + 1), {}).get("value_wan") for _, table in tables]
        unknown = np.array([wan is None for wan in known])
        values = np.array([np.nan if wan is None else float(str(wan)) for wan in known])
        shown = np.where((reasons == NUMBER) & unknown, np.uint8(NOTHING), reasons)
        self.put(place, [row for row, _ in tables], shown, values)
        self.rounded += sum(is_rounded(str(wan)) for wan, reason in zip(known, shown, strict=True) if reason == NUMBER)


def reasons_of(tables: Known, width: int) -> NDArray[np.uint8]:
    """Gives for each figure of tables NUMBER or the number of the reason, a row a figure."""
    signs = np.frombuffer("".join(table.statuses for _, table in tables).encode(), np.uint8)
    return OF_SIGN[signs.reshape(len(tables), width).T]


def values_of(tables: Known, width: int) -> list[NDArray[np.float64]]:
    """Gives the doubles of each figure of tables; NaN where it has none."""
    lines = "".join(f"{table.written}\n" for _, table in tables).encode()
    names = [str(number) for number in range(width)]
    found = csv.read_csv(
        pa.BufferReader(lines),
        read_options=csv.ReadOptions(column_names=names, use_threads=False),
        parse_options=csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.float64()), null_values=[""]),
    )
    return [column.to_numpy() for column in found.columns]


def rounded(tables: Known, shown: Container[int]) -> int:
    """Gives how many of the numbers that are shown have more digits than a double holds."""
    return sum(
        at in shown and is_rounded(digits) and CODES[sign] is None
        for _, table in tables
        if MANY_DIGITS.search(table.written)
        for at, (sign, digits) in enumerate(zip(table.statuses, table.digits, strict=True))
    )
