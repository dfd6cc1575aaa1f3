"""Rows of a statistics table, and which of them is which indicator of a form.

Labels repeat (维持, 被依法纠错 and 其他情形 under 行政复议 and 行政诉讼): such a row counts as that of the group it
stands under, and as none where no group is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from archive.model import Status
from archive.read.blocks import Cell, Layout, Table
from archive.read.cells import parse
from archive.read.forms.labels import Labels, normal, signs
from archive.read.forms.lines import Line, lines_of, part_of
from archive.read.forms.statistics_form import StatisticsForm, statistics_forms
from archive.read.forms.statistics_head import (
    UNITS,
    Column,
    Head,
    Kind,
    by_place,
    flat,
    heads_of,
    label_cells,
    pieces,
    without_brackets,
)
from archive.read.words import squash

SHORT = 5
"""A label of fewer signs is only known under its group."""
TELLING = "不未非无部专兼"
"""Signs that turn a label into another one; no misprint is forgiven that adds or drops one."""
HEADLESS = 8
"""Exact labels that make a table without a header one of the national form."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row under a header: the cells its label may be in and the cell under each column, None where unknown."""

    line: Line
    head: Head
    labels: tuple[Cell, ...]
    cells: tuple[Cell | None, ...] | None

    @property
    def label(self) -> str:
        """Gives the row's label as printed, on one line, without the number of the row."""
        words = (" ".join(cell.text.split()) for cell in self.labels)
        return " ".join(each for each in words if each and not each.isdigit())


class Names:
    """The labels of one form's rows and sections."""

    def __init__(self, form: StatisticsForm) -> None:
        self.form = form
        self.entries = {entry.key: entry for entry in (*form.sections, *form.rows)}
        self.sections = {section.key for section in form.sections}
        self.order = {row.key: place for place, row in enumerate(form.rows)}
        self.groups = {entry.group for entry in self.entries.values() if entry.group}
        keys: dict[str, list[str]] = {}
        for entry in self.entries.values():
            for spelling in entry.spellings:
                for written in (flat(spelling), flat(without_brackets(spelling))):
                    keys.setdefault(normal(written), []).append(entry.key)
        self.keys = {spelling: tuple(dict.fromkeys(own)) for spelling, own in keys.items()}
        self.labels = Labels((" ".join(own), spelling) for spelling, own in self.keys.items())

    def candidates(self, text: str) -> tuple[str, ...]:
        """Gives the rows or sections that a cell's text may name."""
        for written in (flat(text), flat(without_brackets(text))):
            if exact := self.keys.get(normal(written)):
                return exact
        for written in (flat(without_brackets(text)), flat(text)):
            if (near := self.labels.find(written)) and self.same_sense(written, near):
                return tuple(near.split(" "))
        return ()

    def same_sense(self, written: str, keys: str) -> bool:
        """Tells whether some spelling has the same telling signs as what is printed."""
        wanted = telling(written)
        return any(telling(spelling) == wanted for spelling, own in self.keys.items() if " ".join(own) == keys)

    def above(self, key: str) -> tuple[str, ...]:
        """Gives the groups a row opens or stands under, innermost first."""
        path = [key] if key in self.groups else []
        group = self.entries[key].group
        while group:
            path.append(group)
            group = self.entries[group].group
        return tuple(path)

    def choose(self, text: str, context: Sequence[str]) -> str | None:
        """Gives the one row or section that a text names under the groups above it."""
        found = self.candidates(text)
        if len(found) == 1:
            group = self.entries[found[0]].group
            known = not group or group in context or len(signs(flat(text))) >= SHORT
            return found[0] if known else None
        under = {self.entries[key].group or "": key for key in found}
        return next((under[group] for group in context if group in under), under.get(""))

    def assign(self, rows: Sequence[Row]) -> list[str | None]:
        """Gives the row or section of the form that each printed row is, None where no label takes it."""
        context: tuple[str, ...] = ()
        assigned: list[str | None] = []
        for row in rows:
            key = None
            for cell in row.labels:
                if (named := self.choose(cell.text, context)) is not None:
                    key, context = named, self.above(named)
            assigned.append(key)
        return assigned


def telling(text: str) -> list[int]:
    """Gives how often each telling sign stands in a text."""
    return [text.count(sign) for sign in TELLING]


