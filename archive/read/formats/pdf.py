"""PDF: characters and drawn lines by pdfium → pages → blocks.

A page without usable text (a scan, text drawn as outlines, a font that does not say what its characters mean) needs
OCR. Where other pages can be read, such a page is an issue; where none can, the document is `needs-ocr`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Issue, Payload
from archive.read.blocks import Document
from archive.read.formats.pdf_paths import Budget, Drawn, Matrix, drawn, inside, times
from archive.read.formats.pdf_text import MAX_CHARACTERS, UNKNOWN, Text, glyph, main_angle, text_of
from archive.read.formats.pdfium import pdfium
from archive.read.ocr import how_to_install, missing, pages_of_pdf
from archive.read.page.document import read_pages
from archive.read.page.model import Glyph, Page

MAX_PAGES = 300
MAX_SIDE = 20_000.0
ENOUGH = 30
"""Characters that make a page one of text, though pictures cover much of it."""
PICTURED = 0.3
OUTLINES = 300
"""Curves on a page without text that show text drawn as outlines."""
GARBLED = 0.1
"""Share of characters without a meaning that spoils a page."""
HIDDEN = "it is a picture with an invisible text layer"
CHINESE = re.compile(r"[\u3400-\u9fff]")
FOREIGN = re.compile(r"[\u0080-\u036f\u0400-\u1fff\ue000-\uf8ff]")
DRAWN_ON = (
    pdfium.FPDF_ANNOT_WIDGET,
    pdfium.FPDF_ANNOT_FREETEXT,
    pdfium.FPDF_ANNOT_STAMP,
    pdfium.FPDF_ANNOT_LINE,
    pdfium.FPDF_ANNOT_SQUARE,
)
"""Annotations that print something: filled-in fields, typed notes, stamps, lines."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as read, and why its text cannot be used (None where it can)."""

    page: Page
    trouble: str | None


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a PDF.

    Raises UnreadableDocumentError `damaged-pdf`, `encrypted`, `too-large-pdf`, or `needs-ocr`.
    """
    seen = pages_of(payload.data)
    troubled = {number: each.trouble for number, each in enumerate(seen) if each.trouble}
    if not troubled:
        return read_pages([each.page for each in seen])
    recognised = scanned(payload, troubled, whole=all(each.trouble or not each.page.glyphs for each in seen))
    pages = [recognised.get(number, each.page) for number, each in enumerate(seen)]
    made = read_pages(pages)
    issues = [
        Issue("needs-ocr", f"page {number + 1} was not read: {why}")
        for number, why in troubled.items()
        if number not in recognised
    ]
    issues += [
        Issue("hidden-text", f"page {n + 1}: {HIDDEN}; it was not used") for n in recognised if troubled[n] == HIDDEN
    ]
    return replace(made, issues=(*made.issues, *issues))


def scanned(payload: Payload, troubled: dict[int, str], whole: bool) -> dict[int, Page]:
    """Gives by number (0-based) the pages recognised from their pictures; `troubled` says why each needs it.

    Raises UnreadableDocumentError('needs-ocr') where nothing else of the document (`whole`) can be read.
    """
    if not missing():
        return pages_of_pdf(payload.data, tuple(troubled))
    if whole:
        number, why = next(iter(troubled.items()))
        raise UnreadableDocumentError("needs-ocr", f"page {number + 1}: {why}; {how_to_install()}")
    return {}


def pages_of(data: bytes) -> list[Seen]:
    """Gives the pages of a PDF in order."""
    held = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not held:
        raise cannot_open(pdfium.FPDF_GetLastError())
    try:
        count = pdfium.FPDF_GetPageCount(held)
        if count < 1:
            raise UnreadableDocumentError("damaged-pdf", "the PDF has no pages")
        if count > MAX_PAGES:
            raise UnreadableDocumentError("too-large-pdf", f"the PDF has {count} pages, more than {MAX_PAGES}")
        budget, room, seen = Budget(), MAX_CHARACTERS, []
        for number in range(count):
            seen.append(page_of(held, number, budget, room))
            room -= len(seen[-1].page.glyphs)
    finally:
        pdfium.FPDF_CloseDocument(held)
    return without_gibberish(seen)


def cannot_open(code: int) -> UnreadableDocumentError:
    """Gives the error of a PDF that pdfium does not open."""
    if code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        return UnreadableDocumentError("encrypted", "the PDF opens only with a password")
    return UnreadableDocumentError("damaged-pdf", f"the PDF cannot be opened (pdfium error {code})")


def page_of(held: pdfium.FPDF_DOCUMENT, number: int, budget: Budget, room: int) -> Seen:
    """Gives one page, upright as most of its text runs."""
    page = loaded(held, number)
    try:
        text = text_of(page, room)
        turn = main_angle(text)
        matrix, width, height = frame(page, turn)
        if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
            raise UnreadableDocumentError("damaged-pdf", f"page {number + 1} measures {width:.0f} × {height:.0f}")
        lines = drawn(page, matrix, budget)
    finally:
        pdfium.FPDF_ClosePage(page)
    glyphs = shown(text, matrix, turn, lines, width, height)
    made = Page(width, height, glyphs, tuple(lines.rules), covered(lines, width, height))
    return Seen(made, trouble(made, text, lines))


def loaded(held: pdfium.FPDF_DOCUMENT, number: int) -> pdfium.FPDF_PAGE:
    """Gives an open page; what annotations print is made part of it first."""
    page = pdfium.FPDF_LoadPage(held, number)
    if not page:
        raise UnreadableDocumentError("damaged-pdf", f"page {number + 1} of the PDF cannot be read")
    if not any(annotation_kind(page, index) in DRAWN_ON for index in range(pdfium.FPDFPage_GetAnnotCount(page))):
        return page
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT)
    pdfium.FPDF_ClosePage(page)
    page = pdfium.FPDF_LoadPage(held, number)
    if not page:
        raise UnreadableDocumentError("damaged-pdf", f"page {number + 1} of the PDF cannot be read")
    return page


def annotation_kind(page: pdfium.FPDF_PAGE, index: int) -> int:
    """Gives the kind of an annotation."""
    annotation = pdfium.FPDFPage_GetAnnot(page, index)
    if not annotation:
        return int(pdfium.FPDF_ANNOT_UNKNOWN)
    kind = int(pdfium.FPDFAnnot_GetSubtype(annotation))
    pdfium.FPDFPage_CloseAnnot(annotation)
    return kind


def frame(page: pdfium.FPDF_PAGE, angle: int) -> tuple[Matrix, float, float]:
    """Gives the matrix from the page's own space to points from the upper edge, and the width and height seen.

    The page is turned clockwise by `angle`, the direction in which its text runs; /Rotate says the same where the text
    runs level, and says nothing more where it does not. The crop box is what is seen.
    """
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    wide, high = box.right - box.left, box.top - box.bottom
    upright: Matrix = (1, 0, 0, -1, -box.left, box.top)
    turned: dict[int, Matrix] = {
        0: (1, 0, 0, 1, 0, 0),
        90: (0, 1, -1, 0, high, 0),
        180: (-1, 0, 0, -1, wide, high),
        270: (0, -1, 1, 0, 0, wide),
    }
    across = angle in (90, 270)
    return times(upright, turned[angle]), (high if across else wide), (wide if across else high)


def shown(text: Text, matrix: Matrix, turn: int, lines: Drawn, width: float, height: float) -> tuple[Glyph, ...]:
    """Gives the characters that are seen: on the page, and not white on white."""
    kept: list[Glyph] = []
    for mark in text.marks:
        made = glyph(mark, matrix, turn)
        if made is None:
            continue
        middle = ((made.x0 + made.x1) / 2, (made.y0 + made.y1) / 2)
        if not (0 <= middle[0] <= width and 0 <= middle[1] <= height):
            continue
        if not mark.type.white or inside(middle, lines.areas) or inside(middle, lines.pictures):
            kept.append(made)
    return tuple(kept)


def covered(lines: Drawn, width: float, height: float) -> float:
    """Gives the share of the page that pictures cover, overlaps counted twice, at most 1."""
    area = sum(
        max(0.0, min(x1, width) - max(x0, 0.0)) * max(0.0, min(y1, height) - max(y0, 0.0))
        for x0, y0, x1, y1 in lines.pictures
    )
    return min(1.0, area / (width * height))


def trouble(page: Page, text: Text, lines: Drawn) -> str | None:
    """Gives why the text of a page cannot be used, None where it can or where the page is empty."""
    known = sum(each.text != UNKNOWN for each in page.glyphs)
    if len(page.glyphs) - known > GARBLED * len(page.glyphs):
        return "its font does not say what its characters mean"
    if known < ENOUGH and page.pictures > PICTURED:
        return HIDDEN if text.hidden else "it is a picture"
    if known < ENOUGH and lines.curves > OUTLINES:
        return "its text is drawn as outlines"
    return None


def without_gibberish(seen: Sequence[Seen]) -> list[Seen]:
    """Gives the pages with those marked whose characters come out as foreign signs, or none of them Chinese."""
    letters = Counter[int]()
    for number, each in enumerate(seen):
        letters[number] = sum(bool(CHINESE.match(glyph.text)) for glyph in each.page.glyphs)
    chinese = sum(letters.values()) > 0
    made = []
    for each in seen:
        strange = sum(bool(FOREIGN.match(glyph.text)) for glyph in each.page.glyphs)
        garbled = strange > 0.3 * len(each.page.glyphs) or (not chinese and len(each.page.glyphs) > ENOUGH)
        why = each.trouble or ("its characters come out as foreign signs" if garbled and each.page.glyphs else None)
        made.append(Seen(Page(each.page.width, each.page.height), why) if why else each)
    return made
