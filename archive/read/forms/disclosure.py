"""Table 2 (主动公开政府信息情况): blocks of rows, each under a header row of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from archive.model import Figure, Issue
from archive.read.blocks import Cell, Layout, Table
from archive.read.forms.align import Aligned, all_blank, by_printed
from archive.read.forms.catalogue import Disclosure, Form, forms
from archive.read.forms.figures import PartReading, complete, covers_rows, figure, money, unreadable
from archive.read.forms.labels import Labels, normal, runs_into_value
from archive.read.forms.lines import Line, joined, lines_of, part_of

ITEM = "第二十条第项"
ENOUGH = 2
"""Row labels that make a table one of this kind where its headers cannot be read."""


@dataclass(frozen=True, slots=True)
class Head:
    """A header row: its cells after the corner, each with its column key (None: blank or unknown)."""

    cells: tuple[Cell, ...]
    keys: tuple[str | None, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """Gives the keys of the columns that are named."""
        return tuple(key for key in self.keys if key)

    @property
    def clear(self) -> bool:
        """Tells whether every printed header cell is a known column, each once."""
        unknown = any(cell.text.strip() and not key for cell, key in zip(self.cells, self.keys, strict=True))
        return bool(self.named) and not unknown and len(set(self.named)) == len(self.named)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the form found in the table, with the header above it."""

    key: str
    line: Line
    label: Cell
    values: tuple[Cell, ...]
    head: Head | None


class Matcher:
    """The labels of table 2 under one form."""

    def __init__(self, form: Form) -> None:
        self.table: Disclosure = form.disclosure
        self.form = form.name
        self.columns = Labels((c.key, s) for c in self.table.columns for s in c.spellings)
        self.rows = Labels((r.key, s) for b in self.table.blocks for r in b.rows for s in r.spellings)
        self.corner = Labels([("corner", self.table.corner)])
        self.wanted = {r.key: b.columns for b in self.table.blocks for r in b.rows}
        self.spellings = {c.key: tuple(normal(s) for s in c.spellings) for c in self.table.columns}

    def head(self, line: Line) -> Head | None:
        """Gives the header a row is, None where it is none."""
        if not any(len(cell.text) > 1 for cell in line.worded):
            return None
        corners = [i for i, cell in enumerate(line.cells[:3]) if self.corner.find(cell.text)]
        if not corners and self.label(line):
            return None
        start = corners[0] + 1 if corners else int(self.columns.find(line.cells[0].text) is None)
        cells = line.cells[start:]
        keys = [self.columns.find(cell.text) for cell in cells]
        printed = [cell for cell in cells if cell.text.strip()]
        if sum(key is not None for key in keys) < len(printed) and (cut := self.cut_short(printed)):
            keys = [cut[printed.index(cell)] if cell in printed else None for cell in cells]
        return Head(cells, tuple(keys)) if any(keys) else None

    def cut_short(self, printed: Sequence[Cell]) -> tuple[str, ...] | None:
        """Gives the columns of a header whose labels lost their second line, where one block fits as a whole."""
        texts = [normal(cell.text) for cell in printed]
        fits = {
            block.columns
            for block in self.table.blocks
            if len(block.columns) == len(texts)
            and all(
                self.columns.find(text) == key or (len(text) >= ENOUGH and self.starts(key, text))
                for key, text in zip(block.columns, texts, strict=True)
            )
        }
        return next(iter(fits)) if len(fits) == 1 else None

    def starts(self, key: str, text: str) -> bool:
        """Tells whether a text is the beginning of a column's label."""
        return any(spelling.startswith(text) for spelling in self.spellings[key])

    def found(self, tables: Sequence[Table]) -> tuple[list[Row], list[Issue]]:
        """Gives the rows of the form in the tables, and an issue for each row in between that no label took."""
        rows: list[Row] = []
        issues: list[Issue] = []
        for number, table in enumerate(tables):
            head: Head | None = None
            strange: list[Line] = []
            before = len(rows)
            for line in self.lines(table, number):
                if new := self.head(line):
                    head = new
                elif label := self.label(line):
                    rows.append(Row(label[0], line, line.cells[label[1]], line.cells[label[1] + 1 :], head))
                    issues += [unmatched(each) for each in strange]
                    strange = []
                elif len(rows) > before and len(line.printed) > 1:
                    strange.append(line)
        return rows, issues

    def label(self, line: Line) -> tuple[str, int] | None:
        """Gives the key of the row's label and the place of its cell, which is one of the first two printed."""
        places = [i for i, cell in enumerate(line.cells[:3]) if not cell.text.isspace() and cell.text][:2]
        found = ((self.rows.find(line.cells[place].text), place) for place in places)
        return next(((key, place) for key, place in found if key), None)

    def lines(self, table: Table, number: int) -> Iterator[Line]:
        """Gives the rows of a table; a flattened one starts a new row at every label of the first column."""
        for line in joined(lines_of(table, number), self.rows):
            if not line.cells:
                continue
            starts = [0]
            if table.layout is Layout.STREAM:
                starts += [i for i, cell in enumerate(line.cells) if i and self.opens(cell)]
            for start, stop in zip(starts, [*starts[1:], len(line.cells)], strict=True):
                yield line if len(starts) == 1 else part_of(line, line.cells[start:stop])

    def opens(self, cell: Cell) -> bool:
        """Tells whether a cell stands first in its row: item title, corner or row label."""
        flat = normal(cell.text)
        return self.corner.find(cell.text) is not None or is_item(flat) or self.rows.find(cell.text) is not None


