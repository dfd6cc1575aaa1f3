"""Digits as the doubles that most formats have."""

from archive.research.exports.table import Cell

EXACT = 15
"""Decimal digits that a double holds whatever they are."""


class Numbers:
    """Gives doubles for digits, the same object for the same digits, and counts those that had to be rounded."""

    def __init__(self) -> None:
        self.known: dict[str, float] = {}
        self.rounded = 0

    def of(self, cell: Cell) -> float | None:
        """Gives the double of a cell, None for one without a value."""
        if not isinstance(cell, str):
            return None
        found = self.known.get(cell)
        if found is None:
            found = self.known[cell] = float(cell)
        if len(cell) > EXACT and len(cell.replace(".", "").strip("-0")) > EXACT:
            self.rounded += 1
        return found

    @property
    def said(self) -> tuple[str, ...]:
        """Gives what a reader must be told of them."""
        if not self.rounded:
            return ()
        return (f"{self.rounded} numbers of more than {EXACT} digits are rounded; CSV has all digits",)
