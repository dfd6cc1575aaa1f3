"""Real PDFs drawn for tests: reports with ruled tables, borders drawn in the ways programs draw them.

The font is the STSong-Light that every reader of PDF knows by name, so nothing has to be installed.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.read.printed import Rows, Spec

FONT = "STSong-Light"
A4 = (595.0, 842.0)
Edge = tuple[float, float, float, float]
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def stroked(canvas: Canvas, edge: Edge) -> None:
    canvas.setLineWidth(0.5)
    canvas.line(*edge)


def thick(canvas: Canvas, edge: Edge) -> None:
    canvas.setLineWidth(3)
    canvas.line(*edge)


def filled(canvas: Canvas, edge: Edge) -> None:
    x0, y0, x1, y1 = edge
    canvas.rect(x0 - 0.24, y0 - 0.24, x1 - x0 + 0.48, y1 - y0 + 0.48, stroke=0, fill=1)


def twice(canvas: Canvas, edge: Edge) -> None:
    x0, y0, x1, y1 = edge
    for off in (-0.9, 0.9):
        stroked(canvas, (x0 + off, y0, x1 + off, y1) if x0 == x1 else (x0, y0 + off, x1, y1 + off))


def dashes(canvas: Canvas, edge: Edge) -> None:
    x0, y0, x1, y1 = edge
    at = 0.0
    while at < max(x1 - x0, y1 - y0):
        stop = min(at + 3, max(x1 - x0, y1 - y0))
        stroked(canvas, (x0, y0 + at, x1, y0 + stop) if x0 == x1 else (x0 + at, y0, x0 + stop, y1))
        at += 5


def dots(canvas: Canvas, edge: Edge) -> None:
    x0, y0, x1, y1 = edge
    steps = int(max(x1 - x0, y1 - y0) // 1.5) + 1
    for step in range(steps):
        x, y = (x0, y0 + step * 1.5) if x0 == x1 else (x0 + step * 1.5, y0)
        canvas.rect(x - 0.25, y - 0.25, 0.5, 0.5, stroke=0, fill=1)


@dataclass
class Sheet:
    """Where the next thing goes on a page that grows into pages; y is measured from the upper edge."""

    border: Callable[[Canvas, Edge], None] = stroked
    size: float = 9.0
    margin: float = 50.0
    page: tuple[float, float] = A4
    shift: float = 0.0  # by which every second page is moved sideways
    outer: bool = True  # whether the left and right border of a table are drawn
    cut: bool = False  # whether a page break may fall inside a row
    numbers: bool = True
    prepare: Callable[[Canvas], None] | None = None  # called on each new page
    y: float = 50.0
    number: int = 1
    buffer: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        self.canvas = Canvas(self.buffer, pagesize=self.page, invariant=1)
        self.start()

    @property
    def left(self) -> float:
        return self.margin + (self.shift if self.number % 2 == 0 else 0.0)

    @property
    def width(self) -> float:
        return self.page[0] - 2 * self.margin

    def start(self) -> None:
        if self.prepare:
            self.prepare(self.canvas)
        self.y = self.margin

    def turn(self) -> None:
        if self.numbers:
            self.text(f"- {self.number} -", self.page[0] / 2 - 10, self.page[1] - 30, 9)
        self.canvas.showPage()
        self.number += 1
        self.start()

    def text(self, text: str, x: float, y: float, size: float) -> None:
        """Prints a line whose upper edge is at y."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, self.page[1] - y - 0.85 * size, text)

    def paragraph(self, text: str, size: float = 14.0, indent: float = 2.0) -> None:
        for index, line in enumerate(wrapped("　" * int(indent) + text, self.width, size)):
            if self.y + 1.6 * size > self.page[1] - self.margin:
                self.turn()
            blank = len(line) - len(line.lstrip("　"))
            self.text(line.lstrip("　"), self.left + (blank * size if not index else 0.0), self.y, size)
            self.y += 1.6 * size

    def title(self, text: str, size: float = 20.0) -> None:
        self.text(text, (self.page[0] - pdfmetrics.stringWidth(text, FONT, size)) / 2, self.y, size)
        self.y += 1.6 * size

    def table(self, rows: Rows, weights: Sequence[float]) -> None:
        laid = laid_out(rows, [weight * self.width / sum(weights) for weight in weights], self.size)
        start = 0.0
        while start < laid.height:
            room = self.page[1] - self.margin - self.y
            stop = laid.break_before(start, start + room, self.cut)
            if stop <= start:
                self.turn()
                continue
            self.part(laid, start, stop)
            self.y += stop - start
            start = stop
        self.y += 6

    def part(self, laid: "Laid", start: float, stop: float) -> None:
        """Draws what of a table lies between two heights."""
        high = self.page[1]
        for x0, y0, x1, y1, lines in laid.cells:
            top, bottom = max(y0, start) - start + self.y, min(y1, stop) - start + self.y
            if bottom - top < 0.1:
                continue
            a, b = self.left + x0, self.left + x1
            for edge in ((a, top, b, top), (a, bottom, b, bottom)):
                self.border(self.canvas, (edge[0], high - edge[1], edge[2], high - edge[3]))
            for x, outer in ((a, x0 < 0.1), (b, x1 > self.width - 0.1)):
                if self.outer or not outer:
                    self.border(self.canvas, (x, high - bottom, x, high - top))
            for text, x, y in lines:
                if start <= y + self.size / 2 < stop:
                    self.text(text, self.left + x, y - start + self.y, self.size)

    def done(self) -> bytes:
        if self.numbers:
            self.text(f"- {self.number} -", self.page[0] / 2 - 10, self.page[1] - 30, 9)
        self.canvas.save()
        return self.buffer.getvalue()


