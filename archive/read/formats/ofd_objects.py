"""Objects of an OFD page → characters, rules and pictures, in points from the page's upper edge.

Every object has a Boundary (its place in what holds it) and may have a CTM inside it. Characters stand at X, Y and go
on by DeltaX and DeltaY, where `g n v` stands for n times v.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from archive.errors import UnreadableDocumentError
from archive.read.formats.ofd_package import child, local, numbers
from archive.read.formats.pdf_paths import (
    WHITE,
    Drawn,
    Matrix,
    Point,
    box_of,
    fills,
    inside,
    moved,
    scale,
    slab,
    strokes,
    times,
)
from archive.read.page.model import Glyph

MAX_OBJECTS = 200_000
MAX_CHARACTERS = 400_000
MAX_SEGMENTS = 400_000
MAX_DEPTH = 12
MAX_DELTAS = 20_000
ASCENT, DESCENT = 0.85, 0.15
"""What of a character's height stands above and below its base line, as in Chinese type."""
SLANT = 3
"""Degrees by which a line of text may be off; more is a watermark."""
LINE_WIDTH = 0.353
UNKNOWN = "\ufffd"
UNMAPPED = "the file does not say which character this is"
HALF = re.compile(r"[\x21-\x7e\u00a1-\u024f\uff61-\uff9f]")
HIDDEN = re.compile(r"[\s\u00ad\u200b-\u200f\ufeff]")
NAMELESS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\uf8ff\ufffd-\uffff]")
TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
FARTHEST = 1e6
OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


@dataclass(slots=True)
class Seen:
    """What a page shows while its objects are walked through; white characters apart, they may stand on a colour."""

    glyphs: list[Glyph] = field(default_factory=list)
    white: list[Glyph] = field(default_factory=list)
    drawn: Drawn = field(default_factory=Drawn)

    def shown(self) -> list[Glyph]:
        """Gives the characters that are seen."""
        areas = (*self.drawn.areas, *self.drawn.pictures)
        return [*self.glyphs, *(g for g in self.white if inside(((g.x0 + g.x1) / 2, (g.y0 + g.y1) / 2), areas))]


@dataclass(slots=True)
class Budget:
    """What is left of the caps while the pages of a document are walked through."""

    objects: int = MAX_OBJECTS
    characters: int = MAX_CHARACTERS
    segments: int = MAX_SEGMENTS

    def take(self, objects: int = 0, characters: int = 0, segments: int = 0) -> None:
        """Counts; raises UnreadableDocumentError('too-large-ofd') past a cap."""
        self.objects -= objects
        self.characters -= characters
        self.segments -= segments
        if min(self.objects, self.characters, self.segments) < 0:
            raise UnreadableDocumentError("too-large-ofd", "the OFD draws more than a report has")


Units = dict[str, etree._Element]
"""Composite graphic units by ID."""


def walk(root: etree._Element, matrix: Matrix, units: Units, seen: Seen, budget: Budget) -> None:
    """Notes what the layers and blocks below an element show, seen through `matrix`."""
    stack = [(root, matrix, 0)]
    while stack:
        node, place, depth = stack.pop()
        budget.take(objects=1)
        name = local(node)
        if not name or node.get("Visible") in ("false", "0") or depth > MAX_DEPTH:
            continue
        if name == "TextObject":
            text(node, inner(node, place), seen, budget)
        elif name == "PathObject":
            path(node, inner(node, place), seen.drawn, budget)
        elif name == "ImageObject":
            picture(node, place, seen.drawn)
        elif name == "CompositeObject":
            unit = units.get(node.get("ResourceID") or "")
            if unit is not None:
                stack += [(each, inner(node, place), depth + 1) for each in reversed(unit)]
        elif name in ("Content", "Layer", "PageBlock"):
            stack += [(each, place, depth + (name == "PageBlock")) for each in reversed(node)]


def inner(node: etree._Element, place: Matrix) -> Matrix:
    """Gives the matrix from an object's own space."""
    boundary, ctm = numbers(node.get("Boundary")), numbers(node.get("CTM"))
    if len(boundary) == 4:
        place = times((1, 0, 0, 1, boundary[0], boundary[1]), place)
    if len(ctm) == 6:
        place = times((ctm[0], ctm[1], ctm[2], ctm[3], ctm[4], ctm[5]), place)
    return place


def tone(node: etree._Element, name: str) -> int | None:
    """Gives the darkest channel of an object's colour, None where it is transparent; unknown colours count as dark."""
    colour = child(node, name)
    if node.get("Alpha") == "0" or (colour is not None and colour.get("Alpha") == "0"):
        return None
    channels = numbers(colour.get("Value")) if colour is not None else []
    return int(min(channels)) if len(channels) in (1, 3) else 0


