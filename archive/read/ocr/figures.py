"""Whether a cell's figure can be relied on: a second reading of other pixels, and the shapes of its characters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from archive.read.ocr.raster import Gray, as_gray
from archive.read.ocr.writing import Inked, Line, Piece, stencil

WORD = re.compile(r"[\u3400-\u9fff]")
BESIDE_FIGURES = re.compile(r"[一〇件条项次笔个份人起篇户批家万亿元千百]")
FOREIGN = re.compile(r"[^\d.,+\-%()\u3400-\u9fff]|\d[+\-]")
LOOKALIKES = str.maketrans("OoQD〇Il|", "00000111")
DASHES = "-‐‑‒–—―─−－一_~"
SIDE = 24
ALIKE = 0.75
APART = 0.8
"""Share of its height by which the characters of one figure stand apart at most."""
ENOUGH = 3
"""Characters of a page that must look alike before others are measured by them."""

Shape = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"


@dataclass(frozen=True, slots=True)
class Judged:
    """The text a figure is given as, and why it cannot be relied on."""

    text: str
    doubt: str | None = None


def plain(text: str) -> str:
    """Gives a reading in the characters that figures are written with, blanks left out."""
    flat = text.replace(" ", "").replace("，", ",").replace("：", ":").replace("（", "(").replace("）", ")")
    flat = flat.replace("＋", "+").replace("／", "/")
    return "".join("-" if sign in DASHES else sign for sign in flat.translate(LOOKALIKES))


def may_be_figure(text: str) -> bool:
    """Tells whether a first reading is a figure, a dash, nothing or senseless rather than a word."""
    words, digits = len(WORD.findall(BESIDE_FIGURES.sub("", text))), len(re.findall(r"\d", text))
    return words == 0 or words < digits / 2


def stroke(line: Line, page: Inked) -> str | None:
    """Gives the dash or slash that a line consists of, None where it is anything else. Its shape alone decides."""
    large = [piece for piece in line.pieces if piece.area >= 12]
    if not large or len(large) > 4:
        return None
    if all(flat(piece, page.height) for piece in large):
        level = max(p.box.y0 for p in large) < min(p.box.y1 for p in large)
        return "—" * len(large) if level and large[0].box.width > 0.7 * page.height else "-" if level else None
    if len(large) == 1 and slanted(large[0], page):
        return "/"
    return None


def flat(piece: Piece, height: int) -> bool:
    """Tells whether a piece is one level stroke."""
    return piece.box.width >= 2 * piece.box.height and piece.box.height <= max(5, 0.3 * height)


def slanted(piece: Piece, page: Inked) -> bool:
    """Tells whether a piece is one straight stroke from the lower left to the upper right."""
    box = piece.box
    if not 0.15 * box.height <= box.width <= 1.2 * box.height or box.height < 0.5 * page.height:
        return False
    rows, columns = np.nonzero(box.of(page.labels) == piece.number)  # type: ignore[arg-type]
    slope, start = np.polyfit(rows, columns, 1)
    off = np.abs(columns - (slope * rows + start)).max()
    lean = -slope * box.height
    return bool(lean >= max(5.0, 0.16 * box.height) and off <= max(2.6, 0.13 * box.height))


def letters(line: Line, height: int) -> list[Piece]:
    """Gives the pieces that are characters, not points, commas or signs."""
    return [p for p in line.pieces if p.box.height >= 0.55 * line.box.height and p.box.height >= 0.35 * height]


def outline(page: Inked, piece: Piece) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Gives a character's ink at one height, in the middle of a square."""
    own = as_gray(np.where(piece.box.of(page.labels) == piece.number, 255, 0))  # type: ignore[arg-type]
    width = min(SIDE, max(1, round(piece.box.width * SIDE / piece.box.height)))
    square = np.zeros((SIDE, SIDE), np.float32)
    left = (SIDE - width) // 2
    square[:, left : left + width] = cv2.resize(own, (width, SIDE), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(square, (0, 0), 1.2)
    soft -= soft.mean()
    return np.asarray(soft / (float(np.linalg.norm(soft)) or 1.0), np.float32)


class Font:
    """How the digits of a page look, learnt from the cells whose two readings agree."""

    def __init__(self, page: Inked, known: Sequence[tuple[Line, str]]) -> None:
        self.page = page
        seen: dict[str, list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]] = {}
        for line, text in known:
            digits, pieces = re.sub(r"\D", "", text), letters(line, page.height)
            if digits and len(pieces) == len(digits):
                for digit, piece in zip(digits, pieces, strict=True):
                    seen.setdefault(digit, []).append(outline(page, piece))
        self.forms: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = {
            digit: np.median(shapes, axis=0) for digit, shapes in seen.items() if len(shapes) >= ENOUGH
        }

    def contradicts(self, line: Line, text: str) -> str | None:
        """Gives what in a line's shapes speaks against a reading, None where nothing does."""
        if re.search(r"[^\d.,+\-]", text):
            return None
        digits, pieces = re.sub(r"\D", "", text), letters(line, self.page.height)
        if text.startswith("-") != flat(line.pieces[0], self.page.height):
            return "a sign was read that does not stand there, or one stands there that was not read"
        if text.startswith("+") and pieces and pieces[0].box.height < 0.9 * line.box.height:
            pieces = pieces[1:]
        if len(pieces) > len(digits):
            return "more characters than were read"
        if len(pieces) < len(digits):
            wide = sum(max(1, round(p.box.width / (0.62 * p.box.height))) for p in pieces)
            return None if wide >= len(digits) else "fewer characters than were read"
        for digit, piece in zip(digits, pieces, strict=True):
            if (why := self.unlike(digit, piece)) is not None:
                return why
        return None

    def confirms(self, line: Line, text: str) -> bool:
        """Tells whether every character of a figure looks as that digit does elsewhere on the page."""
        pieces = letters(line, self.page.height)
        return (
            text.isdigit()
            and len(pieces) == len(text)
            and all(
                digit in self.forms and float((self.forms[digit] * outline(self.page, piece)).sum()) > ALIKE
                for digit, piece in zip(text, pieces, strict=True)
            )
        )

    def unlike(self, digit: str, piece: Piece) -> str | None:
        """Tells how a character looks unlike the digit it was read as."""
        shape = outline(self.page, piece)
        likeness = {name: float((form * shape).sum()) for name, form in self.forms.items()}
        own = likeness.get(digit)
        best = max(likeness, key=lambda name: likeness[name], default=digit)
        if own is not None and (own < 0.45 or likeness[best] > own + 0.08):
            return f"a character read as {digit} looks like another"
        if own is None and likeness and likeness[best] > 0.93:
            return f"a character read as {digit} looks like {best}"
        return None


