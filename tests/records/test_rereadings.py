"""Reading a payload again: what is the same as stored, and what is not."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from archive.model import Check, Issue, Reading, Statement, Status, Verdict
from archive.records import readings, rereadings
from archive.records.reading_rows import rows_of
from tests.records.builder import Builder, reading_of

BOTH = {"disclosure": "2021", "remedies": "2021"}
SAID = Statement("主动公开12条", Status.NUMBER, raw="12", indicator="published", value=Decimal(12), unit="条")
SECOND = replace(SAID, raw="3", value=Decimal(3), context="受理3件")
READING = replace(reading_of("A"), statements=(SAID, SECOND), forms=BOTH)
PAGES = [replace(READING, place="1"), replace(READING, place="2", text="B")]

Change = Callable[[Reading], Reading]
CHANGES: dict[str, Change] = {
    "title": lambda one: replace(one, title="别的"),
    "form": lambda one: replace(one, forms=BOTH | {"disclosure": "2019"}),
    "part": lambda one: replace(one, forms={"remedies": "2021"}),
    "value": lambda one: replace(one, figures=(one.figures[0], replace(one.figures[1], value=Decimal(2)))),
    "printed text": lambda one: replace(one, figures=(replace(one.figures[0], raw=""), one.figures[1])),
    "cell": lambda one: replace(one, figures=(one.figures[0], replace(one.figures[1], column=2))),
    "verdict": lambda one: replace(
        one, checks=(Check("remedies.total.review", Verdict.HOLDS, Decimal(1), Decimal(1)),)
    ),
    "statement": lambda one: replace(one, statements=(SAID, replace(SECOND, value=Decimal(4)))),
    "statements": lambda one: replace(one, statements=(SAID,)),
}


@pytest.fixture
def archive(engine: Engine) -> Iterator[Builder]:
    with engine.connect() as opened, opened.begin() as undone:
        built = Builder(opened)
        for body, found in (("one", [READING]), ("two", PAGES)):
            built.seen(body)
            for reading in found:
                built.read(body, reading)
        yield built
        undone.rollback()


def same(archive: Builder, **found: list[Reading]) -> set[str]:
    """Gives the bodies whose readings are those that are stored."""
    rows = {archive.payload_ids[body]: [rows_of(one) for one in read] for body, read in found.items()}
    as_stored = rereadings.reads_same(archive.connection, rows, 1)
    return {body for body in found if archive.payload_ids[body] in as_stored}


def test_what_reads_as_before_is_the_same_whatever_the_order(archive: Builder) -> None:
    assert same(archive, one=[READING], two=PAGES[::-1]) == {"one", "two"}
    swapped = replace(READING, forms=dict(reversed(BOTH.items())))
    worded = replace(swapped, issues=(Issue("odd-heading", "said in other words"),))  # which is no number
    assert same(archive, one=[worded], two=[]) == {"one"}


def test_numbers_are_compared_as_postgresql_writes_them(archive: Builder) -> None:
    written = [Decimal(each) for each in ("-0", "0.00", "1E+3", "-12.50", "9" * 40)]
    figures = [replace(READING.figures[n % 2], value=value) for n, value in enumerate(written)]
    said = tuple(replace(SAID, value=value, value_wan=value) for value in written)
    for body, figure in zip("abcde", figures, strict=True):
        archive.seen(body)
        one = replace(READING, figures=(figure, figure), statements=said)
        archive.read(body, one)
        assert same(archive, **{body: [one]}) == {body}


def test_more_than_one_statement_takes_is_stored_by_several(archive: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "STATEMENT", 600)  # of rows with 170 bytes
    many = replace(READING, statements=tuple(replace(SAID, raw=f"第{n}", value=Decimal(n)) for n in range(10)))
    rows = rows_of(many).beside["statements"]
    assert [len(json.loads(some)) for some in readings.packed(rows)] == [4, 4, 2]
    archive.seen("many")
    archive.read("many", many)
    assert same(archive, many=[many]) == {"many"}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_anything_else_is_not(archive: Builder, change: Change) -> None:
    assert same(archive, one=[change(READING)], two=[PAGES[0], change(PAGES[1])]) == set()
    assert same(archive, one=[READING], two=[change(PAGES[0]), PAGES[1]]) == {"one"}


def test_a_payload_that_could_not_be_read_is_the_same_where_it_cannot_be_read_again(archive: Builder) -> None:
    archive.seen("three")
    failed = rows_of(Issue("crashed", "it ended with 1"))
    readings.store_all(archive.connection, [(archive.payload_ids["three"], failed)], 1)
    assert same(archive, three=[]) == {"three"}
    assert same(archive, three=[READING]) == set()


def test_what_is_discarded_can_be_stored_again(archive: Builder) -> None:
    both = [archive.payload_ids["one"], archive.payload_ids["two"]]
    rereadings.discard(archive.connection, both, 1)
    assert same(archive, one=[], two=[]) == {"one", "two"}
    archive.read("one", READING)
    assert same(archive, one=[READING], two=PAGES) == {"one"}
