"""What a PDF page draws besides text: straight lines as rules, coloured areas, pictures.

Borders come as stroked lines, as stroked rectangles, as thin filled rectangles or polygons (WPS, Word, LibreOffice),
as dots, and in forms with matrices of their own; each becomes a rule along its middle.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from archive.errors import UnreadableDocumentError
from archive.read.formats.pdfium import pdfium
from archive.read.page.model import Rule

MAX_OBJECTS = 200_000
MAX_SEGMENTS = 400_000
MAX_DEPTH = 12
"""Objects and path segments that all pages together may have, and forms within forms."""
THIN = 3.2
THICK = 6.5
LONG = 2.5
"""A drawn area this thin is a line; up to THICK where it is so many times as long."""
SLANT = 0.6
"""How far, in points, a line may be off the level or the upright; a hundredth of its length where that is more."""
WHITE = 250

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Budget:
    """What is left of the caps while the pages of a document are walked through."""

    objects: int = MAX_OBJECTS
    segments: int = MAX_SEGMENTS

    def take(self, objects: int = 0, segments: int = 0) -> None:
        """Counts; raises UnreadableDocumentError('too-large-pdf') past a cap."""
        self.objects -= objects
        self.segments -= segments
        if self.objects < 0 or self.segments < 0:
            raise UnreadableDocumentError("too-large-pdf", "the PDF draws more objects than a report has")


@dataclass(slots=True)
class Drawn:
    """What a page draws, in points from its upper edge: rules, areas that are not white, pictures; and its curves."""

    rules: list[Rule] = field(default_factory=list)
    areas: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    curves: int = 0
    pale: list[Rule] = field(default_factory=list)  # white rules, which show only on an area


def drawn(page: pdfium.FPDF_PAGE, matrix: Matrix, budget: Budget) -> Drawn:
    """Gives what a page draws, seen through `matrix`."""
    found = Drawn()
    for item, place in objects(page, matrix, budget):
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            path(item, times(matrix_of(item), place), found, budget)
        elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            picture(item, place, found)
    visible = [rule for rule in found.pale if inside(middle(rule), found.areas)]
    found.rules += visible
    return found


def objects(page: pdfium.FPDF_PAGE, matrix: Matrix, budget: Budget) -> Iterator[tuple[pdfium.FPDF_PAGEOBJECT, Matrix]]:
    """Gives the objects of a page and of its forms, each with the matrix of what holds it."""
    count = pdfium.FPDFPage_CountObjects(page)
    budget.take(objects=max(count, 0))
    stack = [(pdfium.FPDFPage_GetObject(page, index), matrix, 0) for index in range(count - 1, -1, -1)]
    while stack:
        item, place, depth = stack.pop()
        if not item:
            continue
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_FORM:
            yield item, place
        elif depth < MAX_DEPTH:
            count = pdfium.FPDFFormObj_CountObjects(item)
            budget.take(objects=max(count, 0))
            inner = times(matrix_of(item), place)
            stack += [(pdfium.FPDFFormObj_GetObject(item, i), inner, depth + 1) for i in range(count - 1, -1, -1)]


def matrix_of(item: pdfium.FPDF_PAGEOBJECT) -> Matrix:
    """Gives the matrix of an object, the identity where it has none."""
    held = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    pdfium.FPDFPageObj_GetMatrix(item, held)
    return (held.a, held.b, held.c, held.d, held.e, held.f)


def times(first: Matrix, then: Matrix) -> Matrix:
    """Gives the matrix that applies `first`, then `then`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def moved(matrix: Matrix, x: float, y: float) -> Point:
    """Gives where a matrix puts a point."""
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e, b * x + d * y + f)


def scale(matrix: Matrix) -> float:
    """Gives by how much a matrix enlarges lengths."""
    return float(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5)


def picture(item: pdfium.FPDF_PAGEOBJECT, place: Matrix, found: Drawn) -> None:
    """Notes where an image lies; one as thin as a line is a rule."""
    box = bounds(item, place)
    found.pictures.append(box)
    found.rules += slab(*box)


def bounds(item: pdfium.FPDF_PAGEOBJECT, place: Matrix) -> Box:
    """Gives the box of an object on the page."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return (0.0, 0.0, 0.0, 0.0)
    return box_of([moved(place, x.value, y.value) for x in (left, right) for y in (bottom, top)])


def box_of(points: Sequence[Point]) -> Box:
    """Gives the box around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs), max(ys))


