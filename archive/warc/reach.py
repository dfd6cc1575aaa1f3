"""Which WARC files can be read from here: on one machine all, of several each has its own and what is in the store."""

from collections.abc import Collection

from archive.errors import CorruptArchiveError, StoreUnavailableError
from archive.model import Storage
from archive.warc import store
from archive.warc.reader import find


def within_reach(storage: Storage, names: Collection[str]) -> set[str]:
    """Gives those of the files that lie in the folder or in the object store behind it.

    Where the store does not answer all are given: who reads them hears why.
    """
    found = {name for name in names if in_folder(storage, name)}
    rest = set(names) - found
    if not rest or storage.url is None:
        return found
    try:
        return found | (rest & store.sizes(storage.url).keys())
    except StoreUnavailableError:
        return set(names)


def in_folder(storage: Storage, name: str) -> bool:
    """Says whether a file lies in the folder, sealed or still open."""
    try:
        find(storage.folder, name)
    except CorruptArchiveError:
        return False
    return True
