"""gzip and tar."""

import io
import tarfile
import zlib
from collections.abc import Iterator

from archive.read.archives.limits import Budget, Member, damaged, too_large, unreadable
from archive.read.archives.names import clean, decoded, is_junk

CHUNK = 1024 * 1024
GZIP = 31  # window bits that make zlib expect a gzip header
TAR_MAGIC = slice(257, 262)


def is_tar(data: bytes) -> bool:
    """Tells a tar by the magic in its first header."""
    return data[TAR_MAGIC] == b"ustar"


def gunzipped(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    """Gives the files of a gzipped tar, else the one file under its name without `.gz`."""
    allowed = budget.allows(len(data))
    parts: list[bytes] = []
    size = 0
    try:
        while data:
            inflate = zlib.decompressobj(GZIP)
            while not inflate.eof and size <= allowed and (part := inflate.decompress(data, CHUNK)):
                parts.append(part)
                size += len(part)
                data = inflate.unconsumed_tail
            if not inflate.eof:
                break
            data = inflate.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise damaged(error) from error
    name = clean(name).removesuffix(".gz").removesuffix(".tgz") or "file"
    if size > allowed:
        yield too_large(name, allowed)
    elif not inflate.eof:
        raise damaged("it ends too early")
    elif is_tar(whole := b"".join(parts)):
        yield from members(whole, budget)
    else:
        budget.count(1)
        budget.spend(size)
        yield Member(name, whole)


def members(data: bytes, budget: Budget) -> Iterator[Member]:
    """Gives the files of a tar; links and devices are none."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for info in archive:
                name = clean(decoded(info.name.encode("utf-8", "surrogateescape")))
                if info.isfile() and name and not is_junk(name):
                    budget.count(1)
                    yield member(archive, name, info, budget)
    except (tarfile.TarError, ValueError, OSError, EOFError) as error:
        raise damaged(error) from error


def member(archive: tarfile.TarFile, name: str, info: tarfile.TarInfo, budget: Budget) -> Member:
    """Gives one file; a sparse one may be larger than its bytes in the tar."""
    allowed = budget.allows(info.size)
    stream = archive.extractfile(info)
    if info.size > allowed or stream is None:
        return too_large(name, allowed)
    data = stream.read(allowed + 1)
    if len(data) != info.size:
        return unreadable(name, "damaged-archive", "it ends too early")
    budget.spend(len(data))
    return Member(name, data)
