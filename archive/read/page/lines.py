"""Characters → lines and their text: by base line, then from left to right."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from archive.read.page.model import Glyph, TextLine

OVERPRINT = 0.15
"""The same character drawn again within this share of its height is bold type or a shadow, not a second one."""
GAP = 0.3
"""A gap wider than this share of the height parts words."""
COVER = 0.6
"""Two different characters that share so much of the narrower one's width are printed over each other."""


def text_lines(glyphs: Iterable[Glyph], page: int = 0) -> list[TextLine]:
    """Gives the lines of characters from top to bottom; characters share a line when their middles are level."""
    rows: list[list[Glyph]] = []
    level: list[float] = []
    for glyph in sorted(glyphs, key=lambda each: (each.y0 + each.y1, each.x0)):
        middle, reach = (glyph.y0 + glyph.y1) / 2, (glyph.y1 - glyph.y0) * 0.4
        if rows and (middle - level[-1] <= reach or within(glyph, rows[-1][-1])):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
            level.append(middle)
    return [line_of(row, page) for row in rows]


def within(glyph: Glyph, other: Glyph) -> bool:
    """Tells whether the lower of two characters stands inside the height of the upper (small beside large type)."""
    return glyph.y0 >= other.y0 and glyph.y1 <= other.y1


def line_of(glyphs: Iterable[Glyph], page: int = 0) -> TextLine:
    """Gives one line of characters, those drawn twice kept once."""
    kept: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda each: each.x0):
        if not any(same_print(glyph, other) for other in kept[-3:]):
            kept.append(glyph)
    return TextLine(
        tuple(kept),
        kept[0].x0,
        min(glyph.y0 for glyph in kept),
        max(glyph.x1 for glyph in kept),
        max(glyph.y1 for glyph in kept),
        page,
    )


def same_print(one: Glyph, other: Glyph) -> bool:
    """Tells whether a character was drawn twice at one place."""
    near = OVERPRINT * (other.y1 - other.y0)
    return one.text == other.text and abs(one.x0 - other.x0) <= near and abs(one.y0 - other.y0) <= near


def text_of(glyphs: Sequence[Glyph]) -> str:
    """Gives the text of a line; a gap becomes one space."""
    parts: list[str] = []
    for before, glyph in zip((None, *glyphs), glyphs, strict=False):
        if before is not None and gap(before, glyph) > GAP:
            parts.append(" ")
        parts.append(glyph.text)
    return "".join(parts)


def gap(left: Glyph, right: Glyph) -> float:
    """Gives the distance between two neighbours as a share of the lesser height."""
    return (right.x0 - left.x1) / max(min(left.y1 - left.y0, right.y1 - right.y0), 1.0)


def printed_over(line: TextLine) -> bool:
    """Tells whether two characters of a line are printed over each other."""
    return any(
        min(left.x1, right.x1) - max(left.x0, right.x0) > COVER * max(min(left.x1 - left.x0, right.x1 - right.x0), 0.1)
        for left, right in zip(line.glyphs, line.glyphs[1:], strict=False)
    )


def upright(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Gives characters that are all turned the same way as they stand when the page is turned back for them."""
    given = list(glyphs)
    turns = {glyph.turn for glyph in given}
    return [turned(glyph) for glyph in given] if len(turns) == 1 and turns != {0} else given


def turned(glyph: Glyph) -> Glyph:
    """Gives a turned character's box in its own upright frame."""
    x0, y0, x1, y1 = glyph.x0, glyph.y0, glyph.x1, glyph.y1
    if glyph.turn == 90:
        return replace(glyph, x0=y0, y0=-x1, x1=y1, y1=-x0)
    if glyph.turn == 180:
        return replace(glyph, x0=-x1, y0=-y1, x1=-x0, y1=-y0)
    return replace(glyph, x0=-y1, y0=x0, x1=-y0, y1=x1)
