"""Makes what another crawler kept of a response say what it is.

Crawlers that drive a browser keep bodies as the browser gave them, with the header lines of the wire: decoded, but
`Content-Encoding: br`; whole, but `Transfer-Encoding: chunked`; longer than `Content-Length`. Such a line would have
everyone after us read the body wrongly. Its name gets `X-Orig-` in front, as Browsertrix itself does; the body and all
that is true stay as they are.
"""

import re

from archive.warc.coding import Flaw, has_zlib_header, undo
from archive.warc.http import CHUNK_SIZE, LIMIT, Message, framed, parse_response, tokens

PREFIX = b"X-Orig-"
TEXT = re.compile(rb"[^\x00-\x08\x0e-\x1a\x1c-\x1f]*")
MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
SAMPLE = 4096


def honest(block: bytes) -> bytes:
    """Gives the block with the names of those header lines changed that the body shows to be untrue."""
    message = parse_response(block)
    stale = stale_names(message)
    if not stale:
        return block
    lines = re.compile(rb"^(?=(?:" + b"|".join(map(re.escape, stale)) + rb")[ \t]*:)", re.MULTILINE | re.IGNORECASE)
    return lines.sub(PREFIX, message.header_bytes) + message.raw_body


def stale_names(message: Message) -> list[bytes]:
    """Gives the names of the header lines that do not describe the body."""
    body = message.raw_body
    if message.status is None or message.bodiless or not body:
        return []
    stale = []
    chunked = "chunked" in tokens(message, "Transfer-Encoding")
    if chunked and not CHUNK_SIZE.match(body):
        stale.append(b"Transfer-Encoding")
        chunked = False
    entity = framed(message).data if chunked else body
    codings = [coding for coding in tokens(message, "Content-Encoding") if coding != "identity"]
    if codings and not is_coded(codings[-1], entity):
        stale.append(b"Content-Encoding")
    lengths = set(tokens(message, "Content-Length"))
    if lengths and not chunked and lengths != {str(len(body))}:
        announced = max((int(each) for each in lengths if each.isascii() and each.isdigit()), default=0)
        if stale or announced < len(body):
            stale.append(b"Content-Length")
    return stale


def is_coded(coding: str, body: bytes) -> bool:
    """Tells whether a body is in a coding, be it broken off; brotli and bare deflate have no mark of their own."""
    if magic := MAGIC.get(coding):
        return body.startswith(magic)
    if coding == "deflate" and has_zlib_header(body):
        return True
    flaw = undo(coding, body, LIMIT).flaw
    if flaw in (None, Flaw.TOO_LONG, Flaw.CODING_UNKNOWN):
        return True
    return flaw is Flaw.CODING_INCOMPLETE and not TEXT.fullmatch(body[:SAMPLE])
