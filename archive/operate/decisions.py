"""Files of what people have decided, written anew whenever it changes; `nianbao rebuild` takes them in again.

They lie in the folder `decisions` of the WARC files, one JSON object a line. What agencies are settled as, and
what portals are, stands in files of the operator's already (divisions.toml, the portal files).
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive.errors import CorruptArchiveError, StorageFailedError
from archive.records import Connection, Engine, decisions
from archive.warc.writer import sync_folder

FOLDER = "decisions"
Said = list[dict[str, Any]]

# What there is, how it is taken in, and which fields never change of an entry.
KINDS: dict[str, tuple[Callable[[Connection], Said], Callable[[Connection, Said], None], tuple[str, ...]]] = {
    "overrides": (
        decisions.overrides,
        decisions.add_overrides,
        ("division", "agency", "year", "indicator", "made_at"),
    ),
    "pauses": (decisions.pauses, decisions.add_pauses, ("portal", "since", "reason")),
}


def keep_decisions(engine: Engine, warcs: Path) -> None:
    """Writes each file whose decisions have changed; what stands in a file and not in the database stays there.

    So nothing is lost where a database is new and was not rebuilt yet. Raises StorageFailedError, CorruptArchiveError.
    """
    for name, (every, _, same) in KINDS.items():
        path = warcs / FOLDER / f"{name}.jsonl"
        before = read(path)
        with engine.connect() as connection:
            known = every(connection)
        keys = {identity(each, same) for each in known}
        said = [each for each in before if identity(each, same) not in keys] + known
        if said != before:
            write(path, said)


def take_in(connection: Connection, warcs: Path) -> int:
    """Gives the number of decisions that the files held; an empty database holds them now. Raises as `read` does."""
    taken = 0
    for name, (_, add, _) in KINDS.items():
        said = read(warcs / FOLDER / f"{name}.jsonl")
        try:
            add(connection, said)
        except (KeyError, TypeError) as error:
            raise CorruptArchiveError(f"{warcs / FOLDER / name}.jsonl: an entry lacks {error}") from error
        taken += len(said)
    return taken


def identity(entry: dict[str, Any], fields: tuple[str, ...]) -> tuple[Any, ...]:
    """Gives what makes an entry the same as another one."""
    return tuple(entry.get(field) for field in fields)


def read(path: Path) -> Said:
    """Gives the entries of a file, none where it is not there. Raises CorruptArchiveError naming file and line."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise CorruptArchiveError(f"{path}: cannot be read: {error}") from error
    said = []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line) if line.strip() else {}
        except json.JSONDecodeError as error:
            raise CorruptArchiveError(f"{path}: line {number}: {error}") from error
        if not isinstance(entry, dict):
            raise CorruptArchiveError(f"{path}: line {number}: not a JSON object")
        said += [entry] if entry else []
    return said


def write(path: Path, said: Said) -> None:
    """Replaces a file durably, at once or not at all. Raises StorageFailedError."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in said)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageFailedError(f"cannot write {path}: {error.strerror or error}") from error