def is_item(flat: str) -> bool:
    """Tells whether a normalised text is an item title, 第二十条第（一）项."""
    return flat.startswith("第二十条") and len(flat) < len(ITEM) + 4


def unmatched(line: Line) -> Issue:
    """Gives the issue of a row that no label took."""
    return Issue("unmatched-row", f"table {line.table}, row {line.row}: no label of the form fits: {line.shown}")


@cache
def matcher_of(form: str) -> Matcher:
    """Gives the matcher of a form; its labels are made ready once."""
    return Matcher(forms()[form])


def read(tables: Sequence[Table], known: Sequence[Form]) -> PartReading | None:
    """Gives table 2 under the form whose headers and labels fit best, None where no table is one."""
    tried = [(matcher_of(form.name), form) for form in known]
    results = [(matcher, form, *matcher.found(tables)) for matcher, form in tried]

    def fit(rows: list[Row]) -> tuple[int, int]:
        return sum(row.head is not None for row in rows), len({row.key for row in rows})

    matcher, form, rows, issues = max(results, key=lambda result: fit(result[2]))
    if fit(rows)[0] == 0 and (fit(rows)[1] < ENOUGH + 1):
        return None
    return build(matcher, form, rows, issues)


def build(matcher: Matcher, form: Form, rows: list[Row], issues: list[Issue]) -> PartReading:
    """Gives the figures of the rows found."""
    figures: dict[str, Figure] = {}
    seen: dict[str, Row] = {}
    for row in rows:
        if row.key in seen:
            if printed(row) and printed(row) != printed(seen[row.key]):
                issues.append(Issue("row-repeated", f"two rows claim one label: {row.line.shown}"))
                figures |= row_figures(matcher, row, None)
            continue
        seen[row.key] = row
        aligned = align(row, matcher.wanted[row.key])
        if aligned is None:
            issues.append(Issue("row-unreadable", f"columns of this row cannot be known: {row.line.shown}"))
        figures |= row_figures(matcher, row, aligned)
    missing = [row.label for block in matcher.table.blocks for row in block.rows if row.key not in seen]
    issues += [Issue("row-missing", f"table 2 has no row {label}") for label in missing]
    codes = [indicator.code for indicator in form.parts["disclosure"].indicators]
    return PartReading("disclosure", form.name, complete(codes, figures, "row not found"), tuple(issues))


def printed(row: Row) -> list[str]:
    """Gives what a row prints after its label."""
    return [cell.text.strip() for cell in row.values if cell.text.strip()]


def align(row: Row, wanted: Sequence[str]) -> Aligned | None:
    """Gives the cell of every column the header names, None where that cannot be known.

    The header must name all the columns the form `wanted` in this row: one that lost a column tells nothing.
    """
    head, values = row.head, row.values
    if head is None or not head.clear or not set(wanted) <= set(head.named):
        return None
    if runs_into_value(row.label.text):
        return None
    if len(values) == len(head.cells):
        pairs = list(zip(head.keys, values, strict=True))
        stray = any(key is None and cell.text.strip() for key, cell in pairs)
        if not stray and (row.line.layout is not Layout.SPANS or all(map(overlap, head.cells, values))):
            return {key: cell for key, cell in pairs if key}
    under = by_overlap(head, values) if row.line.layout is Layout.SPANS and len(values) != len(head.cells) else None
    if known := under or by_printed(values, head.named):
        return known
    return all_blank(values, head.named) if len(values) > len(head.cells) else None


def by_overlap(head: Head, values: Sequence[Cell]) -> Aligned | None:
    """Gives the one cell that stands under each header, where all others are blank and none stands under two."""
    under = {key: [v for v in values if overlap(c, v)] for c, key in zip(head.cells, head.keys, strict=True) if key}
    own = {id(cells[0]) for cells in under.values() if len(cells) == 1}
    stray = any(cell.text.strip() for cell in values if id(cell) not in own)
    return None if stray or len(own) < len(under) else {key: cells[0] for key, cells in under.items()}


def overlap(one: Cell, other: Cell) -> bool:
    """Tells whether two cells share a column of the grid."""
    return one.column < other.column + other.colspan and other.column < one.column + one.colspan


def row_figures(matcher: Matcher, row: Row, aligned: Aligned | None) -> dict[str, Figure]:
    """Gives the figures of one row, unreadable where its cells or its header do not say."""
    figures = {}
    for key in matcher.wanted[row.key]:
        code = f"disclosure.{row.key}.{key}"
        if aligned is None or key not in aligned or covers_rows(aligned[key], row.label):
            figures[code] = unreadable(code, row.line, "column cannot be known")
        elif row.head and f"{row.key}.{key}" in matcher.table.money:
            text = row.head.cells[row.head.keys.index(key)].text
            figures[code] = money(code, aligned[key], row.line, text)
        else:
            figures[code] = figure(code, aligned[key], row.line)
    return figures
