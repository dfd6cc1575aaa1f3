"""The characters inside one cell → its text, and why it may not be relied on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.read.page.lines import gap, printed_over, text_lines, text_of, upright
from archive.read.page.model import Glyph, TextLine

WIDE = 1.0
"""Digits parted by a gap this wide, as a share of their height, are two numbers."""
PADDING = 12.0
ROOM = 0.6
"""A line that leaves no more than the padding of a cell (points) and a digit (share of its height) free is full."""
PITCH = 1.7
"""Lines of one number follow each other this closely, as a share of their height; those of two rows do not."""
DIGIT = re.compile(r"[\d０-９]")
NUMERIC = re.compile(r"[\d０-９.,．，]")


@dataclass(frozen=True, slots=True)
class Content:
    """What a cell prints: its lines joined by line breaks, how sure its recognition is, why it is doubtful."""

    text: str = ""
    confidence: float | None = None
    doubt: str | None = None


def content(glyphs: Sequence[Glyph], width: float) -> Content:
    """Gives the content of a cell that is `width` points wide inside its borders."""
    if not glyphs:
        return Content()
    straight = upright(glyphs)
    lines = text_lines(straight)
    across = vertical(lines)
    lines = across or lines
    text = lines_joined(lines, 0.0 if across else width)
    sure = [glyph.confidence for glyph in glyphs if glyph.confidence is not None]
    return Content(text, min(sure, default=None), doubt(lines, glyphs, text))


def doubt(lines: Sequence[TextLine], glyphs: Sequence[Glyph], text: str) -> str | None:
    """Gives why the text of a cell cannot be relied on, None where it can."""
    said = next((glyph.doubt for glyph in glyphs if glyph.doubt), None)
    if said:
        return said
    if len({glyph.turn for glyph in glyphs}) > 1:
        return "characters stand in several directions"
    if any(map(printed_over, lines)):
        return "characters are printed over each other"
    if any(wide_apart(line) for line in lines) or re.search(r"[\d.．,，]\s*\n\s*[\d.．,，]", text):
        return "there are several numbers in one cell"
    return None


def wide_apart(line: TextLine) -> bool:
    """Tells whether a gap parts two digits of a line."""
    return any(
        gap(left, right) > WIDE and DIGIT.match(left.text[-1:]) and DIGIT.match(right.text[:1])
        for left, right in pairwise(line.glyphs)
    )


def lines_joined(lines: Sequence[TextLine], width: float) -> str:
    """Gives the lines of a cell; a number broken because its line was full is one number again."""
    text = ""
    for index, line in enumerate(lines):
        if index and not torn(lines[index - 1], line, width):
            text += "\n"
        text += text_of(line.glyphs)
    return text


def torn(upper: TextLine, lower: TextLine, width: float) -> bool:
    """Tells whether a line break stands inside a number: digits on both sides, no room for another one above.

    The whole cell must be that number: beside words a line may end with one number and the next start with another.
    """
    numeric = all(NUMERIC.fullmatch(glyph.text[-1:]) for glyph in (*upper.glyphs, *lower.glyphs))
    left = width - (upper.x1 - upper.x0)
    close = lower.y0 - upper.y0 <= PITCH * upper.height
    return numeric and close and len(upper.glyphs) >= len(lower.glyphs) and 0 <= left < PADDING + ROOM * upper.height


def vertical(lines: Sequence[TextLine]) -> list[TextLine]:
    """Gives the columns of vertical writing from right to left as lines, nothing where writing is level.

    In vertical type characters stand close above each other, their columns stand apart, and it is the leftmost column
    that ends early; spread level writing has its short line at the left.
    """
    if len(lines) < 3 or not all(2 <= len(line.glyphs) <= 4 for line in lines[:2]):
        return []
    first = lines[0].glyphs
    early = [line for line in lines if len(line.glyphs) < len(first)]
    if (not early and len(lines) < 4) or any(abs(line.x1 - lines[0].x1) > 0.3 * line.height for line in early):
        return []
    pitch_across = min(right.x0 - left.x0 for left, right in pairwise(first))
    pitch_down = lines[1].y0 - lines[0].y0
    if pitch_across < 1.15 * lines[0].height or pitch_down > 0.95 * pitch_across:
        return []
    columns: list[list[Glyph]] = [[] for _ in first]
    for line in lines:
        for glyph in line.glyphs:
            distances = [abs(glyph.x0 + glyph.x1 - head.x0 - head.x1) / 2 for head in first]
            if min(distances) > 0.3 * lines[0].height or not re.match(r"[^\d]", glyph.text):
                return []
            columns[distances.index(min(distances))].append(glyph)
    return [TextLine(tuple(column), 0, 0, 0, 0) for column in reversed(columns)]
