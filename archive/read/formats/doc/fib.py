"""The file information block ([MS-DOC] 2.5): which Word wrote the document, and where its parts lie."""

from dataclasses import dataclass

from archive.errors import UnreadableDocumentError
from archive.read.formats.doc.binary import damaged, part, unsigned

IDENT = 0xA5EC
WORD_97 = 0xC0  # nFib of the oldest build that writes the Word 97 layout
ENCRYPTED, SECOND_TABLE = 0x0100, 0x0200
STYLES, CHARACTERS, PARAGRAPHS, PIECES = 1, 12, 13, 33  # places in the array of (offset, size) pairs
TEXT, TEXT_BOXES = 3, 9  # places in the array of character counts
BEFORE_BOXES = (3, 4, 5, 6, 7, 8)  # text, footnotes, headers, macros, comments, endnotes


@dataclass(frozen=True, slots=True)
class Fib:
    """What the block says: the table stream's name, parts of it, and character ranges (start, stop) of the stories."""

    table: str
    styles: tuple[int, int]
    characters: tuple[int, int]
    paragraphs: tuple[int, int]
    pieces: tuple[int, int]
    stories: tuple[tuple[int, int], ...]


def fib_of(word: bytes) -> Fib:
    """Gives the block of a WordDocument stream.

    Raises UnreadableDocumentError with code `encrypted`, `unsupported-word-version` (Word 6 and 95, which keep text
    and tables otherwise) or `damaged-doc`.
    """
    ident, version, flags = unsigned(word, 0, 2), unsigned(word, 2, 2), unsigned(word, 10, 2)
    if version < WORD_97 and ident >> 8 == IDENT >> 8:
        raise UnreadableDocumentError("unsupported-word-version", f"written by Word 95 or older (version {version})")
    if ident != IDENT:
        raise damaged("its main stream does not begin as a Word document does")
    if flags & ENCRYPTED:
        raise UnreadableDocumentError("encrypted", "the Word document is protected by a password")
    words_at = 34
    counts_at = words_at + 2 * unsigned(word, words_at - 2, 2) + 2
    pairs_at = counts_at + 4 * unsigned(word, counts_at - 2, 2) + 2
    pairs = part(word, pairs_at, 8 * unsigned(word, pairs_at - 2, 2))

    def pair(index: int) -> tuple[int, int]:
        return unsigned(pairs, 8 * index, 4), unsigned(pairs, 8 * index + 4, 4)

    def count(index: int) -> int:
        return unsigned(word, counts_at + 4 * index, 4)

    boxes = sum(map(count, BEFORE_BOXES))
    return Fib(
        table="1Table" if flags & SECOND_TABLE else "0Table",
        styles=pair(STYLES),
        characters=pair(CHARACTERS),
        paragraphs=pair(PARAGRAPHS),
        pieces=pair(PIECES),
        stories=((0, count(TEXT)), (boxes, boxes + count(TEXT_BOXES))),
    )
