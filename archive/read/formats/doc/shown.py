"""What Word prints of the text: no hidden or deleted characters, no field codes; symbols as the characters they are."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from archive.read.formats.doc.pages import Run, Runs
from archive.read.formats.doc.pieces import Pieces
from archive.read.formats.doc.sprms import DELETED, SYMBOL, VANISH, Sprm, sprms_of

FIELD_BEGIN, FIELD_SEPARATOR, FIELD_END = "\x13", "\x14", "\x15"
FIELD = re.compile("[\x13\x14\x15]")
SIGNS = {11: "\n", 14: "\n", 30: "-", 31: None}  # line and column break, hyphens that do not break or may
CONTROLS: dict[int, str | None] = dict.fromkeys((*range(9), *range(12, 32))) | SIGNS
SYMBOL_SIGN = "("
SURROGATE = re.compile("[\ud800-\udfff]")
HIDDEN = 1


class Shown:
    """The text with a mask of what is not printed."""

    def __init__(self, pieces: Pieces, characters: Runs) -> None:
        """Applies the properties of runs and pieces to the text, then leaves out field codes."""
        self.mask = bytearray(len(pieces.text))
        signs: dict[int, str] = {}
        marked = [(run, tuple(sprms_of(run.grpprl))) for run in characters.runs]
        marked = [(run, sprms) for run, sprms in marked if hides(sprms) or symbol(sprms)]
        for start, stop, sprms in over_pieces(pieces, marked):
            if hides(sprms):
                self.hide(start, stop)
            elif sign := symbol(sprms):
                signs |= {at: sign for at in range(start, stop) if pieces.text[at] == SYMBOL_SIGN}
        for start, stop in field_codes(pieces.text):
            self.hide(start, stop)
        self.text = pieces.text
        if signs:
            self.text = "".join(signs.get(at, char) for at, char in enumerate(pieces.text))

    def hide(self, start: int, stop: int) -> None:
        """Marks characters as not printed."""
        self.mask[start:stop] = bytes([HIDDEN]) * (stop - start)

    def hidden(self, at: int) -> bool:
        """Tells whether a character is not printed."""
        return self.mask[at] == HIDDEN

    def between(self, start: int, stop: int) -> str:
        """Gives the printed characters of a range, line breaks as newlines."""
        text = self.text[start:stop]
        if self.mask.find(HIDDEN, start, stop) >= 0:
            text = "".join(char for char, hidden in zip(text, self.mask[start:stop], strict=True) if not hidden)
        text = text.translate(CONTROLS)
        if SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text


def hides(sprms: tuple[Sprm, ...]) -> bool:
    """Tells whether characters are hidden or deleted; 0x81 is the opposite of their style, which shows them."""
    state = {code: operand[:1] in (b"\x01", b"\x81") for code, operand in sprms if code in (DELETED, VANISH)}
    return any(state.values())


def symbol(sprms: tuple[Sprm, ...]) -> str | None:
    """Gives the character of a symbol font, as its code in Unicode."""
    return next((chr(int.from_bytes(operand[2:4], "little")) for code, operand in sprms if code == SYMBOL), None)


def over_pieces(
    pieces: Pieces, marked: list[tuple[Run, tuple[Sprm, ...]]]
) -> Iterator[tuple[int, int, tuple[Sprm, ...]]]:
    """Gives runs of bytes as ranges of characters (start, stop), and the pieces that are hidden as a whole."""
    starts = [run.start for run, _ in marked]
    for piece in pieces.pieces:
        if hides(piece.sprms):
            yield piece.start, piece.stop, piece.sprms
        end = piece.fc + (piece.stop - piece.start) * piece.width
        for index in range(max(bisect_right(starts, piece.fc) - 1, 0), len(marked)):
            run, sprms = marked[index]
            if run.start >= end:
                break
            if run.stop > piece.fc:
                start = piece.start + (max(run.start, piece.fc) - piece.fc) // piece.width
                yield start, piece.start + (min(run.stop, end) - piece.fc) // piece.width, sprms


def field_codes(text: str) -> Iterator[tuple[int, int]]:
    """Gives the ranges from a field's begin to its result, or to its end where it has none.

    A mark without its partner hides nothing. Fields in a code are part of that code, so that no range is given twice.
    """
    open_fields: list[tuple[int, int]] = []
    codes: list[tuple[int, int]] = []
    for match in FIELD.finditer(text):
        at, sign = match.start(), match[0]
        if sign == FIELD_BEGIN:
            open_fields.append((at, 0))
        elif open_fields and sign == FIELD_SEPARATOR:
            begin, separator = open_fields.pop()
            open_fields.append((begin, separator or at))
        elif open_fields:
            begin, separator = open_fields.pop()
            codes.append((begin, separator or at))
    done = 0
    for begin, stop in sorted(codes):
        if stop > done:
            yield max(begin, done), stop
            done = stop
