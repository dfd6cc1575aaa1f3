"""Digits as the doubles that most formats have."""

from collections.abc import Iterable

from archive.research.exports.table import Cell

EXACT = 15
"""Decimal digits that a double holds whatever they are."""


def is_rounded(digits: str) -> bool:
    """Tells whether a double may not hold all the digits."""
    return len(digits.replace(".", "").strip("-0")) > EXACT


class Doubles(dict[Cell, float | None]):
    """The double of each cell met so far; None for one without a value."""

    def __init__(self) -> None:
        super().__init__()
        self.inexact: set[Cell] = set()

    def __missing__(self, cell: Cell) -> float | None:
        """Gives the double of a cell that was not met before."""
        found = float(cell) if isinstance(cell, str) else None
        if isinstance(cell, str) and is_rounded(cell):
            self.inexact.add(cell)
        self[cell] = found
        return found


class Numbers:
    """Gives doubles for digits, the same object for the same digits, and counts those that had to be rounded."""

    def __init__(self) -> None:
        self.doubles = Doubles()
        self.rounded = 0

    def all(self, cells: Iterable[Cell]) -> list[float | None]:
        """Gives the doubles of a column."""
        listed = list(cells)
        found = list(map(self.doubles.__getitem__, listed))
        if self.doubles.inexact:
            self.rounded += sum(cell in self.doubles.inexact for cell in listed)
        return found

    def of(self, cell: Cell) -> float | None:
        """Gives the double of a cell, None for one without a value."""
        self.rounded += cell in self.doubles.inexact
        if cell not in self.doubles:
            self.doubles.__missing__(cell)
            self.rounded += cell in self.doubles.inexact
        return self.doubles[cell]

    @property
    def said(self) -> tuple[str, ...]:
        """Gives what a reader must be told of them."""
        if not self.rounded:
            return ()
        return (f"{self.rounded} numbers of more than {EXACT} digits are rounded; CSV has all digits",)
