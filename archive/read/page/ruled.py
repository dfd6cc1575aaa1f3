"""Rules → grid → cells: tables by their drawn borders.

The levels of the rules of one frame are the lines of its grid; what no rule parts is one cell. Outer borders may be
missing, drawn twice, thick or of pieces. A cell that is no rectangle has lost a border: its text is doubtful.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from archive.read.blocks import MAX_COLUMNS, MAX_SLOTS
from archive.read.page.cells import Content, content
from archive.read.page.lines import gap, text_lines
from archive.read.page.model import Glyph, Page
from archive.read.page.rules import Frame, Stroke, length

SAME = 4.0
"""Rules nearer than this are one line of the grid: double borders, edges that a hand put a little beside."""
BEYOND = 6.0
"""Rules that reach this far past the outermost crossing rule show a border that is not drawn."""
CROSSES = 0.2
"""A character with more than this share of its width on both sides of a border runs out of its cell."""
DIGIT = re.compile(r"[\d０-９]")


@dataclass(frozen=True, slots=True)
class Box:
    """A cell on a grid; `above` and `below` tell whether its border is drawn there."""

    row: int
    column: int
    rowspan: int
    colspan: int
    content: Content
    above: bool = True
    below: bool = True


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table of one page: the levels of its lines, and its cells by row, then by column."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    boxes: tuple[Box, ...]
    page: int


def grids(page: Page, number: int, frames: Sequence[Frame]) -> tuple[list[Grid], list[Glyph], list[Frame]]:
    """Gives the tables of a page from top to bottom, the characters outside them, and the frames that are none.

    A frame within a frame takes its characters first; one that holds a single column is a box around prose.
    """
    left = list(page.glyphs)
    found: list[Grid] = []
    other: list[Frame] = []
    for frame in sorted(frames, key=extent):
        lines = lines_of(frame)
        made = None
        if lines:
            inner = [glyph for glyph in left if holds(lines, glyph)]
            made = grid_of(frame, lines, inner, number)
        if made is None:
            other.append(frame)
            continue
        found.append(made)
        taken = set(map(id, inner))
        left = [glyph for glyph in left if id(glyph) not in taken]
    return sorted(found, key=lambda grid: grid.ys[0]), left, other


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a grid: their levels, and the strokes on each; a line without strokes is taken as drawn."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    upright: tuple[tuple[Stroke, ...], ...]
    level: tuple[tuple[Stroke, ...], ...]


def extent(frame: Frame) -> float:
    """Gives about how large a frame is, for looking at inner ones first."""
    return max(map(length, frame.level), default=0.0) * max(map(length, frame.upright), default=0.0)


def lines_of(frame: Frame) -> Lines | None:
    """Gives the lines of a frame's grid, None where it can be no table."""
    if not frame.level or not frame.upright:
        return None
    ys, level = clusters(frame.level)
    xs, upright = clusters(frame.upright)
    xs, upright = with_outer(xs, upright, frame.level)
    ys, level = with_outer(ys, level, frame.upright)
    if not (3 <= len(xs) <= MAX_COLUMNS + 1 and len(ys) >= 2) or len(xs) * len(ys) > MAX_SLOTS // 4:
        return None
    return Lines(tuple(xs), tuple(ys), tuple(map(tuple, upright)), tuple(map(tuple, level)))


def clusters(strokes: Sequence[Stroke]) -> tuple[list[float], list[list[Stroke]]]:
    """Gives the levels of strokes that lie nearer than SAME as one, with the strokes of each."""
    groups: list[list[Stroke]] = []
    for stroke in sorted(strokes, key=lambda each: each.level):
        if groups and stroke.level - groups[-1][0].level <= SAME:
            groups[-1].append(stroke)
        else:
            groups.append([stroke])
    levels = [sum(s.level * length(s) for s in group) / sum(length(s) for s in group) for group in groups]
    return levels, groups


def with_outer(
    levels: list[float], groups: list[list[Stroke]], crossing: Sequence[Stroke]
) -> tuple[list[float], list[list[Stroke]]]:
    """Gives the lines with those added that are not drawn but where most of what crosses them ends."""
    first = min(stroke.start for stroke in crossing)
    last = max(stroke.stop for stroke in crossing)
    starts = sum(stroke.start <= first + SAME for stroke in crossing)
    stops = sum(stroke.stop >= last - SAME for stroke in crossing)
    if first < levels[0] - BEYOND and starts >= 2:
        levels, groups = [first, *levels], [[], *groups]
    if last > levels[-1] + BEYOND and stops >= 2:
        levels, groups = [*levels, last], [*groups, []]
    return levels, groups


