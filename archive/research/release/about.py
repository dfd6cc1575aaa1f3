"""What a release says of itself: its version, date, coverage, and the files of its tables."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from archive.errors import UsageError
from archive.research.cite import ARCHIVE, DATASET, DATASET_ZH
from archive.research.exports.table import Table

VERSION = re.compile(r"(\d{4})\.(\d{1,2})\.(\d+)")
TITLE_ZH, TITLE_EN, AUTHOR = DATASET_ZH, DATASET, ARCHIVE
SUMS = "SHA256SUMS"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class About:
    """A release: version and date, what it covers, rows by table, and formats that were left out with the reason."""

    version: str
    date: date
    revision: int
    captured_until: str | None
    as_of: str | None
    rows: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, object]:
        """Gives it as JSON values."""
        return {
            "name": "nianbao",
            "title_zh": TITLE_ZH,
            "title_en": TITLE_EN,
            "version": self.version,
            "date": self.date.isoformat(),
            "revision": self.revision,
            "captured_until": self.captured_until,
            "as_of": self.as_of,
            "rows": dict(self.rows),
            "left_out": list(self.left_out),
            "notes": list(self.said),
        }


@dataclass(frozen=True, slots=True)
class File:
    """A file of a table: its path in the release, rows, size and digest."""

    table: Table
    path: str
    form: str
    rows: int
    size: int
    sha256: str


def dated(version: str, given: date | None) -> date:
    """Gives the date of a release: as given, else the first of its month. Raises UsageError for a bad version."""
    match = VERSION.fullmatch(version)
    if match is None or not 1 <= int(match[2]) <= 12:
        raise UsageError(f"{version!r} is no version; write YEAR.MONTH.NUMBER, as 2026.11.0")
    return given or date(int(match[1]), int(match[2]), 1)


def file_of(table: Table, path: Path, folder: Path, rows: int) -> File:
    """Gives what is told of a written file."""
    name = path.relative_to(folder).as_posix()
    return File(table, name, path.suffix[1:], rows, path.stat().st_size, digest(path))


def digest(path: Path) -> str:
    """Gives the SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()
