"""What may stand in a cell: the printed string, and what it says."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from archive.model import Status

WORDS = ("无", "无增减", "N/A", "--253", "约30", "见附件", "3（含转办）", "12、5")
DASHES = ("-", "—", "——", "/", "－")
BLANKS = ("", "", "", " ", "\u00a0", "\u3000", "\u00a0\u00a0")
UNITS = ("件", "笔", "条", "项", "次")
MONEY = ("万元", "元", "万")
FULL = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class Print:
    """A cell as printed, and what it says: `value` and `unit` only for a number."""

    text: str
    status: Status
    value: Decimal | None = None
    unit: str | None = None


def draw(rng: Random, zeros: float = 0.4, odd: float = 0.12) -> Print:
    """Gives a cell of a table: often 0, sometimes a blank, a dash, a word, a sign, a unit."""
    if rng.random() < odd:
        return rng.choice((blank, blank, dash, word, full_width, grouped, signed, spaced, counted))(rng)
    return number(
        0 if rng.random() < zeros else rng.choice((rng.randint(1, 9), rng.randint(10, 99), rng.randint(100, 99_999)))
    )


def money(rng: Random) -> Print:
    """Gives a cell of money with up to six decimals, now and then with a unit."""
    if rng.random() < 0.25:
        return draw(rng, odd=0.5)
    value = Decimal(rng.randint(0, 10**10)).scaleb(-rng.randint(0, 6))
    unit = rng.choice((None, None, *MONEY))
    return Print(f"{value:f}{unit or ''}", Status.NUMBER, value, unit)


def number(value: int) -> Print:
    return Print(str(value), Status.NUMBER, Decimal(value))


def blank(rng: Random) -> Print:
    return Print(rng.choice(BLANKS), Status.BLANK)


def dash(rng: Random) -> Print:
    return Print(rng.choice(DASHES), Status.DASH)


def word(rng: Random) -> Print:
    return Print(rng.choice(WORDS), Status.TEXT)


def full_width(rng: Random) -> Print:
    value = rng.randint(0, 9_999)
    return Print(str(value).translate(FULL), Status.NUMBER, Decimal(value))


def grouped(rng: Random) -> Print:
    value = rng.randint(1_000, 99_999_999)
    return Print(f"{value:,}", Status.NUMBER, Decimal(value))


def signed(rng: Random) -> Print:
    value = rng.randint(1, 400) * rng.choice((1, -1))
    return Print(f"{value:+d}", Status.NUMBER, Decimal(value))


def spaced(rng: Random) -> Print:
    value = rng.randint(0, 999)
    around = rng.choice((" {} ", "\u00a0{}", "{}\u3000", "\u00a0 {}"))
    return Print(around.format(value), Status.NUMBER, Decimal(value))


def counted(rng: Random) -> Print:
    value, unit = rng.randint(0, 999), rng.choice(UNITS)
    return Print(f"{value}{rng.choice(('', ' '))}{unit}", Status.NUMBER, Decimal(value), unit)
