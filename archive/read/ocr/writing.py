"""What is printed in a cell: its pieces of ink, in lines, without rules and specks."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from archive.read.ocr.raster import Box, Gray, as_gray

SPECK = 6
"""Pixels of ink that are dirt; the point of a 9-point font has nine."""
LEAST_SIDE = 8
"""Pixels that one piece of a cell's print must measure one way: a dot alone is no print."""
THIN = 5
"""Pixels of what a rule leaves along the edge of its cell."""
NEAR = 0.6
"""Share of a character's height."""
MOST_STRAY = 600
CROWD = 600
"""Pieces in one cell from which points among them tell nothing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A connected piece of ink: its box, its pixels, its number in the page's labels."""

    box: Box
    area: int
    number: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print: the cell it stands in (None outside tables), its box, its pieces from left to right."""

    cell: Box | None
    box: Box
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Inked:
    """All pieces of ink of a page, their labels by pixel, and the usual height of a character."""

    pieces: tuple[Piece, ...]
    labels: "np.ndarray[tuple[int, ...], np.dtype[np.int32]]"
    height: int


def inked(mask: Gray) -> Inked:
    """Gives the pieces of ink in a mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    pieces = tuple(
        Piece(Box(x, y, x + width, y + height), area, number)
        for number, (x, y, width, height, area) in enumerate(stats[1:count].tolist(), 1)
        if area >= SPECK
    )
    heights = [p.box.height for p in pieces if 14 <= p.box.height <= 70 and p.box.width <= 90]
    return Inked(pieces, np.asarray(labels, np.int32), int(np.percentile(heights, 70)) if heights else 28)


def lines_in_cells(page: Inked, cells: Sequence[Box]) -> list[Line]:
    """Gives the lines of print of every cell; a cell without print has none."""
    owner = np.zeros(page.labels.shape, np.int32)
    for number, cell in enumerate(cells, 1):
        cell.of(owner)[:] = number  # type: ignore[arg-type]
    own: dict[int, list[Piece]] = {}
    for piece in page.pieces:
        x, y = (piece.box.x0 + piece.box.x1) // 2, (piece.box.y0 + piece.box.y1) // 2
        if number := int(owner[y, x]):
            own.setdefault(number, []).append(piece)
    found: list[Line] = []
    for number, pieces in own.items():
        cell = cells[number - 1]
        found += lines_of(cell, [piece for piece in pieces if not residue(piece, cell)], page.height)
    return found


def residue(piece: Piece, cell: Box) -> bool:
    """Tells whether a piece is what a rule left along the edge of the cell."""
    box = piece.box
    beside = box.x0 - cell.x0 <= 2 or cell.x1 - box.x1 <= 2
    above = box.y0 - cell.y0 <= 2 or cell.y1 - box.y1 <= 2
    return (beside and box.width <= THIN) or (above and box.height <= THIN)


def lines_of(cell: Box | None, pieces: Sequence[Piece], height: int) -> list[Line]:
    """Gives pieces as lines from top to bottom; dirt alone is none."""
    if len(pieces) > CROWD:
        pieces = [piece for piece in pieces if is_print(piece)]
    if not any(map(is_print, pieces)):
        crumbs = max(([q for q in pieces if near(p, q, height)] for p in pieces), key=len, default=[])
        broken = len(crumbs) > 1 and sum(p.area for p in crumbs) >= 3 * SPECK  # a dash: ink, though no character
        return [Line(cell, extent(crumbs), tuple(crumbs))] if broken else []
    pieces = beside_print(pieces, height)
    bands: list[list[Piece]] = []
    bottom = -1
    for piece in sorted(pieces, key=lambda piece: piece.box.y0):
        if not bands or piece.box.y0 > bottom:
            bands.append([])
        bands[-1].append(piece)
        bottom = max(bottom, piece.box.y1)
    joined: list[list[Piece]] = []
    for band in bands:
        if joined and extent([*joined[-1], *band]).height <= 1.25 * height:
            joined[-1] += band
        else:
            joined.append(band)
    lines = [Line(cell, extent(band), tuple(sorted(band, key=lambda piece: piece.box.x0))) for band in joined]
    return [line for line in lines if any(map(is_print, line.pieces))]


