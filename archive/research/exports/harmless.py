"""Foreign text as a spreadsheet or a terminal may show it. Parquet, Stata and SPSS need no such rule."""

import re

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What would break a line, move a cursor, change colours or turn the direction of text."""

FORMULA = re.compile(r"['=+\-@\t\r]")
PLAIN = re.compile(r"[+-]?\d[\d.,]*\s*|-")
"""A number or a lone dash begins like a formula and is none."""


def visible(text: str) -> str:
    """Gives a text whose control characters are seen: ␊ for a line feed, ␛ for escape, else `<U+202E>`."""
    return CONTROL.sub(lambda match: picture(ord(match[0])), text)


def picture(code: int) -> str:
    """Gives what is shown for a control character (Unicode's Control Pictures)."""
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def no_formula(text: str) -> str:
    """Gives a text with an apostrophe before it where a spreadsheet that opens CSV would take it for a formula."""
    return f"'{text}" if FORMULA.match(text) and not PLAIN.fullmatch(text) else text
