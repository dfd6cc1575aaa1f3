"""Reads files from disk in limited worker processes, as `nianbao read` prints them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from archive import sandbox
from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read import read_all
from archive.read.explain import explain
from archive.read.json import reading_json
from archive.unpacking import unpack


def read_files(files: Sequence[Path], workers: int) -> Iterator[dict[str, Any]]:
    """Gives the JSON objects of each file, one a report, in the order given; `error` where the file cannot be read."""
    answers = sandbox.run(read_file, enumerate(files), workers=min(workers, len(files)))
    early: dict[int, list[dict[str, Any]]] = {}
    turn = 0
    for (place, path), answer in answers:
        if isinstance(answer, sandbox.Failure):
            answer = [error_json(path, answer.code, answer.message)]
        early[place] = answer
        while turn in early:
            yield from early.pop(turn)
            turn += 1


def read_file(task: tuple[int, Path]) -> list[dict[str, Any]]:
    """Gives the JSON objects of one file, one a report. Runs in a worker process."""
    _, path = task
    try:
        data = path.read_bytes()
    except OSError as error:
        return [error_json(path, "unreadable-file", error.strerror or str(error))]
    payload = Payload(data)
    try:
        found = read_all(payload, Hints(file_name=path.name), unpack)
    except UnreadableDocumentError as error:
        return [error_json(path, error.code, error.message, payload.sha256)]
    return [reading_json(reading, str(path), payload.sha256) for reading in found]


def explain_files(files: Sequence[Path]) -> Iterator[tuple[Path, list[str] | sandbox.Failure]]:
    """Gives, for a person, what the reader saw in each file (archive.read.explain), or why it cannot be read."""
    return sandbox.run(explain_file, files, workers=1)


def explain_file(path: Path) -> list[str] | sandbox.Failure:
    """Gives the lines that explain one file. Runs in a worker process."""
    lines: list[str] = []
    try:
        payload = Payload(path.read_bytes())
        read_all(payload, Hints(file_name=path.name), unpack, lambda of, said: lines.extend(explain(said, of.tables)))
    except OSError as error:
        return sandbox.Failure("unreadable-file", error.strerror or str(error))
    except UnreadableDocumentError as error:
        return sandbox.Failure(error.code, error.message)
    return lines


def error_json(path: Path, code: str, message: str, sha256: str | None = None) -> dict[str, Any]:
    """Gives the object of a file that cannot be read."""
    return {"file": str(path), "sha256": sha256, "error": {"code": code, "message": message}}
