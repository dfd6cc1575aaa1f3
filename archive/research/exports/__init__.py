"""Exports: shapes of rows times formats of files.

Rows and columns stand in a fixed order; no clock, run or database key is in them, so that two archives in the same
state export the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from archive.errors import StorageFailedError, UsageError
from archive.records import Connection
from archive.research.exports import csv
from archive.research.exports.shapes import long_rows, wide_rows

Row = dict[str, str | None]

SHAPES: dict[str, Callable[[Connection, int, datetime | None], Iterator[Row]]] = {
    "wide": wide_rows,
    "long": long_rows,
}

EXPORTERS: dict[str, Callable[[Iterable[Row], Path], int]] = {"csv": csv.write}


def export(
    connection: Connection, shape: str, form: str, folder: Path, revision: int, as_of: datetime | None
) -> tuple[Path, int]:
    """Writes `<shape>.<format>` into a folder; gives the file and its number of rows.

    Raises UsageError for an unknown shape or format, StorageFailedError where the file cannot be written.
    """
    for name, known in ((shape, SHAPES), (form, EXPORTERS)):
        if name not in known:
            raise UsageError(f"cannot export {name!r}; possible: {', '.join(known)}")
    path = folder / f"{shape}.{form}"
    partial = path.with_name(f".{path.name}.partial")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        count = EXPORTERS[form](SHAPES[shape](connection, revision, as_of), partial)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageFailedError(f"cannot write {path}: {error.strerror or error}") from error
    return path, count
