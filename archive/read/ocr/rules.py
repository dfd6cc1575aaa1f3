"""The printed rules of a page, and the cells they enclose."""

from dataclasses import dataclass

import cv2
import numpy as np

from archive.read.ocr.raster import Box, Gray, as_gray

SHORTEST = 24
"""Pixels that must be inked in a row to belong to a rule."""
LONG = 100
"""A level line this long is no stroke of a character and no dash (破折号)."""
GAP = 9
"""Pixels of a break in a rule that was printed or scanned thin."""
THICK = 14
CROWDED = 0.4
"""Share of a run's length with ink right beside it: more is a row of characters."""
FADED = 0.5
"""Share of a faded piece of a rule that is still inked."""
REACH = 9
"""Pixels that a rule may fall short of the one across it."""
MEETS = 4
"""Pixels that an upright ends from a level rule at most: a character stands free between two of them."""
END = 6
"""Pixels at both ends of a faded piece of a rule of which some are inked; around a character they are paper."""
SOLID = 0.85
"""Share of the way between two level rules from which ink is a rule, whatever stands beside it."""
MAX_CELLS = 3000


@dataclass(frozen=True, slots=True)
class Grid:
    """The rules of a page (centre lines: x0, y0, x1, y1), its cells, and the mask of what is rule and not print."""

    level: tuple[Box, ...]
    upright: tuple[Box, ...]
    cells: tuple[Box, ...]
    mask: Gray


def find(mask: Gray) -> Grid:
    """Gives the grid that the ink of a level page draws."""
    across = runs(mask, SHORTEST * 2)
    flipped = as_gray(mask.T.copy())
    down = runs(flipped, SHORTEST)
    level = [line for line in merged([b for b in boxes(across) if stands_alone(b, mask)]) if line.width >= LONG]
    stops = [turned(line) for line in level]
    upright = [turned(line) for line in tied(merged(uprights(boxes(down), stops, flipped)), stops, flipped)]
    level = tied(level, upright, mask)
    drawn = np.zeros_like(mask)
    for box in level:
        drawn[box.y0 - 1 : box.y0 + 2, box.x0 : box.x1 + 1] = 255
    for box in upright:
        drawn[box.y0 : box.y1 + 1, box.x0 - 1 : box.x0 + 2] = 255
    kept = cv2.bitwise_and(cv2.bitwise_or(across, as_gray(down.T)), cv2.dilate(drawn, np.ones((9, 9), np.uint8)))
    return Grid(
        tuple(level), tuple(upright), tuple(enclosed(drawn)), as_gray(cv2.dilate(kept, np.ones((3, 3), np.uint8)))
    )


def runs(mask: Gray, length: int) -> Gray:
    """Gives the level runs of ink of at least some length; a pixel's step or a small break does not end one."""
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    closed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, GAP), np.uint8))
    return as_gray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)))


def boxes(found: Gray) -> list[Box]:
    """Gives the level runs that are thin, as lines of no height."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
    lines = []
    for x, y, width, height, area in stats[1:count].tolist():
        rows = np.count_nonzero(found[y : y + height, x : x + width], axis=1)
        middle = y + int(np.median(np.flatnonzero(rows >= 0.9 * rows.max())))
        line = Box(x, middle, x + width - 1, middle)
        if width >= 2 * height and area <= THICK * width:
            lines.append(line)
    return lines


def uprights(lines: list[Box], stops: list[Box], mask: Gray) -> list[Box]:
    """Gives the uprights among runs, both turned level: what stands alone, or fills the way between two rules.

    A short one that does not reach from rule to rule is a stroke of a character.
    """
    kept = []
    for line in lines:
        ends = [stop.x0 for stop in stops if stop.y0 - REACH <= line.y0 <= stop.y1 + REACH]
        met = [x for x in ends if line.x0 - MEETS <= x <= line.x1 + MEETS]
        spans = bool(met) and max(met) - min(met) >= SHORTEST
        if (spans or line.width >= LONG) and stands_alone(line, mask):
            kept.append(line)
        elif spans:
            between = Box(min(met), line.y0, max(met), line.y0)
            if inked(mask, Box(between.x0 + MEETS, line.y0, between.x1 - MEETS, line.y0), -2, 2) >= SOLID:
                kept.append(between)
    return kept


def stands_alone(line: Box, mask: Gray) -> bool:
    """Tells whether a run is ink with paper on both sides, not the strokes of characters that stand in a row."""
    ink, beside = inked(mask, line, -2, 2), max(inked(mask, line, -7, -5), inked(mask, line, 5, 7))
    if line.width >= LONG * 2:
        return ink >= 0.5 and beside <= CROWDED
    return ink >= 0.6 and beside <= (0.3 + 0.5 * min(1.0, (ink - 0.6) / 0.3)) * CROWDED


def inked(mask: Gray, line: Box, top: int, bottom: int) -> float:
    """Gives the share of a level line's length that has ink in some rows above or below its middle."""
    rows = mask[max(line.y0 + top, 0) : line.y0 + bottom + 1, line.x0 : line.x1 + 1]
    return float((rows.max(axis=0) > 0).mean()) if rows.size else 0.0


