"""Compares a reading with what was printed."""

from dataclasses import dataclass

from archive.model import Figure, Reading, Status
from tests.compose.printed import Print


@dataclass(frozen=True)
class Verdict:
    """How many cells are right, which were said to be unreadable, and which are false (the worst)."""

    right: int
    unreadable: tuple[str, ...]
    false: tuple[str, ...]


def judge(reading: Reading, printed: dict[str, Print]) -> Verdict:
    """Gives the verdict on every printed cell and on every number given for a cell that was not printed."""
    given = {figure.indicator: figure for figure in reading.figures}
    right = 0
    unreadable, false = [], []
    for code, meant in printed.items():
        figure = given.pop(code, None)
        if figure is None or figure.status in (Status.UNREADABLE, Status.NOT_ON_FORM):
            unreadable.append(code)
        elif fits(figure, meant):
            right += 1
        else:
            false.append(f"{code}: printed {meant}, given {figure.status} {figure.raw!r} {figure.value} {figure.unit}")
    false += [f"{code}: not printed, given {f.raw!r}" for code, f in given.items() if f.status is Status.NUMBER]
    return Verdict(right, tuple(unreadable), tuple(false))


def fits(figure: Figure, meant: Print) -> bool:
    """Tells whether a figure is what was printed; a unit may come from the header where the cell has none."""
    return (
        figure.status is meant.status
        and figure.value == meant.value
        and (meant.unit is None or figure.unit == meant.unit)
        and "".join((figure.raw or "").split()) == "".join(meant.text.split())
    )