def holds(lines: Lines, glyph: Glyph) -> bool:
    """Tells whether the middle of a character lies inside a grid."""
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
    return lines.xs[0] <= x <= lines.xs[-1] and lines.ys[0] <= y <= lines.ys[-1]


def covered(strokes: Sequence[Stroke], start: float, stop: float) -> bool:
    """Tells whether strokes draw a line's piece from `start` to `stop`, small gaps allowed."""
    drawn, reached = 0.0, start
    for stroke in sorted(strokes, key=lambda each: each.start):
        low, high = max(stroke.start, reached), min(stroke.stop, stop)
        if high > low:
            drawn += high - low
            reached = high
    return drawn >= min(0.8 * (stop - start), max(stop - start - 2 * SAME, 0.5 * (stop - start)))


class Borders:
    """Which pieces of the lines of a grid are drawn."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.level = [[covered(strokes, a, b) for a, b in pairwise(lines.xs)] for strokes in lines.level]
        self.upright = [[covered(strokes, a, b) for a, b in pairwise(lines.ys)] for strokes in lines.upright]

    def sides(self, top: int, left: int, bottom: int, right: int) -> tuple[bool, bool, bool, bool]:
        """Gives whether the sides of a cell (above, below, left, right) are drawn."""
        return (
            all(self.level[top][left:right]),
            all(self.level[bottom][left:right]),
            all(self.upright[left][top:bottom]),
            all(self.upright[right][top:bottom]),
        )


def regions(borders: Borders) -> list[list[tuple[int, int]]]:
    """Gives the slots that no border parts, group by group."""
    rows, columns = len(borders.lines.ys) - 1, len(borders.lines.xs) - 1
    seen = [[False] * columns for _ in range(rows)]
    groups = []
    for row in range(rows):
        for column in range(columns):
            if seen[row][column]:
                continue
            seen[row][column] = True
            group, stack = [], [(row, column)]
            while stack:
                r, c = stack.pop()
                group.append((r, c))
                for nr, nc, parted in (
                    (r - 1, c, r == 0 or borders.level[r][c]),
                    (r + 1, c, r == rows - 1 or borders.level[r + 1][c]),
                    (r, c - 1, c == 0 or borders.upright[c][r]),
                    (r, c + 1, c == columns - 1 or borders.upright[c + 1][r]),
                ):
                    if not parted and not seen[nr][nc]:
                        seen[nr][nc] = True
                        stack.append((nr, nc))
            groups.append(group)
    return groups


def grid_of(frame: Frame, lines: Lines, glyphs: Sequence[Glyph], number: int) -> Grid | None:
    """Gives the table of a frame, None where it parts nothing."""
    borders = Borders(lines)
    groups = regions(borders)
    if len(groups) < 2:
        return None
    slots: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        slots.setdefault(slot_of(lines, glyph), []).append(glyph)
    running = run_out(borders, glyphs)
    boxes: list[Box] = []
    for group in groups:
        for piece, broken in rectangles(group):
            boxes += boxes_of(borders, piece, slots, running, broken)
    if len(boxes) < 2 or not any(box.colspan < len(lines.xs) - 1 for box in boxes):
        return None
    return Grid(lines.xs, lines.ys, tuple(sorted(boxes, key=lambda box: (box.row, box.column))), number)


def slot_of(lines: Lines, glyph: Glyph) -> tuple[int, int]:
    """Gives the row and column that hold the middle of a character."""
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
    row = min(max(bisect_right(lines.ys, y) - 1, 0), len(lines.ys) - 2)
    return row, min(max(bisect_right(lines.xs, x) - 1, 0), len(lines.xs) - 2)


Rectangle = tuple[int, int, int, int]
"""Top row, left column, row after the last, column after the last."""


def rectangles(group: Sequence[tuple[int, int]]) -> list[tuple[Rectangle, bool]]:
    """Gives a group of slots as a rectangle, or row by row (and True) where it is none."""
    rows, columns = [row for row, _ in group], [column for _, column in group]
    whole = (min(rows), min(columns), max(rows) + 1, max(columns) + 1)
    if (whole[2] - whole[0]) * (whole[3] - whole[1]) == len(group):
        return [(whole, False)]
    pieces: list[Rectangle] = []
    for row, column in sorted(group):
        if pieces and pieces[-1][0] == row and pieces[-1][3] == column:
            pieces[-1] = (row, pieces[-1][1], row + 1, column + 1)
        else:
            pieces.append((row, column, row + 1, column + 1))
    return [(piece, True) for piece in pieces]


def boxes_of(
    borders: Borders,
    piece: Rectangle,
    slots: dict[tuple[int, int], list[Glyph]],
    running: set[tuple[int, int]],
    broken: bool,
) -> list[Box]:
    """Gives the cell of a rectangle: none where it is blank and outside the table, several where borders are lost."""
    top, left, bottom, right = piece
    inside = [(row, column) for row in range(top, bottom) for column in range(left, right)]
    glyphs = [glyph for slot in inside for glyph in slots.get(slot, ())]
    lines = borders.lines
    sides = borders.sides(*piece)
    above, below = sides[:2]
    strokes = (lines.level[top], lines.level[bottom], lines.upright[left], lines.upright[right])
    shut = sum(side or not any(drawn) for side, drawn in zip(sides, strokes, strict=True))
    if not glyphs and shut < 3 and is_outer(borders, piece):
        return []
    if right - left > 1 and (parted := by_columns(lines, piece, glyphs)):
        return [
            box(lines, (top, column, bottom, column + 1), part, above, below)
            for column, part in zip(range(left, right), parted, strict=True)
        ]
    made = box(lines, piece, glyphs, above, below)
    why = "a border of its cell is missing" if broken else "its characters run over a border"
    if (broken or running.intersection(inside)) and made.content.text:
        made = replace(made, content=replace(made.content, doubt=made.content.doubt or why))
    return [made]


def is_outer(borders: Borders, piece: Rectangle) -> bool:
    """Tells whether a rectangle lies at the edge of the grid."""
    top, left, bottom, right = piece
    return top == 0 or left == 0 or bottom == len(borders.lines.ys) - 1 or right == len(borders.lines.xs) - 1


def box(lines: Lines, piece: Rectangle, glyphs: Sequence[Glyph], above: bool, below: bool) -> Box:
    """Gives the cell that a rectangle of the grid is."""
    top, left, bottom, right = piece
    made = content(glyphs, lines.xs[right] - lines.xs[left])
    return Box(top, left, bottom - top, right - left, made, above, below)


def by_columns(lines: Lines, piece: Rectangle, glyphs: Sequence[Glyph]) -> list[list[Glyph]] | None:
    """Gives the characters of a cell column by column, where it is a row of numbers whose upright rules are missing.

    That is one line of several numbers, each wholly within a column of the grid, as wide apart as columns are.
    """
    top, left, bottom, right = piece
    if bottom - top != 1 or sum(bool(DIGIT.search(glyph.text)) for glyph in glyphs) < 2:
        return None
    rows = text_lines(glyphs)
    if len(rows) != 1:
        return None
    runs: list[list[Glyph]] = []
    for before, glyph in zip((None, *rows[0].glyphs), rows[0].glyphs, strict=False):
        if before is None or gap(before, glyph) > 1.0:
            runs.append([])
        runs[-1].append(glyph)
    if sum(bool(DIGIT.search(run[0].text)) for run in runs) < 2:
        return None
    parted: list[list[Glyph]] = [[] for _ in range(left, right)]
    for run in runs:
        column = bisect_right(lines.xs, run[0].x0 + 0.5) - 1
        whole = left <= column < right and run[-1].x1 <= lines.xs[column + 1] + 0.5
        if not whole or parted[column - left]:
            return None
        parted[column - left] = run
    return parted


def run_out(borders: Borders, glyphs: Sequence[Glyph]) -> set[tuple[int, int]]:
    """Gives the slots on both sides of a border that a character, or a number without a gap, runs over."""
    lines = borders.lines
    found: set[tuple[int, int]] = set()
    before: tuple[Glyph, tuple[int, int]] | None = None
    for glyph in sorted(glyphs, key=lambda each: (round(each.y0 + each.y1), each.x0)):
        row, column = slot_of(lines, glyph)
        wide = glyph.x1 - glyph.x0
        for line in (column, column + 1):
            over = glyph.x0 + CROSSES * wide < lines.xs[line] < glyph.x1 - CROSSES * wide
            if over and borders.upright[line][row] and not glyph.turn:
                found |= {(row, line - 1), (row, line)}
        if before and before[1][0] == row and before[1][1] == column - 1 and borders.upright[column][row]:
            touching = -0.5 < gap(before[0], glyph) < 0.05
            if touching and DIGIT.match(before[0].text[-1:]) and DIGIT.match(glyph.text[:1]):
                found |= {before[1], (row, column)}
        before = (glyph, (row, column))
    return found
