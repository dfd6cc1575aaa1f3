"""What differs between two versions: figures by cell, then the text by lines."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import UsageError
from archive.model import Figure
from archive.records import Connection, figures
from archive.records.histories import VersionReading, texts_of, version_readings


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One indicator that two readings give differently; None where a reading has no such indicator."""

    indicator: str
    old: Figure | None
    new: Figure | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two versions of a source: `text` lines begin with `+` or `-`."""

    source_id: int
    old: VersionReading
    new: VersionReading
    figures: tuple[FigureChange, ...]
    text: tuple[str, ...]


def compare(connection: Connection, source_id: int, revision: int, old: int | None, new: int | None) -> Difference:
    """Gives the difference of two versions of a source, by default the last two.

    Raises UsageError where there are not two, or where a number is none of its versions.
    """
    seen = {version.number: version for version in version_readings(connection, source_id, revision)}
    numbers = list(seen)
    if len(numbers) < 2 and (old is None or new is None):
        raise UsageError(f"there is only version {numbers[0]}" if numbers else "no version was read")
    new = numbers[-1] if new is None else new
    if old is None:
        old = numbers[max(numbers.index(new) - 1, 0)] if new in seen else numbers[0]
    for number in (old, new):
        if number not in seen:
            raise UsageError(f"no version {number}; there are: {', '.join(map(str, numbers))}")
    before, after = seen[old], seen[new]
    texts = texts_of(connection, [before.reading_id, after.reading_id])
    return Difference(
        source_id,
        before,
        after,
        tuple(changed_figures(connection, before.reading_id, after.reading_id)),
        tuple(changed_lines(texts[before.reading_id], texts[after.reading_id])),
    )


def changed_figures(connection: Connection, old: int, new: int) -> list[FigureChange]:
    """Gives the indicators that two readings give differently, in the order of the forms."""
    found = figures.figures_of(connection, [old, new])
    return figure_changes(found.get(old, []), found.get(new, []))


def figure_changes(old: Iterable[Figure], new: Iterable[Figure]) -> list[FigureChange]:
    """Gives the indicators with another status, value, unit or (where there is no value) printed text."""
    before = {figure.indicator: figure for figure in old}
    after = {figure.indicator: figure for figure in new}
    changes = (FigureChange(code, before.get(code), after.get(code)) for code in before | after)
    return [change for change in changes if meaning(change.old) != meaning(change.new)]


def meaning(figure: Figure | None) -> tuple[object, ...] | None:
    """Gives what of a figure counts as the figure: blanks around it or its place do not."""
    if figure is None:
        return None
    printed = None if figure.value is not None or figure.raw is None else figure.raw.strip()
    return figure.status, figure.value, figure.unit, figure.value_wan, printed


def changed_lines(old: str, new: str) -> list[str]:
    """Gives the lines that went (`- …`) and came (`+ …`), in order."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return [line for line in lines if line.startswith(("+ ", "- "))]
