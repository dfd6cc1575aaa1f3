"""A scanned page → the characters and rules it prints.

Every figure is read twice, from the grey picture of its cell and from its ink alone among other cells' ink; then its
shapes are looked at. What does not agree is given with a `doubt`, and ink that nothing was read from is, too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from archive.read.ocr import figures, rules, writing
from archive.read.ocr.engine import Heard, detect, recognise
from archive.read.ocr.raster import Box, Gray, as_gray, ink, level, normal
from archive.read.ocr.writing import Inked, Line
from archive.read.page.model import Glyph, Page, Rule

POINTS = 595.0
"""Points across the shorter side of a page: pictures say little about their size, reports are A4."""
SURE = 0.8
"""Confidence under which a figure is not relied on."""
UNSURE = 0.5
"""Confidence under which not even the shapes help."""
PROSE_SURE = 0.5
SAMPLE = 12
LINE = 5.0
"""Times its height that a line of writing is wide; what stands across looks like many short ones."""
UPRIGHT = 0.8
"""Mean confidence of some lines from which a page is taken to stand upright."""
TOGETHER = 8
"""Cells that are read again as one line."""
UNREAD = "\ufffd"
MAX_LINES = 4000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A level page: its grey picture and its ink, both without rules, its grid, and its lines of print."""

    gray: Gray
    inked: Inked
    grid: rules.Grid
    lines: tuple[Line, ...]


def page_of(gray: Gray) -> Page:
    """Gives what a scanned page prints, upright whichever way it was laid on the glass."""
    gray = normal(gray)
    sheet = sheet_of(level(gray))
    heard = sampled(sheet)
    sure = likelihood(sheet, heard)
    across = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE)
    for turn in (cv2.ROTATE_180, *across) if shape(sheet, heard) >= LINE else (*across, cv2.ROTATE_180):
        if sure >= UPRIGHT:
            break
        other = sheet_of(level(as_gray(cv2.rotate(gray, turn))))
        others = sampled(other)
        if (chance := likelihood(other, others)) > sure:
            sheet, heard, sure = other, others, chance
    return printed(sheet, heard)


def sheet_of(gray: Gray) -> Sheet:
    """Gives a level page taken apart."""
    mask = ink(gray)
    grid = rules.find(mask)
    inked = writing.inked(as_gray(cv2.bitwise_and(mask, cv2.bitwise_not(grid.mask))))
    paper = cv2.dilate(gray, np.ones((15, 15), np.uint8))
    gray = as_gray(np.where(grid.mask > 0, paper, gray))
    return Sheet(gray, inked, grid, (*writing.lines_in_cells(inked, grid.cells), *outside(gray, grid, inked)))


def outside(gray: Gray, grid: rules.Grid, inked: Inked) -> list[Line]:
    """Gives the lines of print outside cells; the detector passes over single characters, they are added."""
    around = gray.copy()
    free = np.ones(gray.shape, bool)
    for cell in grid.cells:
        cell.of(around)[:] = 255
        cell.of(free)[:] = False
    if not any(free[p.box.y0, p.box.x0] and p.box.height >= writing.LEAST_SIDE for p in inked.pieces):
        return []
    found = detect(around)
    owner = np.zeros(gray.shape, np.int32)
    for number, box in enumerate(found, 1):
        box.of(owner)[:] = number  # type: ignore[arg-type]
    own: dict[int, list[writing.Piece]] = {}
    stray: list[writing.Piece] = []
    for piece in inked.pieces:
        x, y = (piece.box.x0 + piece.box.x1) // 2, (piece.box.y0 + piece.box.y1) // 2
        if free[y, x] and (number := int(owner[y, x])):
            own.setdefault(number, []).append(piece)
        elif free[y, x] and writing.may_be_character(piece, inked.height):
            stray.append(piece)
    return [
        *(writing.free_line(found[number - 1], pieces, inked.height) for number, pieces in own.items()),
        *writing.rows_of(stray, inked.height),
    ]


def sampled(sheet: Sheet) -> dict[int, Heard]:
    """Gives what some lines of a page say, by their numbers: its widest ones."""
    wide = [n for n, line in enumerate(sheet.lines) if is_wide(line)] or list(range(len(sheet.lines)))
    sample = sorted(wide, key=lambda n: -min(sheet.lines[n].box.width, 12 * sheet.lines[n].box.height))[:SAMPLE]
    return dict(zip(sample, first(sheet, sample), strict=True))


def likelihood(sheet: Sheet, heard: Mapping[int, Heard]) -> float:
    """Gives how likely a page stands upright: how sure the recogniser is of it; 1 where there is nothing to read."""
    if not heard:
        return 1.0
    sure = sum(each.confidence for each in heard.values()) / len(heard)
    return sure * min(1.0, shape(sheet, heard) / LINE)


def shape(sheet: Sheet, numbers: Iterable[int]) -> float:
    """Gives how many times its height the widest of some lines are wide."""
    shapes = sorted((sheet.lines[n].box.width / sheet.lines[n].box.height for n in numbers), reverse=True)[:4]
    return sum(shapes) / max(1, len(shapes))


def is_wide(line: Line) -> bool:
    """Tells whether a line is long enough to show the direction of its writing."""
    return line.box.width >= 2.5 * line.box.height


def first(sheet: Sheet, numbers: Sequence[int]) -> list[Heard]:
    """Gives the first reading of some lines."""
    return recognise([writing.strip(sheet.gray, sheet.lines[n], sheet.inked.height) for n in numbers])


