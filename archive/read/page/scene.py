"""What the finders of tables without rules look at: runs and labels of a strip, and where prose parts it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from archive.read.page.labelled import Label
from archive.read.page.labelled_grid import Printed
from archive.read.page.model import Region
from archive.read.page.runs import Run
from archive.read.words import section, squash

CHINESE = re.compile(r"[\u3400-\u9fff]")
BLANK_CELL = Printed()
AFTER = 0.6
"""How far in em a figure may stand below the last label."""
SENTENCE = 26
"""Signs in one run that no cell of a statutory table prints on a line."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A table found: how its figures stand to their headers, and the making of it once all that is known."""

    leanings: list[float]
    make: Callable[[Sequence[float]], Region]


class Scene:
    """Runs of a strip with the labels found among them."""

    def __init__(self, runs: Sequence[Run], labels: Sequence[Label]) -> None:
        self.labels = labels
        taken = {id(run) for label in labels for run in label.runs}
        self.loose = [run for run in runs if id(run) not in taken]

    @cached_property
    def walls(self) -> list[float]:
        """Gives the heights of section headings and sentences, over which no table goes."""
        return sorted(run.middle for run in self.loose if is_prose(run))

    def stretches(self, kinds: Iterable[str]) -> list[list[Label]]:
        """Gives the labels of some kinds from top to bottom, parted where prose stands between."""
        wanted = set(kinds)
        walls = iter(self.walls)
        wall = next(walls, None)
        made: list[list[Label]] = [[]]
        for label in sorted(self.labels, key=lambda each: each.y0):
            while wall is not None and wall < label.middle:
                wall = next(walls, None)
                made.append([])
            if wanted & label.keys.keys():
                made[-1].append(label)
        return [stretch for stretch in made if stretch]

    def between(self, top: float, bottom: float) -> list[Run]:
        """Gives the runs without a label whose middle is between two heights."""
        return [run for run in self.loose if top <= run.middle <= bottom]

    def lines(self, top: float, bottom: float) -> tuple[int, int]:
        """Gives the first line that stands between two heights and the one after the last."""
        runs = [
            *self.between(top, bottom),
            *(r for label in self.labels for r in label.runs if top <= r.middle <= bottom),
        ]
        return min(run.line for run in runs), max(run.line for run in runs) + 1


def is_prose(run: Run) -> bool:
    """Tells whether a run is a section heading or a line of a sentence."""
    flat = squash(run.text)
    return section(flat) is not None or (len(flat) >= SENTENCE and "勾稽" not in flat) or flat.endswith("。")


def clusters(labels: Sequence[Label], gap: float) -> list[list[Label]]:
    """Gives labels with less than `gap` em between one above the other, group by group from top to bottom."""
    made: list[list[Label]] = []
    bottom = 0.0
    for label in sorted(labels, key=lambda each: each.y0):
        if not made or label.y0 > bottom + gap * label.runs[0].em:
            made.append([])
            bottom = label.y1
        made[-1].append(label)
        bottom = max(bottom, label.y1)
    return made


Heights = tuple[float, float]


def figures_in(scene: Scene, rows: Sequence[Label], heads: Sequence[Heights], bottom: float) -> list[Run]:
    """Gives the runs that stand right of the labels and below the heads."""
    return [run for run in body(scene, rows, heads, bottom) if not is_label(run, rows)]


def strangers_in(
    scene: Scene, rows: Sequence[Label], heads: Sequence[Heights], bottom: float, figures: Sequence[Run]
) -> list[Label]:
    """Gives what stands where labels do and is none of the form's."""
    taken = set(map(id, figures))
    loose = [run for run in body(scene, rows, heads, bottom) if id(run) not in taken]
    return [Label(run.x0, run.y0, run.x1, run.y1, {}, run.text, (run,)) for run in loose if CHINESE.search(run.text)]


def body(scene: Scene, rows: Sequence[Label], heads: Sequence[Heights], bottom: float) -> list[Run]:
    """Gives the runs without a label from below the first head to the last row, later heads left out."""
    top = min(heads[0][1], min(row.y0 for row in rows))
    last = max(rows, key=lambda row: row.y1)
    found = scene.between(top, bottom + AFTER * last.runs[0].em)
    return [run for run in found if not any(start <= run.middle <= stop for start, stop in heads)]


def is_label(run: Run, rows: Sequence[Label]) -> bool:
    """Tells whether a run stands where labels do; a number is none if it stands right of the label on its line."""
    right = max(row.x1 for row in rows)
    if run.x0 >= right - 1:
        return False
    if CHINESE.search(run.text) or run.x1 <= min(row.x0 for row in rows):
        return True
    level = [row for row in rows if row.y0 <= run.middle <= row.y1]
    return run.x1 <= max((row.x1 for row in level), default=right)
