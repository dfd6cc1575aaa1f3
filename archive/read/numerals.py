"""Numbers in sentences: digits with commas, and Chinese numerals (三, 十二, 一百零五)."""

import re
from decimal import Decimal

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
POWERS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "[〇零一二两三四五六七八九十百千]+"
ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


def number(text: str) -> Decimal | None:
    """Gives the number that digits or numerals mean, None for what is no one number (二三 is two or three)."""
    if re.fullmatch(ARABIC, text):
        return Decimal(text.replace(",", ""))
    if not re.fullmatch(NUMERAL, text):
        return None
    total, digit, last = 0, None, 10_000
    for sign in text:
        if sign in POWERS:
            if POWERS[sign] >= last or (digit is None and sign != "十") or digit == 0:
                return None
            total, last, digit = total + (digit or 1) * POWERS[sign], POWERS[sign], None
        elif digit:
            return None
        else:
            digit = DIGITS[sign]
    if digit and last > 10 and last < 10_000 and "零" not in text and "〇" not in text:
        return None  # 一百二: 120 or 102
    return Decimal(total + (digit or 0))
