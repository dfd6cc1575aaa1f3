"""Brings sealed WARC files from the folder into the object store; what is there is read back before it counts.

Each file is a step of its own that can be killed and done again: uploaded, read back, recorded, and only then, where
the settings say so, removed from the folder.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.config import Config
from archive.errors import NianbaoError
from archive.records import Engine, warc_files
from archive.records.warc_files import Upload
from archive.warc import store
from archive.warc.writer import SUFFIX, lock

Tell = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True, slots=True)
class Uploads:
    """What a run of uploads did, by names of files; `differing` stand in the store with other bytes than here."""

    uploaded: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file: its bytes are in the store or not, the copy in the folder is removed or not."""

    name: str
    new: bool
    same: bool
    removed: bool = False


def upload(engine: Engine, config: Config, url: str, tell: Tell) -> Uploads:
    """Uploads the sealed files of the folder that the store lacks; gives what was done.

    Raises StoreUnavailableError; files that were uploaded until then are recorded.
    """
    there = store.sizes(url)
    with engine.connect() as connection:
        known = warc_files.uploaded(connection, url)
    remove = config.warc_local == "remove"
    waiting = [path for path in sealed(config.warcs) if remove or not is_there(path, there, known)]
    done = []
    for number, path in enumerate(waiting, 1):
        if path.exists():  # not removed meanwhile by another run
            done.append(bring(engine, url, path, there.get(path.name), remove))
        tell(number, len(waiting))
    return Uploads(
        tuple(each.name for each in done if each.new and each.same),
        tuple(each.name for each in done if each.removed),
        tuple(each.name for each in done if not each.same),
    )


def after_crawl(engine: Engine, config: Config) -> Iterator[str]:
    """Uploads what a crawl has sealed; gives what went wrong, for the files wait in the folder until it goes well."""
    if config.warc_url is None:
        return
    try:
        yield from issues(config.warc_url, upload(engine, config, config.warc_url, lambda done, total: None))
    except NianbaoError as error:
        yield f"WARC files wait in {config.warcs} for their upload: {error}"


def issues(url: str, done: Uploads) -> Iterator[str]:
    """Gives what a person has to look at after uploads."""
    for name in done.differing:
        yield f"{url}/{name}: the object has other bytes than the file in the folder; nothing was overwritten"


def described(folder: Path, url: str) -> str:
    """Says how many files the store has and how many of the folder it lacks. Raises StoreUnavailableError."""
    there = store.sizes(url)
    waiting = sum(there.get(path.name) != path.stat().st_size for path in sealed(folder))
    return f"{url} answers and has {len(there)} files; {waiting} wait for their upload"


def sealed(folder: Path) -> list[Path]:
    """Gives the sealed files of a folder, by name."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def is_there(path: Path, there: dict[str, int], known: dict[str, Upload]) -> bool:
    """Says whether the store lists a file with the size that was recorded when it was read back."""
    return path.name in known and known[path.name].size == there.get(path.name)


def bring(engine: Engine, url: str, path: Path, size: int | None, remove: bool) -> Brought:
    """Uploads one file unless the store has it, reads it back, records it. Raises StoreUnavailableError."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        here = os.fstat(file.fileno()).st_size
    if size is None:
        store.put(url, path)
    if (size or here) != here or store.digest(url, path.name, here) != sha256:
        return Brought(path.name, size is None, same=False)
    with engine.begin() as connection:
        warc_files.set_uploaded(connection, url, Upload(path.name, here, sha256), datetime.now(UTC))
    return Brought(path.name, size is None, same=True, removed=remove and removed(path))


def removed(path: Path) -> bool:
    """Removes a file from the folder; False where someone is checking it, as it then waits for the next time."""
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if not lock(fd):
            return False
        path.unlink()
        return True
    finally:
        os.close(fd)
