"""The statistics table of reports before 2019 (政府信息公开情况统计表): a row an indicator, with unit and number.

A table is one by its header (统计指标, 单位 and a number). Its form is the one most of whose labels are found. What no
label takes is kept as a statement: the label printed, the heading of the column, unit and value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive.model import Figure, Issue, Statement, Status
from archive.read.blocks import Cell, Table
from archive.read.cells import in_wan, parse
from archive.read.forms.figures import PartReading, figure, unreadable
from archive.read.forms.labels import normal, signs
from archive.read.forms.statistics_form import PART, StatisticsForm, code, statistics_forms
from archive.read.forms.statistics_head import UNITS, Column, Kind, flat, year_and_rest
from archive.read.forms.statistics_rows import Row, names_of, rows_of
from archive.read.words import squash

ENOUGH = 3
"""Rows that make a table one of a known form."""
IN_TEXT = 5
HEADS_IN_TEXT = ("统计指标单位", "指标名称计量单位", "指标名称单位", "统计指标计量单位")
FOOT = re.compile(
    r"(?:单位负责人|审核人|填报人|填表人|联系电话|填报日期|负责人|制表|注|备注|说明|填报单位|甲)(?:[:：].*)?"
)
"""What stands under or over the figures and is none: names, telephone, date."""
EMPTY = (Status.BLANK, Status.DASH)
GIVEN = "unit from the column of units"


@dataclass(frozen=True, slots=True)
class Statistics:
    """What statistics tables gave: a part where their form is known, statements, issues, and which tables they are."""

    part: PartReading | None
    statements: tuple[Statement, ...]
    issues: tuple[Issue, ...]
    tables: frozenset[int]


def read(tables: Sequence[Table], lines: Sequence[str], year: int | None) -> Statistics | None:
    """Gives the statistics of a report, None where it has no such table; `lines` may hold one without columns."""
    rows = [row for row in rows_of(tables) if not is_foot(row)]
    if not rows:
        part = in_text(lines)
        return Statistics(part, (), (), frozenset()) if part else None
    taken = frozenset(row.line.table for row in rows)
    assigned = {name: names_of(name).assign(rows) for name in statistics_forms()}
    known = {
        name: len({key for key in keys if key in names_of(name).order}) if has_columns(name, rows, year) else 0
        for name, keys in assigned.items()
    }
    best = max(known, key=lambda name: known[name])
    if known[best] < ENOUGH:
        statements = tuple(statement for row in rows for statement in statements_of(row, row.head.values))
        issue = Issue("form-unknown", f"table {min(taken)}: a statistics table of no known form, kept as statements")
        return Statistics(None, statements, (issue,), taken)
    return build(statistics_forms()[best], rows, assigned[best], year, taken)


def is_foot(row: Row) -> bool:
    """Tells whether a row stands under or over the figures and holds none."""
    return bool(FOOT.fullmatch(squash("".join(cell.text for cell in row.labels)))) or not row.line.printed


def has_columns(form: str, rows: Sequence[Row], year: int | None) -> bool:
    """Tells whether some row stands under a column of the form."""
    return any(any(key_of(column, row, form, year) is not None for column in row.head.values) for row in rows)


def key_of(column: Column, row: Row, form: str, year: int | None) -> str | None:
    """Gives the form's key of a printed column; None where it is another, or one for another year."""
    named, rest = year_and_rest(column.title)
    if named is not None and year is not None and named != year:
        return None
    if not column.title and len(row.head.values) == 1:
        rest = statistics_forms()[form].columns[0].label
    wanted = signs(rest)
    columns = statistics_forms()[form].columns
    return next((each.key for each in columns if wanted in [signs(spelling) for spelling in each.spellings]), None)


def build(
    form: StatisticsForm, rows: Sequence[Row], keys: Sequence[str | None], year: int | None, taken: frozenset[int]
) -> Statistics:
    """Gives the figures of the rows that labels took, statements of the others, and what is missing."""
    names = names_of(form.name)
    figures: dict[str, Figure] = {}
    statements: list[Statement] = []
    issues: list[Issue] = []
    strangers: list[int] = []
    for index, (row, key) in enumerate(zip(rows, keys, strict=True)):
        if key is not None and key in names.order:
            new = row_figures(form, row, key, year)
            if key in {code_row(form, each) for each in figures} and any(
                printed(figures.get(each)) != printed(new[each]) for each in new
            ):
                issues.append(Issue("row-repeated", f"two rows claim one label: {row.line.shown}"))
                new = {each: unreadable(each, row.line, "two rows claim one label") for each in new}
            figures |= new
            if row.cells is None or any(each.status is Status.UNREADABLE for each in new.values()):
                issues.append(Issue("row-unreadable", f"columns of this row cannot be known: {row.line.shown}"))
            strange = [column for column in row.head.values if key_of(column, row, form.name, year) is None]
            statements += statements_of(row, strange)
            continue
        own = list(statements_of(row, row.head.values))
        if own and (key is None or any(each.status is Status.NUMBER for each in own)):
            statements += own
            strangers += [index] if key is None else []
            issues.append(
                Issue("unmatched-row", f"table {row.line.table}: no label of the form fits: {row.line.shown}")
            )
    doubtful = between(keys, strangers, names.order)
    columns = {key_of(column, row, form.name, year) for row in rows for column in row.head.values}
    codes = [(row.key, column.key, code(row.key, column.key)) for row in form.rows for column in form.columns]
    complete = {
        each: figures.get(each)
        or (
            unreadable(each, None, "a row here has a label that cannot be told")
            if row in doubtful and column in columns
            else Figure(each, Status.NOT_ON_FORM)
        )
        for row, column, each in codes
    }
    return Statistics(PartReading(PART, form.name, complete, tuple(issues)), tuple(statements), (), taken)


