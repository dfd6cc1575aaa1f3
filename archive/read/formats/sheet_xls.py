"""XLS and ET (WPS): the records of the Workbook stream ([MS-XLS], BIFF8; BIFF5 in a stream named Book).

Every length comes from the file; a record that says more than it holds makes the file a damaged one.
"""

import io
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import olefile

from archive.read.formats.sheet_cells import (
    ERRORS,
    MAX_SHEETS,
    Sheet,
    Shown,
    Style,
    damaged,
    encrypted,
    number_cell,
    style,
    text_cell,
)
from archive.read.formats.sheet_numbers import BUILT_IN

BOF, EOF, CONTINUE, FILEPASS, CODEPAGE, DATE_1904 = 0x809, 0x0A, 0x3C, 0x2F, 0x42, 0x22
BOUNDSHEET, SST, FORMAT, XF = 0x85, 0xFC, 0x41E, 0xE0
NUMBER, RK, MULRK, LABELSST, LABEL, RSTRING = 0x203, 0x27E, 0xBD, 0xFD, 0x204, 0xD6
FORMULA, STRING, BOOLERR, BLANK, MULBLANK = 0x06, 0x207, 0x205, 0x201, 0xBE
MERGED, ROW, COLINFO = 0xE5, 0x208, 0x7D
BIFF8 = 0x600
MAX_RECORDS = 2_000_000
MAX_STRINGS = 200_000
CODEPAGES = {936: "gb18030", 1200: "utf-16-le", 950: "big5", 1252: "cp1252"}

Record = tuple[int, list[bytes]]
"""Number of a record and its data; each CONTINUE behind it is a piece of its own."""


@dataclass(slots=True)
class Book:
    """What the globals of a workbook say."""

    biff8: bool = True
    charset: str = "gb18030"
    from_1904: bool = False
    strings: list[str] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    styles: dict[int, Style] = field(default_factory=dict)
    raw_styles: list[tuple[int, bool]] = field(default_factory=list)
    sheets: list[tuple[Sheet, int]] = field(default_factory=list)


def sheets(data: bytes) -> list[Sheet]:
    """Gives the sheets of a workbook in order. Raises UnreadableDocumentError('damaged-sheet' or 'encrypted')."""
    stream = stream_of(data)
    try:
        book = globals_of(stream)
        for sheet, offset in book.sheets:
            if not sheet.hidden:
                fill(sheet, book, stream, offset)
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError) as error:
        raise damaged(f"a record is cut short: {error}") from error
    if not book.sheets:
        raise damaged("its workbook names no sheet")
    return [sheet for sheet, _ in book.sheets]


