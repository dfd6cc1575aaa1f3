"""Cells right, false numbers and milliseconds a document by format, ours beside other readers on the same files.

The files are the recorded reports; more folders with the same lay-out (<form>/<format>/<case>/) can be named. What a
peer finds is matched to the forms by the same code as ours, so that only the reading of tables is compared. The peers
live in an environment of their own (.venv-peers), which the first run makes.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import UnreadableDocumentError
from archive.model import Figure, Hints, Payload, Status
from archive.read import read
from archive.read.blocks import Layout, fields
from archive.read.forms.match import match
from tests.recorded.cases import Case, cases

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv-peers"
HERE = Path(__file__).parent / "peers"
LIBRARIES = {
    "html": "selectolax, trafilatura",
    "txt": "own",
    "md": "own",
    "docx": "lxml",
    "doc": "olefile, own",
    "wps": "olefile, own",
    "rtf": "own",
    "xls": "olefile, own",
    "xlsx": "lxml, own",
    "et": "olefile, own",
    "mhtml": "email, selectolax, trafilatura",
    "zip": "zipfile",
    "pdf": "pypdfium2, own grid",
    "ofd": "lxml, own grid",
    "scan": "rapidocr, opencv, own grid",
}
FEW = 3  # rows of a table under which a peer's find is noise


@dataclass(frozen=True, slots=True)
class Result:
    """What one reader made of the cases of one format; `ms` is the median a document, None where nothing was read."""

    cells: int
    right: int
    false: int
    ms: float | None

    def __str__(self) -> str:
        if self.ms is None:
            return "–"
        return f"{self.right / self.cells:.1%}, {self.false} false, {self.ms:.1f} ms"


def main(folders: Iterable[str]) -> None:
    """Prints a Markdown table: a row a format, a column a reader."""
    python = peers_python()
    kinds: dict[str, list[Case]] = {}
    for case in [*cases(), *(Case(path.parent) for f in folders for path in Path(f).glob("*/*/*/expected.json"))]:
        if not {"figures"} - set(case.expected):
            kinds.setdefault(case.folder.parent.name, []).append(case)
    names = ("trafilatura", "pandas", "pdfplumber", "markitdown", "kreuzberg")
    print("| format | library | files | Nianbao |" + "".join(f" {name} |" for name in names))
    print("|---|---|---|---|" + "---|" * len(names))
    for kind, own in sorted(kinds.items()):
        ours = by_nianbao(own)
        theirs = [by_peer(python, name, own) for name in names]
        print(
            f"| {kind} | {LIBRARIES.get(kind, '')} | {len(own)} | {ours} |" + "".join(f" {each} |" for each in theirs)
        )


def peers_python() -> Path:
    """Gives the Python of the peers' environment, made where it is not there."""
    python = VENV / "bin" / "python"
    if not python.exists():
        uv = [str(ROOT / ".venv" / "bin" / "uv")]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], check=True)
        asked = ["pip", "install", "--quiet", "--python", str(python), "-r", str(HERE / "requirements.txt")]
        subprocess.run([*uv, *asked], check=True)
    return python


def by_nianbao(own: list[Case]) -> Result:
    """Gives what `read` makes of the cases."""
    found, took = [], []
    for case in own:
        payload, hints = Payload(case.source.read_bytes()), Hints(file_name=case.source.name)
        try:
            read(payload, hints)
            start = time.perf_counter()
            figures = read(payload, hints).figures
            took.append((time.perf_counter() - start) * 1000)
        except UnreadableDocumentError:
            figures = ()
        found.append({figure.indicator: figure for figure in figures})
    return result(own, found, took)


def by_peer(python: Path, name: str, own: list[Case]) -> Result:
    """Gives what a peer's tables say when our forms are matched to them."""
    files = "".join(f"{case.source}\n" for case in own)
    done = subprocess.run(
        [str(python), str(HERE / "tables.py"), name], input=files, capture_output=True, text=True, check=True
    )
    found, took = [], []
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        tables = [fields(rows, Layout.TABBED) for rows in answer.get("tables", []) if len(rows) >= FEW or rows[0][1:]]
        found.append({figure.indicator: figure for figure in match(tables, [], None).figures})
        took += [answer["ms"]] if tables else []
    return result(own, found, took)


def result(own: list[Case], found: list[dict[str, Figure]], took: list[float]) -> Result:
    """Gives the counts over all cases of a format."""
    counted = [count(case.expected, figures) for case, figures in zip(own, found, strict=True)]
    cells, right, false = (sum(column) for column in zip(*counted, strict=True))
    return Result(cells, right, false, statistics.median(took) if took else None)


def count(expected: Mapping[str, dict[str, str | None]], found: Mapping[str, Figure]) -> tuple[int, int, int]:
    """Gives cells, cells right and numbers that are not printed there, of one case."""
    printed = expected["figures"]
    status = expected.get("status", {})
    right = false = 0
    for code, text in printed.items():
        figure = found.get(code)
        wanted = status.get(code, "blank" if text is None else "number")
        same = figure is not None and figure.status == wanted and (text is None or (figure.raw or "").strip() == text)
        right += same
        false += not same and figure is not None and figure.status is Status.NUMBER
    return len(printed), right, false


if __name__ == "__main__":
    main(sys.argv[1:])