def printed(sheet: Sheet, known: Mapping[int, Heard]) -> Page:
    """Gives a page as recognised; `known` lines need not be read again."""
    lines = sheet.lines[:MAX_LINES]
    rest = [n for n in range(len(lines)) if n not in known]
    all_heard = {**known, **dict(zip(rest, first(sheet, rest), strict=True))}
    heard = [all_heard[n] for n in range(len(lines))]
    alone = single(lines)
    judged: dict[int, tuple[str, float, str | None]] = {}
    asked = [n for n, line in enumerate(lines) if n in alone and figures.may_be_figure(heard[n].text)]
    for number, (text, sure, doubt) in zip(
        asked, figures_of(sheet, [lines[n] for n in asked], [heard[n] for n in asked]), strict=True
    ):
        judged[number] = (text, sure, doubt)
    height, width = sheet.gray.shape
    scale = POINTS / min(height, width)
    glyphs: list[Glyph] = []
    for number, (line, said) in enumerate(zip(lines, heard, strict=True)):
        text, sure, doubt = judged.get(number, (said.text, said.confidence, None))
        if line.cell is None and number not in judged and (sure < PROSE_SURE or not text):
            continue
        if not text.strip():
            text, doubt = UNREAD, "ink that no text was read from"
        glyphs += spread(text, line.box, scale, sure, doubt)
    drawn = [
        Rule(b.x0 * scale, b.y0 * scale, b.x1 * scale, b.y1 * scale) for b in (*sheet.grid.level, *sheet.grid.upright)
    ]
    return Page(width * scale, height * scale, tuple(glyphs), tuple(drawn))


def single(lines: Sequence[Line]) -> set[int]:
    """Gives the lines that are all that their cell prints, and those outside cells."""
    count: dict[Box, int] = {}
    for line in lines:
        if line.cell is not None:
            count[line.cell] = count.get(line.cell, 0) + 1
    return {n for n, line in enumerate(lines) if line.cell is None or count[line.cell] == 1}


def figures_of(sheet: Sheet, lines: Sequence[Line], heard: Sequence[Heard]) -> list[tuple[str, float, str | None]]:
    """Gives text, confidence and doubt of lines that may be figures."""
    strokes = [figures.stroke(line, sheet.inked) for line in lines]
    again = second(sheet, lines, heard)
    agreed = [
        (line, figures.plain(said.text))
        for line, said, other in zip(lines, heard, again, strict=True)
        if figures.plain(said.text) == figures.plain(other.text) and min(said.confidence, other.confidence) > SURE
    ]
    font = figures.Font(sheet.inked, agreed)
    made: list[tuple[str, float, str | None]] = []
    for line, said, other, stroke in zip(lines, heard, again, strokes, strict=True):
        sure = min(said.confidence, other.confidence)
        if stroke is not None:
            made.append((stroke, max(sure, SURE), None))
            continue
        text = figures.plain(said.text)
        made.append((text, sure, doubt_of(text, figures.plain(other.text), sure, line, font)))
    return made


def doubt_of(text: str, other: str, sure: float, line: Line, font: figures.Font) -> str | None:
    """Gives why a figure cannot be relied on, None where nothing speaks against it."""
    if text != other:
        return f"two readings differ: {text} and {other}"
    if sure < SURE and not (sure > UNSURE and font.confirms(text=text, line=line)):
        return f"recognised with a confidence of {sure:.2f} only"
    if figures.apart(line):
        return "there are several numbers in one cell"
    if not re.search(r"\d", text):
        return "a stroke was read that is neither a dash nor a figure" if not re.search(r"\w", text) else None
    if figures.FOREIGN.search(text):
        return "there are signs beside the figure that no figure has"
    if figures.points(line) != len(re.findall(r"[.,]", text)):
        return "points or commas do not fit the shapes"
    return font.contradicts(line, text)


def second(sheet: Sheet, lines: Sequence[Line], heard: Sequence[Heard]) -> list[Heard]:
    """Gives a second reading of lines, of their ink alone: several in a row, singly where a row does not agree."""
    made: list[Heard] = []
    groups = [range(start, min(start + TOGETHER, len(lines))) for start in range(0, len(lines), TOGETHER)]
    rows = recognise([figures.row_of(sheet.gray, sheet.inked, [lines[n] for n in group]) for group in groups])
    for group, row in zip(groups, rows, strict=True):
        said = [figures.plain(heard[n].text) for n in group]
        if "".join(said) == figures.plain(row.text) and row.confidence > SURE:
            made += [Heard(heard[n].text, row.confidence) for n in group]
        else:
            made += recognise([figures.row_of(sheet.gray, sheet.inked, [lines[n]]) for n in group])
    return made


def spread(text: str, box: Box, scale: float, sure: float, doubt: str | None) -> list[Glyph]:
    """Gives a recognised line as characters side by side in its box; blanks are left out."""
    shares = [1.0 if ord(sign) < 0x2E80 else 2.0 for sign in text]
    step = box.width / sum(shares)
    glyphs, place = [], float(box.x0)
    for sign, share in zip(text, shares, strict=True):
        if sign.strip():
            right = place + share * step
            glyphs.append(
                Glyph(sign, place * scale, box.y0 * scale, right * scale, box.y1 * scale, confidence=sure, doubt=doubt)
            )
        place += share * step
    return glyphs
