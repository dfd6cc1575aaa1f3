"""Table 4 (行政复议、行政诉讼情况): one row of fifteen cells under three blocks of five outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from archive.model import Figure, Issue
from archive.read.blocks import Cell, Layout, Table
from archive.read.forms.align import (
    Aligned,
    Header,
    agreed,
    all_blank,
    by_order,
    by_place,
    by_printed,
    only_total,
)
from archive.read.forms.catalogue import Form, forms
from archive.read.forms.figures import INFERRED, PartReading, complete, figure, unreadable
from archive.read.forms.labels import Labels
from archive.read.forms.lines import Line, lines_of, part_of

ENOUGH = 3
"""Outcome labels that, with a block label, make a table one of this kind."""


@dataclass(frozen=True, slots=True)
class Found:
    """Head and body of table 4."""

    heads: tuple[Line, ...]
    body: tuple[Line, ...]


class Matcher:
    """The labels of table 4."""

    def __init__(self, form: Form) -> None:
        self.form = form
        table = form.remedies
        self.outcomes = Labels((c.key, s) for c in table.columns for s in c.spellings)
        self.blocks = Labels((h, h) for h in table.headers)
        self.columns = [column.key for column in table.columns]
        self.keys = tuple(f"{row.key}.{key}" for row in table.rows for key in self.columns)
        self.totals = tuple(key for key in self.keys if key.endswith(".total"))

    def found(self, tables: Sequence[Table]) -> Found | None:
        """Gives head and body of the first table 4; a body alone on the next page is found by its width."""
        for number, table in enumerate(tables):
            lines = [line for line in lines_of(table, number) if line.cells]
            marks = [i for i, line in enumerate(lines) if self.is_head(line)]
            named = sum(self.outcomes.find(cell.text) is not None for i in marks for cell in lines[i].cells)
            if named < ENOUGH or not any(self.blocks.find(c.text) for i in marks for c in lines[i].cells):
                continue
            body = [*self.rest(lines[marks[-1]]), *lines[marks[-1] + 1 :]]
            if not body and number + 1 < len(tables):
                body = [line for line in lines_of(tables[number + 1], number + 1) if line.cells]
            return Found(tuple(self.head_only(lines[i]) for i in marks), tuple(body))
        return None

    def is_head(self, line: Line) -> bool:
        """Tells whether a row names outcomes or blocks."""
        named = [self.outcomes.find(cell.text) or self.blocks.find(cell.text) for cell in line.worded]
        return sum(name is not None for name in named) >= ENOUGH - 1

    def last_label(self, line: Line) -> int:
        """Gives the place of the last outcome label in a row, -1 where it has none."""
        return max((i for i, cell in enumerate(line.cells) if self.outcomes.find(cell.text)), default=-1)

    def rest(self, line: Line) -> list[Line]:
        """Gives what a flattened head row holds behind its last label: the body, its blank line missing."""
        cells = line.cells[self.last_label(line) + 1 :]
        if line.layout is not Layout.STREAM or len(cells) < len(self.keys):
            return []
        return [part_of(line, cells)]

    def head_only(self, line: Line) -> Line:
        """Gives a head row without a body that follows in the same line."""
        return part_of(line, line.cells[: self.last_label(line) + 1]) if self.rest(line) else line

    def header(self, heads: Sequence[Line]) -> Header | None:
        """Gives the places of the fifteen columns, where the lowest labels name three full blocks in order."""
        width = max(line.width for line in heads)
        labels: dict[int, tuple[Cell, str]] = {}
        for line in heads:
            if line.layout is Layout.STREAM or (line.layout is Layout.TABBED and line.width != width):
                return None
            for place, cell in enumerate(line.slots):
                if cell and (key := self.outcomes.find(cell.text)):
                    labels[place] = cell, key
        runs: list[tuple[str, int, int]] = []
        for (_, key), places in groupby(sorted(labels), lambda place: labels[place]):
            own = list(places)
            runs.append((key, own[0], own[-1] + 1))
        if [key for key, _, _ in runs] != self.columns * (len(self.keys) // len(self.columns)):
            return None
        return Header(width, {key: (start, stop) for key, (_, start, stop) in zip(self.keys, runs, strict=True)})

    def in_order(self, heads: Sequence[Line]) -> bool:
        """Tells whether the outcomes stand in the form's order as far as they are there."""
        named = [key for line in heads for cell in line.cells if (key := self.outcomes.find(cell.text))]
        standard = iter(self.columns * (len(self.keys) // len(self.columns)))
        return all(key in standard for key in named)


@cache
def matcher_of(form: str) -> Matcher:
    """Gives the matcher of a form; its labels are made ready once."""
    return Matcher(forms()[form])


def read(tables: Sequence[Table], form: Form, total_only: bool) -> PartReading | None:
    """Gives table 4 under `form` (it is the same in both), None where no table is one.

    `total_only`: table 3 of this report fills 总计 alone.
    """
    matcher = matcher_of(form.name)
    found = matcher.found(tables)
    if found is None:
        return None
    body = [line for line in found.body if line.printed] or list(found.body[:1])
    issues = [unmatched(line) for line in body[1:]]
    aligned, note = align(matcher, found.heads, body[0], total_only) if body else (None, None)
    if len(body) > 1 and sum(len(line.cells) >= len(matcher.keys) for line in body) > 1:
        aligned = None
    if aligned is None:
        shown = body[0].shown if body else "no row under the head"
        issues.append(Issue("columns-unknown", f"columns of table 4 cannot be known: {shown}"))
    if note:
        issues.append(Issue("column-inferred", f"table 4: {note}"))
    figures: dict[str, Figure] = {}
    for key in matcher.keys:
        code = f"remedies.{key}"
        line = body[0] if body else None
        if aligned is None or line is None:
            figures[code] = unreadable(code, line, "column cannot be known")
        else:
            figures[code] = figure(code, aligned[key], line, note)
    codes = [indicator.code for indicator in form.parts["remedies"].indicators]
    return PartReading("remedies", form.name, complete(codes, figures, "cell not found"), tuple(issues))


def unmatched(line: Line) -> Issue:
    """Gives the issue of a printed row that table 4 has no place for."""
    return Issue("unmatched-row", f"table {line.table}, row {line.row}: table 4 has one row only: {line.shown}")


def unpadded(matcher: Matcher, head: Line, values: Sequence[Cell]) -> Sequence[Cell]:
    """Gives the cells of the body without the blank ones that pad the end of the lowest head row as well."""
    padding = len(head.cells) - 1 - matcher.last_label(head)
    if padding <= 0 or not any(matcher.outcomes.find(cell.text) for cell in head.cells):
        return values
    fits = len(values) == len(head.cells) and not any(cell.text.strip() for cell in values[-padding:])
    return values[:-padding] if fits else ()


def align(matcher: Matcher, heads: Sequence[Line], line: Line, total_only: bool) -> tuple[Aligned | None, str | None]:
    """Gives the cell of every column, and a note where columns were inferred."""
    keys, values = matcher.keys, line.cells
    header = matcher.header(heads)
    ordered = matcher.in_order(heads)
    order = by_order(unpadded(matcher, heads[-1], values), keys) if ordered else None
    place = by_place(line, values, header, keys) if header else None
    full = by_printed(values, keys) if ordered else None
    if cells := agreed(order, place) or full or all_blank(values, keys):
        return cells, None
    if total_only and header and ordered and (cells := only_total(line, values, header, matcher.totals)):
        return cells, INFERRED
    return None, None
