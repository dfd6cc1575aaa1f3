"""Reads records of WARC files: one by its place, or all in order."""

import os
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from archive.errors import CorruptArchiveError
from archive.model import Location, Storage
from archive.warc import store
from archive.warc.coding import Content
from archive.warc.http import decoded, parse_response
from archive.warc.member import MalformedRecordError, Record, parse, unpack
from archive.warc.writer import OPEN

BITE = 1 << 20


class TornTailError(CorruptArchiveError):
    """From `offset` on, a file holds no complete record: the end a killed writer left, or damage."""

    def __init__(self, path: Path, offset: int, reason: str) -> None:
        super().__init__(f"{path}: no complete record at offset {offset}: {reason}")
        self.path = path
        self.offset = offset
        self.reason = reason


def find(folder: Path, name: str) -> Path:
    """Gives the path of a WARC file, sealed or still open. Raises CorruptArchiveError if it is neither."""
    sealed = folder / name
    for path in (sealed, sealed.with_name(name + OPEN), sealed):  # it may be sealed between the first two looks
        if path.is_file():
            return path
    raise CorruptArchiveError(f"{sealed}: the index names this file, but it is not there")


def record_at(storage: Storage, location: Location) -> Record:
    """Gives the record at a place, every check of it passed.

    Raises CorruptArchiveError naming file and offset, StoreUnavailableError where its file is in an object store that
    does not answer.
    """
    return member_at(storage, location)[1]


def member_at(storage: Storage, location: Location) -> tuple[bytes, Record]:
    """Gives the stored bytes of the record at a place, and the record. Raises as record_at does."""
    data = bytes_at(storage, location)
    where = f"{storage.folder / location.file}: offset {location.offset}"
    if len(data) < location.length:
        raise CorruptArchiveError(f"{where}: {location.length} bytes are indexed, the file has {len(data)} there")
    try:
        return data, unpack(data)
    except MalformedRecordError as error:
        raise CorruptArchiveError(f"{where}: {error}") from error


def first_at(storage: Storage, name: str) -> tuple[bytes, Record]:
    """Gives the first record of a file, which is a small one, as `member_at` does."""
    data = bytes_at(storage, Location(name, 0, BITE))
    try:
        length, record, _ = next_member(lambda: b"", data)
    except MalformedRecordError as error:
        raise CorruptArchiveError(f"{storage.folder / name}: offset 0: {error}") from error
    return data[:length], record


def bytes_at(storage: Storage, location: Location) -> bytes:
    """Gives the stored bytes at a place, of the folder or else of the object store; fewer where the file ends before.

    Raises as record_at does.
    """
    try:
        return local_bytes(storage.folder, location)
    except (CorruptArchiveError, FileNotFoundError):  # no such file, or removed since it was found
        if storage.url is None:
            raise
        return store.bytes_at(storage.url, location)


def local_bytes(folder: Path, location: Location) -> bytes:
    """Gives the bytes at a place in a file of the folder. Raises CorruptArchiveError where it is not there."""
    try:
        fd = os.open(find(folder, location.file), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:  # sealed since it was found
        fd = os.open(folder / location.file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        length = min(location.length, os.fstat(fd).st_size - location.offset)
        data = b""
        while len(data) < length:
            piece = os.pread(fd, length - len(data), location.offset + len(data))
            if not piece:
                break
            data += piece
        return data
    finally:
        os.close(fd)


def content_at(storage: Storage, location: Location) -> Content:
    """Gives the decoded body of a response with its flaw, if any; the block of a resource. Raises as record_at does."""
    record = record_at(storage, location)
    if record.type == "resource":
        return Content(record.block)
    if record.type != "response":
        where = f"{storage.folder / location.file}: offset {location.offset}"
        raise CorruptArchiveError(f"{where}: a {record.type} record holds no payload")
    return decoded(parse_response(record.block))


def payload_at(storage: Storage, location: Location) -> bytes:
    """Gives the decoded body of a response, the block of a resource record. Raises as record_at does."""
    return content_at(storage, location).data


def walk(path: Path, start: int = 0, end: int = sys.maxsize) -> Iterator[tuple[Location, Record]]:
    """Gives every record of a file from `start`, which must be the start of a member, up to `end`, with its place.

    Ends in silence only where the last complete record ends; raises TornTailError with its offset where bytes
    follow that are not one. Holds one record in memory and reads nothing beyond `end`.
    """
    name = path.name.removesuffix(OPEN)
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        at, rest = start, b""

        def read() -> bytes:
            return file.read(max(0, min(BITE, end - file.tell())))

        while rest or (rest := read()):
            try:
                length, record, rest = next_member(read, rest)
            except MalformedRecordError as error:
                raise TornTailError(path, at, str(error)) from error
            yield Location(name, at, length), record
            at += length


def next_member(read: Callable[[], bytes], rest: bytes) -> tuple[int, Record, bytes]:
    """Gives packed length, record and the bytes read beyond it. Raises MalformedRecordError."""
    unpacker = zlib.decompressobj(31)
    pieces = []
    length = 0
    try:
        while rest and not unpacker.eof:
            pieces.append(unpacker.decompress(rest))
            length += len(rest) - len(unpacker.unused_data)
            rest = unpacker.unused_data or (b"" if unpacker.eof else read())
    except zlib.error as error:
        raise MalformedRecordError(f"damaged gzip member: {error}") from error
    if not unpacker.eof:
        raise MalformedRecordError("the gzip member ends too early")
    return length, parse(b"".join(pieces)), rest
