"""The manifest of an import: a CSV file in which a person says of files what the files do not say themselves."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import UsageError
from archive.portals import SHANGHAI

COLUMNS = ("path", "url", "captured_at", "title", "published", "agency", "year", "portal")
ENCODINGS = ("utf-8-sig", "gb18030")  # of spreadsheet programs, the second where Windows is Chinese
YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of a file; None where its cell is empty."""

    line: int
    url: str | None = None
    captured_at: datetime | None = None
    title: str | None = None
    published: date | None = None
    agency: str | None = None
    year: int | None = None
    portal: str | None = None


Manifest = Mapping[Path, Said]


def load(path: Path) -> Manifest:
    """Gives what a manifest says by file. Raises UsageError naming file and line.

    Paths are relative to the manifest's folder; times without an offset are China Standard Time.
    """
    said: dict[Path, Said] = {}
    for line, row in rows(path):
        where = f"{path}:{line}"
        if not row.get("path"):
            raise UsageError(f"{where}: no path")
        file = (path.parent / row["path"]).resolve()
        if file in said:
            raise UsageError(f"{where}: {row['path']} stands in line {said[file].line} too")
        if not file.is_file():
            raise UsageError(f"{where}: no file {row['path']} in {path.parent}")
        said[file] = parsed(row, line, where)
    return said


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Gives the rows of a manifest with the lines at which they end. Raises UsageError."""
    try:
        reader = csv.DictReader(io.StringIO(decoded(path), newline=""), strict=True)
        columns = [name.strip() for name in reader.fieldnames or ()]
        if unknown := [name for name in columns if name not in COLUMNS]:
            raise UsageError(f"{path}:1: unknown column {unknown[0]!r}; possible: {', '.join(COLUMNS)}")
        if "path" not in columns:
            raise UsageError(f"{path}:1: no column 'path'")
        reader.fieldnames = columns
        for row in reader:
            if None in row:
                raise UsageError(f"{path}:{reader.line_num}: more cells than columns")
            yield reader.line_num, {name: (cell or "").strip() for name, cell in row.items()}
    except csv.Error as error:
        raise UsageError(f"{path}: not CSV: {error}") from error


def decoded(path: Path) -> str:
    """Gives the text of a manifest. Raises UsageError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{path}: neither UTF-8 nor GB 18030")


def parsed(row: Mapping[str, str], line: int, where: str) -> Said:
    """Gives a row with its cells understood. Raises UsageError for one that is not what its column asks for."""
    url, year = row.get("url"), row.get("year")
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise UsageError(f"{where}: url {url!r} is not a web address")
    if year and not (year.isascii() and year.isdigit() and int(year) in YEARS):
        raise UsageError(f"{where}: year {year!r} is not a year")
    try:
        published = date.fromisoformat(row["published"]) if row.get("published") else None
        at = datetime.fromisoformat(row["captured_at"]) if row.get("captured_at") else None
    except ValueError as error:
        raise UsageError(f"{where}: {error}; write 2024-01-31 or 2024-01-31T08:00:00+08:00") from error
    return Said(
        line=line,
        url=url or None,
        captured_at=at.replace(tzinfo=SHANGHAI) if at and at.tzinfo is None else at,
        title=row.get("title") or None,
        published=published,
        agency=row.get("agency") or None,
        year=int(year) if year else None,
        portal=row.get("portal") or None,
    )
