"""Fixity: do the stored bytes still match the digests of the index."""

from collections.abc import Callable, Iterator
from functools import cache

from archive.model import Location, Storage
from archive.records import Connection, Engine, captures, warc_files
from archive.warc import verify as warc_verify
from archive.warc.reach import within_reach
from archive.warc.verify import Indexed, Report

TELL_EVERY = 500


def verify(engine: Engine, storage: Storage, tell: Callable[[int, int], None], here: bool = False) -> Report:
    """Gives the report of a verification of all captures, or of those whose WARC file is `here`.

    Raises StoreUnavailableError.
    """
    with engine.connect() as connection:
        uploads = warc_files.uploaded(connection, storage.url) if storage.url else {}
        uploaded = {name: upload.sha256 for name, upload in uploads.items()}
        every = indexed(connection, tell)
        near = cache(lambda name: bool(within_reach(storage, [name])))
        rows = (row for row in every if near(row.location.file)) if here else every
        return warc_verify.verify(storage, rows, uploaded)


def indexed(connection: Connection, tell: Callable[[int, int], None]) -> Iterator[Indexed]:
    """Gives every capture that has a record, by file and offset; tells how far it is."""
    total = captures.count_placed(connection)
    for done, (file, offset, length, sha256) in enumerate(captures.placed(connection), 1):
        yield Indexed(Location(file, offset, length), sha256)
        if done % TELL_EVERY == 0 or done == total:
            tell(done, total)
