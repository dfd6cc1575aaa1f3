"""The style sheet ([MS-DOC] 2.9.271): which paragraph styles are headings (标题) or the title, or built on one."""

from archive.read.formats.doc.binary import part, unsigned

HEADINGS = frozenset((*range(1, 10), 62))  # sti, the number of a built-in style
STI, BASE_SHIFT, NO_BASE = 0x0FFF, 4, 0x0FFF
MAX_CHAIN = 20


def heading_styles(sheet: bytes) -> frozenset[int]:
    """Gives the indexes of such styles; none where there is no sheet."""
    if not sheet:
        return frozenset()
    at = 2 + unsigned(sheet, 0, 2)
    bases: dict[int, tuple[int, int]] = {}
    for index in range(unsigned(sheet, 2, 2)):
        size = unsigned(sheet, at, 2)
        style = part(sheet, at + 2, size)
        if size >= 4:
            bases[index] = unsigned(style, 0, 2) & STI, unsigned(style, 2, 2) >> BASE_SHIFT
        at += 2 + size + size % 2
    return frozenset(index for index in bases if is_heading(index, bases))


def is_heading(index: int, bases: dict[int, tuple[int, int]]) -> bool:
    """Tells whether a style or one that it is built on is a heading."""
    for _ in range(MAX_CHAIN):
        if index not in bases:
            return False
        built_in, index = bases[index]
        if built_in in HEADINGS:
            return True
    return False
