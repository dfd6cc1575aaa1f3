"""Table 3 (收到和处理政府信息公开申请情况): labelled rows crossed with seven columns of applicants."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

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
from archive.read.forms.catalogue import Crossed, Form, forms
from archive.read.forms.figures import INFERRED, PartReading, complete, covers_rows, figure, unreadable
from archive.read.forms.labels import EXACT_BELOW, Labels, normal, runs_into_value
from archive.read.forms.lines import Line, joined, lines_of, part_of

LABEL_CELLS = 4
ENOUGH = 3
"""Row labels that make a table one of this kind; a later table that continues it needs one."""
MOST = 0.9
"""Share of rows with exactly seven cells after the label that shows a tabbed table to leave no blank fields."""


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
            for cell in line.cells
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
            new, strange = self.rows_in(lines)
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

    def rows_in(self, lines: Sequence[Line]) -> tuple[list[Row], list[Issue]]:
        """Gives the rows of one table, and an issue for each printed row between them that no label took."""
        rows: list[Row] = []
        strange: list[Line] = []
        issues: list[Issue] = []
        group = None
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
            if line.layout is Layout.STREAM or line.width != width:
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


def read(tables: Sequence[Table], known: Sequence[Form], prefer: str | None) -> PartReading | None:
    """Gives table 3 under the form most of whose rows are found; `prefer` decides where two do equally well."""
    tried = [(matcher := matcher_of(form.name), matcher.found(tables)) for form in known]
    matcher, found = max(tried, key=lambda pair: (len({row.key for row in pair[1].rows}), pair[0].form.name == prefer))
    if not found.rows:
        return None
    return build(matcher, found)


def build(matcher: Matcher, found: Found) -> PartReading:
    """Gives the figures of the rows found."""
    aligned, inferred, total_only = align(matcher, found)
    figures: dict[str, Figure] = {}
    issues = list(found.issues)
    seen: dict[str, Row] = {}
    for row in found.rows:
        if row.key in seen:
            if printed(row) and printed(row) != printed(seen[row.key]):
                issues.append(Issue("row-repeated", f"two rows claim one label: {row.line.shown}"))
                figures |= row_figures(matcher, row, None, None)
            continue
        seen[row.key] = row
        cells = None if runs_into_value(row.label.text) else aligned[id(row)]
        if cells is None:
            issues.append(Issue("row-unreadable", f"columns of this row cannot be known: {row.line.shown}"))
        note = INFERRED if id(row) in inferred else None
        figures |= row_figures(matcher, row, cells, note)
    if inferred:
        issues.append(Issue("column-inferred", f"{len(inferred)} rows of table 3 taken as 总计: {INFERRED}"))
    if not any(aligned.values()):
        issues.append(Issue("columns-unknown", "no row of table 3 has columns that can be known"))
    missing = [row.label for row in matcher.table.rows if row.key not in seen]
    issues += [Issue("row-missing", f"table 3 has no row {label}") for label in missing]
    codes = [indicator.code for indicator in matcher.form.parts["requests"].indicators]
    name = matcher.form.name
    return PartReading("requests", name, complete(codes, figures, "row not found"), tuple(issues), total_only)


def printed(row: Row) -> list[str]:
    """Gives what a row prints after its label."""
    return [cell.text.strip() for cell in row.values if cell.text.strip()]


def row_figures(matcher: Matcher, row: Row, cells: Aligned | None, note: str | None) -> dict[str, Figure]:
    """Gives the seven figures of a row."""
    figures = {}
    for key in matcher.keys:
        code = f"requests.{row.key}.{key}"
        if cells is None or covers_rows(cells[key]):
            figures[code] = unreadable(code, row.line, "column cannot be known")
        else:
            figures[code] = figure(code, cells[key], row.line, note)
    return figures


def align(matcher: Matcher, found: Found) -> tuple[dict[int, Aligned | None], set[int], bool]:
    """Gives the cells of every row by its id, the rows whose column is inferred, and whether only 总计 is filled."""
    aligned: dict[int, Aligned | None] = {}
    for layout in Layout:
        rows = [row for row in found.rows if row.line.layout is layout]
        by_layout = {Layout.SPANS: spans, Layout.TABBED: tabbed, Layout.STREAM: stream}[layout]
        aligned |= by_layout(matcher, found, rows)
    certain = [cells for cells in aligned.values() if cells and any(filled(cells))]
    total_only = len(certain) >= ENOUGH and all(filled(cells) == ["total"] for cells in certain)
    inferred: set[int] = set()
    if total_only and found.header:
        for row in found.rows:
            if aligned[id(row)] is None and (cells := only_total(row.line, row.values, found.header, ["total"])):
                aligned[id(row)] = cells
                inferred.add(id(row))
    return aligned, inferred, total_only


def filled(cells: Aligned) -> list[str]:
    """Gives the columns that print something."""
    return [key for key, cell in cells.items() if cell is not None and cell.text.strip()]


def spans(matcher: Matcher, found: Found, rows: Sequence[Row]) -> dict[int, Aligned | None]:
    """Gives the cells of rows whose spans the document declares: by order and by place, where they agree."""
    keys = matcher.keys
    result: dict[int, Aligned | None] = {}
    for row in rows:
        order = by_order(row.values, keys) if found.in_order else None
        place = by_place(row.line, row.values, found.header, keys) if found.header else None
        full = by_printed(row.values, keys) if found.in_order else None
        result[id(row)] = agreed(order, place) or full or all_blank(row.values, keys)
    return result


def stream(matcher: Matcher, found: Found, rows: Sequence[Row]) -> dict[int, Aligned | None]:
    """Gives the cells of rows flattened to a cell a line: by order, padding at the end of every row left out."""
    keys = matcher.keys
    if not found.in_order:
        return {id(row): all_blank(row.values, keys) for row in rows}
    usual, padding = padding_of(rows, len(keys))
    result: dict[int, Aligned | None] = {}
    for row in rows:
        own = row.values[: len(row.values) - padding]
        order = by_order(own, keys) if len(row.values) == usual else None
        result[id(row)] = order or by_printed(row.values, keys) or blank_as_usual(row.values, usual, keys)
    return result


def blank_as_usual(values: Sequence[Cell], usual: int, keys: Sequence[str]) -> Aligned | None:
    """Gives blanks for a row that prints nothing and lacks no cell that other rows have."""
    return all_blank(values, keys) if len(values) >= usual else None


def padding_of(rows: Sequence[Row], count: int) -> tuple[int, int]:
    """Gives how many cells rows of a table usually have, and how many blank ones of them only pad the end.

    Padding is known only where it ends every usual row and such rows do not all begin with blanks, too.
    """
    lengths = Counter(len(row.values) for row in rows)
    usual = lengths.most_common(1)[0][0] if lengths else count
    padding = usual - count

    def blank(cells: Sequence[Cell]) -> bool:
        return not any(cell.text.strip() for cell in cells)

    whole = [row for row in rows if len(row.values) == usual]
    ends = all(blank(row.values[usual - padding :]) for row in whole)
    begins = all(blank(row.values[:padding]) for row in whole)
    return usual, padding if padding > 0 and ends and not begins else 0


def tabbed(matcher: Matcher, found: Found, rows: Sequence[Row]) -> dict[int, Aligned | None]:
    """Gives the cells of rows flattened to a row a line.

    If nearly all rows have seven cells after the label, merged cells left no blank fields and order decides. Else
    merged cells are written out as blank fields, and rows of one width form one page's grid: its label columns are
    those that carry labels. Its columns are known where the header has the same width and no label stands under one
    of its columns, or where the form's three label columns and seven more make up the width. On any other page
    columns and rows contradict each other.
    """
    keys = matcher.keys
    sevens = sum(len(row.values) == len(keys) for row in rows)
    plain = sevens >= MOST * len(rows)
    result: dict[int, Aligned | None] = {}
    for row in rows:
        if plain:
            cells = by_order(row.values, keys) if found.in_order else None
        else:
            cells = on_page(matcher, found, row, page_of(row, rows))
        full = by_printed(row.values, keys) if found.in_order else None
        result[id(row)] = cells or full or blank_row(matcher, found, row)
    return result


def page_of(row: Row, rows: Sequence[Row]) -> list[Row]:
    """Gives the rows of the same width around a row without one of another width between: its page."""
    place = next(i for i, other in enumerate(rows) if other is row)
    start = stop = place
    while start and rows[start - 1].line.width == row.line.width:
        start -= 1
    while stop < len(rows) and rows[stop].line.width == row.line.width:
        stop += 1
    return list(rows[start:stop])


def on_page(matcher: Matcher, found: Found, row: Row, page: Sequence[Row]) -> Aligned | None:
    """Gives the cells of a row by the grid of its page.

    Where header and rows contradict each other, a page without a header must have several rows: a single row of
    another width has lost or gained a field, and so have rows narrower than the head.
    """
    header, keys, width = found.header, matcher.keys, row.line.width
    label_columns = max(other.label_end for other in page)
    if header and all_labels_end_before(header, found.rows):
        return by_place(row.line, row.values, header, keys)
    if len(page) < ENOUGH or width < found.head_width or not found.in_order:
        return None
    if label_columns == matcher.table.label_columns == width - len(keys):
        skipped = row.values[: -len(keys)]
        return None if any(cell.text.strip() for cell in skipped) else by_order(row.values[-len(keys) :], keys)
    return None


def all_labels_end_before(header: Header, rows: Sequence[Row]) -> bool:
    """Tells whether no row as wide as the header has its label under one of the header's columns."""
    return all(row.label_end <= header.first for row in rows if row.line.width == header.width)


def blank_row(matcher: Matcher, found: Found, row: Row) -> Aligned | None:
    """Gives blanks for a row that prints nothing and is as wide as it should be."""
    if printed(row) or (found.header and row.line.width < found.header.width):
        return None
    if found.header and row.line.width == found.header.width:
        return dict.fromkeys(matcher.keys)
    return all_blank(row.values, matcher.keys)
