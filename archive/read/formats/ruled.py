"""Tables whose columns lie under a line of dashes, `------- -----`, as pandoc, reStructuredText and others set them.

Each run of signs says how far its column reaches; East Asian wide characters take two places, those of ambiguous
width one or two, and a writer who knows of neither counts every character as one. A measure is right where nothing
stands between the columns. Rows parted by blank lines have cells of several lines; without any, a line is a row.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from archive.read.blocks import MAX_COLUMNS, MAX_ROWS, Cell, Layout, Table
from archive.read.cells import parts_of_number_on_two_lines
from archive.read.formats.marks import inline

COLUMNS = re.compile(r" *+(?:-{2,}+|={2,}+)(?: ++(?:-{2,}+|={2,}+))++ *+")
WHOLE = re.compile(r" *+-{5,}+ *+")
BLANKS = " \u3000\xa0"
MAX_LINE = 4_000
MAX_HEADER = 12  # lines a header may have between the rule above it and the one that parts the columns
UNCLEAR = "what stands in this row does not lie under the columns"
TWO_ROWS = "two rows may have run together"

Extents = tuple[tuple[int, int], ...]
Measure = Callable[[str], list[int]]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a table lies: its lines, one list a section between rules, and the line after it."""

    extents: Extents
    sections: tuple[tuple[str, ...], ...]
    stop: int


def table_at(lines: Sequence[str], start: int) -> tuple[Table, int] | None:
    """Gives the table that begins at a line and the line after it, None where none does."""
    found = found_at(lines, start)
    if found is None:
        return None
    printed = [line for part in found.sections for line in part if line.strip(BLANKS)]
    measures = measures_of(printed, found.extents)
    if not measures:
        return None
    texts = [row for part in found.sections for row in rows_of(part)]
    rows = tuple(built(row, index, measures, found.extents) for index, row in enumerate(texts[:MAX_ROWS]))
    return (Table(rows, Layout.TABBED), found.stop) if rows else None


# ── where it lies ──


def extents_of(line: str) -> Extents:
    """Gives the columns under a rule, none for a line that is no rule of several columns."""
    if len(line) > MAX_LINE or not COLUMNS.fullmatch(line):
        return ()
    columns = tuple(match.span() for match in re.finditer(r"[-=]+", line))
    return columns if len(columns) <= MAX_COLUMNS else ()


def found_at(lines: Sequence[str], start: int) -> Found | None:
    """Gives where the table lies that begins here: with a rule, with a rule above its header, or with its header."""
    if not lines[start].strip(BLANKS):
        return None
    if extents := extents_of(lines[start]):
        return below(lines, start, extents, ())
    if WHOLE.fullmatch(lines[start]):
        reach = range(start + 2, min(start + 2 + MAX_HEADER, len(lines)))
        at = next((index for index in reach if extents_of(lines[index])), None)
        if at is None or not same_reach(lines[start], extents_of(lines[at])):
            return None
        return below(lines, at, extents_of(lines[at]), tuple(lines[start + 1 : at]))
    if start + 1 < len(lines) and (extents := extents_of(lines[start + 1])) and measures_of([lines[start]], extents):
        return below(lines, start + 1, extents, (lines[start],))
    return None


def below(lines: Sequence[str], rule: int, extents: Extents, header: tuple[str, ...]) -> Found | None:
    """Gives the table whose columns the rule at a line tells: as far as the last rule like it, else a blank line."""
    closing = closings(lines, rule, extents)
    sections = [header] if header else []
    if not closing:
        if not header:
            return None
        stop = next((at for at in range(rule + 1, len(lines)) if not lines[at].strip(BLANKS)), len(lines))
        return Found(extents, (*sections, tuple(lines[rule + 1 : stop])), stop)
    at = rule
    for stop in closing:
        sections.append(tuple(lines[at + 1 : stop]))
        at = stop
    return Found(extents, tuple(sections), at + 1)


