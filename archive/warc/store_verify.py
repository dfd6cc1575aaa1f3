"""Fixity of the copies in an object store: are they there, and are they what was uploaded."""

import fcntl
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from archive.errors import CorruptArchiveError
from archive.model import Storage
from archive.warc import store
from archive.warc.reader import find
from archive.warc.store import MissingObjectError
from archive.warc.writer import SUFFIX


class Copies:
    """The files of an object store, listed once; none where there is no store.

    `uploaded` gives the SHA-256 that each had when it was read back after its upload. All methods raise
    StoreUnavailableError.
    """

    def __init__(self, storage: Storage, uploaded: Mapping[str, str]) -> None:
        self._storage = storage
        self._uploaded = uploaded
        self._sizes = store.sizes(storage.url) if storage.url else {}
        self._digests: dict[str, str] = {}  # of what was read anyway

    @property
    def names(self) -> set[str]:
        """Gives the files that are in the store, or should be."""
        return {name for name in self._sizes if name.endswith(SUFFIX)} | self._uploaded.keys()

    @contextmanager
    def readable(self, name: str) -> Iterator[Path]:
        """Gives a folder with a file to read: the own one if it is there, else one with what the store has."""
        try:
            path = find(self._storage.folder, name)
        except CorruptArchiveError:
            with tempfile.TemporaryDirectory(prefix="nianbao-verify-") as folder:
                yield Path(folder) if self._fetched(name, Path(folder) / name) else self._storage.folder
            return
        with path.open("rb") as file:  # nobody removes it meanwhile (archive/operate/uploads.py)
            if not path.name.endswith(SUFFIX):  # a living writer's lock is not ours to hold
                yield self._storage.folder
                return
            fcntl.flock(file, fcntl.LOCK_SH)
            yield self._storage.folder

    def missing(self, name: str) -> str | None:
        """Gives why a file should be in the store, if it is not."""
        if name in self._uploaded and name not in self._sizes:
            return f"not in {self._storage.url}, to which it was uploaded"
        return None

    def wrong(self, name: str) -> str | None:
        """Gives what is wrong with the copy in the store, if there is one; a file is one request for each piece."""
        if name not in self._sizes or not self._storage.url:
            return None
        expected = self._uploaded.get(name) or self._local_digest(name)
        found = self._digests.pop(name, None) or store.digest(self._storage.url, name, self._sizes[name])
        if expected in (None, found):
            return None
        return f"the copy in {self._storage.url} has the SHA-256 {found}, not {expected}"

    def _fetched(self, name: str, to: Path) -> bool:
        """Copies a file out of the store; False where it is not there."""
        url = self._storage.url
        if url is None:
            return False
        made = hashlib.sha256()
        try:
            size = self._sizes[name] = store.size(url, name)  # it may have come since they were listed
            with to.open("wb") as file:
                for piece in store.pieces(url, name, size):
                    made.update(piece)
                    file.write(piece)
        except MissingObjectError:
            self._sizes.pop(name, None)
            return False
        self._digests[name] = made.hexdigest()
        return True

    def _local_digest(self, name: str) -> str | None:
        """Gives the SHA-256 of a sealed file of the folder, None where it is not there."""
        try:
            with (self._storage.folder / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
