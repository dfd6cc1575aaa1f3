"""The characters a PDF page shows, with their boxes.

Left out is what nobody sees: the invisible layer of a scan (render mode 3), transparent text, white text on white
paper, text outside the page, and slanted text, which is a watermark. A character whose meaning the file does not give
(no ToUnicode) becomes U+FFFD with a doubt. Where a font is not in the file, characters are as wide as the file says:
what pdfium measures is then the font that it found on the machine in its place, and every machine must read the same.
"""

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archive.errors import UnreadableDocumentError
from archive.read.formats.pdf_paths import WHITE, Matrix, colour
from archive.read.formats.pdfium import pdfium
from archive.read.page.model import Glyph

MAX_CHARACTERS = 400_000
"""Characters of all pages together."""
UNKNOWN = "\ufffd"
UNMAPPED = "the file does not say which character this is"
ASCENT, DESCENT = 0.85, 0.15
"""What of a character's height stands above and below its base line, as in Chinese type."""
ALONG_X, FORWARD = (0, 180), (0, 90)
"""Directions in which x changes along a line; those in which the coordinate along it grows."""
MAX_SLANT = 3
"""Degrees by which a line of text may be off."""


class Absent(NamedTuple):
    """A font that is not in the file, and the width of a character as wide as high in it."""

    font: pdfium.FPDF_FONT
    em: float


@dataclass(frozen=True, slots=True)
class Type:
    """How one text object is set: height and direction of its characters, and whether it shows."""

    size: float
    direction: int | None  # degrees against the clock, None for slanted text
    absent: Absent | None  # its font, where that is not in the file
    shown: bool
    white: bool


class Mark(NamedTuple):
    """One character in the page's own space: base point, ink box or advance box, and how it is set."""

    text: str
    x: float
    y: float
    box: tuple[float, float, float, float]  # left, bottom, right, top
    type: Type


@dataclass(frozen=True, slots=True)
class Text:
    """The characters of a page: those shown, and how many are not."""

    marks: tuple[Mark, ...]
    hidden: int


def text_of(page: pdfium.FPDF_PAGE, room: int) -> Text:
    """Gives the characters of a page. Raises UnreadableDocumentError('too-large-pdf') where they exceed `room`."""
    held = pdfium.FPDFText_LoadPage(page)
    if not held:
        raise UnreadableDocumentError("damaged-pdf", "the text of a page cannot be read")
    try:
        count = pdfium.FPDFText_CountChars(held)
        if count > room:
            raise UnreadableDocumentError("too-large-pdf", f"the PDF has more than {MAX_CHARACTERS} characters")
        marks = list(characters(held, count))
    finally:
        pdfium.FPDFText_ClosePage(held)
    shown = tuple(mark for mark in marks if mark.type.shown)
    return Text(shown, len(marks) - len(shown))


def characters(held: pdfium.FPDF_TEXTPAGE, count: int) -> Iterator[Mark]:
    """Gives the characters that are neither blank nor made up by pdfium."""
    types: dict[int, Type] = {}
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    x, y = ctypes.c_double(), ctypes.c_double()
    loose = pdfium.FS_RECTF()
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(held, index)
        item = pdfium.FPDFText_GetTextObject(held, index)
        if not item or (code <= 0x20 and pdfium.FPDFText_IsGenerated(held, index) == 1):
            continue
        text = character(held, index, code)
        if text is None:
            continue
        key = ctypes.addressof(item.contents)
        if key not in types:
            types[key] = type_of(held, index, item)
        pdfium.FPDFText_GetCharOrigin(held, index, x, y)
        pdfium.FPDFText_GetLooseCharBox(held, index, loose)
        pdfium.FPDFText_GetCharBox(held, index, left, right, bottom, top)
        ink = (left.value, bottom.value, right.value, top.value)
        if text == UNKNOWN and empty(ink):
            continue
        advance = (loose.left, loose.bottom, loose.right, loose.top)
        said = types[key]
        box = stated(code, x.value, y.value, said) or chosen(ink, advance, said.size)
        yield Mark(text, x.value, y.value, box, said)


def character(held: pdfium.FPDF_TEXTPAGE, index: int, code: int) -> str | None:
    """Gives the character of a code, U+FFFD where the file does not say, None for a blank."""
    if code in (0x20, 0xA0, 0x3000, 0x00AD, 0xFEFF) or 0x2000 <= code <= 0x200F:
        return None
    if pdfium.FPDFText_HasUnicodeMapError(held, index) == 1:
        return UNKNOWN
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xF900 or code in (0xFFFD, 0xFFFE, 0xFFFF):
        return None if code in (9, 10, 13) else UNKNOWN
    return chr(code) if code <= 0x10FFFF else UNKNOWN


