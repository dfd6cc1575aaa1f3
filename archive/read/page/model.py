"""What a page shows: characters, rules and pictures. Units are points; y grows downwards from the page's upper edge."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character or recognised run of them, with its box; blanks are left out.

    `confidence` (0 to 1) and `doubt` belong to recognised text (OCR): how sure it is, and why not to rely on it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight printed line, horizontal or vertical; `x0 <= x1`, `y0 <= y1`. A drawn rectangle is four of them."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page in reading order of its source. `pictures` is the share of its area that images cover (0 to 1)."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...] = ()
    rules: tuple[Rule, ...] = ()
    pictures: float = 0.0
