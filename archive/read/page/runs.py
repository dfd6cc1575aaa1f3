"""Text lines → runs: glyphs that stand together, often a cell's line, placed on one strip over page breaks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.read.page.model import Box, Glyph, TextLine

LEVEL = 0.3
"""Share of a run's height by which the middles of runs on one line may differ; half a line pitch is at least 0.55."""
APART = 0.08
"""Gap in em that parts two Chinese signs: label cells may stand that near each other."""
MIXED_APART = 0.2
NUMBER_APART = 0.3
"""The same where one sign or none is Chinese: type setters leave some space there, and thousands may be spaced."""
UNIT_APART = 0.7
UNITS = frozenset("万亿千百元件条项次笔个份宗起篇人户批家")
SPACE = 0.15
TOUCH = 0.25
"""Points between two signs that part nothing."""
TOUCHING = re.compile(r"(?!第)[\u2e80-\u9fff）](?:([（(][一二三四五六七八九十][）)])|(\d+[.、．](?!\d))|(\d[\d.,]*$))")
LONGEST = 40
WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60]")


@dataclass(frozen=True, slots=True, eq=False)
class Run(Box):
    """Glyphs side by side, their common box on the strip (x as on the page), and the place of their line."""

    text: str
    glyphs: tuple[Glyph, ...]
    line: int
    page: int

    @property
    def em(self) -> float:
        """Gives the size of its signs, by the first and the last."""
        return max(em(self.glyphs[0]), em(self.glyphs[-1]))

    def part(self, start: int, stop: int) -> "Run":
        """Gives some of its glyphs as a run of their own."""
        return run(self.glyphs[start:stop], self.line, self.page, self.y0 - min(glyph.y0 for glyph in self.glyphs))


def em(glyph: Glyph) -> float:
    """Gives about the font size of a glyph: Chinese signs are as wide as that, digits half, boxes may be looser."""
    width = (glyph.x1 - glyph.x0) / max(len(glyph.text), 1)
    height = glyph.y1 - glyph.y0
    return max(width, 0.6 * height) if WIDE.match(glyph.text) else max(min(2 * width, height), 0.6 * height)


def strip(lines: Sequence[TextLine]) -> list[Run]:
    """Gives the runs of lines from top to bottom; what a page break parts stands a line's distance apart."""
    placed: list[Run] = []
    shift = bottom = 0.0
    for number, line in enumerate(lines):
        if number and line.page != lines[number - 1].page:
            shift = bottom + SPACE * line.height - line.y0
        placed += [run(part, number, line.page, shift) for whole in parts(line.glyphs) for part in halves(whole)]
        bottom = max(bottom, line.y1 + shift)
    return placed


def parts(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Gives glyphs of a line parted where the gap is wider than a word space."""
    made: list[list[Glyph]] = []
    for glyph in glyphs:
        if not glyph.text.strip():
            continue
        before = made[-1][-1] if made else None
        if before is None or (glyph.x0 - before.x1 > TOUCH and glyph.x0 - before.x1 > reach(before, glyph)):
            made.append([])
        made[-1].append(glyph)
    return made


def halves(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Gives a run as its cells' parts where they touch: before a numbering, and before a number after Chinese signs."""
    text = "".join(glyph.text for glyph in glyphs)
    if len(text) != len(glyphs) or len(text) > LONGEST:
        return [glyphs]
    cuts = [match.start(match.lastindex or 0) for match in TOUCHING.finditer(text)]
    return [glyphs[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(glyphs)], strict=True)]


def reach(left: Glyph, right: Glyph) -> float:
    """Gives the widest gap between two glyphs of one run; a number goes with its unit, however that is set apart."""
    if left.text[-1].isdigit() and right.text[0] in UNITS:
        return UNIT_APART * max(em(left), em(right))
    wide = bool(WIDE.match(left.text[-1])) + bool(WIDE.match(right.text))
    return (NUMBER_APART, MIXED_APART, APART)[wide] * max(em(left), em(right))


def run(glyphs: Sequence[Glyph], line: int, page: int, shift: float) -> Run:
    """Gives glyphs as one run."""
    return Run(
        glyphs[0].x0,
        min(glyph.y0 for glyph in glyphs) + shift,
        max(glyph.x1 for glyph in glyphs),
        max(glyph.y1 for glyph in glyphs) + shift,
        spaced(glyphs),
        tuple(glyphs),
        line,
        page,
    )


def spaced(glyphs: Sequence[Glyph]) -> str:
    """Gives the text of glyphs, a space where a gap parts two words; beside Chinese signs a gap means nothing."""
    texts: list[str] = []
    for place, glyph in enumerate(glyphs):
        before = glyphs[place - 1] if place else None
        if before and glyph.x0 - before.x1 > TOUCH and not (WIDE.match(before.text[-1]) or WIDE.match(glyph.text)):
            texts += [" "] * (glyph.x0 - before.x1 > SPACE * max(em(before), em(glyph)))
        texts.append(glyph.text)
    return "".join(texts)
