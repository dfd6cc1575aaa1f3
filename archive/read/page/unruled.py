"""Tables without rules: the statutory tables found by their labels and the columns of their numbers.

Labels are known texts, so they say where a table is, where its rows are and what its columns are called; figures are
what stands beside and under them. What cannot be told has a `doubt`, and a line that is no table stays prose.
"""

from collections.abc import Sequence

from archive.read.page.blocked import blocked
from archive.read.page.crossed import crossed
from archive.read.page.labelled import labels, parted
from archive.read.page.model import Region, Rule, TextLine
from archive.read.page.outcomes import outcomes
from archive.read.page.runs import strip
from archive.read.page.scene import Scene


def find(lines: Sequence[TextLine], rules: Sequence[Sequence[Rule]]) -> list[Region]:
    """Gives the statutory tables without rules among text lines, in order and apart from each other.

    `lines` go from top to bottom and over page breaks; a table that goes on over pages is one region.
    """
    runs = parted(strip(lines))
    scene = Scene(runs, labels(runs))
    drafts = [*blocked(scene), *crossed(scene), *outcomes(scene)]
    common = [leaning for draft in drafts for leaning in draft.leanings]
    regions: list[Region] = []
    for region in sorted((draft.make(draft.leanings or common) for draft in drafts), key=lambda each: each.start):
        if not regions or region.start >= regions[-1].stop:
            regions.append(region)
    return regions