def stream_of(data: bytes) -> bytes:
    """Gives the workbook's stream."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage"):
                raise encrypted()
            name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
            if name is None:
                raise damaged("it has no stream named Workbook")
            return bytes(ole.openstream(name).read())
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, MemoryError) as error:
        raise damaged(str(error)) from error


def records(stream: bytes, offset: int) -> Iterator[Record]:
    """Gives the records from an offset to the end of its substream; substreams inside (charts) are left out."""
    depth, place = 0, offset
    held: Record | None = None
    for _ in range(MAX_RECORDS):
        if place + 4 > len(stream):
            break
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if len(body) < length:
            raise damaged("a record reaches past the end of the stream")
        place += 4 + length
        if kind == CONTINUE:
            if held:
                held[1].append(body)
            continue
        if held:
            yield held
        held = None
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return
        if depth == 1:
            held = (kind, [body])
    raise damaged("a substream has no end")


def globals_of(stream: bytes) -> Book:
    """Gives what the first substream says of the whole workbook."""
    book = Book()
    for kind, parts in records(stream, 0):
        body = parts[0]
        if kind == FILEPASS:
            raise encrypted()
        if kind == BOF:
            book.biff8 = struct.unpack_from("<H", body)[0] >= BIFF8
        elif kind == CODEPAGE:
            book.charset = CODEPAGES.get(struct.unpack_from("<H", body)[0], "gb18030")
        elif kind == DATE_1904:
            book.from_1904 = body[:1] == b"\x01"
        elif kind == BOUNDSHEET and len(book.sheets) < MAX_SHEETS:
            offset, state, what = struct.unpack_from("<IBB", body)
            if what == 0:
                book.sheets.append((Sheet(short_string(book, body[6:]), state & 3 != 0), offset))
        elif kind == SST:
            book.strings = shared(parts)
        elif kind == FORMAT:
            index = struct.unpack_from("<H", body)[0]
            book.codes[index] = Pieces([body[2:]]).text() if book.biff8 else short_string(book, body[2:])
        elif kind == XF:
            border = struct.unpack_from("<H", body, 10)[0] if book.biff8 else 0
            book.raw_styles.append((struct.unpack_from("<H", body, 2)[0], border != 0))
    book.styles = {
        index: Style(book.codes.get(code, "?unknown"), ruled) for index, (code, ruled) in enumerate(book.raw_styles)
    }
    return book


def short_string(book: Book, body: bytes) -> str:
    """Gives a string with a length of one byte."""
    if not book.biff8:
        return body[1 : 1 + body[0]].decode(book.charset, "replace")
    wide = body[1] & 1
    return body[2 : 2 + body[0] * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


class Pieces:
    """Strings that may run over several pieces of a record; characters begin again with flags in a new piece."""

    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts
        self.part = 0
        self.place = 0

    def take(self, size: int) -> bytes:
        """Gives the next bytes, from as many pieces as they need."""
        taken = bytearray()
        while len(taken) < size:
            if self.part >= len(self.parts):
                raise damaged("a string reaches past its record")
            piece = self.parts[self.part][self.place : self.place + size - len(taken)]
            taken += piece
            self.place += len(piece)
            if self.place >= len(self.parts[self.part]):
                self.part, self.place = self.part + 1, 0
        return bytes(taken)

    def text(self) -> str:
        """Gives the next string; its fonts and how to pronounce it are left out."""
        length, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        text = self.characters(length, flags & 1)
        self.take(4 * runs + extra)
        return text

    def characters(self, length: int, wide: int) -> str:
        """Gives so many characters of one or two bytes."""
        made: list[str] = []
        while length > 0:
            if self.place == 0 and self.part and made:
                wide = self.take(1)[0] & 1
            if self.part >= len(self.parts):
                raise damaged("a string reaches past its record")
            room = (len(self.parts[self.part]) - self.place) // (1 + wide)
            now = min(length, room)
            if now <= 0:
                raise damaged("a character is cut in two")
            made.append(self.take(now * (1 + wide)).decode("utf-16-le" if wide else "latin-1", "surrogatepass"))
            length -= now
        return "".join(made).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shared(parts: list[bytes]) -> list[str]:
    """Gives the shared strings."""
    pieces = Pieces(parts)
    _, unique = struct.unpack("<II", pieces.take(8))
    if unique > MAX_STRINGS:
        raise damaged(f"it has more than {MAX_STRINGS} strings")
    return [pieces.text() for _ in range(unique)]


def fill(sheet: Sheet, book: Book, stream: bytes, offset: int) -> None:
    """Puts the cells, merges and hidden rows and columns of a sheet's substream into it."""
    waiting: tuple[int, int, Style] | None = None
    for kind, parts in records(stream, offset):
        body = parts[0]
        if kind == STRING and waiting:
            text = Pieces(parts).text() if book.biff8 else body[2:].decode(book.charset, "replace")
            sheet.put(waiting[0], waiting[1], text_cell(text, waiting[2]))
            waiting = None
        elif kind == FORMULA:
            row, column, index = struct.unpack_from("<HHH", body)
            how = style(book.styles, index)
            if body[12:14] == b"\xff\xff" and body[6] == 0:
                waiting = (row, column, how)
            else:
                sheet.put(row, column, result(body[6:14], how, book))
        elif kind in CELLS:
            CELLS[kind](sheet, book, parts)


