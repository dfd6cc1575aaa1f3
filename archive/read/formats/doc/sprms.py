"""Property modifiers (sprm, [MS-DOC] 2.6): a list of (code, operand) from the bytes of a grpprl."""

from collections.abc import Iterator

from archive.read.formats.doc.binary import damaged, part, unsigned

Sprm = tuple[int, bytes]

IN_TABLE, ROW_END, DEPTH, DEPTH_CHANGE = 0x2416, 0x2417, 0x6649, 0x664A
INNER_CELL, INNER_ROW_END, OUTLINE = 0x244B, 0x244C, 0x2640
DELETED, VANISH, SYMBOL = 0x0800, 0x083C, 0x6A09
HUGE, TABLE_PROPERTIES = 0x6646, 0x646B
DEFINE_TABLE, DEFINE_TABLE_10, CHANGE_TABS = 0xD608, 0xD606, 0xC615
SIZES = (1, 1, 2, 4, 2, 2, None, 3)
MAX_JUMPS = 8
MAX_GRPPRL = 0x3FA2  # [MS-DOC] 2.9.211
SHORT = {0x18: IN_TABLE, 0x19: ROW_END, 0x41: DELETED, 0x5C: VANISH, 0x78: OUTLINE}
"""The one-byte names that a piece may use ([MS-DOC] 2.9.215), of those that matter here."""


def sprms_of(grpprl: bytes, data: bytes = b"", jumps: int = 0) -> Iterator[Sprm]:
    """Gives the modifiers in order, those kept in the Data stream (rows too wide for their page) in place of the jump.

    A list that ends inside a modifier ends before it, as in Word.
    """
    at = 0
    jumped = False
    while at + 2 < len(grpprl):
        code = unsigned(grpprl, at, 2)
        start, size = operand(code, grpprl, at + 2)
        if start + size > len(grpprl):
            return
        at = start + size
        if code not in (HUGE, TABLE_PROPERTIES):
            yield code, grpprl[start:at]
        elif jumped or jumps == MAX_JUMPS:
            raise damaged("the properties of a paragraph point to too many others")
        else:
            jumped = True
            yield from sprms_of(kept_apart(data, unsigned(grpprl, start, 4)), data, jumps + 1)


def kept_apart(data: bytes, offset: int) -> bytes:
    """Gives the grpprl at an offset of the Data stream (PrcData)."""
    size = unsigned(data, offset, 2)
    if size > MAX_GRPPRL:
        raise damaged(f"the properties of a paragraph claim {size} bytes")
    return part(data, offset + 2, size)


def operand(code: int, grpprl: bytes, at: int) -> tuple[int, int]:
    """Gives where the operand of a modifier begins and how long it is."""
    size = SIZES[code >> 13]
    if size is not None:
        return at, size
    if code in (DEFINE_TABLE, DEFINE_TABLE_10):
        return at + 2, max(int.from_bytes(grpprl[at : at + 2], "little") - 1, 0)
    length = grpprl[at]
    if code == CHANGE_TABS and length == 255:
        return at + 1, tabs(grpprl, at + 1)
    return at + 1, length


def tabs(grpprl: bytes, at: int) -> int:
    """Gives the length of a long change of tab stops: deleted ones with their ranges, added ones with their kinds."""
    deleted = 4 * grpprl[at] if at < len(grpprl) else 0
    added = at + 1 + deleted
    return 2 + deleted + (3 * grpprl[added] if added < len(grpprl) else 0)
