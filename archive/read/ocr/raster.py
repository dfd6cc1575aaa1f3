"""A page as pixels: ink told from paper, the page upright and its rows level.

Pixels are 8-bit grey, 0 black; a mask is 255 where ink lies. Lengths are in pixels of a page that `normal` has brought
to about 200 dots an inch.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]

NORMAL_WIDTH = 1654
"""Width of an A4 page at 200 dots an inch."""
NARROW, WIDE = 1300, 2600
"""Pages between these widths are taken as they are."""
MAX_PIXELS = 30_000_000
"""What is worked on at a time; a long picture of a whole web page has as many."""
PIECE, LONG_RULE = 48, 240
"""Pixels: level pieces that a rule askew is made of, and the length from which a rule tells how askew."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels; `x1` and `y1` are outside it."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Gives the width."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Gives the height."""
        return self.y1 - self.y0

    def of(self, picture: Gray) -> Gray:
        """Gives the part of a picture that lies in the box."""
        return picture[self.y0 : self.y1, self.x0 : self.x1]


def normal(gray: Gray) -> Gray:
    """Gives the page at a size that the lengths here are made for: small pictures enlarged, large ones reduced."""
    height, width = gray.shape
    short = min(height, width)
    if NARROW <= short <= WIDE and width * height <= MAX_PIXELS:
        return gray
    factor = min(NORMAL_WIDTH / short, (MAX_PIXELS / (width * height)) ** 0.5)
    size = (round(width * factor), round(height * factor))
    return as_gray(cv2.resize(gray, size, interpolation=cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA))


def ink(gray: Gray) -> Gray:
    """Gives the mask of ink: what is darker than the paper around it, more so the more the paper is speckled."""
    smooth = cv2.medianBlur(gray, 3)
    speckle = float(np.mean(cv2.absdiff(gray, smooth)))
    block = max(31, gray.shape[1] // 40 | 1)
    return as_gray(
        cv2.adaptiveThreshold(
            gray, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV, block, 12 + min(3 * speckle, 20)
        )
    )


def level(gray: Gray) -> Gray:
    """Gives the page turned so that its long rules, or else its lines of text, run level."""
    mask = ink(gray)
    angle = angle_of_rules(mask)
    if angle is None:
        angle = angle_of_lines(mask)
    if abs(angle) < 0.03:
        return gray
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return as_gray(
        cv2.warpAffine(gray, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    )


def angle_of_rules(mask: Gray) -> float | None:
    """Gives the degrees that long rules are off the level, None where there are too few to tell."""
    found: list[tuple[float, float]] = []
    for turned, picture in ((False, mask), (True, mask.T)):
        thick = cv2.dilate(picture, np.ones((5, 1), np.uint8))
        opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, PIECE), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
        for number, (x, y, width, height, area) in enumerate(stats[1:count].tolist(), 1):
            if width < LONG_RULE or area > 24 * width or height > width / 8:
                continue
            rows, columns = np.nonzero(labels[y : y + height, x : x + width] == number)
            slope = float(np.degrees(np.arctan(np.polyfit(columns, rows, 1)[0])))
            found.append((-slope if turned else slope, width))
    if len(found) < 3:
        return None
    found.sort()
    half = sum(width for _, width in found) / 2
    for slope, width in found:
        half -= width
        if half <= 0:
            return slope
    return None


def angle_of_lines(mask: Gray) -> float:
    """Gives the degrees at which the rows of a page of text are told apart best."""
    small = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    height, width = small.shape

    def parted(angle: float) -> float:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
        rows = cv2.warpAffine(small, matrix, (width, height)).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    coarse = max(np.arange(-3, 3.1, 0.5), key=parted)
    return float(max(np.arange(coarse - 0.4, coarse + 0.41, 0.1), key=parted))


def as_gray(picture: object) -> Gray:
    """Gives what OpenCV answered as the pixels they are."""
    return np.asarray(picture, dtype=np.uint8)
