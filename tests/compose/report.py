"""Three sheets of one report by chance, each with a few of the changes that agencies and software make."""

from random import Random

from tests.compose.changes import CHANGES, merged_left_blank, stray_cell
from tests.compose.sheets import PARTS, Sheet

FORMS = (("2019",) * 3, ("2021",) * 3, ("2021",) * 3, ("2021", "2019", "2019"), ("2019", "2021", "2021"))
SHARE = 0.12


def sheets(rng: Random) -> tuple[list[Sheet], set[str]]:
    """Gives the tables of a report, and the parts in which a row's width tells nothing any more.

    A cell too many in a table that declares no merged cells may be one that another row has lost.
    """
    made: list[Sheet] = []
    lost: set[str] = set()
    for part, form in zip(PARTS, rng.choice(FORMS), strict=True):
        sheet = PARTS[part](form, rng)
        done = [change for change in CHANGES if rng.random() < SHARE]
        for change in done:
            sheet = change(sheet, rng)
        made.append(sheet)
        if merged_left_blank in done and stray_cell in done:
            lost.add(part)
    return made, lost
