"""Identities over the archive: counted, listed with both sides, and told apart where our reading is in doubt."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, update

from archive.errors import UsageError
from archive.model import Figure, Reading, Status
from archive.read.forms import forms
from archive.read.forms import part_forms as forms_of_code
from archive.read.forms.checks import evaluate
from archive.records import readings, session, versions
from archive.records.tables import check_tallies
from archive.research import checks
from archive.research.checks import Question, failure_json, tally_json
from archive.research.document import document_json
from archive.research.find import find
from archive.research.identities import rules
from tests.cli.command import Command
from tests.records.builder import Builder
from tests.research.test_cross_year import part_of, report

PARTS = {"requests": "2021", "remedies": "2021"}
TOTAL = "remedies.total.review"
HOLDS = {
    f"remedies.review.{key}": n
    for key, n in {"upheld": 2, "corrected": 1, "other": 0, "pending": 0, "total": 3}.items()
}

FIVE = Figure("remedies.review.total", Status.NUMBER, "5", Decimal(5), table=0, row=1, column=1)


@pytest.fixture
def archive(engine: Engine) -> Iterator[Builder]:
    with engine.begin() as connection:
        builder = Builder(connection)
        readings.register_forms(connection, [part_of(entry.part, entry.form) for entry in forms_of_code()])
        yield builder


def add(archive: Builder, agency: str, year: int, given: dict[str, int], **odd: Figure) -> None:
    """Adds a report with the given figures, its identities evaluated; `odd` figures replace some."""
    plain = report(year, PARTS, given)
    replaced = {figure.indicator: figure for figure in odd.values()}
    figures = tuple(
        replaced.get(figure.indicator, replace(figure, table=0, row=place // 7, column=place % 7))
        for place, figure in enumerate(plain.figures)
    )
    by_code = {figure.indicator: figure for figure in figures}
    found = tuple(c for part in PARTS for c in evaluate(forms()["2021"].identities[part], by_code))
    text = f"{agency} {plain.text}"
    keep(archive, replace(plain, agency=agency, text=text, figures=figures, checks=found), f"{agency}{year}")


def keep(archive: Builder, reading: Reading, name: str) -> None:
    """Adds a reading at a URL of its own."""
    url = f"http://127.0.0.1/{name}.html"
    reading = replace(reading, content_hash=hashlib.sha256(name.encode()).hexdigest())
    archive.source(url)
    archive.seen(reading.text, url)
    archive.read(reading.text, reading)
    versions.derive(archive.connection, 1)


def counted(connection: Connection, identity: str, **more: Any) -> list[tuple[int, int, int, int]]:
    """Gives year, holds, fails, not checkable."""
    found = checks.counts(connection, Question(identity, **more))
    return [(tally.year, tally.holds, tally.fails, tally.not_checkable) for tally in found]


def test_an_identity_is_counted_by_year_and_a_rate_needs_five(archive: Builder) -> None:
    for number in range(5):
        add(archive, f"第{number}镇", 2023, HOLDS | {"remedies.review.total": 3 if number else 9})
    add(archive, "青石镇", 2022, HOLDS)
    add(archive, "苇渡镇", 2022, {})
    assert counted(archive.connection, TOTAL) == [(2022, 1, 0, 1), (2023, 4, 1, 0)]
    rates = [tally_json(tally)["rate"] for tally in checks.counts(archive.connection, Question(TOTAL))]
    assert rates == [None, "0.8000"]
    assert counted(archive.connection, TOTAL, first=2023) == [(2023, 4, 1, 0)]
    assert counted(archive.connection, TOTAL, form="2019") == []
    assert counted(archive.connection, TOTAL, division="36") == []
    with pytest.raises(UsageError, match=r"remedies\.total\.review"):
        checks.counts(archive.connection, Question("remedies.total.reviews"))


def test_counts_over_everything_are_kept_until_anything_changes(archive: Builder) -> None:
    connection = archive.connection
    for year, total in ((2022, 3), (2023, 9)):
        add(archive, "青石镇", year, HOLDS | {"remedies.review.total": total})
    asked = [Question(), Question(TOTAL), Question(first=2023), Question(last=2022), Question(form="2021")]
    counted_now = [checks.counts(connection, question) for question in asked]
    checks.keep(connection)
    assert [checks.counts(connection, question) for question in asked] == counted_now
    connection.execute(update(check_tallies).where(check_tallies.c.identity == TOTAL).values(holds=7))
    assert {holds for _, holds, *_ in counted(connection, TOTAL)} == {7}  # so it is these that are shown
    assert counted(connection, TOTAL, division="99") == [(2022, 1, 0, 0), (2023, 0, 1, 0)]
    versions.derive(connection, 1)
    assert {holds for _, holds, *_ in counted(connection, TOTAL)} == {7}  # nothing had changed
    add(archive, "苇渡镇", 2022, HOLDS)
    assert counted(connection, TOTAL) == [(2022, 2, 0, 0), (2023, 0, 1, 0)]


def test_failures_come_in_windows_the_latest_year_first(archive: Builder) -> None:
    wrong = HOLDS | {"remedies.review.total": 5}
    for year, names in ((2023, "青苇白"), (2022, ""), (2021, "青苇")):
        for name in names:
            add(archive, f"{name}石镇", year, wrong)
    add(archive, "青石镇", 2022, HOLDS)
    whole = checks.failures(archive.connection, Question())
    assert [failure.found.year for failure in whole] == [2023] * 3 + [2021] * 2
    for start in range(6):
        for limit in range(1, 7):
            window = checks.failures(archive.connection, Question(), limit, start)
            assert [each.found for each in window] == [each.found for each in whole[start : start + limit]]


def test_a_failure_has_both_sides_and_the_cells(archive: Builder) -> None:
    add(archive, "青石镇", 2023, HOLDS | {"remedies.review.total": 5})
    [found] = [failure_json(each) for each in checks.failures(archive.connection, Question())]
    assert (found["identity"], found["agency"], found["year"]) == (TOTAL, "青石镇", 2023)
    assert (found["left"], found["right"], found["residual"]) == ("5", "3", "2")
    assert (found["source"], found["doubts"]) == ("as_published", [])
    assert [(cell["indicator"], cell["value"]) for cell in found["cells"]][:2] == [
        ("remedies.review.total", "5"),
        ("remedies.review.upheld", "2"),
    ]
    spread = dict(checks.distribution(archive.connection, Question()))
    assert {name: n for name, n in spread.items() if n} == {"+2…+9": 1}
    assert list(spread) == list(checks.RESIDUALS)


@pytest.mark.parametrize(
    ("odd", "doubt"),
    [
        (replace(FIVE, confidence=0.9), "recognised"),
        (replace(FIVE, raw="5件", unit="件"), "not_plain"),
        (replace(FIVE, table=None, row=None, column=None), "no_place"),
        (replace(FIVE, note="split"), "noted"),
    ],
)
def test_a_failure_is_doubtful_where_the_reading_may_be_wrong(archive: Builder, odd: Figure, doubt: str) -> None:
    add(archive, "青石镇", 2023, HOLDS, odd=odd)
    [found] = [failure_json(each) for each in checks.failures(archive.connection, Question(TOTAL))]
    assert (found["source"], found["doubts"]) == ("doubtful", [doubt])


def test_an_unreadable_neighbour_makes_a_failure_doubtful(archive: Builder) -> None:
    total = Figure("remedies.review.total", Status.NUMBER, "5", Decimal(5), table=0, row=50, column=1)
    near = Figure("remedies.litigation_direct.total", Status.UNREADABLE, "?", table=0, row=50, column=2)
    add(archive, "青石镇", 2023, HOLDS, total=total, near=near)
    [found] = [failure_json(each) for each in checks.failures(archive.connection, Question(TOTAL))]
    assert found["doubts"] == ["unreadable_near"]


def test_a_failure_over_two_years_shows_the_year_before(archive: Builder) -> None:
    add(archive, "青石镇", 2022, {"requests.carried_out.total": 4})
    add(archive, "青石镇", 2023, {"requests.carried_in.total": 3})
    [found] = [failure_json(each) for each in checks.failures(archive.connection, Question("across.carried.total"))]
    assert (found["left"], found["right"], found["residual"]) == ("4", "3", "1")
    assert [(cell["year"], cell["indicator"], cell["value"]) for cell in found["cells"]] == [
        (2023, "requests.carried_in.total", "3"),
        (2022, "requests.carried_out.total", "4"),
    ]
    assert counted(archive.connection, "across.carried.total", first=2023, last=2023) == [(2023, 0, 1, 0)]


def test_every_identity_has_words_and_a_formula() -> None:
    assert len(rules()) > 60
    for rule in rules().values():
        assert "＝" in rule.zh
        assert "{" not in rule.zh + rule.en
        assert " = " in rule.formula()
    assert rules()["across.in_force.regulations"].formula() == (
        "disclosure.regulations.in_force[t-1] + disclosure.regulations.issued - disclosure.regulations.repealed"
        " = disclosure.regulations.in_force"
    )


def test_counts_are_those_of_the_reports_one_by_one(two_nights: tuple[Command, list[dict[str, Any]]]) -> None:
    command, _ = two_nights
    found = command.json("checks", "--year", "2022")
    one_by_one: dict[tuple[str, int, str], int] = {}
    with session.open_engine(command.home, command.database_url) as engine, session.snapshot(engine) as connection:
        for document in find(connection, year=2022):
            shown = document_json(connection, document)
            for check in (*shown["checks"], *shown["cross_year_checks"]):
                key = check["identity"], document.year, check["verdict"]
                one_by_one[key] = one_by_one.get(key, 0) + 1
    counts = {
        (row["identity"], row["year"], name): row[name] for row in found for name in ("holds", "fails", "not_checkable")
    }
    assert {key: n for key, n in counts.items() if n} == one_by_one
    failures = command.json("checks", "--failed", "--year", "2022")
    assert len(failures) == sum(row["fails"] for row in found) > 0
    assert f"{len(failures)} failure" in command.run("checks", "--failed", "--year", "2022").stdout
    assert "not both" in command.run("checks", "--year", "2022", "--years", "2022", code=2).stderr