@dataclass(frozen=True)
class Laid:
    """A table laid out in one strip: cells with their box and lines (text, x, y), and the levels between rows."""

    cells: list[tuple[float, float, float, float, list[tuple[str, float, float]]]]
    levels: list[float]
    line: float

    @property
    def height(self) -> float:
        return self.levels[-1]

    def break_before(self, start: float, limit: float, cut: bool) -> float:
        """Gives where the part from `start` ends: between two rows, or inside one where that is allowed."""
        whole = max(level for level in self.levels if level <= limit + 0.1)
        if not cut or whole >= self.height:
            return whole
        after = min(level for level in self.levels if level > whole)
        inside = whole + 2 + self.line * int((limit - whole - 4) // self.line)
        return inside if whole + self.line < inside < after - self.line else whole


def wrapped(text: str, width: float, size: float) -> list[str]:
    lines = [""]
    for sign in text:
        if pdfmetrics.stringWidth(lines[-1] + sign, FONT, size) > width:
            lines.append("")
        lines[-1] += sign
    return lines


def laid_out(rows: Rows, widths: Sequence[float], size: float) -> Laid:
    line = 1.3 * size
    placed: list[tuple[int, int, Spec, list[str]]] = []
    taken: set[tuple[int, int]] = set()
    for row, specs in enumerate(rows):
        column = 0
        for spec in specs:
            while (row, column) in taken:
                column += 1
            taken |= {(row + i, column + j) for i in range(spec.rowspan) for j in range(spec.colspan)}
            wide = sum(widths[column : column + spec.colspan]) - 6
            lines = list(spec.text) if spec.upright else wrapped(spec.text, wide, size)
            placed.append((row, column, spec, lines))
            column += spec.colspan
    heights = [line + 4] * len(rows)
    for row, _, spec, lines in sorted(placed, key=lambda each: each[2].rowspan):
        lack = len(lines) * line + 4 - sum(heights[row : row + spec.rowspan])
        heights[row + spec.rowspan - 1] += max(lack, 0)
    xs = [sum(widths[:index]) for index in range(len(widths) + 1)]
    ys = [sum(heights[:index]) for index in range(len(heights) + 1)]
    cells = []
    for row, column, spec, lines in placed:
        x0, y0, x1, y1 = xs[column], ys[row], xs[column + spec.colspan], ys[row + spec.rowspan]
        top = y0 + (y1 - y0 - len(lines) * line) / 2
        printed = []
        for index, text in enumerate(lines):
            left = x0 + (x1 - x0 - pdfmetrics.stringWidth(text, FONT, size)) / 2
            printed.append((text, left, top + index * line))
        cells.append((x0, y0, x1, y1, printed))
    return Laid(cells, ys, line)
