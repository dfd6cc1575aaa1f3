"""The wide panel: a row a document, a column an indicator."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from archive.read.forms import FORMS, wording
from archive.records import Connection, figures, panel
from archive.records.codes import catalogue
from archive.records.documents import Document
from archive.records.panel import Arrays
from archive.research.exports.ahead import ahead
from archive.research.exports.identity import (
    AGENCY,
    DOCUMENT,
    KEY,
    absent_cells,
    agency_cells,
    document_cells,
    with_columns,
)
from archive.research.exports.selection import Selection, chosen, ids_of, indicators_of, readings_of, rows_of
from archive.research.exports.table import Block, Cell, Column, Kind, Row, Table
from archive.research.missing import REASONS, Missing, unread

MONEY = (
    "disclosure.fees.amount",
    "disclosure.procurement.amount",
    "statistics.fees.amount",
    "statistics.organisation.funds",
    *(f"statistics.fees.waived.{column}" for column in ("year", "cumulative", "year_end")),
)
DETAILED = ("disclosure", figures.STATISTICS)  # the parts with money
CODES = {sign: REASONS.get(status) for status, sign in panel.SIGNS.items()}
WAN = ".wan"

Fetched = tuple[list[Document], dict[int, list[Arrays]]]
"""Documents with the tables of their readings, by reading."""

Forms = tuple[tuple[str, str], ...]
"""The parts of a document that were read, and the form of each."""


def wide(connection: Connection, selection: Selection) -> Table:
    """Gives a row a document: an indicator's value where its cell is a number, else the reason why there is none.

    Money has a second column `….wan`, the amount in 万元 where the unit is known. A balanced panel has rows of reasons
    for the years without a report.
    """
    codes = indicators_of(connection, selection)
    columns = tuple(column for code in codes for column in figure_columns(code))

    layout = Layout(catalogue(connection), columns)

    def rows() -> Iterator[Row]:
        for batch, arrays in ahead(fetched(connection, selection)):
            for document in batch:
                found = layout.cells(document, arrays.get(document.reading_id, ()))
                yield document_cells(document) + found + agency_cells(document)

    def every() -> Iterator[Row]:
        return balanced(connection, selection, rows(), len(columns)) if selection.balanced else rows()

    def blocks() -> Iterator[Block]:
        from archive.research.exports import wide_columns  # needs libraries that an installation may lack

        return wide_columns.blocks(fetched(connection, selection), layout)

    titles = "政府信息公开年报面板数据（每行一份报告）", "Panel of disclosure reports (a row a report)"
    shape = Table("wide", *titles, KEY, with_columns(DOCUMENT, columns, AGENCY), every)
    return shape if selection.balanced else replace(shape, blocks=blocks, total=rows_of(connection, selection))


def fetched(connection: Connection, selection: Selection) -> Iterator[Fetched]:
    """Gives some hundreds of documents at a time, with the figures of each reading."""
    for batch in chosen(connection, selection):
        yield batch, panel.arrays_of(connection, readings_of(batch), DETAILED)


def figure_columns(code: str) -> list[Column]:
    """Gives the column of an indicator, and after it that of 万元 where it is money."""
    zh, en, short, unit = labelled(code)
    found = [Column(code, short, zh, en, Kind.NUMBER, unit, figure=True)]
    if code in MONEY:
        found.append(Column(f"{code}{WAN}", f"{short}_wan", f"{zh}（万元）", f"{en} (万元)", Kind.NUMBER, "万元", True))
    return found


def labelled(code: str) -> tuple[str, str, str, str | None]:
    """Gives the labels, the short name and the unit of an indicator."""
    unit = next((i.unit for form in FORMS.values() for i in form.indicators if i.code == code), None)
    return wording.labels_zh()[code], wording.label_en(code), wording.short_name(code), unit


class Layout:
    """Where the figures of each form stand in a row."""

    def __init__(self, catalogue: Mapping[tuple[str, str], Sequence[str]], columns: Sequence[Column]) -> None:
        self.columns = columns
        place = {column.name: number for number, column in enumerate(columns)}
        self.runs = {key: runs([place.get(code, -1) for code in codes]) for key, codes in catalogue.items()}
        self.money = {
            key: [(at, place[f"{code}{WAN}"]) for at, code in enumerate(codes) if code in MONEY and code in place]
            for key, codes in catalogue.items()
        }
        self.forms: dict[str, set[tuple[str, str]]] = {}
        for key, codes in catalogue.items():
            for code in codes:
                self.forms.setdefault(code, set()).add(key)
        self.empty = lru_cache(maxsize=256)(self.reasons)

    def cells(self, document: Document, arrays: Sequence[Arrays]) -> list[Cell]:
        """Gives the cells of a document's figures."""
        row: list[Cell] = list(self.empty(*kind_of(document)))
        for table in arrays:
            found = [CODES[sign] or digits for sign, digits in zip(table.statuses, table.digits, strict=True)]
            for first, place, length in self.runs[table.part, table.form]:
                cells = found[first : first + length]
                row[place : place + len(cells)] = cells
            self.add_wan(row, table)
        return row

    def add_wan(self, row: list[Cell], table: Arrays) -> None:
        """Puts the amounts in 万元 beside the money of a table; None stands where the unit is not known."""
        for at, place in self.money[table.part, table.form]:
            if at < len(table.statuses):
                wan = table.details.get(str(at + 1), {}).get("value_wan")
                row[place] = CODES[table.statuses[at]] or (None if wan is None else str(wan))

    def reasons(self, forms: Forms, year: int) -> tuple[Missing, ...]:
        """Gives what a row says of figures that no table of the document has."""
        read = dict(forms)
        return tuple(unread(self.forms[column.name.removesuffix(WAN)], read, year) for column in self.columns)


def kind_of(document: Document) -> tuple[Forms, int]:
    """Gives what tells which figures a document has no table for: the form of each part that was read, and its year."""
    return tuple(sorted(document.forms.items())), document.year


def runs(places: Sequence[int]) -> list[tuple[int, int, int]]:
    """Gives what can be copied at one time: first figure, its place in the row, how many; -1 is no place."""
    found: list[tuple[int, int, int]] = []
    for shift, run in groupby(enumerate(places), lambda at: at[1] - at[0] if at[1] >= 0 else None):
        figures_in_a_row = [figure for figure, _ in run]
        if shift is not None:
            found.append((figures_in_a_row[0], figures_in_a_row[0] + shift, len(figures_in_a_row)))
    return found


def balanced(connection: Connection, selection: Selection, rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Gives the rows with those of missing years between them: from the first to the last year of the selection."""
    bodies, seen = panel.bodies_and_years(connection, ids_of(connection, selection))
    years = selection.years or range(min(seen, default=0), max(seen, default=-1) + 1)
    row = next(rows, None)
    for body in bodies:
        for year in years:
            if row is not None and row[:3] == [body.division, body.name, str(year)]:
                yield row
                row = next(rows, None)
            else:
                absent = absent_cells(body.division, body.name, year)
                yield absent + [Missing.NO_REPORT] * width + [body.code, body.level]
