"""pdfium, with one font that stands in for every Chinese font that a PDF names and does not hold.

It would look for such a font on the machine. What it measures were that machine's then, and a single character that no
font there can draw would be gone. The font it is given is made here, each character a filled square: all machines read
the same. What the characters are and how wide, the file says itself (ISO 32000-1, 9.7.4.3 and 9.7.5). For other fonts
it takes those it has within: a file need not say how wide characters of the fourteen standard fonts are.
"""

import ctypes
import re
import struct
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

__all__ = ["pdfium"]

EM, ASCENT, DESCENT = 1000, 850, -150
CHINESE = (pdfium.FXFONT_GB2312_CHARSET, pdfium.FXFONT_CHINESEBIG5_CHARSET)
CHINESE_NAMES = re.compile(rb"Song|Sun|Hei|Kai|Fang|Ming|DengXian|GB2312|CJK|[\x80-\xff]", re.I)
HANDLE = 1  # pdfium asks for the data of what it was given; there is only this
NAME = b"Square\0"
ALL = 0x10FFFF


def tables() -> dict[bytes, bytes]:
    """Gives the tables of a TrueType font with one square for every character of Unicode (OpenType 1.9)."""
    corners = struct.pack(">4B", 1, 1, 1, 1) + struct.pack(">4h", 0, EM, 0, -EM)
    corners += struct.pack(">4h", DESCENT, 0, EM, 0)
    outline = struct.pack(">5hHH", 1, 0, DESCENT, EM, DESCENT + EM, 3, 0) + corners
    every = struct.pack(">HHLLL", 13, 0, 28, 0, 1) + struct.pack(">3L", 0, ALL, 1)  # many to one
    return {
        b"cmap": struct.pack(">HHHHL", 0, 1, 3, 10, 12) + every,
        b"glyf": outline * 2,
        b"head": struct.pack(">LLLLHH", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, EM)
        + bytes(16)
        + struct.pack(">4hHHhhh", 0, DESCENT, EM, ASCENT, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">L3hH11hH", 0x10000, ASCENT, DESCENT, 0, EM, 0, 0, EM, 1, *(0,) * 7, 2),
        b"hmtx": struct.pack(">HhHh", EM, 0, EM, 0),
        b"loca": struct.pack(">3L", 0, len(outline), 2 * len(outline)),
        b"maxp": struct.pack(">LH13H", 0x10000, 2, 4, 1, 0, 0, 2, *(0,) * 8),
    }


def font() -> bytes:
    """Gives the font as a file."""
    parts, made = tables(), b""
    begin = 12 + 16 * len(parts)
    listed = struct.pack(">LHHHH", 0x10000, len(parts), 64, 2, 16 * len(parts) - 64)
    for tag, data in parts.items():
        listed += tag + struct.pack(">3L", 0, begin + len(made), len(data))
        made += data + bytes(-len(data) % 4)
    return listed + made


FONT = font()


def mapped(_: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any) -> int | None:
    """Gives the font for one of Chinese, by its charset or its name; None for another."""
    name = ctypes.string_at(face) if face else b""
    return HANDLE if charset in CHINESE or CHINESE_NAMES.search(name) else None


def asked(_: Any, handle: int, table: int, buffer: int, size: int) -> int:
    """Gives the size of the font, of none of its tables alone; writes it where there is room."""
    if table:
        return 0
    if buffer and size >= len(FONT):
        ctypes.memmove(buffer, FONT, len(FONT))
    return len(FONT)


def named(_: Any, handle: int, buffer: int, size: int) -> int:
    """Gives the size of the font's name; writes it where there is room."""
    if buffer and size >= len(NAME):
        ctypes.memmove(buffer, NAME, len(NAME))
    return len(NAME)


def stands_in() -> pdfium.FPDF_SYSFONTINFO:
    """Gives what tells pdfium of the font; it has to live as long as pdfium does."""
    types = dict(pdfium.FPDF_SYSFONTINFO._fields_)
    said = pdfium.FPDF_SYSFONTINFO()
    said.version = 1
    said.MapFont = types["MapFont"](mapped)
    said.GetFontData = types["GetFontData"](asked)
    said.GetFaceName = types["GetFaceName"](named)
    said.GetFontCharset = types["GetFontCharset"](lambda *_: pdfium.FXFONT_GB2312_CHARSET)
    said.DeleteFont = types["DeleteFont"](lambda *_: None)
    return said


SAID = stands_in()
pdfium.FPDF_SetSystemFontInfo(ctypes.byref(SAID))
