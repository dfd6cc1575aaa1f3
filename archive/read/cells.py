"""Cell text → status, value and unit, exactly as reference section 3 of the forms has it.

Only a cell that is one number as a whole, optionally signed, optionally followed by a unit, has a value: never the
first number of a cell, never a 0 for a blank, a dash or a word. Normalisation serves parsing; `raw` stays as printed.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from archive.model import Status
from archive.read.words import simple

UNITS = (
    ("万元人民币", Decimal(1)),
    ("亿元", Decimal(10000)),
    ("百万元", Decimal(100)),
    ("千元", Decimal("0.1")),
    ("万元", Decimal(1)),
    ("元", Decimal("0.0001")),
    ("亿", Decimal(10000)),
    ("万", Decimal(1)),  # 99.53万: 元 is implied
)
"""Money units and what one of them is in 万元."""

COUNTS = ("人次", "件次", "件", "条", "项", "次", "笔", "个", "份", "宗", "起", "篇", "人", "户", "批", "家")

IN_WAN = dict(UNITS)
MAX_DIGITS = 15
"""More whole digits than any count or amount has: several cells run together."""

BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
DASH = re.compile(r"[-‐‑‒–—―─−﹣－/\\／~～_]+")
SIGN = r"(?P<sign>[+\-−]?)"
GROUPED = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ ]\d{3})+"
UNIT = "|".join(sorted((re.escape(unit) for unit in (*IN_WAN, *COUNTS)), key=len, reverse=True))
NUMBER = re.compile(
    rf"{SIGN} ?(?P<whole>{GROUPED}|\d+)(?P<fraction>\.\d+)? ?(?:(?P<unit>{UNIT})|\((?P<bracketed>{UNIT})\))?",
    re.ASCII,
)
HEADER_UNIT = re.compile(rf"单位:?({UNIT})|\(({UNIT})\)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell says; `value` is there only for `Status.NUMBER`."""

    status: Status
    value: Decimal | None = None
    unit: str | None = None
    note: str | None = None


@lru_cache(maxsize=4096)
def parse(raw: str) -> Parsed:
    """Gives status, value and unit of a cell's text."""
    text = BLANK.sub(" ", raw).strip()
    if not text:
        return Parsed(Status.BLANK)
    if DASH.fullmatch(text.replace(" ", "")):
        return Parsed(Status.DASH)
    if stands_for_digits(text):
        return Parsed(Status.TEXT)
    match = NUMBER.fullmatch(BLANK.sub(" ", simple(unicodedata.normalize("NFKC", text))).strip())
    if not match or parts_of_number_on_two_lines(raw):
        return Parsed(Status.TEXT)
    whole = re.sub("[, ]", "", match["whole"])
    if len(whole) > MAX_DIGITS:
        return Parsed(Status.UNREADABLE, note="more digits than one cell can hold")
    sign = "-" if match["sign"] in ("-", "−") else ""
    value = Decimal(f"{sign}{whole}{match['fraction'] or ''}")
    return Parsed(Status.NUMBER, value, match["unit"] or match["bracketed"])


def stands_for_digits(text: str) -> bool:
    """Tells whether NFKC would turn an ornament (², ①, ½) into digits of a number; full-width digits are digits."""
    return any(
        not char.isascii() and not "０" <= char <= "９" and re.search("[0-9]", unicodedata.normalize("NFKC", char))
        for char in text
    )


def parts_of_number_on_two_lines(raw: str) -> bool:
    """Tells whether a line break parts digits: two numbers in one cell, or one that was torn."""
    return bool(re.search(r"[\d.．,，]\s*\n\s*[\d.．,，]", raw.strip()))


def header_unit(header: str) -> str | None:
    """Gives the unit a column header prints, as in 本年收费金额（单位：万元）."""
    match = HEADER_UNIT.search(re.sub(r"\s", "", simple(unicodedata.normalize("NFKC", header))))
    return (match[1] or match[2]) if match else None


def in_wan(value: Decimal, unit: str | None) -> Decimal | None:
    """Gives money in 万元, None where the unit does not say."""
    factor = IN_WAN.get(unit or "")
    return None if factor is None else plain(value * factor)


def plain(value: Decimal) -> Decimal:
    """Gives the same number without trailing zeros and without an exponent."""
    normal = value.normalize()
    return normal.quantize(Decimal(1)) if int(normal.as_tuple().exponent) > 0 else normal
