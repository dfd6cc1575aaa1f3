"""What the crawler must know of a page's bytes to go on: its text and its links. Reading it is for later."""

import re
from dataclasses import replace

from archive.captured import Captured, captured_as, incomplete
from archive.errors import PortalError
from archive.model import Exchange, Hints, Link, Payload
from archive.read.charset import decode
from archive.read.links import links as links_in
from archive.read.media import HTML, media_type
from archive.warc.record import facts_for, receive

SPACE = b"\xef\xbb\xbf \t\r\n"
# The parser's time grows with the square of the depth, which is some 40 on real pages.
DEEPEST = 5_000
_TAG = re.compile(
    r"<(/?)(?!(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|t[dhr]|wbr)\b)[a-z]",
    re.IGNORECASE,
)
ROOTS = (b"<!doctype html", b"<html")  # decided at once; anything else is looked at closely
# Each begins with one letter to look for, which makes them quick over a page of some 35 KB.
FILE_SIGNS = (
    re.compile(rb"\.(?:doc|pdf|wps|ofd|xls|et|rtf|txt|zip|rar|7z)"),
    re.compile(rb"/attach/"),
    re.compile(rb"down"),
)


def text_of(payload: Payload, hints: Hints) -> str:
    """Gives the bytes as text, whatever they claim to be. Raises PortalError for a page nested deeper than is sane."""
    text = decode(payload.data, hints.charset)[0]
    if text.count("<") > DEEPEST and nested(text) > DEEPEST:
        raise PortalError(f"the page is nested more than {DEEPEST} elements deep")
    return text


def nested(html: str) -> int:
    """Gives how deep the elements of a page nest at most, those left aside that end by themselves."""
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        deepest = max(depth, deepest)
    return deepest


def is_page(payload: Payload, hints: Hints) -> bool:
    """Says whether the bytes are an HTML page; a file that is only called one is none, nor the reverse."""
    return payload.data.lstrip(SPACE)[:14].lower().startswith(ROOTS) or media_type(payload, hints) == HTML


def links_of(payload: Payload, hints: Hints) -> tuple[Link, ...]:
    """Gives the links of a page, none where no word in it could stand for a file: most pages need not be parsed."""
    small = payload.data.lower()
    return links_in(payload, hints) if any(sign.search(small) for sign in FILE_SIGNS) else ()


def unkept(exchange: Exchange) -> Captured:
    """Gives an exchange taken apart as the archive does it, though nothing of it is kept; its number is 0."""
    received = receive(exchange.response) if exchange.response else None
    if received and exchange.error is None:
        exchange = replace(exchange, error=incomplete(received))
    return captured_as(received, facts_for(exchange, None, False, received), 0)
