"""The codebook as files: Markdown and JSON of our own, every format of the exports besides."""

import json
from collections.abc import Sequence
from pathlib import Path

from archive.errors import StorageFailedError
from archive.records import Connection
from archive.research.codebook.counts import missing_by_year
from archive.research.codebook.entries import Entry, entries
from archive.research.codebook.render import codebook_json, markdown
from archive.research.exports import about, table_of, writing
from archive.research.exports.selection import Selection
from archive.research.exports.writing import Written

TEXTS = ("md", "json")
FORMATS = (*TEXTS, *writing.MODULES)


def write(connection: Connection, forms: Sequence[str], folder: Path, selection: Selection) -> list[Written]:
    """Writes `codebook.<format>` for each format; gives the files with the number of indicators.

    Raises UsageError for an unknown format, StorageFailedError where a file cannot be written.
    """
    tables = [form for form in forms if form not in TEXTS]
    made = writing.write(table_of(connection, "codebook", selection), tables, folder) if tables else []
    for form in dict.fromkeys(form for form in forms if form in TEXTS):
        path = folder / f"codebook.{form}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            whole(path, text_of(connection, form, selection))
        except OSError as error:
            raise StorageFailedError(f"cannot write {path}: {error.strerror or error}") from error
        made.append(Written(path, len(wanted(selection)), ()))
    return made


def text_of(connection: Connection, form: str, selection: Selection) -> str:
    """Gives the codebook as `md` or `json`."""
    chosen = wanted(selection)
    counted = missing_by_year(connection, chosen, selection.revision, selection.as_of)
    if form == "json":
        return json.dumps(codebook_json(chosen, counted, about(selection)), ensure_ascii=False, indent=1) + "\n"
    return "\n".join(markdown(chosen, counted, about(selection))) + "\n"


def wanted(selection: Selection) -> list[Entry]:
    """Gives the entries that a selection asks for."""
    return [each for each in entries() if selection.wants(each.code)]


def whole(path: Path, text: str) -> None:
    """Writes a file beside its name and renames it."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
