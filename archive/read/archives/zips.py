"""ZIP: members one after the other in memory, never more of one than it may have."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator

from archive.read.archives.limits import Budget, Member, damaged, too_large, unreadable
from archive.read.archives.names import clean, decoded, is_junk

UTF8, ENCRYPTED = 0x800, 0x1
UNICODE_PATH = 0x7075
DECODING = (zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
BROKEN = (zipfile.BadZipFile, struct.error, RuntimeError, ValueError, *DECODING)


def members(data: bytes, budget: Budget) -> Iterator[Member]:
    """Gives the files of a ZIP. Raises UnreadableDocumentError('damaged-archive') where its directory is lost."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise damaged(error) from error
    with archive:
        files = [(name_of(info), info) for info in archive.infolist() if not info.is_dir()]
        files = [(name, info) for name, info in files if name and not is_junk(name)]
        budget.count(len(files))
        for name, info in files:
            yield member(archive, name, info, budget)


def member(archive: zipfile.ZipFile, name: str, info: zipfile.ZipInfo, budget: Budget) -> Member:
    """Gives one file, unpacked to at most what its packed size allows."""
    if info.flag_bits & ENCRYPTED:
        return unreadable(name, "encrypted", "needs a password")
    allowed = budget.allows(info.compress_size)
    if info.file_size > allowed:
        return too_large(name, allowed)
    try:
        with archive.open(info) as stream:
            data = stream.read(allowed + 1)
    except BROKEN as error:
        return unreadable(name, "damaged-archive", str(error))
    budget.spend(len(data))
    return too_large(name, allowed) if len(data) > allowed else Member(name, data)


def name_of(info: zipfile.ZipInfo) -> str:
    """Gives the path of a file: Info-ZIP's Unicode path, else UTF-8 by its flag, else what its bytes look like."""
    if info.flag_bits & UTF8:
        return clean(info.orig_filename)
    raw = info.orig_filename.encode("cp437", "replace")
    return clean(unicode_path(info.extra, raw) or decoded(raw))


def unicode_path(extra: bytes, raw: bytes) -> str | None:
    """Gives the name in the extra field 0x7075 (APPNOTE 4.6.9), None where there is none for these bytes."""
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and field[:1] == b"\x01" and field[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:].decode("utf-8", "replace")
    return None
