"""Markdown whose tables are HTML, as pandoc and GitHub write those with merged cells: prose as text, tables as a page.

Tables of pipes and prose alone need no page and are read as plain text (txt), which knows the marks of Markdown too.
"""

import re
from collections.abc import Iterator

from archive.model import Hints, Payload
from archive.read.blocks import Block, Document, Table
from archive.read.charset import decode
from archive.read.formats import html, txt
from archive.read.formats.markup import Reader
from archive.read.words import is_furniture

TABLE_TAG = re.compile(r"<(/?)table\b[^<>]*>", re.I)


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a Markdown text."""
    source, charset, issues = decode(payload.data, hints.charset)
    blocks = tuple(block for is_page, piece in pieces(source) for block in (page if is_page else prose)(piece))
    said = (block.text for block in blocks if not isinstance(block, Table))
    return Document(blocks, "\n".join(text for text in said if not is_furniture(text)), charset, issues=issues)


def pieces(source: str) -> Iterator[tuple[bool, str]]:
    """Gives the source in pieces, each with whether it is an HTML table, those within it included."""
    at = depth = 0
    for tag in TABLE_TAG.finditer(source):
        if not tag[1]:
            if depth == 0:
                yield False, source[at : tag.start()]
                at = tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield True, source[at : tag.end()]
                at = tag.end()
    yield depth > 0, source[at:]


def prose(piece: str) -> tuple[Block, ...]:
    """Gives the blocks of a piece of text."""
    return txt.document(piece, None, ()).blocks


def page(piece: str) -> tuple[Block, ...]:
    """Gives the blocks of a piece of HTML."""
    return tuple(map(html.block, Reader(html.shown(html.parsed(piece))).read().lines))
