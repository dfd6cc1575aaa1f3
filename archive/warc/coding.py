"""Content codings of HTTP: gzip, deflate, br and zstd, undone piece by piece.

A damaged stream still gives what came before the damage, and a small body that unpacks into a huge one is cut
off at a limit.
"""

import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import brotli  # type: ignore[import-untyped,unused-ignore]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP = 1024  # input at a time: no more than this is lost before a damaged spot, and zlib makes 1 MB of it at most
PIECE = 65536  # output at a time, where the decoder lets us say so


class Flaw(StrEnum):
    """Why decoded bytes are not all that the server meant to send."""

    SHORT = "short"  # fewer bytes than Content-Length
    CHUNKS_INCOMPLETE = "chunks-incomplete"
    CHUNKS_DAMAGED = "chunks-damaged"
    CODING_INCOMPLETE = "coding-incomplete"
    CODING_DAMAGED = "coding-damaged"
    CODING_UNKNOWN = "coding-unknown"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes as far as they could be decoded; `flaw` is None where that is all of them."""

    data: bytes
    flaw: Flaw | None = None


def undo(coding: str, data: bytes, limit: int) -> Content:
    """Gives `data` without one content coding, at most `limit` bytes of it.

    Bytes that are not in the claimed coding at all are given as they are, with a flaw: servers do label plain
    pages as gzip.
    """
    decoder = DECODERS.get(coding)
    if decoder is None:
        return Content(data, Flaw.CODING_UNKNOWN)
    out = bytearray()
    try:
        for piece in decoder(data):
            out += piece
            if len(out) > limit:
                return Content(bytes(out[:limit]), Flaw.TOO_LONG)
    except EOFError:
        return Content(bytes(out), Flaw.CODING_INCOMPLETE)
    except (zlib.error, brotli.error, zstd.ZstdError):
        return Content(bytes(out) or data, Flaw.CODING_DAMAGED)
    return Content(bytes(out))


def ungzip(data: bytes) -> Iterator[bytes]:
    """Gives the pieces of all gzip members; whatever follows the last of them is ignored, as browsers do."""
    while True:
        decoder = zlib.decompressobj(31)
        end = 0
        while not decoder.eof and end < len(data):
            yield decoder.decompress(data[end : end + STEP])
            end += STEP
        if not decoder.eof:
            raise EOFError
        data = decoder.unused_data + data[end:]
        if not data.startswith(b"\x1f\x8b"):
            return


def undeflate(data: bytes) -> Iterator[bytes]:
    """Gives the pieces of a deflate stream, with the zlib header that RFC 9110 asks for or without."""
    decoder = zlib.decompressobj(15 if has_zlib_header(data) else -15)
    for start in range(0, len(data), STEP):
        yield decoder.decompress(data[start : start + STEP])
    if not decoder.eof:
        raise EOFError


def has_zlib_header(data: bytes) -> bool:
    """Gives whether a stream starts with the two bytes of RFC 1950: method 8, divisible by 31."""
    return len(data) >= 2 and data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0


def unbrotli(data: bytes) -> Iterator[bytes]:
    """Gives the pieces of a brotli stream."""
    decoder: Any = brotli.Decompressor()
    for start in range(0, len(data), STEP):
        yield decoder.process(data[start : start + STEP], output_buffer_limit=PIECE)
        while piece := decoder.process(b"", output_buffer_limit=PIECE):
            yield piece
        if decoder.is_finished():
            return
    raise EOFError


def unzstd(data: bytes) -> Iterator[bytes]:
    """Gives the pieces of all zstd frames."""
    decoder = zstd.ZstdDecompressor()
    rest = data
    while rest or not (decoder.needs_input or decoder.eof):
        piece, rest = rest[:STEP], rest[STEP:]
        yield decoder.decompress(piece, max_length=PIECE)
        while not decoder.eof and not decoder.needs_input:
            yield decoder.decompress(b"", max_length=PIECE)
        if decoder.eof:
            rest = decoder.unused_data + rest
            if not rest:
                return
            decoder = zstd.ZstdDecompressor()
    raise EOFError


DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": ungzip,
    "x-gzip": ungzip,
    "deflate": undeflate,
    "br": unbrotli,
    "zstd": unzstd,
}
