"""The piece table ([MS-DOC] 2.8.35): which bytes of the main stream the text is made of, in order."""

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from archive.read.formats.doc.binary import damaged, part, unsigned
from archive.read.formats.doc.sprms import SHORT, Sprm, sprms_of

MODIFIERS, TABLE = 1, 2
COMPRESSED, OFFSET = 0x40000000, 0x3FFFFFFF
CP1252 = "".join(bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(256))


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: from position `start` to `stop`, stored from byte `fc` on, `width` bytes each."""

    start: int
    stop: int
    fc: int
    width: int
    sprms: tuple[Sprm, ...]


@dataclass(frozen=True)
class Pieces:
    """All pieces of a document in order."""

    word: bytes
    pieces: tuple[Piece, ...]

    @cached_property
    def starts(self) -> list[int]:
        """Gives the first position of every piece."""
        return [piece.start for piece in self.pieces]

    @cached_property
    def text(self) -> str:
        """Gives the text, one character a position: a pair of surrogates stays two."""
        return "".join(self.characters(piece) for piece in self.pieces)

    def characters(self, piece: Piece) -> str:
        """Gives the characters of a piece."""
        raw = part(self.word, piece.fc, (piece.stop - piece.start) * piece.width)
        if piece.width == 1:
            return "".join(CP1252[byte] for byte in raw)
        units = array("H", raw)
        if array("H", b"\x01\x00")[0] != 1:
            units.byteswap()
        return "".join(map(chr, units))

    def at(self, position: int) -> tuple[int, Piece]:
        """Gives where in the stream the character at a position stands, and its piece."""
        piece = self.pieces[bisect_right(self.starts, position) - 1]
        return piece.fc + (position - piece.start) * piece.width, piece


def pieces_of(word: bytes, clx: bytes) -> Pieces:
    """Gives the pieces that a CLX lists; together they hold no more characters than the stream has bytes."""
    modifiers: list[bytes] = []
    at = 0
    while unsigned(clx, at, 1) == MODIFIERS:
        size = unsigned(clx, at + 1, 2)
        modifiers.append(part(clx, at + 3, size))
        at += 3 + size
    if unsigned(clx, at, 1) != TABLE:
        raise damaged("it has no piece table")
    table = part(clx, at + 5, unsigned(clx, at + 1, 4))
    count = (len(table) - 4) // 12
    pieces = tuple(piece_of(table, index, count, modifiers) for index in range(count))
    follows = all(one.stop == next_.start for one, next_ in pairwise(pieces))
    if not pieces or pieces[0].start or not follows or any(one.stop < one.start for one in pieces):
        raise damaged("the pieces of its text are not in order")
    if pieces[-1].stop > len(word):
        raise damaged("it claims more characters than it has bytes")
    return Pieces(word, pieces)


def piece_of(table: bytes, index: int, count: int, modifiers: list[bytes]) -> Piece:
    """Gives one piece of the table."""
    start, stop = unsigned(table, 4 * index, 4), unsigned(table, 4 * index + 4, 4)
    at = 4 * (count + 1) + 8 * index
    where, prm = unsigned(table, at + 2, 4), unsigned(table, at + 6, 2)
    offset, width = ((where & OFFSET) // 2, 1) if where & COMPRESSED else (where & OFFSET, 2)
    return Piece(start, stop, offset, width, modified(prm, modifiers))


def modified(prm: int, modifiers: list[bytes]) -> tuple[Sprm, ...]:
    """Gives what a fast save changed about a whole piece: one modifier by its short name, or a list of the CLX."""
    if prm & 1:
        return tuple(sprms_of(modifiers[prm >> 1])) if prm >> 1 < len(modifiers) else ()
    code = SHORT.get(prm >> 1 & 0x7F)
    return () if code is None else ((code, bytes([prm >> 8])),)
