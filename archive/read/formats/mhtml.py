"""MHTML (.mht, or .doc as Word saves it): a MIME message whose root part is the page; that part is read as HTML."""

import email
from dataclasses import replace
from email.errors import MessageError
from email.message import Message

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read.blocks import Document
from archive.read.formats import html

MAX_PARTS = 2_000
PAGES = ("text/html", "application/xhtml+xml")


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of the page. Raises UnreadableDocumentError('damaged-mhtml') where the message holds none."""
    part = root(payload.data)
    try:
        page, charset = part.get_payload(decode=True), part.get_content_charset()
    except (LookupError, ValueError) as error:
        raise damaged(str(error)) from error
    if not isinstance(page, bytes) or not page.strip():
        raise damaged("its page is empty")
    return html.read(Payload(page), replace(hints, charset=charset or hints.charset))


def damaged(why: str) -> UnreadableDocumentError:
    """Gives the error of a message that holds no page."""
    return UnreadableDocumentError("damaged-mhtml", f"the MHTML cannot be opened: {why}")


def root(data: bytes) -> Message:
    """Gives the part that `start` of the message names, else the first page."""
    try:
        message = email.message_from_bytes(data.removeprefix(b"\xef\xbb\xbf").lstrip())
        start = message.get_param("start")
        pages = [
            part for _, part in zip(range(MAX_PARTS), message.walk(), strict=False) if part.get_content_type() in PAGES
        ]
    except (MessageError, RecursionError, LookupError, ValueError) as error:
        raise damaged(str(error)) from error
    if not pages:
        raise damaged("it has no page among its parts")
    return next((part for part in pages if start and part.get("Content-ID") == start), pages[0])
