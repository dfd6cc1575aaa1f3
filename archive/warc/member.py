"""One WARC record as one gzip member: made and taken apart. Knows WARC/1.1 (ISO 28500:2017), no HTTP."""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

GZIP = 31  # zlib's name for the gzip container
LEVEL = 1  # twice as fast as level 6 for 6 % more bytes
VERSION = b"WARC/1.1"
URL_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '<>"')
FIELD_SAFE = "".join(chr(code) for code in range(0x20, 0x7F))


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a WARC file: its named fields, spelled as in the file, and its block, untouched."""

    headers: Mapping[str, str]
    block: bytes

    @property
    def type(self) -> str:
        """Gives the WARC-Type."""
        return self.headers.get("WARC-Type", "")


class MalformedRecordError(ValueError):
    """Bytes that are not one complete, undamaged WARC record; the message says in what."""


def member(fields: Mapping[str, str | None], block: bytes) -> bytes:
    """Gives one record as a gzip member; fields that are None are left out.

    Whatever is not printable ASCII in a field is percent-encoded, so that no value can end a line.
    """
    lines = [VERSION]
    for name, value in fields.items():
        if value is not None:
            plain = value if value.isascii() and value.isprintable() else quote(value, safe=FIELD_SAFE)
            lines.append(f"{name}: {plain}".encode("ascii"))
    lines.append(b"WARC-Block-Digest: " + digest(block).encode("ascii"))
    lines.append(b"Content-Length: %d" % len(block))
    # In one call: zlib lets other threads run meanwhile, and coming back to one's turn costs more than the copy.
    return zlib.compress(b"".join((b"\r\n".join(lines), b"\r\n\r\n", block, b"\r\n\r\n")), LEVEL, GZIP)


def parse(raw: bytes) -> Record:
    """Gives the record of a decompressed member. Raises MalformedRecordError unless all of it is sound.

    Checked are the version line, Content-Length, the block digest where there is one, and the closing CRLF CRLF.
    """
    head, blank, rest = raw.partition(b"\r\n\r\n")
    version, _, lines = head.partition(b"\r\n")
    if not blank or not version.startswith(b"WARC/1."):
        raise MalformedRecordError("not a WARC record")
    try:
        headers: dict[str, str] = {}
        for line in lines.decode("utf-8").split("\r\n"):
            name, value = line.split(":", 1)
            headers[name] = value.strip()
        length = int(headers["Content-Length"])
    except (KeyError, ValueError) as error:
        raise MalformedRecordError(f"unreadable record header: {error}") from error
    if len(rest) != length + 4 or not rest.endswith(b"\r\n\r\n"):
        raise MalformedRecordError(f"Content-Length says {length}, the block has {len(rest) - 4} bytes")
    block = rest[:length]
    if headers.get("WARC-Block-Digest", digest(block)) != digest(block):
        raise MalformedRecordError("the block does not match its digest")
    return Record(headers, block)


def unpack(data: bytes) -> Record:
    """Gives the record of exactly one gzip member. Raises MalformedRecordError if it is not that."""
    unpacker = zlib.decompressobj(31)
    try:
        raw = unpacker.decompress(data)
    except zlib.error as error:
        raise MalformedRecordError(f"damaged gzip member: {error}") from error
    if not unpacker.eof or unpacker.unused_data:
        raise MalformedRecordError("not exactly one complete gzip member")
    return parse(raw)


def digest(data: bytes) -> str:
    """Gives the SHA-256 as WARC digests are written: `sha256:` and padded base32."""
    return labelled(hashlib.sha256(data).digest())


def labelled(raw: bytes) -> str:
    """Gives a raw SHA-256 as WARC digests are written; warcio needs the padding."""
    return "sha256:" + base64.b32encode(raw).decode("ascii")


def safe_url(url: str) -> str:
    """Gives a URL that fits a header field: spaces, controls and all but ASCII percent-encoded as UTF-8."""
    return quote(url.encode("utf-8", "surrogatepass"), safe=URL_SAFE)


def new_id() -> str:
    """Gives a fresh WARC-Record-ID, angle brackets included."""
    return f"<urn:uuid:{uuid4()}>"


def warc_date(at: datetime) -> str:
    """Gives an aware time as a WARC-Date: UTC, microseconds, Z."""
    if at.tzinfo is None:
        raise ValueError("a WARC-Date needs an aware time")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_date(text: str) -> datetime:
    """Gives the aware UTC time of a WARC-Date."""
    return datetime.fromisoformat(text)