def path(item: pdfium.FPDF_PAGEOBJECT, matrix: Matrix, found: Drawn, budget: Budget) -> None:
    """Notes the rules and areas of a path that is painted."""
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, filled, stroked)
    if not (filled.value or stroked.value):
        return
    lines = subpaths(item, matrix, found, budget)
    if stroked.value and (tone := colour(item, pdfium.FPDFPageObj_GetStrokeColor)) is not None:
        width = ctypes.c_float()
        pdfium.FPDFPageObj_GetStrokeWidth(item, width)
        target = found.rules if tone < WHITE else found.pale
        for points in lines:
            target += strokes(points, width.value * scale(matrix))
    if filled.value and (tone := colour(item, pdfium.FPDFPageObj_GetFillColor)) is not None:
        (found.rules if tone < WHITE else found.pale).extend(fills(lines))
        if tone < WHITE:
            found.areas += [box_of(points) for points in lines if len(points) > 3]


def colour(item: pdfium.FPDF_PAGEOBJECT, getter: object) -> int | None:
    """Gives the darkest channel of an object's colour, None where it is transparent; unknown colours count as dark."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not getter(item, red, green, blue, alpha):  # type: ignore[operator]
        return 0
    return None if alpha.value == 0 else min(red.value, green.value, blue.value)


def subpaths(item: pdfium.FPDF_PAGEOBJECT, matrix: Matrix, found: Drawn, budget: Budget) -> list[list[Point]]:
    """Gives the straight runs of a path as points on the page; a curve parts two runs."""
    count = pdfium.FPDFPath_CountSegments(item)
    budget.take(segments=max(count, 0))
    lines: list[list[Point]] = []
    start: Point = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = moved(matrix, x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_LINETO and lines:
            lines[-1].append(point)
        else:
            found.curves += kind == pdfium.FPDF_SEGMENT_BEZIERTO
            start = point if kind == pdfium.FPDF_SEGMENT_MOVETO else start
            lines.append([point])
        if pdfium.FPDFPathSegment_GetClose(segment) and lines[-1][-1] != start:
            lines[-1].append(start)
    return [points for points in lines if len(points) > 1]


def strokes(points: Sequence[Point], width: float) -> Iterator[Rule]:
    """Gives the rules of a stroked run; a stroke wider than long is a rule across."""
    for (ax, ay), (bx, by) in pairwise(points):
        x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        half = width / 2 if width > THIN else 0.0
        if y1 - y0 <= max(SLANT, 0.01 * (x1 - x0)):
            yield from slab(x0, (y0 + y1) / 2 - half, x1, (y0 + y1) / 2 + half)
        elif x1 - x0 <= max(SLANT, 0.01 * (y1 - y0)):
            yield from slab((x0 + x1) / 2 - half, y0, (x0 + x1) / 2 + half, y1)


def slab(x0: float, y0: float, x1: float, y1: float) -> Iterator[Rule]:
    """Gives the rule that a filled box is, nothing where it is an area; a dot may belong to either direction."""
    wide, high = x1 - x0, y1 - y0
    if high <= THIN or (high <= THICK and wide >= LONG * high):
        yield Rule(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)
    if wide <= THIN or (wide <= THICK and high >= LONG * wide):
        yield Rule((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)


def fills(lines: Sequence[Sequence[Point]]) -> Iterator[Rule]:
    """Gives the rules of a filled path: each thin piece; of several pieces also what lies thinly between their edges.

    A frame is often filled between an outer and an inner rectangle.
    """
    thick: list[Sequence[Point]] = []
    for points in lines:
        rules = list(slab(*box_of(points)))
        yield from rules
        if not rules:
            thick.append(points)
    if len(thick) > 1 or any(len(points) > 6 for points in thick):
        for flip in (False, True):
            yield from between(thick, flip)


def between(lines: Sequence[Sequence[Point]], flip: bool) -> Iterator[Rule]:
    """Gives the rules between level edges that lie thinly one above the other; `flip` looks at upright edges."""
    edges: list[tuple[float, float, float]] = []
    for points in lines:
        for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
            (u0, v0), (u1, v1) = ((ay, ax), (by, bx)) if flip else ((ax, ay), (bx, by))
            if abs(v0 - v1) <= SLANT < abs(u0 - u1):
                edges.append(((v0 + v1) / 2, min(u0, u1), max(u0, u1)))
    edges.sort()
    for index, (level, left, right) in enumerate(edges):
        for other, start, stop in edges[index + 1 : index + 40]:
            if other - level > THIN:
                break
            u0, u1, v = max(left, start), min(right, stop), (level + other) / 2
            if u1 > u0 and other - level > 0.05:
                yield Rule(v, u0, v, u1) if flip else Rule(u0, v, u1, v)


def middle(rule: Rule) -> Point:
    """Gives the middle of a rule."""
    return ((rule.x0 + rule.x1) / 2, (rule.y0 + rule.y1) / 2)


def inside(point: Point, boxes: Sequence[Box]) -> bool:
    """Tells whether a point lies on one of the boxes."""
    x, y = point
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)