@cache
def names_of(form: str) -> Names:
    """Gives the labels of a form, made ready once."""
    return Names(statistics_forms()[form])


@cache
def exact_labels() -> frozenset[str]:
    """Gives every spelling of a label of some form."""
    return frozenset(spelling for form in statistics_forms() for spelling in names_of(form).keys)


def rows_of(tables: Sequence[Table]) -> list[Row]:
    """Gives the rows of all statistics tables; one without a header goes on under the header before it."""
    rows: list[Row] = []
    heads: tuple[Head, ...] = ()
    for number, table in enumerate(tables):
        lines = [line for line in lines_of(table, number) if line.cells]
        headed = any(head_in(line) for line in lines)
        if not headed and not goes_on(lines, bool(heads)):
            heads = ()
            continue
        if not heads and not headed:
            heads = (Head(3, 0, (Column(Kind.UNIT, "", 1, 2), Column(Kind.VALUE, "", 2, 3))),)
        for line in lines:
            if own := head_in(line):
                heads = own
            if heads and (not own or line.layout is Layout.STREAM):
                rows += [row for part in parted(line, bool(own), heads[0]) for row in cut(part, heads)]
    return rows


def goes_on(lines: Sequence[Line], under_header: bool) -> bool:
    """Tells whether a table without a header holds rows of statistics: by exact labels."""
    if not under_header and max((line.width for line in lines), default=0) != 3:
        return False
    known = exact_labels()
    own = sum(any(normal(flat(cell.text)) in known for cell in line.cells) for line in lines)
    return own >= (1 if under_header else HEADLESS)


def head_in(line: Line) -> tuple[Head, ...]:
    """Gives the header in a line, which in a flattened table may hold rows behind it."""
    if line.layout is not Layout.STREAM:
        return heads_of(line)
    anchors = anchors_of(line) if heads_of(line) else []
    return heads_of(part_of(line, line.cells[: anchors[0]])) if anchors else heads_of(line)


def anchors_of(line: Line) -> list[int]:
    """Gives the places of labels in a line that may hold several rows."""
    known = [names_of(form) for form in statistics_forms()]
    return [i for i, cell in enumerate(line.cells) if any(names.candidates(cell.text) for names in known)]


def parted(line: Line, header: bool, head: Head) -> list[Line]:
    """Gives the rows of a line, several where a flattened table lost its blank lines."""
    if line.layout is not Layout.STREAM:
        return [line]
    anchors = anchors_of(line)
    if len(anchors) > 1 or (header and anchors):
        size = 1 + len(head.columns)
        return [part_of(line, row) for cells in pieces(line, anchors) for row in chunks(cells, size)]
    return [] if header else [line]


def chunks(cells: tuple[Cell, ...], size: int) -> list[tuple[Cell, ...]]:
    """Gives rows of one size, where cells are several and each begins with what can be a label; else the cells."""
    rows = [cells[start : start + size] for start in range(0, len(cells), size)]
    whole = len(cells) % size == 0 and not any(is_amount(row[0]) for row in rows)
    return rows if whole else [cells]


def is_amount(cell: Cell) -> bool:
    """Tells whether a cell holds a number, a unit or nothing, and so is no label."""
    text = squash(cell.text)
    return text in UNITS or parse(text).status in (Status.NUMBER, Status.BLANK, Status.DASH)


def cut(line: Line, heads: Sequence[Head]) -> list[Row]:
    """Gives the rows that stand side by side in a line, one for each half of the header."""
    rows = []
    for head in heads:
        placed = by_place(line, head)
        labels = label_cells(line, head)
        if placed is None and len(heads) == 1:
            rows.append(by_order(line, head))
        elif placed is None:
            rows.append(Row(line, head, tuple(labels), None))
        elif labels or any(placed):
            rows.append(Row(line, head, tuple(labels), tuple(placed)))
    return rows


def by_order(line: Line, head: Head) -> Row:
    """Gives a row whose last cells are the columns in order; their cells are not known where amounts stand before."""
    count = len(head.columns)
    labels, cells = line.cells[:-count], line.cells[-count:]
    if not labels or any(is_amount(cell) for cell in labels[1:]) or (is_amount(labels[0]) and len(labels) == 1):
        return Row(line, head, line.cells, None)
    return Row(line, head, labels, cells)
