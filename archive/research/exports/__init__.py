"""Exports: shapes of rows times formats of files.

Rows and columns stand in a fixed order; no clock, run or database key is in them, so that two archives in the same
state export the same bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from archive.errors import UsageError
from archive.plain import time_text
from archive.records import Connection
from archive.research.exports import shapes, writing
from archive.research.exports.reference import codebook, crosswalk
from archive.research.exports.selection import Selection
from archive.research.exports.table import Table
from archive.research.exports.wide import wide
from archive.research.exports.writing import MODULES, Progress, Written

SHAPES: dict[str, Callable[[Connection, Selection], Table]] = {
    "wide": wide,
    "long": shapes.long,
    "documents": shapes.documents,
    "versions": shapes.versions,
    "checks": shapes.checks,
    "codebook": codebook,
    "crosswalk": crosswalk,
}

FORMATS = tuple(MODULES)


def table_of(connection: Connection, shape: str, selection: Selection) -> Table:
    """Gives a shape of the archive, with what it covers. Raises UsageError for an unknown one."""
    if shape not in SHAPES:
        raise UsageError(f"cannot export {shape!r}; possible: {', '.join(SHAPES)}")
    return replace(SHAPES[shape](connection, selection), about=about(selection))


def about(selection: Selection) -> dict[str, str]:
    """Gives what an export covers, in words that programs read too."""
    known = {
        "revision": str(selection.revision),
        "as_of": time_text(selection.as_of),
        "division": selection.division,
        "years": None if selection.years is None else ",".join(map(str, selection.years)),
        "indicators": ",".join(selection.indicators),
        "balanced": "yes" if selection.balanced else None,
    }
    return {name: text for name, text in known.items() if text}


def export(
    connection: Connection,
    shape: str,
    forms: Sequence[str],
    folder: Path,
    selection: Selection,
    progress: Progress | None = None,
) -> list[Written]:
    """Writes `<shape>.<format>` for each format into a folder; gives the files with their numbers of rows.

    Raises UsageError for an unknown shape or format, StorageFailedError where a file cannot be written.
    """
    return writing.write(table_of(connection, shape, selection), forms, folder, progress)


__all__ = ["FORMATS", "SHAPES", "Selection", "Written", "export", "table_of"]
