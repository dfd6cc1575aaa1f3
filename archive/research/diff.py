"""What differs between two versions: figures by cell, then the text by paragraphs and, inside them, by characters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from diff_match_patch import diff_match_patch

from archive.errors import UsageError
from archive.model import Figure
from archive.records import Connection, figures
from archive.records.histories import VersionReading, texts_of, version_readings

SECONDS = 1.0  # for the lines of two texts, and again for the characters of each change; then a coarser answer is given
LONGEST = 20_000  # characters on either side of a change that are compared one by one

Piece = tuple[int, str]
"""-1 went, 0 stayed, 1 came; and the characters."""


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
    signs = {-1: "- ", 1: "+ "}
    return [signs[op] + line for op, lines in line_runs(old, new) if op for line in lines]


def changed_paragraphs(old: str, new: str) -> list[tuple[Piece, ...]]:
    """Gives the places where two texts differ: what went and what came, with what stays inside the same paragraphs.

    Where a stretch of lines was replaced its characters are compared, and small coincidences among them are merged
    (semantic clean-up); one that only went or came is one piece.
    """
    changes: list[tuple[Piece, ...]] = []
    for changed, runs in groupby(line_runs(old, new), key=lambda run: run[0] != 0):
        if changed:
            sides = {-1: "", 1: ""}
            for op, lines in runs:
                sides[op] += "\n".join(lines) + "\n"
            changes.append(tuple(pieces(sides[-1].rstrip("\n"), sides[1].rstrip("\n"))))
    return [change for change in changes if change]  # blank lines say nothing


def pieces(old: str, new: str) -> list[Piece]:
    """Gives one replaced stretch of text character by character, as a whole where it is too long or has one side."""
    if not old or not new or max(len(old), len(new)) > LONGEST:
        return [(op, text) for op, text in ((-1, old), (1, new)) if text]
    comparer = diff_match_patch()
    comparer.Diff_Timeout = SECONDS
    found = comparer.diff_main(old, new, False)
    comparer.diff_cleanupSemantic(found)
    return [(op, text) for op, text in found]


def line_runs(old: str, new: str) -> Iterator[tuple[int, list[str]]]:
    """Gives the runs of lines that went (-1), stayed (0) or came (1)."""
    comparer = diff_match_patch()
    comparer.Diff_Timeout = SECONDS
    ended = ("".join(f"{line}\n" for line in text.splitlines()) for text in (old, new))
    first, second, lines = comparer.diff_linesToChars(*ended)
    found = comparer.diff_main(first, second, False)
    comparer.diff_charsToLines(found, lines)
    for op, text in found:
        yield op, text.splitlines()
