"""HTTP messages as they crossed the wire: parsed leniently, never rebuilt.

The bytes of a block always equal `header_bytes + raw_body`. Old government servers send line feeds alone, header
lines without a colon, a space before the colon, GBK in the reason phrase: none of that is an error here.
"""

import re
from dataclasses import dataclass

from archive.warc.coding import Content, Flaw, undo

LIMIT = 60_000_000  # bytes of one decoded body
HEAD_END = re.compile(rb"\n\r?\n")
STATUS_LINE = re.compile(rb"HTTP/\d+(?:\.\d+)?[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?[ \t]*\r?(?:\n|\Z)")
CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*?)?\r?\n")
CUT_SIZE = re.compile(rb"[ \t]*[0-9A-Fa-f]{0,15}[ \t]*(?:;[^\n]*)?\r?\Z")
LINE_END = re.compile(rb"\r?\n")
CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\"';,\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """One HTTP response; `status` is None where the block does not begin with a status line."""

    status: int | None
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    header_bytes: bytes  # all before the body, interim responses included
    raw_body: bytes  # with chunk framing and content coding
    bodiless: bool = False  # by status or request method: a Content-Length promises nothing


def parse_response(block: bytes, *, head_request: bool = False) -> Message:
    """Gives the response in a block; interim (1xx) responses before it are skipped. Never raises."""
    start = 0
    while True:
        line = STATUS_LINE.match(block, start)
        if line is None:
            return Message(None, b"", (), b"", block)
        found = HEAD_END.search(block, line.end(1))
        end = found.end() if found else len(block)
        status = int(line[1])
        if not (100 <= status < 200 and status != 101 and STATUS_LINE.match(block, end)):
            break
        start = end
    headers = parse_headers(block[line.end() : end])
    bodiless = head_request or status < 200 or status in (204, 304)
    return Message(status, (line[2] or b"").rstrip(), headers, block[:end], block[end:], bodiless)


def parse_headers(head: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Gives name and value of each header line, folded lines joined, lines without a colon left out."""
    headers: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and headers and line.strip():
            name, value = headers[-1]
            headers[-1] = (name, value + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            headers.append((name.strip(), value.strip()))
    return tuple(headers)


def values(message: Message, name: str) -> list[str]:
    """Gives all values of a header, in order, decoded as latin-1."""
    wanted = name.lower().encode("latin-1")
    return [value.decode("latin-1") for key, value in message.headers if key.lower() == wanted]


def header(message: Message, name: str) -> str | None:
    """Gives the first value of a header, decoded as latin-1, or None."""
    return next(iter(values(message, name)), None)


def tokens(message: Message, name: str) -> list[str]:
    """Gives the comma-separated tokens of all lines of a header, in lower case."""
    return [token for value in values(message, name) for token in value.lower().replace(" ", "").split(",") if token]


def headers_json(message: Message) -> list[list[str]]:
    r"""Gives the headers as pairs that `jsonb` takes: latin-1, each NUL written as `\x00`."""
    return [[part.decode("latin-1").replace("\0", "\\x00") for part in pair] for pair in message.headers]


def content_type(message: Message) -> tuple[str | None, str | None]:
    """Gives media type and charset as the server claims them, in lower case, each None where it says nothing."""
    claim = header(message, "Content-Type") or ""
    media_type = claim.partition(";")[0].strip().lower()
    charset = CHARSET.search(claim)
    return media_type if "/" in media_type else None, charset[1].lower() if charset else None


def entity(message: Message) -> bytes:
    """Gives the body without chunk framing, content coding kept: the payload of the WARC standard."""
    return framed(message).data


def decoded(message: Message, limit: int = LIMIT) -> Content:
    """Gives the body without chunk framing and content coding: our payload; at most `limit` bytes if coded."""
    return decode(message, framed(message), limit)


def decode(message: Message, body: Content, limit: int = LIMIT) -> Content:
    """Gives an entity without its content codings, the last applied first; the first flaw met is kept."""
    flaw = body.flaw
    if not body.data:
        return body
    for coding in reversed(tokens(message, "Content-Encoding")):
        if coding == "identity":
            continue
        body = undo(coding, body.data, limit)
        flaw = flaw or body.flaw
        if body.flaw:
            break
    return Content(body.data, flaw)


def framed(message: Message) -> Content:
    """Gives the entity with what is wrong with its framing (RFC 9112 §6.3)."""
    if message.bodiless:
        return Content(b"")
    if "chunked" in tokens(message, "Transfer-Encoding"):
        return dechunk(message.raw_body)
    lengths = set(tokens(message, "Content-Length"))
    length = lengths.pop() if len(lengths) == 1 else ""
    if not (length.isascii() and length.isdigit()) or len(length) > 15:
        return Content(message.raw_body)  # none or a doubtful one: the body ends with the connection
    short = len(message.raw_body) < int(length)
    return Content(message.raw_body[: int(length)], Flaw.SHORT if short else None)


def dechunk(raw: bytes) -> Content:
    """Gives the data of a chunked body; one that is not chunked at all is given as it is, with a flaw."""
    parts: list[bytes] = []
    at = 0
    while size := CHUNK_SIZE.match(raw, at):
        length, start = int(size[1], 16), size.end()
        if length == 0:
            return Content(b"".join(parts))
        parts.append(raw[start : start + length])
        at = start + length
        ending = LINE_END.match(raw, at)
        if ending is None:
            break
        at = ending.end()
    if at >= len(raw) or CUT_SIZE.match(raw, at):
        return Content(b"".join(parts), Flaw.CHUNKS_INCOMPLETE)
    return Content(b"".join(parts) if parts else raw, Flaw.CHUNKS_DAMAGED)
