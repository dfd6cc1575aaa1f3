"""The recorded reports, what reading them gives, and how much of it is right."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from archive.model import Hints, Payload, Reading, Status
from archive.read import read
from archive.read.json import reading_json

FOLDER = Path(__file__).parent
REPORTS = FOLDER / "reports"


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded report: the folder it lies in, and its form and format."""

    folder: Path

    @property
    def name(self) -> str:
        """Gives <form>/<format>/<case>."""
        return self.folder.relative_to(REPORTS).as_posix()

    @property
    def kind(self) -> str:
        """Gives <form>/<format>."""
        return self.folder.parent.relative_to(REPORTS).as_posix()

    @property
    def source(self) -> Path:
        """Gives the one file beside expected.json."""
        (found,) = (path for path in self.folder.iterdir() if path.name != "expected.json")
        return found

    @property
    def expected(self) -> dict[str, Any]:
        """Gives what was put into the file."""
        loaded: dict[str, Any] = json.loads((self.folder / "expected.json").read_text(encoding="utf-8"))
        return loaded


@dataclass(frozen=True, slots=True)
class Score:
    """Cells printed, cells read right, and false ones: numbers that are not printed there."""

    cells: int
    right: int
    false: int

    def __add__(self, other: "Score") -> "Score":
        return Score(self.cells + other.cells, self.right + other.right, self.false + other.false)


def cases() -> Iterator[Case]:
    """Gives all recorded cases in a fixed order."""
    yield from (Case(path.parent) for path in sorted(REPORTS.glob("*/*/*/expected.json")))


@cache
def reading_of(case: Case) -> Reading:
    """Gives the reading of a case, read once in a process."""
    return read(Payload(case.source.read_bytes()), Hints(file_name=case.source.name))


def score(case: Case) -> Score:
    """Gives how much of a case is read right; a cell that expected.json calls unreadable is not."""
    expected = case.expected
    status = expected.get("status", {})
    found = {figure.indicator: figure for figure in reading_of(case).figures}
    right = false = 0
    for code, printed in expected["figures"].items():
        figure = found.get(code)
        if figure is None or figure.status is Status.UNREADABLE:
            continue
        default = Status.BLANK if printed is None else Status.NUMBER
        same = (figure.raw or "").strip() == (printed or "") or code in status
        if figure.status is Status(status.get(code, default)) and same:
            right += 1
        elif figure.status is Status.NUMBER:
            false += 1
    return Score(len(expected["figures"]), right, false)


def digest(case: Case) -> str:
    """Gives the SHA-256 of all that a reading says; of a scan only the figures, as recognition knows fractions."""
    said = reading_json(reading_of(case), case.name, "")
    if case.folder.parent.name == "scan":
        said = {"figures": [(f["indicator"], f["status"], f["value"]) for f in said["figures"]]}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
