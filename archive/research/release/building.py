"""Building a release: every table in its formats, what describes them, and their digests; in one snapshot."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from archive.errors import StorageFailedError, UsageError
from archive.plain import time_text
from archive.records import Connection, provenance
from archive.research.cite import apa, dataset_work
from archive.research.codebook.writing import text_of
from archive.research.exports import SHAPES, limits, table_of, writing
from archive.research.exports.selection import Selection
from archive.research.exports.table import Table, reasons_of
from archive.research.release import sources
from archive.research.release.about import SUMS, About, File, dated, digest, file_of
from archive.research.release.changes import changes_text, compare
from archive.research.release.datapackage import croissant, datapackage
from archive.research.release.texts import texts

FORMATS = {
    "wide": ("csv", "parquet", "xlsx", "dta", "sav"),
    "long": ("csv", "parquet"),
    "documents": ("csv", "parquet", "dta"),
    "versions": ("csv", "parquet"),
    "checks": ("csv", "parquet"),
    "codebook": ("csv", "parquet"),
    "crosswalk": ("csv", "parquet"),
}
Say = Callable[[str], None]


def build(
    connection: Connection,
    version: str,
    folder: Path,
    selection: Selection,
    given: date | None = None,
    since: Path | None = None,
    say: Say = lambda line: None,
) -> About:
    """Writes a release into a folder that is not there yet; gives what it says of itself.

    Raises UsageError for a bad version, a folder that holds something, or a `since` that is no release;
    StorageFailedError where it cannot be written. Nothing is left of a release that does not become whole.
    """
    last = provenance.last_capture(connection)
    about = About(version, dated(version, given), selection.revision, time_text(last), time_text(selection.as_of))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already; a release is never written over another")
    partial = folder.with_name(f".{folder.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        made = fill(connection, about, partial, selection, since, say)
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    except OSError as error:
        raise StorageFailedError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return made


def fill(
    connection: Connection, about: About, folder: Path, selection: Selection, since: Path | None, say: Say
) -> About:
    """Writes everything into a folder, the digests last."""
    files: list[File] = []
    left_out: list[str] = []
    said: list[str] = []
    for table, forms, place in tables(connection, selection):
        possible = [form for form in forms if limits.fits(form, table.total or 0, len(table.columns))]
        left_out += [f"data/{table.name}.{form}: too many rows" for form in forms if form not in possible]
        say(f"writing {table.name}: {', '.join(possible)}")
        for one in writing.write(table, possible, folder / place):
            files.append(file_of(described(table, one.path), one.path, folder, one.rows))
            said += [f"{files[-1].path}: {note}" for note in one.said]
    rows = {file.table.name: file.rows for file in files}
    done = replace(about, rows=rows, left_out=tuple(left_out), said=tuple(said))
    found = None if since is None else compare(since, folder)
    before = None if since is None else json.loads((since / "release.json").read_text(encoding="utf-8"))["version"]
    put(folder, "CHANGES.md", changes_text(found, before, about.version))
    put(folder, "codebook.md", text_of(connection, "md", selection))
    for path, text in texts(done, files):
        put(folder, path, text)
    cite = apa(dataset_work(about.version, about.date, ""))
    put(folder, "datapackage.json", as_text(datapackage(done, files)))
    put(folder, "croissant.json", as_text(croissant(done, files, cite)))
    put(folder, "release.json", as_text(done.values))
    put(folder, SUMS, "".join(sums(folder)))
    return done


def tables(connection: Connection, selection: Selection) -> Iterator[tuple[Table, Sequence[str], str]]:
    """Gives the tables of a release, the formats of each, and the folder it goes to."""
    for shape in SHAPES:
        yield table_of(connection, shape, selection), FORMATS[shape], "data"
    for source in (sources.payloads, sources.warc_files):
        yield source(connection, selection), ("csv",), "sources"


def described(table: Table, path: Path) -> Table:
    """Gives the table that a file holds: that of the reasons where its name says so."""
    return reasons_of(table) if path.stem == f"{table.name}_status" else table


def put(folder: Path, path: str, text: str) -> None:
    """Writes a text."""
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8", newline="\n")


def as_text(value: object) -> str:
    """Gives JSON for people and programs."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def sums(folder: Path) -> Iterator[str]:
    """Gives the lines of the list of digests, as `sha256sum -c` takes them."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield f"{digest(path)}  {path.relative_to(folder).as_posix()}\n"
