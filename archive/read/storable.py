"""Characters that no database keeps (NUL, halves of surrogate pairs) become U+FFFD, whatever format they came from."""

import re
from dataclasses import replace

from archive.model import Issue
from archive.read.blocks import Block, Cell, Content, Document, Table

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(document: Document) -> Document:
    """Gives the document without such characters, with an issue that says so; itself where it has none."""
    content = document.content or Content("", ())
    tables = (*document.tables, *content.tables)
    texts = [*document.lines, document.text, content.text, *document.titles, *document.lesser_titles]
    texts += [cell.text for table in tables for row in table.rows for cell in row if cell is not None]
    return cleaned(document) if any(map(UNSTORABLE.search, (*texts, document.publisher or ""))) else document


def cleaned(document: Document) -> Document:
    """Gives the document with U+FFFD in place of such characters."""
    issue = Issue("charset-replacements", "characters that are none became U+FFFD")
    content = document.content
    return replace(
        document,
        blocks=tuple(map(block, document.blocks)),
        text=clean(document.text),
        titles=tuple(map(clean, document.titles)),
        lesser_titles=tuple(map(clean, document.lesser_titles)),
        publisher=clean(document.publisher) if document.publisher else None,
        content=Content(clean(content.text), tuple(map(table, content.tables))) if content else None,
        issues=(*document.issues, issue),
    )


def clean(text: str) -> str:
    """Gives a text without such characters."""
    return UNSTORABLE.sub("\ufffd", text)


def block(one: Block) -> Block:
    """Gives a block without such characters."""
    return table(one) if isinstance(one, Table) else replace(one, text=clean(one.text))


def table(one: Table) -> Table:
    """Gives a table without such characters; a cell that covers several slots stays one cell."""
    known: dict[int, Cell] = {}
    for row in one.rows:
        for cell in row:
            if cell is not None and id(cell) not in known:
                known[id(cell)] = replace(cell, text=clean(cell.text))
    rows = tuple(tuple(None if cell is None else known[id(cell)] for cell in row) for row in one.rows)
    return Table(rows, one.layout)
