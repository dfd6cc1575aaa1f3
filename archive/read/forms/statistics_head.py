"""The header row of a statistics table: where its indicators, units and numbers stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.read.blocks import Cell, Layout
from archive.read.cells import COUNTS, IN_WAN
from archive.read.forms.labels import NUMBERING, signs
from archive.read.forms.lines import Line
from archive.read.words import squash

NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")
AMONG = re.compile(r"^(?:其中|包括)[:：]?")
BRACKETED = re.compile(r"[（(\[【][^（()）]*[)）\]】]")
INDICATOR = frozenset(("统计指标", "指标名称", "指标", "指标项目", "统计指标名称"))
ITEM = frozenset(("统计项目", "项目", "内容", "事项", "名称", "项目名称", "统计内容", "指标内容"))
"""Titles of the first column that need a column of units beside them to mean a statistics table."""
UNIT = frozenset(("单位", "计量单位", "统计单位", "数量单位"))
IGNORED = frozenset(("序号", "代码", "编号", "备注", "说明", "指标代码", "填报说明", "指标解释", "行次", "指标说明"))
UNITS = frozenset((*IN_WAN, *COUNTS, "人次/次", "场", "期", "处", "班次", "名", "场次", "页", "册", "天"))
YEAR = re.compile(r"(20\d\d)年?度?")


class Kind(StrEnum):
    """What a column of the table holds."""

    UNIT = "unit"
    VALUE = "value"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Column:
    """A column after the indicators: its printed title and its slots."""

    kind: Kind
    title: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Head:
    """A header (one half of it where two tables stand side by side): first slot of the labels, columns, full width."""

    width: int
    start: int
    columns: tuple[Column, ...]

    @property
    def values(self) -> tuple[Column, ...]:
        """Gives the columns of numbers."""
        return tuple(column for column in self.columns if column.kind is Kind.VALUE)


def flat(text: str) -> str:
    """Gives a label without its numbering and 其中, digits inside it as numerals so that they count as signs."""
    short = squash(text).lstrip("*·-—")
    while (cut := AMONG.sub("", NUMBERING.sub("", short))) != short:
        short = cut
    return short.translate(NUMERALS)


def without_brackets(text: str) -> str:
    """Gives a label without what stands in brackets: a unit, or how to count."""
    return BRACKETED.sub("", squash(text))


def title_of(cell: Cell) -> str:
    """Gives the Chinese characters of a header cell."""
    return signs(squash(cell.text))


def heads_of(line: Line) -> tuple[Head, ...]:
    """Gives the header halves in a row, none where it is no header of a statistics table."""
    if not any("指" in cell.text or "单" in cell.text for cell in line.cells):
        return ()
    cells = [(cell, *extent(line, cell)) for cell in line.cells]
    titles = [title_of(cell) for cell, _, _ in cells]
    units = any(title in UNIT for title in titles)
    firsts = [i for i, title in enumerate(titles) if title in INDICATOR or (units and title in ITEM)]
    if not firsts or any(len(title) > 24 for title in titles):
        return ()
    halves: list[Head] = []
    for first, stop in zip(firsts, [*firsts[1:], len(cells)], strict=True):
        columns = tuple(
            Column(kind_of(title_of(cell)), squash(cell.text), start, end)
            for cell, start, end in cells[first + 1 : stop]
        )
        start = 0 if not halves else cells[first][1]
        halves.append(Head(line.width, start, columns))
    return tuple(halves) if all(half.values for half in halves) else ()


def kind_of(title: str) -> Kind:
    """Gives what the column under a title holds."""
    if title in UNIT:
        return Kind.UNIT
    return Kind.IGNORED if title in IGNORED else Kind.VALUE


def extent(line: Line, cell: Cell) -> tuple[int, int]:
    """Gives the slots of a cell in its row: first, and after the last."""
    own = [place for place, slot in enumerate(line.slots) if slot is cell]
    return own[0], own[-1] + 1


def by_place(line: Line, head: Head) -> list[Cell | None] | None:
    """Gives the cell under each column where the row is as wide as the header; None for a slot the label covers.

    None as a whole where the row has another width or a column shares its cell with another.
    """
    if line.layout is Layout.STREAM or line.width != head.width:
        return None
    labels = {id(cell) for cell in line.slots[head.start : head.columns[0].start] if cell}
    found: list[Cell | None] = []
    for column in head.columns:
        covering = {id(slot): slot for slot in line.slots[column.start : column.stop]}
        cell = next(iter(covering.values()))
        if len(covering) != 1:
            return None
        found.append(None if cell is None or id(cell) in labels else cell)
    own = [id(cell) for cell in found if cell]
    return found if len(own) == len(set(own)) else None


def label_cells(line: Line, head: Head) -> list[Cell]:
    """Gives the cells of a row in which its label may stand."""
    if line.layout is Layout.STREAM or line.width != head.width:
        return list(line.cells)
    cells = {id(slot): slot for slot in line.slots[head.start : head.columns[0].start] if slot}
    return list(cells.values())


def year_and_rest(title: str) -> tuple[int | None, str]:
    """Gives the year a column's title names and the title without it (2016年度 → 2016, 年度)."""
    match = YEAR.search(title)
    if not match:
        return None, title
    rest = title[: match.start()] + title[match.end() :]
    return int(match[1]), rest if signs(rest) else "年度"


def pieces(line: Line, anchors: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    """Gives the runs of cells that begin with a label, where one line of a flattened table holds several rows."""
    for start, stop in zip(anchors, [*anchors[1:], len(line.cells)], strict=True):
        yield line.cells[start:stop]
