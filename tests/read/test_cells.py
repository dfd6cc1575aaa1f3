from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Status
from archive.read.cells import header_unit, in_wan, parse

BLANKS = st.text(alphabet=" \u00a0\u3000\t\n\u200b\ufeff")


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [
        (" 0", "0", None),
        ("1 ", "1", None),
        ("+22", "22", None),
        ("-3", "-3", None),
        ("－３", "-3", None),
        ("１２．５", "12.5", None),
        ("1,234", "1234", None),
        ("12，345，678", "12345678", None),
        ("12 345", "12345", None),
        ("6324 万元", "6324", "万元"),
        ("251000元", "251000", "元"),
        ("99.53万", "99.53", "万"),
        ("18651.064104", "18651.064104", None),
        ("2笔", "2", "笔"),
        ("3（件）", "3", "件"),
        ("\n26", "26", None),
    ],
)
def test_a_whole_cell_that_is_one_number(raw: str, value: str, unit: str | None) -> None:
    parsed = parse(raw)
    assert (parsed.status, parsed.value, parsed.unit) == (Status.NUMBER, Decimal(value), unit)


@pytest.mark.parametrize(
    "raw",
    [
        "无增减",
        "无",
        "N/A",
        "--253",
        "1.2.3",
        "1,23",
        "约5",
        "5左右",
        "3/4",
        "12\n34",
        "1 2",
        "5²",
        "①",
        "½",
        "1e5",
        ".5",
        "O",
    ],
)
def test_printed_but_no_number(raw: str) -> None:
    assert (parse(raw).status, parse(raw).value) == (Status.TEXT, None)


@pytest.mark.parametrize("raw", ["-", "—", "－", "/", "／", "——", " – "])
def test_dashes(raw: str) -> None:
    assert (parse(raw).status, parse(raw).value) == (Status.DASH, None)


def test_more_digits_than_a_cell_can_hold_are_unreadable() -> None:
    assert parse("21317000001324019").status is Status.UNREADABLE


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=6), BLANKS, BLANKS
)
def test_numbers_come_back_exactly(number: Decimal, before: str, after: str) -> None:
    parsed = parse(f"{before}{number:f}{after}")
    assert (parsed.status, parsed.value) == (Status.NUMBER, number)


@given(st.integers(min_value=0, max_value=10**14))
def test_grouped_and_full_width_digits_are_the_same_number(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert parse(f"{number:,}").value == parse(wide).value == number


@given(BLANKS)
def test_a_blank_never_gets_a_value(raw: str) -> None:
    assert (parse(raw).status, parse(raw).value) == (Status.BLANK, None)


@given(st.text(max_size=12))
def test_only_a_number_has_a_value(raw: str) -> None:
    parsed = parse(raw)
    assert (parsed.value is not None) == (parsed.status is Status.NUMBER)
    if not any(char.isdigit() for char in raw):
        assert parsed.value is None


@given(st.text(alphabet="无增减约个余多共", min_size=1, max_size=4), st.integers(min_value=0, max_value=10**6))
def test_a_number_among_words_is_text(words: str, number: int) -> None:
    assert parse(f"{words}{number}").value is None


@pytest.mark.parametrize(
    ("value", "unit", "wan"),
    [
        ("251000", "元", "25.1"),
        ("99.53", "万", "99.53"),
        ("1.5", "亿元", "15000"),
        ("8040", None, None),
        ("3", "件", None),
    ],
)
def test_money_in_wan(value: str, unit: str | None, wan: str | None) -> None:
    assert in_wan(Decimal(value), unit) == (None if wan is None else Decimal(wan))


def test_unit_of_a_header() -> None:
    assert header_unit("本年收费金额（单位：万元）") == "万元"
    assert header_unit("采购总金额\n（元）") == "元"
    assert header_unit("采购总金额") is None
