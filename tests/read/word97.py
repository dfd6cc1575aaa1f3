"""Writes small Word 97 files byte by byte, for what LibreOffice never writes: odd pieces, merge bits, damage.

Every paragraph is a piece of its own with a page of properties of its own, stored from last to first, in one byte a
character where that is possible.
"""

import struct
from collections.abc import Mapping, Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
TEXT_AT = 1024
NO_STYLE = b"\x00\x00"
IN_TABLE = b"\x16\x24\x01"
ROW_END = IN_TABLE + b"\x17\x24\x01"

Paragraph = tuple[str, bytes]


def define_table(edges: Sequence[int], flags: Sequence[int] = ()) -> bytes:
    """Gives sprmTDefTable."""
    cells = b"".join(struct.pack("<H18x", flag) for flag in flags)
    operand = struct.pack(f"<B{len(edges)}h", len(edges) - 1, *edges) + cells
    return struct.pack("<HH", 0xD608, len(operand) + 1) + operand


def row(texts: Sequence[str], edges: Sequence[int], flags: Sequence[int] = ()) -> list[Paragraph]:
    """Gives the paragraphs of a row: one a cell, then the row's end."""
    return [*((f"{text}\x07", IN_TABLE) for text in texts), ("\x07", ROW_END + define_table(edges, flags))]


def padded(data: bytes, size: int) -> bytes:
    """Gives the bytes filled up to a multiple of `size`."""
    return data + bytes(-len(data) % size)


def page(start: int, stop: int, entry: bytes, held: bytes) -> bytes:
    """Gives a page of properties with one entry."""
    at = (8 + len(entry) + 1) // 2 * 2
    body = struct.pack("<II", start, stop) + bytes([at // 2]) + entry[1:]
    return (body.ljust(at, b"\0") + held).ljust(SECTOR - 1, b"\0") + b"\x01"


def word97(
    paragraphs: Sequence[Paragraph],
    *,
    runs: Mapping[int, bytes] | None = None,
    whole: Mapping[int, int] | None = None,
    data: bytes = b"",
    version: int = 0xC1,
    flags: int = 0x0200,
    boxed: int = 0,
) -> bytes:
    """Gives a DOC.

    `runs`: paragraph → properties of its first character; `whole`: paragraph → prm of its piece; the last `boxed`
    paragraphs stand in text boxes.
    """
    text, places = b"", {}
    for number, (words, _) in reversed(list(enumerate(paragraphs))):
        narrow = all(ord(sign) < 0x80 or sign == "’" for sign in words)
        text = padded(text, 2)
        raw = words.encode("cp1252" if narrow else "utf-16-le")
        places[number] = (TEXT_AT + len(text), len(raw), 1 if narrow else 2)
        text += raw
    pages = [
        page(fc, fc + size, bytes(13), bytes([0, (len(held) + 3) // 2]) + NO_STYLE + padded(held, 2))
        for number, (fc, size, _) in places.items()
        for held in [paragraphs[number][1]]
    ]
    chars = [
        page(places[number][0], places[number][0] + places[number][2], bytes(1), bytes([len(held)]) + held)
        for number, held in (runs or {}).items()
    ]
    body = padded(text, SECTOR)
    first = (TEXT_AT + len(body)) // SECTOR
    numbers = list(range(first, first + len(pages) + len(chars)))
    table = clx(paragraphs, places, whole or {})
    pairs = [(0, 0)] * 93
    pairs[33] = (0, len(table))
    for index, own in ((13, numbers[: len(pages)]), (12, numbers[len(pages) :])):
        plc = bytes(4 * (len(own) + 1)) + struct.pack(f"<{len(own)}I", *own)
        pairs[index] = (len(table), len(plc))
        table += plc
    lengths = [len(words.encode("utf-16-le")) // 2 for words, _ in paragraphs]
    body_length = sum(lengths[: len(paragraphs) - boxed])
    fib = struct.pack("<HHHHHH20x", 0xA5EC, version, 0, 0, 0, flags)
    fib += struct.pack("<H28xH12xI20xI48x", 14, 22, body_length, sum(lengths) - body_length)
    fib += struct.pack("<H", 93) + b"".join(struct.pack("<II", *pair) for pair in pairs)
    word = fib.ljust(TEXT_AT, b"\0") + body + b"".join(pages + chars)
    return compound({"WordDocument": word, "1Table": table, "Data": data})


def clx(paragraphs: Sequence[Paragraph], places: Mapping[int, tuple[int, int, int]], whole: Mapping[int, int]) -> bytes:
    """Gives the piece table."""
    positions, pieces = [0], b""
    for number, (words, _) in enumerate(paragraphs):
        fc, _, width = places[number]
        positions.append(positions[-1] + len(words.encode("utf-16-le")) // 2)
        pieces += struct.pack("<HIH", 0, fc * 2 | 0x40000000 if width == 1 else fc, whole.get(number, 0))
    table = struct.pack(f"<{len(positions)}I", *positions) + pieces
    return struct.pack("<BI", 2, len(table)) + table


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Gives a compound file of streams of at least 4096 bytes each (filled up), so that none is in the mini stream."""
    bodies = {name: padded(data.ljust(4096, b"\0"), SECTOR) for name, data in streams.items()}
    fat, entries, where = [FAT], [], 1
    for number, (name, body) in enumerate(bodies.items(), 1):
        count = len(body) // SECTOR
        fat += [*range(where + 1, where + count), END]
        right = number + 1 if number < len(bodies) else FREE
        entries.append(entry(name, 2, right, FREE, where, len(body)))
        where += count
    directory = padded(entry("Root Entry", 5, FREE, 1, END, 0) + b"".join(entries), SECTOR)
    fat += [*range(where + 1, where + len(directory) // SECTOR), END]
    assert len(fat) <= SECTOR // 4
    fat += [FREE] * (SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH10x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIII", 1, where, 0, 4096, END) + struct.pack("<III", 0, END, 0)
    header += struct.pack("<I", 0) + struct.pack("<108I", *[FREE] * 108)
    return header + struct.pack(f"<{len(fat)}I", *fat) + b"".join(bodies.values()) + directory


def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    """Gives a directory entry."""
    raw = name.encode("utf-16-le")
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1)
    return head + struct.pack("<III36xIQ", FREE, right, child, start, size)