def code_row(form: StatisticsForm, indicator: str) -> str:
    """Gives the row of an indicator."""
    row = indicator.removeprefix(f"{PART}.")
    return row if len(form.columns) == 1 else row.rpartition(".")[0]


def printed(figure: Figure | None) -> tuple[object, ...] | None:
    """Gives what a figure prints."""
    return (figure.status, (figure.raw or "").strip()) if figure else None


def between(keys: Sequence[str | None], strangers: Sequence[int], order: dict[str, int]) -> set[str]:
    """Gives the rows of the form that a printed row without a known label may be, by the rows around it."""
    places = [order.get(key) if key else None for key in keys]
    doubtful: set[str] = set()
    for index in strangers:
        before = max((place for place in places[:index] if place is not None), default=-1)
        after = min((place for place in places[index:] if place is not None), default=len(order))
        doubtful |= {row for row, place in order.items() if before < place < after}
    return doubtful


def row_figures(form: StatisticsForm, row: Row, key: str, year: int | None) -> dict[str, Figure]:
    """Gives the figures of a row under the form's columns that the table has."""
    figures: dict[str, Figure] = {}
    unit, shifted = unit_of(row)
    for index, column in enumerate(row.head.columns):
        known = key_of(column, row, form.name, year) if column.kind is Kind.VALUE else None
        if known is None:
            continue
        each = code(key, known)
        cell = row.cells[index] if row.cells else None
        if cell is None or shifted or each in figures or cell.rowspan > 1 or cell.text.strip() in UNITS:
            figures[each] = unreadable(each, row.line, "column cannot be known")
            continue
        figures[each] = with_unit(figure(each, cell, row.line), unit)
    return figures


def with_unit(plain: Figure, unit: str | None) -> Figure:
    """Gives a figure with the unit its row prints where its own cell prints none."""
    if plain.value is None:
        return plain
    wan = in_wan(plain.value, plain.unit or unit)
    if plain.unit is None and unit:
        note = ", ".join(part for part in (plain.note, GIVEN) if part)
        plain = replace(plain, unit=unit, note=note)
    return replace(plain, value_wan=wan)


def unit_of(row: Row) -> tuple[str | None, bool]:
    """Gives the unit a row prints, and whether its column of units holds what can be none: the row is shifted."""
    for column, cell in zip(row.head.columns, row.cells or (), strict=False):
        if column.kind is Kind.UNIT and cell is not None:
            text = squash(cell.text)
            parsed = parse(text)
            if parsed.status is Status.NUMBER or len(text) > 6:
                return None, True
            return (text if parsed.status is Status.TEXT else None), False
    inner = re.search(r"[（(]([^（()）]{1,3})[)）]$", squash(row.label))
    return (inner[1] if inner and inner[1] in UNITS else None), False


def statements_of(row: Row, columns: Sequence[Column]) -> Iterator[Statement]:
    """Gives what a row prints under some of its columns; nothing for a heading, which has neither unit nor number."""
    if row.cells is None:
        if len(row.line.printed) > 1:
            yield Statement(context=row.label, status=Status.UNREADABLE, raw=row.line.shown)
        return
    pairs = list(zip(row.head.columns, row.cells, strict=True))
    unit, shifted = unit_of(row)
    empty = all(cell is None or parse(cell.text).status in EMPTY for column, cell in pairs if column in columns)
    if empty and unit is None and not shifted:
        return
    for column, cell in pairs:
        if column in columns and cell is not None:
            yield statement(row, column, cell, unit, shifted)


def statement(row: Row, column: Column, cell: Cell, unit: str | None, shifted: bool) -> Statement:
    """Gives what one cell prints, unreadable where its row is shifted against the header."""
    plain = with_unit(figure(PART, cell, row.line), unit)
    if shifted:
        plain = replace(plain, status=Status.UNREADABLE, value=None, unit=None, value_wan=None)
    return Statement(
        context=row.label or row.line.shown,
        status=plain.status,
        raw=cell.text,
        heading=column.title or None,
        value=plain.value,
        unit=plain.unit,
        value_wan=plain.value_wan,
    )


def in_text(lines: Sequence[str]) -> PartReading | None:
    """Gives a part whose figures are unreadable, where the text holds such a table without its columns."""
    text = squash("".join(lines))
    start = min((place for head in HEADS_IN_TEXT if (place := text.find(head)) >= 0), default=-1)
    if start < 0:
        return None
    rest = signs(text[start:])
    found = {
        name: [row for row in form.rows if normal(flat(row.label)) in rest] for name, form in statistics_forms().items()
    }
    best = max(found, key=lambda name: len(found[name]))
    if len(found[best]) < IN_TEXT:
        return None
    form = statistics_forms()[best]
    why = "the table stands in the text without columns"
    rows = {row.key for row in found[best]}
    columns = {column.key for column in form.columns if len(form.columns) == 1 or signs(column.label) in rest}
    figures = {
        each: unreadable(each, None, why)
        if row.key in rows and column.key in columns
        else Figure(each, Status.NOT_ON_FORM)
        for row in form.rows
        for column in form.columns
        for each in (code(row.key, column.key),)
    }
    return PartReading(PART, best, figures, (Issue("columns-unknown", f"table for {PART}: {why}"),))