def closings(lines: Sequence[str], rule: int, extents: Extents) -> list[int]:
    """Gives the rules after one that belong to its table; a blank line after a rule ends it, another table's does too.

    A line that lies under no columns by any measure is prose, and what began above it is not closed.
    """
    closing: list[int] = []
    for at in range(rule + 1, min(len(lines), rule + MAX_ROWS)):
        line = lines[at]
        if closing and at == closing[-1] + 1 and not line.strip(BLANKS):
            break
        if extents_of(line) == extents or (WHOLE.fullmatch(line) and same_reach(line, extents)):
            closing.append(at)
        elif extents_of(line) or (line.strip(BLANKS) and not measures_of([line], extents)):
            break
    return closing


def same_reach(line: str, extents: Extents) -> bool:
    """Tells whether a rule of one piece is as long as all columns."""
    return (len(line) - len(line.lstrip()), len(line.rstrip())) == (extents[0][0], extents[-1][1])


# ── what stands where ──


def by_context(line: str) -> list[int]:
    """Gives widths with characters of ambiguous width as wide as the one before them."""
    widths: list[int] = []
    for char in line:
        known = unicodedata.east_asian_width(char)
        widths.append(widths[-1] if known == "A" and widths and widths[-1] else width(char, 1))
    return widths


def width(char: str, ambiguous: int) -> int:
    """Gives how many places a character takes."""
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    known = unicodedata.east_asian_width(char)
    return 2 if known in "WF" else ambiguous if known == "A" else 1


MEASURES: tuple[Measure, ...] = (
    by_context,
    lambda line: [width(char, 1) for char in line],
    lambda line: [width(char, 2) for char in line],
    lambda line: [1] * len(line),
)


def measures_of(lines: Sequence[str], extents: Extents) -> list[Measure]:
    """Gives the measures by which most lines fit the columns, none where one line in four fits by none."""
    fitting = [sum(slices(line, measure, extents) is not None for line in lines) for measure in MEASURES]
    most = max(fitting)
    if most * 4 <= len(lines) * 3:
        return []
    return [measure for measure, count in zip(MEASURES, fitting, strict=True) if count == most]


def slices(line: str, measure: Measure, extents: Extents) -> tuple[str, ...] | None:
    """Gives what a line prints under each column, None where anything stands outside of them."""
    if "\t" in line or len(line) > MAX_LINE:
        return None
    parts = [""] * len(extents)
    at = column = 0
    for char, wide in zip(line, measure(line), strict=True):
        while column < len(extents) and at >= extents[column][1]:
            column += 1
        inside = column < len(extents) and extents[column][0] <= at and at + wide <= extents[column][1]
        if inside:
            parts[column] += char
        elif char not in BLANKS:
            return None
        at += wide
    return tuple(part.strip(BLANKS) for part in parts)


def rows_of(lines: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Gives the lines of each row: parted by blank lines where there are any, else one line each."""
    if all(line.strip(BLANKS) for line in lines):
        yield from ((line,) for line in lines)
        return
    own: list[str] = []
    for line in (*lines, ""):
        if line.strip(BLANKS):
            own.append(line)
        elif own:
            yield tuple(own)
            own = []


def built(lines: Sequence[str], row: int, measures: Sequence[Measure], extents: Extents) -> tuple[Cell, ...]:
    """Gives the cells of a row; all are doubtful where a line of it is not under the columns, or measures differ."""
    parts = [slices(line, measures[0], extents) for line in lines]
    others = [[slices(line, measure, extents) for line in lines] for measure in measures[1:]]
    doubt = UNCLEAR if None in parts or any(other != parts for other in others) else None
    known = [part or (line.strip(BLANKS), *[""] * (len(extents) - 1)) for part, line in zip(parts, lines, strict=True)]
    texts = ["\n".join(piece for piece in column if piece) for column in zip(*known, strict=True)]
    if doubt is None and any(map(parts_of_number_on_two_lines, texts)):
        doubt = TWO_ROWS
    return tuple(Cell(inline(text), row, column, doubt=doubt) for column, text in enumerate(texts))
