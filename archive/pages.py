"""What the crawler must know of a page's bytes to go on: its text and its links. Reading it is for later."""

import re
from dataclasses import replace

from archive.committer import Captured, incomplete
from archive.model import Exchange, Hints, Link, Payload
from archive.read.charset import decode
from archive.read.links import links as links_in
from archive.read.media import HTML, media_type
from archive.warc.record import facts_for, receive

SPACE = b"\xef\xbb\xbf \t\r\n"
ROOTS = (b"<!doctype html", b"<html")  # decided at once; anything else is looked at closely
# Each begins with one letter to look for, which makes them quick over a page of some 35 KB.
FILE_SIGNS = (
    re.compile(rb"\.(?:doc|pdf|wps|ofd|xls|et|rtf|txt|zip|rar|7z)"),
    re.compile(rb"/attach/"),
    re.compile(rb"down"),
)


def text_of(payload: Payload, hints: Hints) -> str:
    """Gives the bytes as text, whatever they claim to be."""
    return decode(payload.data, hints.charset)[0]


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
    facts = facts_for(exchange, None, False, received)
    payload = received.content.data if received else b""
    return Captured(
        0, facts.kind, facts.status, facts.headers or (), facts.at, facts.payload_sha256, payload, facts.error
    )
