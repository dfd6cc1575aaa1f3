"""Finding the rows of table 3: which line of which table carries which label of the form."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from archive.model import Issue
from archive.read.blocks import Cell, Layout, Table
from archive.read.forms.align import Header
from archive.read.forms.catalogue import Crossed, Form, forms
from archive.read.forms.labels import EXACT_BELOW, Labels, normal
from archive.read.forms.lines import Line, joined, lines_of, part_of

LABEL_CELLS = 4
NUMBERS = re.compile(r"\s*\d+\s*\n\s*\d+\s*")
ENOUGH = 3
"""Row labels that make a table one of this kind; a later table that continues it needs one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the form found in a table: the slot after its label, and the cells after it."""

    key: str
    line: Line
    label: Cell
    label_end: int
    values: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the tables hold of one form: rows, the header's places, whether its order is the form's, issues."""

    rows: tuple[Row, ...]
    head_width: int
    header: Header | None
    in_order: bool
    issues: tuple[Issue, ...]


class Matcher:
    """The labels of table 3 under one form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.table: Crossed = form.requests
        self.keys = tuple(column.key for column in self.table.columns)
        self.columns = Labels((c.key, s) for c in self.table.columns for s in c.spellings)
        self.rows = Labels((r.key, s) for r in self.table.rows for s in r.spellings)
        self.groups = Labels((g, g) for g in self.table.groups)
        self.headers = Labels((h, h) for h in self.table.headers)
        self.row_of = {row.key: row for row in self.table.rows}

    def is_header(self, line: Line) -> bool:
        """Tells whether a row belongs to the table's head; 其他 and 总计 alone do not say so."""
        return any(
            self.headers.find(cell.text) or (self.columns.find(cell.text) and len(normal(cell.text)) >= EXACT_BELOW)
            for cell in line.worded
        )

    def label(self, line: Line, group: str | None) -> tuple[str, int] | None:
        """Gives the key of a row's label and the place of its cell: the rightmost of the first few that is one.

        其他 counts only under 其他处理, as it names other things elsewhere.
        """
        best = None
        for place, cell in enumerate(line.cells[:LABEL_CELLS]):
            key = self.rows.find(cell.text)
            if key and (len(normal(cell.text)) >= EXACT_BELOW or self.row_of[key].group in (None, group)):
                best = (key, place)
        return best

    def group_in(self, line: Line) -> str | None:
        """Gives the innermost group label a row carries."""
        found = [self.groups.find(cell.text) for cell in line.cells[:LABEL_CELLS]]
        return next((group for group in reversed(found) if group), None)

    def run_together(self, values: Sequence[Cell]) -> bool:
        """Tells whether a label or a cell of two numbers stands in a row: rows or cells have run together."""
        texts = [cell.text for cell in values if "\n" in cell.text or not cell.text.isascii()]
        return any(self.rows.find(text) or self.groups.find(text) or NUMBERS.fullmatch(text) for text in texts)

    def lines(self, table: Table, number: int) -> list[Line]:
        """Gives the rows of a table, those of a flattened one parted where a blank line is missing."""
        lines = joined([line for line in lines_of(table, number) if line.cells], self.rows)
        if table.layout is not Layout.STREAM:
            return lines
        written = self.writes_merged(lines)
        return [piece for line in lines for piece in self.pieces(line, written)]

    def anchors(self, line: Line) -> list[int]:
        """Gives the places of row labels in a line that may hold several rows.

        其他 and 总计 count from the first label that is one for certain: a longer one, or one where labels stand.
        """
        places = [i for i, cell in enumerate(line.cells) if self.rows.find(cell.text)]
        room = 0 if self.is_header(line) else self.table.label_columns
        first = next((i for i in places if i < room or len(normal(line.cells[i].text)) >= EXACT_BELOW), None)
        return [i for i in places if first is not None and i >= first]

    def writes_merged(self, lines: Sequence[Line]) -> bool:
        """Tells whether the flattening leaves a blank cell for each label cell merged with the row above.

        Seen on rows that stand alone; where none does, on which of the two gives more rows of seven.
        """
        single = [(self.anchors(line), line) for line in lines]
        deep = [
            a[0] for a, line in single if len(a) == 1 and self.depth(line.cells[a[0]]) == self.table.label_columns - 1
        ]
        if deep:
            return sum(place > 0 for place in deep) * 2 > len(deep)

        def sevens(written: bool) -> int:
            pieces = [piece for line in lines for piece in self.pieces(line, written)]
            labelled = [(self.anchors(piece), piece) for piece in pieces]
            return sum(len(piece.cells) - a[0] - 1 == len(self.keys) for a, piece in labelled if a)

        return sevens(written=True) >= sevens(written=False)

    def depth(self, cell: Cell) -> int:
        """Gives how many label cells stand before a row's own."""
        return self.row_of[self.rows.find(cell.text) or self.table.rows[0].key].depth

    def pieces(self, line: Line, written: bool) -> Iterator[Line]:
        """Gives the rows that one line of a flattened table holds."""
        anchors = self.anchors(line)
        if len(anchors) < 2 and not (anchors and self.is_header(line)):
            yield line
            return
        cuts = [0]
        for before, place in zip([-1, *anchors], anchors, strict=False):
            cut = place - self.depth(line.cells[place]) if written else self.before_groups(line, place)
            cuts.append(max(cut, before + 1))
        for start, stop in zip(cuts, [*cuts[1:], len(line.cells)], strict=True):
            if start < stop:
                yield part_of(line, line.cells[start:stop])

    def before_groups(self, line: Line, place: int) -> int:
        """Gives the place of the first of the group labels that stand right before a row label."""
        while place and self.groups.find(line.cells[place - 1].text):
            place -= 1
        return place

    def found(self, tables: Sequence[Table]) -> Found:
        """Gives the rows of the form in all tables that hold some, with the first header."""
        rows: list[Row] = []
        heads: list[Line] = []
        issues: list[Issue] = []
        for number, table in enumerate(tables):
            lines = self.lines(table, number)
            new, strange = self.rows_in(lines, self.row_of[rows[-1].key].group if rows else None)
            known = {row.key for row in rows}
            if len({row.key for row in new}) < (1 if known else ENOUGH):
                continue
            if len(known & {row.key for row in new}) >= ENOUGH:
                issues.append(Issue("part-repeated", f"table {number} repeats rows of table {rows[0].line.table}"))
                continue
            heads = heads or [line for line in lines if self.is_header(line)]
            rows += new
            issues += strange
        head_width = max((line.width for line in heads), default=0)
        return Found(tuple(rows), head_width, self.header(heads, head_width), self.in_order(heads), tuple(issues))

    def rows_in(self, lines: Sequence[Line], group: str | None) -> tuple[list[Row], list[Issue]]:
        """Gives the rows of one table, and an issue for each printed row between them that no label took.

        `group` is that of the last row of the table before, which this one may continue.
        """
        rows: list[Row] = []
        strange: list[Line] = []
        issues: list[Issue] = []
        for line in lines:
            if self.is_header(line):
                continue
            group = self.group_in(line) or group
            if label := self.label(line, group):
                key, place = label
                cell = line.cells[place]
                end = place + 1 if line.layout is not Layout.SPANS else cell.column + cell.colspan
                rows.append(Row(key, line, cell, end, line.cells[place + 1 :]))
                group = None if self.row_of[key].depth < self.table.label_columns - 1 else group
                issues += [unmatched(each) for each in strange]
                strange = []
            elif rows and any(not self.groups.find(cell.text) for cell in line.printed):
                strange.append(line)
        return rows, issues

    def header(self, heads: Sequence[Line], width: int) -> Header | None:
        """Gives the places of all columns by the lowest label in each, None where they are not all there."""
        labels: dict[int, str] = {}
        for line in heads:
            if line.layout is Layout.STREAM or (line.layout is Layout.TABBED and line.width != width):
                return None
            for place, cell in enumerate(line.slots):
                if cell and (key := self.columns.find(cell.text)):
                    labels[place] = key
        places: dict[str, tuple[int, int]] = {}
        for key in self.keys:
            own = [place for place, label in labels.items() if label == key]
            if not own or max(own) - min(own) + 1 != len(own):
                return None
            places[key] = (min(own), max(own) + 1)
        return Header(width, places)

    def in_order(self, heads: Sequence[Line]) -> bool:
        """Tells whether every row of the head names its columns in the form's order; a head that is lost does."""
        for line in heads:
            keys = [key for cell in line.cells if (key := self.columns.find(cell.text))]
            order = [self.keys.index(key) for key in keys]
            if line.layout is Layout.STREAM and len(order) == len(self.keys):
                order = sorted(order, key=lambda i: i) if stacked(order) else order
            if order != sorted(order):
                return False
        return True


def stacked(order: list[int]) -> bool:
    """Tells whether a flattened head of two rows reads 自然人, 总计, then the five kinds of organisation."""
    return order == [0, 6, 1, 2, 3, 4, 5]


def unmatched(line: Line) -> Issue:
    """Gives the issue of a row that no label took."""
    return Issue("unmatched-row", f"table {line.table}, row {line.row}: no label of the form fits: {line.shown}")


@cache
def matcher_of(form: str) -> Matcher:
    """Gives the matcher of a form; its labels are made ready once."""
    return Matcher(forms()[form])


def printed(row: Row) -> list[str]:
    """Gives what a row prints after its label."""
    return [cell.text.strip() for cell in row.values if cell.text.strip()]
