"""Mends a WARC file from a copy in another place: the copy is checked first, the bad file is kept beside it."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from archive.errors import StorageFailedError
from archive.model import Storage
from archive.warc import store
from archive.warc.store import MissingObjectError
from archive.warc.verify import Finding, Indexed, check_file
from archive.warc.writer import OPEN, sync_file, sync_folder


def mend(folder: Path, name: str, rows: Sequence[Indexed], places: Sequence[Path | str]) -> Finding | None:
    """Puts a good copy of a sealed file into the folder, from the first of the places (folder, s3://…) that has one.

    Good is a copy in which every one of the file's rows has its bytes, and all bytes are right. The bad file stays as
    `<name>.bad-<beginning of its SHA-256>`; readers see either it or the copy, never neither. Gives what was done, None
    where no place has a good copy. Raises StorageFailedError, StoreUnavailableError.
    """
    path = folder / name
    if path.with_name(name + OPEN).exists():  # its writer, or its recovery, comes first
        return None
    if path.exists() and check_file(folder, name, rows).sound:  # what is bad is its copy in the store
        return None
    folder.mkdir(parents=True, exist_ok=True)
    for place in places:
        try:
            with fetched(folder, name, place) as copy:
                if copy is None or not check_file(copy.parent, name, rows).sound:
                    continue
                sync_file(copy)
                kept = f"; the bad file is kept as {set_beside(path)}" if path.exists() else ""
                copy.replace(path)
                sync_folder(folder)
        except OSError as error:
            raise StorageFailedError(f"{path}: cannot be mended: {error.strerror or error}") from error
        return Finding(name, 0, f"copied from {place}{kept}")
    return None


@contextmanager
def fetched(folder: Path, name: str, place: Path | str) -> Iterator[Path | None]:
    """Gives a copy of a file on the folder's own disk, removed afterwards; None where the place has none."""
    hold = folder / f".mending-{name}"
    shutil.rmtree(hold, ignore_errors=True)  # of a mending that was killed
    hold.mkdir()
    try:
        yield hold / name if copied(name, place, hold / name) else None
    finally:
        shutil.rmtree(hold, ignore_errors=True)


def copied(name: str, place: Path | str, to: Path) -> bool:
    """Copies a file from a folder or an object store; False where it is not there."""
    if isinstance(place, Path):
        if not (place / name).is_file():
            return False
        shutil.copyfile(place / name, to)
        return True
    try:
        with to.open("wb") as file:
            for piece in store.pieces(place, name, store.size(place, name)):
                file.write(piece)
    except MissingObjectError:
        return False
    return True


def set_beside(path: Path) -> str:
    """Gives a file a second name, under which it stays when it is replaced; gives that name."""
    with path.open("rb") as file:
        beside = path.with_name(f"{path.name}.bad-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}")
    if not beside.exists():
        os.link(path, beside)
    return beside.name


def places_of(copy: str | None, storage: Storage) -> list[Path | str]:
    """Gives where else files may lie: the second location of the settings, then the object store."""
    second: list[Path | str] = [] if copy is None else [copy if copy.startswith("s3://") else Path(copy)]
    return [*second, *([storage.url] if storage.url else [])]