def result(body: bytes, how: Style, book: Book) -> Shown:
    """Gives the stored result of a formula that is no text."""
    if body[6:8] != b"\xff\xff":
        return number_cell(struct.unpack("<d", body)[0], how, book.from_1904)
    if body[0] == 1:
        return Shown("TRUE" if body[2] else "FALSE", how.ruled)
    return Shown(ERRORS.get(body[2], "#ERROR") if body[0] == 2 else "", how.ruled)


def number(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Puts a cell of NUMBER."""
    row, column, index, value = struct.unpack_from("<HHHd", parts[0])
    sheet.put(row, column, number_cell(value, style(book.styles, index), book.from_1904))


def rk(value: int) -> float:
    """Gives the number of an RK value: 30 bits of a float or a whole number, perhaps in hundredths."""
    if value & 2:
        whole = value >> 2
        plain = float(whole - (1 << 30) if whole & (1 << 29) else whole)
    else:
        plain = struct.unpack("<d", struct.pack("<Q", (value & 0xFFFFFFFC) << 32))[0]
    return plain / 100 if value & 1 else plain


def rks(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Puts the cells of RK or MULRK, which ends with the last column."""
    body = parts[0]
    row, first = struct.unpack_from("<HH", body)
    for place in range((len(body) - 4) // 6):
        index, value = struct.unpack_from("<HI", body, 4 + 6 * place)
        sheet.put(row, first + place, number_cell(rk(value), style(book.styles, index), book.from_1904))


def shared_text(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Puts a cell of LABELSST."""
    row, column, index, text = struct.unpack_from("<HHHI", parts[0])
    sheet.put(row, column, text_cell(book.strings[text], style(book.styles, index)))


def own_text(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Puts a cell of LABEL or RSTRING."""
    row, column, index = struct.unpack_from("<HHH", parts[0])
    if book.biff8:
        pieces = Pieces([parts[0][6:], *parts[1:]])
        length, flags = struct.unpack("<HB", pieces.take(3))
        text = pieces.characters(length, flags & 1)
    else:
        length = struct.unpack_from("<H", parts[0], 6)[0]
        text = parts[0][8 : 8 + length].decode(book.charset, "replace")
    sheet.put(row, column, text_cell(text, style(book.styles, index)))


def truth(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Puts a cell of BOOLERR."""
    row, column, index, value, error = struct.unpack_from("<HHHBB", parts[0])
    text = ERRORS.get(value, "#ERROR") if error else ("TRUE" if value else "FALSE")
    sheet.put(row, column, Shown(text, style(book.styles, index).ruled))


def blanks(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Puts the cells of BLANK or MULBLANK."""
    body = parts[0]
    row, first = struct.unpack_from("<HH", body)
    for place in range((len(body) - 4) // 2 if len(body) == 6 else (len(body) - 6) // 2):
        index = struct.unpack_from("<H", body, 4 + 2 * place)[0]
        sheet.put(row, first + place, Shown("", style(book.styles, index).ruled))


def merged(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Keeps merged ranges."""
    body = parts[0]
    for place in range(struct.unpack_from("<H", body)[0]):
        first_row, last_row, first, last = struct.unpack_from("<HHHH", body, 2 + 8 * place)
        sheet.merge(first_row, first, last_row, last)


def hidden_row(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Notes a row that is not shown."""
    if parts[0][12] & 0x20:
        sheet.hidden_rows.add(struct.unpack_from("<H", parts[0])[0])


def hidden_columns(sheet: Sheet, book: Book, parts: list[bytes]) -> None:
    """Notes columns that are not shown."""
    first, last, _, _, options = struct.unpack_from("<HHHHH", parts[0])
    if options & 1:
        sheet.hidden_columns.update(range(first, min(last, 255) + 1))


CELLS: Mapping[int, Callable[[Sheet, Book, list[bytes]], None]] = {
    NUMBER: number,
    RK: rks,
    MULRK: rks,
    LABELSST: shared_text,
    LABEL: own_text,
    RSTRING: own_text,
    BOOLERR: truth,
    BLANK: blanks,
    MULBLANK: blanks,
    MERGED: merged,
    ROW: hidden_row,
    COLINFO: hidden_columns,
}
"""Record → what it does to a sheet."""
