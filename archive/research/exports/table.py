"""What every format writes: a table of named, labelled columns whose rows come one after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from archive.research.missing import Missing

Cell = str | Missing | None
"""A text or the digits of a number; why a figure has no value; None where there is nothing to say."""

Row = Sequence[Cell]


class Kind(StrEnum):
    """What the cells of a column hold; formats without digits of any length write numbers as doubles."""

    TEXT = "string"
    INTEGER = "integer"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its name where 32 characters are all there is, its labels (at most 80 characters)."""

    name: str
    short: str
    label_zh: str
    label_en: str
    kind: Kind = Kind.TEXT
    unit: str | None = None
    figure: bool = False  # an indicator's, whose cells may be missing for a reason


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows as columns of Arrow: those of a table, and those of its table of reasons."""

    rows: int
    columns: Sequence[Any]
    reasons: Sequence[Any]
    rounded: int  # numbers that have more digits than a double holds


@dataclass(frozen=True, slots=True)
class Table:
    """A shape of the archive; `rows` begins a new pass at each call, `key` names the columns that tell rows apart.

    `blocks` gives the same for a format that takes columns, where a shape knows a quicker way to them.
    """

    name: str
    title_zh: str
    title_en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]
    blocks: Callable[[], Iterator[Block]] | None = None
    total: int | None = None  # rows there will be, where that is known before
    about: Mapping[str, str] = field(default_factory=dict)  # as of when, under which revision, of which documents

    @property
    def has_reasons(self) -> bool:
        """Tells whether figures of this table may be missing for a reason."""
        return any(column.figure for column in self.columns)

    @property
    def figures(self) -> slice:
        """Gives where the figures stand in a row: side by side."""
        places = [place for place, column in enumerate(self.columns) if column.figure]
        return slice(places[0], places[-1] + 1) if places else slice(0, 0)


def text_column(name: str, label_zh: str, label_en: str, kind: Kind = Kind.TEXT) -> Column:
    """Gives a column whose name is short enough for every format."""
    return Column(name, name, label_zh, label_en, kind)


def reasons_of(table: Table) -> Table:
    """Gives the table of the same shape that says of each figure whether it is a number, or why it has no value."""
    columns = tuple(replace(c, kind=Kind.TEXT, unit=None, figure=False) if c.figure else c for c in table.columns)

    def rows() -> Iterator[Row]:
        figures, words = table.figures, Words()
        return (reasons_row(row, figures, words) for row in table.rows())

    titles = f"{table.title_zh}：数值状态", f"{table.title_en}: status of each figure"
    return replace(
        table, name=f"{table.name}_status", title_zh=titles[0], title_en=titles[1], columns=columns, rows=rows
    )


class Words(dict[Cell, str | None]):
    """What stands for each cell met so far in the table of reasons."""

    def __missing__(self, cell: Cell) -> str | None:
        """Gives the word for a cell that was not met before."""
        found = self[cell] = cell.word if isinstance(cell, Missing) else None if cell is None else "number"
        return found


def reasons_row(row: Row, figures: slice, words: Words) -> Row:
    """Gives a row with `number` or the reason in the place of each figure."""
    return [*row[: figures.start], *map(words.__getitem__, row[figures]), *row[figures.stop :]]
