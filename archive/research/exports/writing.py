"""Tables into files: every format of a table in one pass, beside its name first and renamed when it is whole."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from archive.errors import StorageFailedError, UsageError
from archive.research.exports.table import Block, Row, Table, Words, reasons_of, reasons_row

BATCH = 500
MODULES = {
    "csv": ("csv", "Csv"),
    "xlsx": ("xlsx", "Xlsx"),
    "parquet": ("parquet", "Parquet"),
    "dta": ("stata", "Stata"),
    "sav": ("spss", "Spss"),
}
"""format → the module here and its writer."""

WITHOUT_CODES = ("csv", "parquet")  # formats that say in a table of its own why a figure is missing
Progress = Callable[[int, int], None]


class Writer(Protocol):
    """A format: takes rows in order, and makes the file whole when it is closed; abandoned, it holds nothing open."""

    def add(self, rows: Iterable[Row]) -> None:
        """Takes rows."""

    def close(self) -> None:
        """Makes the file whole."""

    def abandon(self) -> None:
        """Lets go of a file that does not become whole."""

    @property
    def said(self) -> tuple[str, ...]:
        """Gives what a reader must be told of the file."""


@runtime_checkable
class ColumnWriter(Writer, Protocol):
    """A format that takes columns too."""

    def add_columns(self, columns: Sequence[Any], rounded: int) -> None:
        """Takes some rows as columns of Arrow, in which so many numbers had to be rounded."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file with its rows, and what its readers must be told."""

    path: Path
    rows: int
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One file that is being written; `reasons` where it is the table of reasons."""

    path: Path
    partial: Path
    writer: Writer
    reasons: bool = False


def writer_of(form: str) -> Callable[[Table, Path], Writer]:
    """Gives the writer of a format. Raises UsageError for one that is not known or lacks its libraries."""
    if form not in MODULES:
        raise UsageError(f"cannot export {form!r}; possible: {', '.join(MODULES)}")
    module, name = MODULES[form]
    try:
        found: Callable[[Table, Path], Writer] = getattr(importlib.import_module(f"{__package__}.{module}"), name)
    except ModuleNotFoundError as error:
        raise UsageError(f"{form} needs {error.name}: pip install 'nianbao[exports]', or export csv") from error
    return found


def write(table: Table, forms: Sequence[str], folder: Path, progress: Progress | None = None) -> list[Written]:
    """Writes `<table>.<format>` into a folder, in one pass; gives the files with their rows.

    CSV and Parquet say in `<table>_status` of the same shape why figures are missing. Raises UsageError for an unknown
    format or too many rows for one, StorageFailedError where a file cannot be written; then none of them is there.
    """
    made = {form: writer_of(form) for form in dict.fromkeys(forms)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            parts: list[Part] = []
            for form, make in made.items():
                for reasons in (False, True) if table.has_reasons and form in WITHOUT_CODES else (False,):
                    parts.append(begin(reasons_of(table) if reasons else table, form, make, folder, stack, reasons))
            rows = fill(table, parts, progress)
            for part in parts:
                part.writer.close()
            for part in parts:
                part.partial.replace(part.path)
    except OSError as error:
        raise StorageFailedError(f"cannot write into {folder}: {error.strerror or error}") from error
    return [Written(part.path, rows, part.writer.said) for part in parts]


def begin(
    table: Table, form: str, make: Callable[[Table, Path], Writer], folder: Path, stack: ExitStack, reasons: bool
) -> Part:
    """Gives a file that is written beside its name; the stack takes it away where it does not become whole."""
    path = folder / f"{table.name}.{form}"
    partial = path.with_name(f".{path.name}.partial")
    stack.callback(partial.unlink, missing_ok=True)
    writer = make(table, partial)
    stack.callback(writer.abandon)
    return Part(path, partial, writer, reasons)


def fill(table: Table, parts: Sequence[Part], progress: Progress | None) -> int:
    """Writes a table into files, by columns where it comes in them and all formats take them; gives its rows."""
    writers = [(part.writer, part.reasons) for part in parts]
    takers = [(writer, reasons) for writer, reasons in writers if isinstance(writer, ColumnWriter)]
    if table.blocks is not None and len(takers) == len(writers):
        written = by_columns(table.blocks(), takers)
    else:
        written = by_rows(table, writers)
    count = 0
    for added in written:
        count += added
        if progress is not None:
            progress(count, max(table.total or 0, count))
    return count


def by_rows(table: Table, writers: Sequence[tuple[Writer, bool]]) -> Iterator[int]:
    """Writes the rows of a table, some hundreds at a time; gives how many were written each time."""
    figures, known = table.figures, Words()
    for batch in batches(table.rows()):
        words = [reasons_row(row, figures, known) for row in batch] if any(reasons for _, reasons in writers) else []
        for writer, reasons in writers:
            writer.add(words if reasons else batch)
        yield len(batch)


def by_columns(blocks: Iterator[Block], writers: Sequence[tuple[ColumnWriter, bool]]) -> Iterator[int]:
    """Writes the blocks of a table; gives how many rows were written each time."""
    for block in blocks:
        for writer, reasons in writers:
            writer.add_columns(block.reasons if reasons else block.columns, 0 if reasons else block.rounded)
        yield block.rows


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Gives some hundreds of rows at a time."""
    while batch := list(islice(rows, BATCH)):
        yield batch
