"""Figures beside their labels and under their headers → the rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.read.blocks import MAX_COLUMNS, Cell, Layout, Slots, Table
from archive.read.page.labelled import Label
from archive.read.page.places import Places
from archive.read.page.runs import LEVEL, Run

DOUBT = "the figure stands between two rows or columns"
TWO = "two figures stand in one place"
FAR = 1.2
"""Gap in em that no cell has inside."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a cell prints: its text, how sure a recognised one is, and why not to rely on it."""

    text: str = ""
    confidence: float | None = None
    doubt: str | None = None


BLANK = Printed()


@dataclass(frozen=True, slots=True)
class Span:
    """A cell of a row to be made, `columns` wide."""

    printed: Printed
    columns: int = 1


def printed(runs: Sequence[Run], doubt: str | None = None) -> Printed:
    """Gives what runs of one cell print: lines parted by line breaks, runs on one line side by side."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda each: (each.middle, each.x0)):
        if not lines or run.middle - lines[-1][0].middle > LEVEL * (run.y1 - run.y0):
            lines.append([])
        lines[-1].append(run)
    glyphs = [glyph for run in runs for glyph in run.glyphs]
    sure = [glyph.confidence for glyph in glyphs if glyph.confidence is not None]
    doubts = [glyph.doubt for glyph in glyphs if glyph.doubt]
    apart = any(far(left, right) for line in lines for left, right in pairs(line))
    doubt = doubt or (TWO if apart else None)
    text = "\n".join(together(sorted(line, key=lambda run: run.x0)) for line in lines)
    return Printed(text, min(sure, default=None), doubt or next(iter(doubts), None))


def pairs(line: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Gives the neighbours on a line."""
    ordered = sorted(line, key=lambda run: run.x0)
    return list(pairwise(ordered))


def far(left: Run, right: Run) -> bool:
    """Tells whether two runs stand too far apart to be one figure."""
    return right.x0 - left.x1 > FAR * max(left.em, right.em)


def together(line: Sequence[Run]) -> str:
    """Gives runs of one line as text; two numbers side by side stay two words."""
    text = ""
    for run in line:
        text += " " if text and text[-1].isascii() and run.text[0].isascii() else ""
        text += run.text
    return text


def caption(label: Label | None, columns: int = 1) -> Span:
    """Gives the cell of a label, its lines put together; a blank one where there is none."""
    return Span(Printed(label.text) if label else BLANK, columns)


def cells_of(
    figures: Sequence[Run], rows: Sequence[Places], columns: Sequence[Places]
) -> dict[tuple[int, int], Printed]:
    """Gives what stands in which row and column. A figure with several places makes all of them doubtful."""
    certain: dict[tuple[int, int], list[Run]] = {}
    unsure: dict[tuple[int, int], list[Run]] = {}
    for figure, own_rows, own_columns in zip(figures, rows, columns, strict=True):
        known = len(own_rows) == 1 and len(own_columns) == 1
        for row in set(own_rows):
            for column in set(own_columns):
                (certain if known else unsure).setdefault((row, column), []).append(figure)
    made = {place: printed(runs) for place, runs in certain.items()}
    for place, runs in unsure.items():
        made[place] = printed([*certain.get(place, ()), *runs], DOUBT)
    return made


def table(rows: Sequence[Sequence[Span]]) -> Table:
    """Gives the table of rows whose columns are known."""
    slots: list[Slots] = []
    for number, row in enumerate(rows):
        line: list[Cell] = []
        for span in row:
            wide = min(span.columns, MAX_COLUMNS - len(line))
            own = span.printed
            line += [Cell(own.text, number, len(line), 1, wide, own.confidence, own.doubt)] * wide
        slots.append(tuple(line))
    return Table(tuple(slots), Layout.SPANS)