def turned(box: Box) -> Box:
    """Gives a box with its directions exchanged."""
    return Box(box.y0, box.x0, box.y1, box.x1)


def merged(lines: list[Box]) -> list[Box]:
    """Gives level lines with the parts of one line put together."""
    done: list[Box] = []
    for line in sorted(lines, key=lambda line: (line.x0, line.y0)):
        for place, other in enumerate(done):
            if abs(other.y0 - line.y0) <= 5 and line.x0 - other.x1 <= 2 * REACH:
                longer = max(other, line, key=lambda one: one.width)
                done[place] = Box(other.x0, longer.y0, max(other.x1, line.x1), longer.y0)
                break
        else:
            done.append(line)
    return done


def tied(lines: list[Box], across: list[Box], mask: Gray) -> list[Box]:
    """Gives the level lines that reach from one upright to another, each ending at the outermost ones it meets.

    Where a rule fades, it reaches as far as some of its ink goes on.
    """
    kept = []
    for line in lines:
        crossing = [cross.x0 for cross in across if cross.y0 - REACH <= line.y0 <= cross.y1 + REACH]
        met = [x for x in crossing if line.x0 - REACH <= x <= line.x1 + REACH]
        if not met or max(met) - min(met) < SHORTEST:
            continue
        left, right = min(met), max(met)
        for x in sorted((x for x in crossing if x < left - 2 * REACH), reverse=True):
            if not goes_on(mask, line.y0, x, left):
                break
            left = x
        for x in sorted(x for x in crossing if x > right + 2 * REACH):
            if not goes_on(mask, line.y0, right, x):
                break
            right = x
        kept.append(Box(left, line.y0, right, line.y0))
    return kept


def goes_on(mask: Gray, y: int, start: int, stop: int) -> bool:
    """Tells whether some ink of a rule is left between two places of its level, at both ends, with paper beside it."""
    piece = Box(start + MEETS, y, stop - MEETS, y)
    ends = Box(piece.x0, y, piece.x0 + END, y), Box(piece.x1 - END, y, piece.x1, y)
    if piece.width <= END or not all(inked(mask, end, -3, 3) for end in ends):
        return False
    beside = max(inked(mask, piece, -8, -6), inked(mask, piece, 6, 8))
    return inked(mask, piece, -3, 3) >= FADED and beside <= 0.3 * CROWDED


def enclosed(drawn: Gray) -> list[Box]:
    """Gives the rectangles that rules enclose on all sides."""
    height, width = drawn.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(drawn), connectivity=4)
    found = []
    for x, y, wide, high, area in stats[1:count].tolist():
        inside = x > 0 and y > 0 and x + wide < width and y + high < height
        if inside and wide >= 12 and high >= 12 and area >= 0.9 * wide * high and area < 0.5 * width * height:
            found.append(Box(x, y, x + wide, y + high))
    return sorted(found, key=lambda box: (box.y0, box.x0))[:MAX_CELLS]
