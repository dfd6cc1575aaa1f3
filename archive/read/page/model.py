"""What a page shows: characters, rules and pictures. Units are points; y grows downwards from the page's upper edge."""

from dataclasses import dataclass

from archive.read.blocks import Table


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character or recognised run of them, with its box; blanks are left out.

    `confidence` (0 to 1) belongs to recognised text (OCR): how sure it is; `doubt` says why not to rely on it. `turn`
    is by how many degrees clockwise it is turned against the page: 0, 90, 180 or 270.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float | None = None
    doubt: str | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight printed line, horizontal or vertical; `x0 <= x1`, `y0 <= y1`. A drawn rectangle is four of them."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """The space that something takes up."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def middle(self) -> float:
        """Gives the height of its centre."""
        return (self.y0 + self.y1) / 2

    @property
    def centre(self) -> float:
        """Gives the place of its centre across."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """One page in reading order of its source. `pictures` is the share of its area that images cover (0 to 1)."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...] = ()
    rules: tuple[Rule, ...] = ()
    pictures: float = 0.0


@dataclass(frozen=True, slots=True)
class TextLine:
    """Characters on one base line from left to right, with the box of them all and the 0-based number of the page."""

    glyphs: tuple[Glyph, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    page: int = 0

    @property
    def height(self) -> float:
        """Gives the height of the line's box, about the size of its characters."""
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Region:
    """Lines `start` to `stop` (exclusive) of those looked at that are a table without rules."""

    start: int
    stop: int
    table: Table