def apart(line: Line) -> bool:
    """Tells whether a gap parts the pieces of a line: two numbers whose border was not seen."""
    reached = line.box.x0
    for piece in line.pieces:
        if piece.box.x0 - reached > APART * line.box.height:
            return True
        reached = max(reached, piece.box.x1)
    return False


def points(line: Line) -> int:
    """Gives how many points or commas stand low between the characters of a line."""
    tall = [p for p in line.pieces if p.box.height >= 0.55 * line.box.height]
    if len(tall) < 2:
        return 0
    low = [
        p
        for p in line.pieces
        if p.box.height < 0.4 * line.box.height
        and p.box.y0 > line.box.y0 + 0.55 * line.box.height
        and p.box.width < 0.4 * line.box.height
        and p.area >= 9
    ]
    return sum(tall[0].box.x1 <= p.box.x0 + 2 and p.box.x1 - 2 <= tall[-1].box.x0 for p in low)


def row_of(gray: Gray, page: Inked, lines: Sequence[Line]) -> Gray:
    """Gives the ink of several cells as one line with wide gaps."""
    height = max(page.height, *(line.box.height for line in lines)) + 12
    parts: list[Gray] = []
    for line in lines:
        picture = stencil(gray, page, line)
        above = (height - picture.shape[0]) // 2
        below = height - picture.shape[0] - above
        parts.append(as_gray(cv2.copyMakeBorder(picture, above, below, 10, 10, cv2.BORDER_CONSTANT, value=255)))
    return as_gray(np.hstack(parts))
