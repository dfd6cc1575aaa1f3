"""Line charts over years, worked out here and drawn as SVG by templates/chart.xml: no script, no library.

Series are told apart by dash and marker beside colour. A year without a value has no mark, and a line goes on only
where the point says that it may.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, TOP, BOTTOM, LEFT, RIGHT, LINE = (
    736,
    26,
    296,
    76,
    716,
    24,
)  # of the drawing and its plot; height of a legend line
TICKS = 5
MOST_YEARS = 14  # labels below the plot
COLOURS = ("#1a4e8a", "#9b2c1f", "#22633b", "#6b3f8f", "#8a5a00", "#00666b", "#a0296b", "#4a4a45")
DASHES = ("", "9 4", "2 4", "9 3 2 3", "14 4", "5 5", "1 3 6 3", "14 3 3 3 3 3")
CIRCLE, SQUARE, TRIANGLE, DIAMOND = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "M-4 -4h8v8h-8z",
    "M0 -5l5 9h-10z",
    "M0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z",
)
MARKS = (CIRCLE, SQUARE, TRIANGLE, DIAMOND) * 2  # the second four are drawn hollow


@dataclass(frozen=True, slots=True)
class Given:
    """A series to draw: its name, and value and whether the line goes on for each year; None has no mark."""

    name: str
    points: tuple[tuple[Decimal | None, bool], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A series as it is drawn: paths of its unbroken stretches, its marks, its place in the legend."""

    number: int
    name: str
    paths: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    legend_y: int

    @property
    def colour(self) -> str:
        """Gives the colour, where no style sheet gives another."""
        return COLOURS[self.number % len(COLOURS)]

    @property
    def dash(self) -> str:
        """Gives the pattern of the line; empty is an unbroken one."""
        return DASHES[self.number % len(DASHES)]

    @property
    def mark(self) -> str:
        """Gives the shape of the marks."""
        return MARKS[self.number % len(MARKS)]

    @property
    def hollow(self) -> bool:
        """Tells whether the marks are drawn hollow."""
        return self.number % len(MARKS) >= len(MARKS) // 2


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with everything in its place; `key` makes its ids the page's own."""

    key: str
    title: str
    description: str
    height: int
    ticks: tuple[tuple[str, str], ...]  # label, y
    years: tuple[tuple[int, str], ...]  # year, x
    breaks: tuple[tuple[str, str], ...]  # label, x
    series: tuple[Drawn, ...]


def chart(
    key: str, title: str, description: str, years: Sequence[int], series: Sequence[Given], breaks: dict[int, str]
) -> Chart:
    """Gives a chart of series over years; `breaks` are years before which a line is drawn, with its label."""
    values = [value for each in series for value, _ in each.points if value is not None]
    low, step, count = scale(values)

    def x(place: float) -> str:
        across = place / (len(years) - 1) if len(years) > 1 else 0.5
        return f"{LEFT + across * (RIGHT - LEFT):.1f}"

    def y(value: Decimal) -> str:
        return f"{BOTTOM - float((value - low) / (step * count)) * (BOTTOM - TOP):.1f}"

    every = -(-len(years) // MOST_YEARS)
    drawn = []
    for number, each in enumerate(series):
        at = [None if value is None else (x(i), y(value)) for i, (value, _) in enumerate(each.points)]
        paths = stretches(at, [joined for _, joined in each.points])
        drawn.append(Drawn(number, each.name, tuple(paths), tuple(p for p in at if p), BOTTOM + 56 + number * LINE))
    return Chart(
        key,
        title,
        description,
        BOTTOM + 56 + len(series) * LINE,
        tuple((f"{(low + step * n).normalize():f}", y(low + step * n)) for n in range(count + 1)),
        tuple((year, x(i)) for i, year in enumerate(years) if (len(years) - 1 - i) % every == 0),
        tuple((label, x(years.index(year) - 0.5)) for year, label in breaks.items()),
        tuple(drawn),
    )


def stretches(at: Sequence[tuple[str, str] | None], joined: Sequence[bool]) -> Iterable[str]:
    """Gives the paths of the unbroken stretches of at least two points."""
    stretch: list[tuple[str, str]] = []
    for place, goes_on in zip([*at, None], [*joined, False], strict=True):
        if not goes_on or place is None:
            if len(stretch) > 1:
                yield "M" + "L".join(" ".join(point) for point in stretch)
            stretch = []
        if place is not None:
            stretch.append(place)


def scale(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, int]:
    """Gives lowest tick, step and number of steps of an axis that has zero and all values on it."""
    low, high = min([*values, Decimal(0)]), max([*values, Decimal(0)])
    if low == high:
        return Decimal(0), Decimal(1), 1
    span = high - low
    power = Decimal(10) ** ((span / TICKS).adjusted())
    step = next(power * n for n in (1, 2, 5, 10) if power * n * TICKS >= span)
    first = (low / step).to_integral_value(rounding="ROUND_FLOOR")
    last = (high / step).to_integral_value(rounding="ROUND_CEILING")
    return first * step, step, int(last - first)
