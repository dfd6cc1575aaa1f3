"""Reads WARC files that other programs wrote (wget, Browsertrix, Heritrix): one record at a time, nothing trusted.

WARC 0.17 to 1.1, plain, a gzip member a record, or one gzip stream. A record is in memory as a whole only if it is no
larger than MOST; what is wrong with one is told and does not keep the others from being read.
"""

import base64
import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from archive.warc.http import dechunk, decoded, parse_response

MOST = 64 * 1024 * 1024  # bytes of a block
LINE = 64 * 1024
LINES = 1_000  # of a record's header
BITE = 1 << 20
GZIP = b"\x1f\x8b"
ZSTD = (b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")  # a frame; the dictionary that .warc.zst begins with
BLANK = (b"\r\n", b"\n")
DIGESTS = ("md5", "sha1", "sha256", "sha512")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A record as it stands in the file: fields by name in lower case, and its block; `number` counts from 1."""

    number: int
    fields: Mapping[str, str]
    block: bytes

    @property
    def type(self) -> str:
        """Gives the WARC-Type."""
        return self.fields.get("warc-type", "").lower()

    @property
    def url(self) -> str:
        """Gives the target URI; wget before 1.20 wrote it in angle brackets."""
        return self.fields.get("warc-target-uri", "").strip("<> ")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A record, or with `ends` all of the file from there on, that is not to be had: a stable code and a message."""

    number: int
    code: str
    message: str
    ends: bool = False


class DamagedError(ValueError):
    """The bytes at this place are no WARC record."""


def records(file: IO[bytes]) -> Iterator[Foreign | Trouble]:
    """Gives every record of a file in its order, as far as it can be read."""
    number = 1
    try:
        stream = opened(file)
        while (fields := head(stream)) is not None:
            yield body(stream, number, fields)
            number += 1
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Trouble(number, "broken-end", f"the file breaks off or is damaged here: {error}", ends=True)
    except DamagedError as error:
        yield Trouble(number, "damaged-record", str(error), ends=True)


def opened(file: IO[bytes]) -> IO[bytes]:
    """Gives the file without its compression. Raises DamagedError where it is another one than gzip."""
    start = file.read(4)
    file.seek(0)
    if start in ZSTD:
        raise DamagedError("compressed with zstd, which cannot be read here: unpack it first (zstd -d)")
    if start.startswith(GZIP):
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]
    return file


def head(stream: IO[bytes]) -> dict[str, str] | None:
    """Gives the fields of the next record, None at the end of the file. Raises DamagedError, EOFError."""
    line = stream.readline(LINE)
    while line in BLANK:
        line = stream.readline(LINE)
    if not line:
        return None
    if not line.startswith((b"WARC/0.", b"WARC/1.")):
        raise DamagedError(f"no WARC record begins with {line[:20]!r}")
    fields: dict[str, str] = {}
    name = ""
    for _ in range(LINES):
        line = stream.readline(LINE)
        if not line:
            raise EOFError("it ends within the header of a record")
        if line in BLANK:
            return fields
        said = text_of(line.rstrip(b"\r\n"))
        if line[:1] in (b" ", b"\t") and name:
            fields[name] = f"{fields[name]} {said.strip()}"
            continue
        name, _, value = said.partition(":")
        name = name.strip().lower()
        fields.setdefault(name, value.strip())
    raise DamagedError(f"the header of a record has more than {LINES} lines")


def text_of(line: bytes) -> str:
    """Gives a header line as text: UTF-8, else what its bytes are called; without NULs, which no database takes."""
    line = line.replace(b"\0", b"")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def body(stream: IO[bytes], number: int, fields: Mapping[str, str]) -> Foreign | Trouble:
    """Gives a record with its block, which is skipped where it is too large. Raises DamagedError, EOFError."""
    said = fields.get("content-length", "")
    if not (said.isascii() and said.isdigit()) or len(said) > 15:
        raise DamagedError(f"a record with Content-Length {said!r}")
    length = int(said)
    if length > MOST:
        skip(stream, length)
        block = None
    else:
        block = exactly(stream, length)
    if stream.readline(LINE) not in (*BLANK, b""):
        raise DamagedError(f"a record does not end after the {length} bytes that it announces")
    if block is None:
        return Trouble(number, "too-large", f"{fields.get('warc-target-uri')}: {length} bytes, {MOST} at most")
    record = Foreign(number, fields, block)
    why = wrong_digest(record)
    return Trouble(number, "wrong-digest", f"{record.url}: {why}") if why else record


def exactly(stream: IO[bytes], length: int) -> bytes:
    """Gives the next bytes of a stream. Raises EOFError where it has fewer."""
    pieces = []
    while length:
        piece = stream.read(min(length, BITE))
        if not piece:
            raise EOFError("it ends within a record")
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def skip(stream: IO[bytes], length: int) -> None:
    """Passes over bytes of a stream. Raises EOFError where it has fewer."""
    while length:
        passed = len(stream.read(min(length, BITE)))
        if not passed:
            raise EOFError("it ends within a record")
        length -= passed


def wrong_digest(record: Foreign) -> str | None:
    """Gives which declared digest a record does not match, None where all that can be checked are right.

    Programs take the payload of a response with its chunk framing, without it, or decoded: any of them will do.
    """
    fields = record.fields
    if not matches(fields.get("warc-block-digest"), record.block):
        return "the block does not match WARC-Block-Digest"
    declared = fields.get("warc-payload-digest")
    if record.type == "resource":
        right = matches(declared, record.block)
    elif record.type == "response" and "http" in fields.get("content-type", "http"):
        message = parse_response(record.block)
        after = record.block.partition(b"\r\n\r\n")[2]
        bodies = (message.raw_body, after, dechunk(message.raw_body).data, decoded(message).data)
        right = any(matches(declared, data) for data in bodies)
    else:  # of a revisit it is the one of another record
        right = True
    return None if right else "the payload does not match WARC-Payload-Digest"


def matches(declared: str | None, data: bytes) -> bool:
    """Tells whether data has a digest: `sha1:` and base32, hexadecimal or base64. Unknown kinds are not judged."""
    kind, _, value = (declared or "").partition(":")
    kind = kind.lower().replace("-", "")
    if kind not in DIGESTS or not value:
        return True
    raw = hashlib.new(kind, data, usedforsecurity=False).digest()
    if value.strip().lower() == raw.hex() or value.strip().upper().rstrip("=") == b32(raw):
        return True
    return value.strip().rstrip("=") == base64.b64encode(raw).decode("ascii").rstrip("=")


def b32(raw: bytes) -> str:
    """Gives bytes in base32 without padding."""
    return base64.b32encode(raw).decode("ascii").rstrip("=")
