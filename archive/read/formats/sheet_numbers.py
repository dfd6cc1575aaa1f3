"""A number and its format → the text that the cell shows (ECMA-376 part 1, 18.8.30 and 18.8.31).

A sheet keeps 0 and shows -, keeps 0.125 and shows 12.5%, keeps 44221 and shows a day: what was printed is what the
format shows. `shown` gives None for a format it does not know; nobody can then say what was printed.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

GENERAL = "General"
CHINESE_DAY, CHINESE_MONTH, CHINESE_SHORT = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', 'm"月"d"日"'
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    30: "m-d-yy",
    49: "@",
    **dict.fromkeys((27, 36, 50, 57), CHINESE_MONTH),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), CHINESE_SHORT),
    31: CHINESE_DAY,
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    52: CHINESE_MONTH,
    **dict.fromkeys((37, 38), "#,##0_);(#,##0)"),
    **dict.fromkeys((39, 40), "#,##0.00_);(#,##0.00)"),
    **dict.fromkeys((5, 6), '"¥"#,##0;"¥"-#,##0'),
    **dict.fromkeys((7, 8), '"¥"#,##0.00;"¥"-#,##0.00'),
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    45: "mm:ss",
}
"""Formats that a file only numbers, as a Chinese installation shows them."""

TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<gap>.)|\*(?P<fill>.)|\[\$(?P<money>[^\]-]*)[^\]]*\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<date>y+|m+|d+|h+|s+|AM/PM|A/P)|(?P<digits>[0#?]+(?:[,0#?]*[0#?])?(?:\.[0#?]*)?|\.[0#?]+)"
    r"|(?P<scale>,+)|(?P<percent>%)|(?P<other>.)",
    re.I | re.S,
)
COLOURS = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+|h+|m+|s+|dbnum0", re.I)
UNKNOWN = frozenset("@/eEgGbB")
SIGNIFICANT = 15
LONGEST_FORMAT = 255
MOST_DIGITS = 26  # within the precision of Decimal
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
LAST_DAY = 2_958_465

Tokens = list[tuple[str, str]]


def shown(value: float, code: str, from_1904: bool) -> str | None:
    """Gives the text of a number under a format, None where the format is not understood."""
    if code.strip().lower() in ("general", "@", "", "g/通用格式"):
        return plainly(value)
    if len(code) > LONGEST_FORMAT:
        return None
    sections = sections_of(code)
    chosen, signed = section_for(value, sections)
    if any(kind == "bracket" and not COLOURS.fullmatch(text) for kind, text in chosen):
        return None
    if [text for kind, text in chosen if kind == "other"] == list("General"):
        return plainly(value if signed else abs(value))
    if any(kind == "date" for kind, _ in chosen):
        return day(value, chosen, from_1904)
    return number(value, chosen, signed)


def plainly(value: float) -> str:
    """Gives a number as typed: at most 15 significant digits, no exponent, no zeros behind."""
    text = format(Decimal(f"{value:.{SIGNIFICANT}g}"), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def sections_of(code: str) -> list[Tokens]:
    """Gives the tokens of a format, parted at its semicolons."""
    sections: list[Tokens] = [[]]
    for match in TOKEN.finditer(code):
        kind = match.lastgroup or "other"
        if kind == "other" and match[0] == ";":
            sections.append([])
        else:
            sections[-1].append((kind, match[kind]))
    return sections


def section_for(value: float, sections: list[Tokens]) -> tuple[Tokens, bool]:
    """Gives the section for a number, and whether a sign has to be printed with it."""
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], True
    return sections[0], True


def number(value: float, tokens: Tokens, signed: bool) -> str | None:
    """Gives the text of a number, None where its digits are parted or the format is one of another kind."""
    if any(kind == "other" and text in UNKNOWN for kind, text in tokens):
        return None
    patterns = [text for kind, text in tokens if kind == "digits"]
    if len(patterns) > 1 and "".join(patterns[1:]).strip("?"):
        return None
    percents = sum(kind == "percent" for kind, _ in tokens)
    scale = sum(len(text) for kind, text in tokens if kind == "scale")
    exact = Decimal(f"{value:.{SIGNIFICANT}g}").scaleb(2 * percents - 3 * scale)
    if max(exact.adjusted(), 0) + sum(map(len, patterns)) > MOST_DIGITS:
        return None
    digits = digits_of(abs(exact), patterns[0]) if patterns and patterns[0].strip("?") else ""
    minus = "-" if signed and value < 0 and re.search("[1-9]", digits) else ""
    parts: list[str] = []
    for kind, text in tokens:
        if kind == "digits":
            parts.append(digits)
            digits = ""
        elif kind in ("quoted", "escaped", "money", "other"):
            parts.append(text)
        elif kind == "percent":
            parts.append("%")
    return minus + "".join(parts).strip()


def digits_of(value: Decimal, pattern: str) -> str:
    """Gives the digits of a number by its placeholders: 0 always printed, # and ? only where there is a digit."""
    whole, point, fraction = pattern.partition(".")
    rounded = value.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    before, _, after = format(rounded, "f").partition(".")
    needed = max((place + 1 for place, sign in enumerate(fraction) if sign == "0"), default=0)
    after = after[:needed] + after[needed:].rstrip("0")
    least = whole.count("0")
    before = before.lstrip("0").rjust(least, "0")
    if "," in whole:
        before = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", before)
    return f"{before}{'.' if after or (point and fraction == '') else ''}{after}"


def day(value: float, tokens: Tokens, from_1904: bool) -> str | None:
    """Gives a date or a time of day, None where the number is none."""
    if not 0 <= value <= LAST_DAY - 1462 * from_1904:
        return None
    start = datetime(1904, 1, 1, tzinfo=UTC) if from_1904 else datetime(1899, 12, 30 if value >= 60 else 31, tzinfo=UTC)
    moment = start + timedelta(seconds=round(value * 86_400))
    names = [text.lower() for kind, text in tokens if kind == "date"]
    halves = any("/" in name for name in names)
    parts: list[str] = []
    place = 0
    for kind, text in tokens:
        if kind == "date":
            parts.append(field(moment, names, place, halves))
            place += 1
        elif kind in ("quoted", "escaped", "money", "other", "scale") and text not in ("@", ";"):
            parts.append(text)
    return "".join(parts).strip()


def field(moment: datetime, names: list[str], place: int, halves: bool) -> str:
    """Gives one part of a date; m is minutes beside hours or seconds."""
    name = names[place]
    sign, width = name[0], len(name)
    before = names[place - 1] if place else ""
    after = names[place + 1] if place + 1 < len(names) else ""
    if "/" in name:
        return "AM" if moment.hour < 12 else "PM"
    if sign == "y":
        return f"{moment.year:04}" if width > 2 else f"{moment.year % 100:02}"
    if sign == "m" and not (before.startswith("h") or after.startswith("s")):
        return MONTHS[moment.month - 1] if width > 2 else f"{moment.month:0{width}}"
    hour = (moment.hour - 1) % 12 + 1 if halves else moment.hour
    count = {"m": moment.minute, "d": moment.day, "h": hour, "s": moment.second}[sign]
    return f"{count:0{min(width, 2)}}" if not (sign == "d" and width > 2) else moment.strftime("%a")
