"""A small line over years as the coordinates of an SVG: gaps stay open, changes of the form are marked."""

from collections.abc import Mapping
from dataclasses import dataclass

from archive.research.comparison import Series

WIDTH, HEIGHT, EDGE = 240, 48, 4


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Pieces of a line as `points` of SVG polylines, a dot for each value, and where the form changed."""

    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    breaks: tuple[tuple[float, int], ...]  # place and year


def sparkline(series: Series, breaks: Mapping[int, str]) -> Sparkline:
    """Gives the line of a series, from zero to its highest value."""
    points = series.points
    highest = max((float(point.value) for point in points if point.value is not None), default=0.0) or 1.0
    step = (WIDTH - 2 * EDGE) / max(len(points) - 1, 1)
    pieces: list[list[tuple[float, float]]] = []
    for number, point in enumerate(points):
        if point.value is None:
            pieces.append([])
            continue
        if not pieces or not point.joined:
            pieces.append([])
        height = (HEIGHT - 2 * EDGE) * max(float(point.value), 0.0) / highest
        pieces[-1].append((round(EDGE + step * number, 1), round(HEIGHT - EDGE - height, 1)))
    return Sparkline(
        tuple(" ".join(f"{x},{y}" for x, y in piece) for piece in pieces if len(piece) > 1),
        tuple(place for piece in pieces for place in piece),
        tuple(
            (round(EDGE + step * (number - 0.5), 1), point.year)
            for number, point in enumerate(points)
            if point.year in breaks and number
        ),
    )