def type_of(held: pdfium.FPDF_TEXTPAGE, index: int, item: pdfium.FPDF_PAGEOBJECT) -> Type:
    """Gives how the text object of a character is set."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(held, index, matrix)
    printed = abs(pdfium.FPDFText_GetFontSize(held, index))
    size, em = printed * math.hypot(matrix.c, matrix.d), printed * math.hypot(matrix.a, matrix.b)
    angle = math.degrees(math.atan2(-matrix.c, matrix.d))
    mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
    strokes = mode in (pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP)
    tone = colour(item, pdfium.FPDFPageObj_GetStrokeColor if strokes else pdfium.FPDFPageObj_GetFillColor)
    invisible = mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
    font = pdfium.FPDFTextObj_GetFont(item)
    return Type(
        size,
        quarter(angle),
        Absent(font, em) if font and pdfium.FPDFFont_GetIsEmbedded(font) == 0 else None,
        not invisible and tone is not None and size > 0.5,
        tone is not None and tone >= WHITE,
    )


def empty(box: tuple[float, float, float, float]) -> bool:
    """Tells whether a box has no extent."""
    return box[2] - box[0] <= 0 or box[3] - box[1] <= 0


def stated(code: int, x: float, y: float, said: Type) -> tuple[float, float, float, float] | None:
    """Gives the box of a character of an absent font by the width that the file states, None where it states none."""
    width = ctypes.c_float()
    if said.absent is None or said.direction is None:
        return None
    if not pdfium.FPDFFont_GetGlyphWidth(said.absent.font, code, 1.0, width) or width.value <= 0:
        return None
    start = x if said.direction in ALONG_X else y
    stop = start + width.value * said.absent.em * (1 if said.direction in FORWARD else -1)
    return level(x, y, said.size, said.direction, (min(start, stop), max(start, stop)))


def chosen(
    ink: tuple[float, float, float, float], advance: tuple[float, float, float, float], size: float
) -> tuple[float, float, float, float]:
    """Gives the advance box, which tells gaps better, where it holds the ink and is not wider than a character is."""
    if empty(ink):
        return advance
    slack = 0.1 * size
    left, bottom, right, top = advance
    holds = left - slack <= ink[0] and bottom - slack <= ink[1] and ink[2] <= right + slack and ink[3] <= top + slack
    return advance if holds and right - left <= 1.7 * size and top - bottom <= 1.7 * size else ink


def main_angle(text: Text) -> int:
    """Gives the direction most characters run in: 0, 90, 180 or 270 degrees against the clock."""
    counted = Counter(mark.type.direction for mark in text.marks)
    counted.pop(None, None)
    return (counted.most_common(1) or [(0, 0)])[0][0] or 0


def quarter(angle: float) -> int | None:
    """Gives an angle as quarter turns in degrees, None for a slanted one."""
    near = round(angle / 90) * 90
    return near % 360 if abs(angle - near) <= MAX_SLANT else None


def glyph(mark: Mark, matrix: Matrix, turn: int) -> Glyph | None:
    """Gives a character on the page, None for a slanted one; `turn` is how far the page was turned clockwise."""
    direction = mark.type.direction
    if direction is None:
        return None
    x0, y0, x1, y1 = box_on_line(mark, direction)
    a, b, c, d, e, f = matrix
    ax, ay, bx, by = a * x0 + c * y0 + e, b * x0 + d * y0 + f, a * x1 + c * y1 + e, b * x1 + d * y1 + f
    doubt = UNMAPPED if mark.text == UNKNOWN else None
    lies = (turn - direction) % 360
    return Glyph(mark.text, min(ax, bx), min(ay, by), max(ax, bx), max(ay, by), None, doubt, lies)


def box_on_line(mark: Mark, direction: int) -> tuple[float, float, float, float]:
    """Gives a box of the type's full height on the base line, so that characters of one line stand level.

    The ink box itself where it lies elsewhere, as in vertical type.
    """
    left, bottom, right, top = mark.box
    run = (left, right) if direction in ALONG_X else (bottom, top)
    made = level(mark.x, mark.y, mark.type.size, direction, run)
    aside = abs(made[0] + made[2] - left - right) + abs(made[1] + made[3] - bottom - top)
    return mark.box if aside > 1.2 * mark.type.size else made


def level(
    x: float, y: float, size: float, direction: int, run: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Gives the box of a character by its base point, its full height, and from where to where it runs."""
    up, down = ASCENT * size, DESCENT * size
    if direction not in (0, 270):  # what is above the line has the smaller coordinate
        up, down = down, up
    first, last = run
    return (first, y - down, last, y + up) if direction in ALONG_X else (x - down, first, x + up, last)
