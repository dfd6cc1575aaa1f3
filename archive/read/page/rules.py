"""Drawn lines → clean horizontal and vertical rules, and which of them hang together as one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.read.page.model import Rule

LEVEL = 2.0
"""Pieces this near to one level are pieces of one line."""
NEAR = 3.0
"""A gap that parts no line; up to DASH between short pieces, which are dashes or dots."""
DASH = 7.0
SHORT = 12.0
MIN_LENGTH = 5.0
"""What is shorter after all pieces are put together is no rule but a dot, a tick or part of a sign."""
TOUCH = 3.5
"""Rules of one table meet within this distance; borders may be that thick."""
MAX_RULES = 3_000
"""Rules of one direction on a page that are looked at, the longest; a page of statistics has about a hundred."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A rule seen along its own direction: its level across, where it starts and stops."""

    level: float
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Frame:
    """Rules that hang together: those that run level, those that run upright."""

    level: tuple[Stroke, ...]
    upright: tuple[Stroke, ...]


def strokes(rules: Iterable[Rule]) -> Frame:
    """Gives the rules of a page with pieces and doubles put together, dots and ticks left out."""
    level, upright = [], []
    for rule in rules:
        if rule.x1 - rule.x0 >= rule.y1 - rule.y0:
            level.append(Stroke((rule.y0 + rule.y1) / 2, rule.x0, rule.x1))
        else:
            upright.append(Stroke((rule.x0 + rule.x1) / 2, rule.y0, rule.y1))
    return Frame(longest(whole(level)), longest(whole(upright)))


def longest(made: list[Stroke]) -> tuple[Stroke, ...]:
    """Gives at most MAX_RULES strokes, the longest."""
    return tuple(made if len(made) <= MAX_RULES else sorted(made, key=length, reverse=True)[:MAX_RULES])


def whole(pieces: Sequence[Stroke]) -> list[Stroke]:
    """Gives strokes of one direction with the pieces of each line put together."""
    made: list[Stroke] = []
    band: list[Stroke] = []
    for piece in sorted(pieces, key=lambda each: each.level):
        if band and piece.level - band[0].level > LEVEL:
            made += along(band)
            band = []
        band.append(piece)
    made += along(band)
    return [stroke for stroke in made if stroke.stop - stroke.start >= MIN_LENGTH]


def along(band: Sequence[Stroke]) -> list[Stroke]:
    """Gives the lines of one level that its pieces make up."""
    made: list[list[Stroke]] = []
    stop = 0.0
    for piece in sorted(band, key=lambda each: each.start):
        short = bool(made) and max(length(piece), length(made[-1][-1])) <= SHORT
        if made and piece.start - stop <= (DASH if short else NEAR):
            made[-1].append(piece)
            stop = max(stop, piece.stop)
        else:
            made.append([piece])
            stop = piece.stop
    return [
        Stroke(
            sum(each.level for each in line) / len(line),
            min(each.start for each in line),
            max(each.stop for each in line),
        )
        for line in made
    ]


def length(stroke: Stroke) -> float:
    """Gives the length of a stroke."""
    return stroke.stop - stroke.start


def frames(rules: Frame) -> list[Frame]:
    """Gives the groups of rules that touch or cross one another, from top to bottom."""
    count = len(rules.level)
    parent = list(range(count + len(rules.upright)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    ordered = sorted(range(count), key=lambda index: rules.level[index].level)
    for offset, upright in enumerate(rules.upright):
        for index in ordered:
            level = rules.level[index]
            if level.level > upright.stop + TOUCH:
                break
            if level.level >= upright.start - TOUCH and level.start - TOUCH <= upright.level <= level.stop + TOUCH:
                parent[root(index)] = root(count + offset)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for index in range(len(parent)):
        group = groups.setdefault(root(index), ([], []))
        if index < count:
            group[0].append(rules.level[index])
        else:
            group[1].append(rules.upright[index - count])
    found = [Frame(tuple(level), tuple(upright)) for level, upright in groups.values()]
    return sorted(found, key=lambda frame: min(stroke.level for stroke in frame.level) if frame.level else 0.0)


def rule_of(stroke: Stroke, upright: bool) -> Rule:
    """Gives a stroke as a rule of the page again."""
    if upright:
        return Rule(stroke.level, stroke.start, stroke.level, stroke.stop)
    return Rule(stroke.start, stroke.level, stroke.stop, stroke.level)
