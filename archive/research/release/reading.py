"""The tables of a release read back from their files, cell by cell, as values that can be compared."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

from archive.research.exports.harmless import no_formula, visible
from archive.research.missing import Missing

Value = str | float | None
CHUNK = 20_000
LETTERS = {each.letter: each.word for each in Missing}
SPSS = {float(each.spss): each.word for each in Missing}
CUT = "… ["


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the data package describes it."""

    name: str
    short: str
    text: bool
    figure: bool


def fields_of(schema: Mapping[str, Any]) -> list[Field]:
    """Gives the columns that a schema describes."""
    return [
        Field(each["name"], each["short_name"], each["type"] == "string", bool(each.get("figure")))
        for each in schema["fields"]
    ]


def csv_rows(path: Path, fields: Sequence[Field], statuses: Path | None) -> Iterator[list[Value]]:
    """Gives the rows of a CSV file: texts, doubles; for a figure without value the reason that `statuses` has."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        for row, words in zip(rows, status_rows(statuses), strict=statuses is not None):
            yield [
                cell if field.text else (double(cell) if cell else (word or None) if field.figure else None)
                for cell, word, field in zip(row, words or repeat(None), fields, strict=False)
            ]


def status_rows(path: Path | None) -> Iterator[list[str] | None]:
    """Gives the rows of a table of reasons, None for ever where there is none."""
    if path is None:
        yield from repeat(None)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            next(rows, None)
            yield from rows


def double(digits: str) -> Value:
    """Gives the double of digits, and what is none as it stands: it will be unlike what other formats have."""
    try:
        return float(digits)
    except ValueError:
        return digits


def csv_header(path: Path) -> list[str]:
    """Gives the names in the first row of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def parquet_rows(path: Path, fields: Sequence[Field]) -> Iterator[list[Value]]:
    """Gives the rows of a Parquet file; raises KeyError for a column that is not there."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(CHUNK, columns=None):
            columns = [batch.column(field.name).to_pylist() for field in fields]
            for row in zip(*columns, strict=True):
                yield [plain(cell) if field.text else number(cell) for cell, field in zip(row, fields, strict=True)]


def stata_rows(path: Path, fields: Sequence[Field]) -> Iterator[list[Value]]:
    """Gives the rows of a Stata file, figures without value as their reason."""
    import pyreadstat

    return framed(pyreadstat.read_dta, path, fields, LETTERS)


def spss_rows(path: Path, fields: Sequence[Field]) -> Iterator[list[Value]]:
    """Gives the rows of an SPSS file, figures without value as their reason."""
    import pyreadstat

    return framed(pyreadstat.read_sav, path, fields, SPSS)


def framed(
    read: Callable[..., Any], path: Path, fields: Sequence[Field], codes: Mapping[Any, str]
) -> Iterator[list[Value]]:
    """Gives the rows of a statistics program's file, some thousands at a time."""
    start = 0
    while True:
        frame, _ = read(path, user_missing=True, row_offset=start, row_limit=CHUNK)
        columns = [list(frame[field.short]) for field in fields]
        for row in zip(*columns, strict=True):
            yield [
                plain(cell) if field.text else codes[cell] if cell in codes else number(cell)
                for cell, field in zip(row, fields, strict=True)
            ]
        if len(frame) < CHUNK:
            return
        start += CHUNK


def plain(cell: Any) -> str:
    """Gives a text as CSV writes it; one that is missing is empty."""
    return no_formula(visible(cell)) if isinstance(cell, str) else ""


def number(cell: Any) -> float | None:
    """Gives a double, None for none."""
    return None if cell is None or cell != cell else float(cell)


def same(wanted: Value, found: Value, form: str) -> bool:
    """Tells whether a cell says the same; SPSS has no spaces at the end, and a longer text than it holds is cut."""
    if wanted == found:
        return True
    if form != "sav" or not isinstance(wanted, str) or not isinstance(found, str):
        return False
    return wanted.rstrip() == found.rstrip() or (CUT in found and wanted.startswith(found[: found.rindex(CUT)]))


READERS: dict[str, Callable[[Path, Sequence[Field]], Iterator[list[Value]]]] = {
    "parquet": parquet_rows,
    "dta": stata_rows,
    "sav": spss_rows,
}
