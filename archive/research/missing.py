"""The five reasons why a figure has no value, with their codes in every format."""

from collections.abc import Collection, Mapping
from enum import Enum

from archive.model import Status
from archive.read.forms.catalogue import TABLES
from archive.records.figures import STATISTICS

SPSS_FIRST = -9_000_000_005
"""SPSS marks missing values by numbers; these lie far below anything a report counts (a 本年增减 may well be −96)."""


class Missing(Enum):
    """Why a figure has no value: its word, and how Stata, SPSS and people are told."""

    BLANK = ("blank", "a", "空白", "blank")
    NOT_ON_FORM = ("not_on_form", "b", "当年表式无此项", "not on this year's form")
    UNREADABLE = ("unreadable", "c", "未能识别", "could not be read")
    NO_REPORT = ("no_report", "d", "无该年报告", "no report for the year")
    NOT_A_NUMBER = ("not_a_number", "e", "原文非数字", "printed, but not a number")

    __hash__ = object.__hash__  # by identity: of every cell of a panel a dict is asked

    def __init__(self, word: str, letter: str, zh: str, en: str) -> None:
        self.word, self.letter, self.zh, self.en = word, letter, zh, en
        self.spss = SPSS_FIRST + ord(letter) - ord("a")


REASONS = {
    Status.BLANK: Missing.BLANK,
    Status.DASH: Missing.NOT_A_NUMBER,
    Status.TEXT: Missing.NOT_A_NUMBER,
    Status.UNREADABLE: Missing.UNREADABLE,
    Status.NOT_ON_FORM: Missing.NOT_ON_FORM,
}
"""The reason that a cell's status gives; a number has none."""


def unread(tables: Collection[tuple[str, str]], read: Mapping[str, str], year: int) -> Missing:
    """Gives why a document says nothing of an indicator, where no table that was read is on a form that has it.

    `tables` are the (part, form) that have the indicator, `read` the form of each part of the document. A table that
    should be there and was not found could not be read.
    """
    due = forms_due(read, year)
    if any(part not in read and due.get(part) == form for part, form in tables):
        return Missing.UNREADABLE
    return Missing.NOT_ON_FORM


def forms_due(read: Mapping[str, str], year: int) -> dict[str, str]:
    """Gives the form that each part of a report should be in: as its other tables are, else as the year prescribes.

    Before 2014 nothing prescribed one.
    """
    tables = [form for part, form in read.items() if part != STATISTICS]
    if tables or (year >= 2019 and STATISTICS not in read):
        form = max(tables) if tables else "2019" if year < 2021 else "2021"
        return dict.fromkeys(TABLES, form)
    return {STATISTICS: "2014"} if 2014 <= year < 2019 else {}