def beside_print(pieces: Sequence[Piece], height: int) -> list[Piece]:
    """Gives the pieces without the specks that lie further from all print than a point or a broken dash does."""
    large = [piece for piece in pieces if is_print(piece)]
    return [piece for piece in pieces if is_print(piece) or any(near(piece, other, height) for other in large)]


def may_be_character(piece: Piece, height: int) -> bool:
    """Tells whether a piece has the size of a character, or of a dash."""
    wide, high = piece.box.width, piece.box.height
    return wide <= 2 * height and (0.4 * height <= high <= 2 * height or (wide >= LEAST_SIDE and wide >= 2 * high))


def rows_of(pieces: Sequence[Piece], height: int) -> list[Line]:
    """Gives pieces outside cells as lines, those beside each other; at most MOST_STRAY pieces, pictures have more."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces[:MOST_STRAY], key=lambda piece: piece.box.x0):
        beside = (row for row in rows if near(row[-1], piece, height) and level(row[-1], piece))
        row = next(beside, None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [Line(None, extent(row), tuple(row)) for row in rows]


def free_line(found: Box, pieces: Sequence[Piece], height: int) -> Line:
    """Gives a line that was detected outside cells, as wide and high as its print."""
    printed = beside_print(pieces, height) if len(pieces) <= CROWD else list(pieces)
    own = tuple(sorted(printed or pieces, key=lambda piece: piece.box.x0))
    return Line(None, extent(own) if printed else found, own)


def level(one: Piece, other: Piece) -> bool:
    """Tells whether two pieces stand on one line."""
    return max(one.box.y0, other.box.y0) < min(one.box.y1, other.box.y1)


def near(one: Piece, other: Piece, height: int) -> bool:
    """Tells whether two pieces are closer to each other than characters of one figure."""
    a, b, most = one.box, other.box, NEAR * height
    return max(a.x0, b.x0) - min(a.x1, b.x1) <= most and max(a.y0, b.y0) - min(a.y1, b.y1) <= most


def is_print(piece: Piece) -> bool:
    """Tells whether a piece of ink is more than dirt: large enough for a character, or a short dash."""
    wide, high = piece.box.width, piece.box.height
    return max(wide, high) >= LEAST_SIDE or (piece.area >= 2 * SPECK and wide >= 6 and wide >= 1.8 * high)


def extent(pieces: Sequence[Piece]) -> Box:
    """Gives the box around pieces."""
    return Box(
        min(piece.box.x0 for piece in pieces),
        min(piece.box.y0 for piece in pieces),
        max(piece.box.x1 for piece in pieces),
        max(piece.box.y1 for piece in pieces),
    )


def strip(gray: Gray, line: Line, height: int) -> Gray:
    """Gives the picture of a line as scanned, with some paper around it, never smaller than a line of characters."""
    missing = max(0, height - line.box.height) // 2
    margin = max(4, height // 5)
    rows, columns = gray.shape
    box = Box(
        max(0, line.box.x0 - margin),
        max(0, line.box.y0 - missing - margin),
        min(columns, line.box.x1 + margin),
        min(rows, line.box.y1 + missing + margin),
    )
    return box.of(gray)


def stencil(gray: Gray, page: Inked, line: Line) -> Gray:
    """Gives the ink of a line alone, at full contrast on white: no rules, no specks, nothing of the lines around it."""
    own = np.isin(line.box.of(page.labels), [piece.number for piece in line.pieces])  # type: ignore[arg-type]
    part = line.box.of(gray).astype(np.float32)
    dark = float(np.percentile(part[own], 10)) if own.any() else 0.0
    light = max(float(np.percentile(part, 90)), dark + 1)
    near = cv2.dilate(as_gray(own.astype(np.uint8)), np.ones((3, 3), np.uint8)) > 0
    return as_gray(np.where(near, np.clip((part - dark) * 255 / (light - dark), 0, 255), 255))