def text(node: etree._Element, matrix: Matrix, seen: Seen, budget: Budget) -> None:
    """Notes the characters of a text object."""
    size = (numbers(node.get("Size")) or [0.0])[0]
    shade = tone(node, "FillColor")
    turn = turned(matrix)
    if shade is None or turn is None or size * scale(matrix) <= 0.5:
        return
    widen = (numbers(node.get("HScale")) or [1.0])[0]
    target = seen.white if shade >= WHITE else seen.glyphs
    nameless = any(local(each) == "CGTransform" for each in node)
    x = y = 0.0
    for code in (each for each in node if local(each) == "TextCode"):
        x, y = (numbers(code.get("X")) or [x])[0], (numbers(code.get("Y")) or [y])[0]
        printed = (code.text or "").strip("\r\n\t")
        budget.take(characters=len(printed) + 1)
        if nameless and not printed.strip():
            target.append(Glyph(UNKNOWN, *box(x, y, size, size, matrix), None, UNMAPPED, turn))
        for sign, at, width in placed(printed, x, y, code, size * widen):
            if not HIDDEN.match(sign):
                known = not NAMELESS.match(sign)
                made = box(*at, width, size, matrix)
                target.append(Glyph(sign if known else UNKNOWN, *made, None, None if known else UNMAPPED, turn))


def turned(matrix: Matrix) -> int | None:
    """Gives by how many degrees clockwise text is turned, None for slanted text."""
    angle = math.degrees(math.atan2(matrix[1], matrix[0]))
    near = round(angle / 90) * 90
    return near % 360 if abs(angle - near) <= SLANT else None


def box(x: float, y: float, width: float, size: float, matrix: Matrix) -> tuple[float, float, float, float]:
    """Gives the box of a character on the page by its base point."""
    corners = [(x, y - ASCENT * size), (x + width, y + DESCENT * size), (x, y + DESCENT * size), (x + width, y)]
    return box_of([moved(matrix, *corner) for corner in corners])


def placed(printed: str, x: float, y: float, code: etree._Element, size: float) -> Iterator[tuple[str, Point, float]]:
    """Gives the characters of a text code with base point and width; without deltas they stand side by side."""
    across, down = deltas(code.get("DeltaX")), deltas(code.get("DeltaY"))
    for place, sign in enumerate(printed):
        width = size / 2 if HALF.match(sign) else size
        step = across[place] if place < len(across) else (0.0 if down else width)
        yield sign, (x, y), min(width, step) if step > 0.2 * size else width
        x += step
        y += down[place] if place < len(down) else 0.0


def deltas(given: str | None) -> list[float]:
    """Gives the distances of an attribute, `g n v` written out."""
    words = (given or "").split()
    made: list[float] = []
    place = 0
    while place < len(words) and len(made) < MAX_DELTAS:
        if words[place] == "g":
            count, value = numbers(" ".join(words[place + 1 : place + 3])) or (0.0, 0.0)
            made += [value] * max(min(int(count), MAX_DELTAS), 0)
            place += 3
        else:
            made += numbers(words[place]) or [0.0]
            place += 1
    return made


def picture(node: etree._Element, place: Matrix, drawn: Drawn) -> None:
    """Notes where an image lies; one as thin as a line is a rule."""
    left, top, wide, high = (*numbers(node.get("Boundary")), 0.0, 0.0, 0.0, 0.0)[:4]
    found = box_of([moved(place, left, top), moved(place, left + wide, top + high)])
    drawn.pictures.append(found)
    drawn.rules += slab(*found)


def path(node: etree._Element, matrix: Matrix, drawn: Drawn, budget: Budget) -> None:
    """Notes the rules and areas of a path that is painted."""
    data = child(node, "AbbreviatedData")
    if data is None:
        return
    lines = subpaths(data.text or "", matrix, drawn, budget)
    if node.get("Stroke") not in ("false", "0") and (shade := tone(node, "StrokeColor")) is not None:
        width = (numbers(node.get("LineWidth")) or [LINE_WIDTH])[0] * scale(matrix)
        target = drawn.rules if shade < WHITE else drawn.pale
        for points in lines:
            target += strokes(points, width)
    if node.get("Fill") in ("true", "1") and (shade := tone(node, "FillColor")) is not None:
        (drawn.rules if shade < WHITE else drawn.pale).extend(fills(lines))
        if shade < WHITE:
            drawn.areas += [box_of(points) for points in lines if len(points) > 3]


def subpaths(data: str, matrix: Matrix, drawn: Drawn, budget: Budget) -> list[list[Point]]:
    """Gives the straight runs of a path as points on the page; a curve parts two runs."""
    lines: list[list[Point]] = []
    start: Point = (0.0, 0.0)
    for operator, operands in commands(data):
        budget.take(segments=1)
        if operator == "C":
            if lines and lines[-1][-1] != start:
                lines[-1].append(start)
            continue
        point = moved(matrix, operands[-2], operands[-1])
        if operator == "L" and lines:
            lines[-1].append(point)
            continue
        drawn.curves += operator in "QBA"
        start = point if operator in "SM" else start
        lines.append([point])
    return [points for points in lines if len(points) > 1]


def commands(data: str) -> Iterator[tuple[str, Sequence[float]]]:
    """Gives the operators of a path with their operands; reading stops at what is none."""
    words = TOKEN.findall(data)
    place = 0
    while place < len(words):
        operator = words[place]
        count = OPERANDS.get(operator)
        operands = words[place + 1 : place + 1 + (count or 0)]
        if count is None or len(operands) != count or any(word.isalpha() for word in operands):
            return
        values = [float(word) for word in operands]
        if any(abs(value) > FARTHEST for value in values):
            return
        yield operator, values
        place += 1 + count
