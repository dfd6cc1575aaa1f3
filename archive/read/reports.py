"""Several reports in one document: told apart at their titles, each then read on its own."""

from collections.abc import Sequence

from archive.model import Reading
from archive.read.blocks import Document


def reports(document: Document) -> tuple[Document, ...]:
    """Gives the reports of a document, itself where it is one."""
    return (document,)


def places(readings: Sequence[Reading]) -> list[str]:
    """Gives the place of each report of a document: its agency and year, numbered where those are unknown or repeated.

    Not its turn: pages put the newest report on top.
    """
    names: list[str] = []
    for turn, reading in enumerate(readings, 1):
        name = f"{reading.agency} {reading.year}" if reading.agency and reading.year else str(turn)
        names.append(name if name not in names else f"{name} ({turn})")
    return names
