"""DOC and WPS: the OLE streams of Word 97 to 2003 and WPS Office, as [MS-DOC] lays them down.

A WPS file of WPS Office is the same container with the same streams. Spans follow from the cell edges and merge bits
that every row of a table keeps (`rows`, `grids`). What Word does not print is skipped: deleted revisions, hidden text,
field codes; headers, footers, footnotes and comments are no part of the report's text, text boxes come after it.
"""

from archive.model import Hints, Payload
from archive.read.blocks import Block, Document, Table
from archive.read.formats.doc.binary import damaged, part
from archive.read.formats.doc.compound import Compound
from archive.read.formats.doc.fib import fib_of
from archive.read.formats.doc.pages import character_runs, paragraph_runs
from archive.read.formats.doc.paragraphs import Reader
from archive.read.formats.doc.pieces import pieces_of
from archive.read.formats.doc.shown import Shown
from archive.read.formats.doc.story import blocks_of
from archive.read.formats.doc.styles import heading_styles
from archive.read.words import is_furniture


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a DOC or WPS file.

    Raises UnreadableDocumentError with code `encrypted`, `unsupported-word-version` (Word 95 and older) or
    `damaged-doc`.
    """
    compound = Compound(payload.data)
    word = compound.stream("WordDocument")
    if word is None:
        raise damaged("it has no WordDocument stream")
    fib = fib_of(word)
    table = compound.stream(fib.table)
    if table is None:
        raise damaged(f"it has no {fib.table} stream")
    pieces = pieces_of(word, part(table, *fib.pieces))
    if fib.stories[0][1] > len(pieces.text):
        raise damaged("its text is longer than its pieces")
    reader = Reader(
        pieces,
        Shown(pieces, character_runs(word, part(table, *fib.characters))),
        paragraph_runs(word, part(table, *fib.paragraphs)),
        compound.stream("Data") or b"",
        heading_styles(part(table, *fib.styles)),
    )
    blocks: list[Block] = []
    for start, stop in fib.stories:
        blocks += blocks_of(reader.paragraphs(start, min(stop, len(pieces.text))))
    prose = "\n".join(b.text for b in blocks if not isinstance(b, Table) and not is_furniture(b.text))
    return Document(tuple(blocks), prose)
