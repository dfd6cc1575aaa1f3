"""Recorded reports, discovered: tests/recorded/reports/<form>/<format>/<case>/ holds an input and expected.json.

expected.json was written from what was put into the file, before a reader saw it. `figures` gives the printed string
of every indicator in form order, null for a blank or for a cell that `status` names; `values` gives value and unit
where they matter; `issues` the codes that may and must be found; `fails` the identities that do not hold.
"""

from typing import Any

import pytest

from archive.model import Reading, Status, Verdict
from archive.read.forms import FORMS
from archive.read.json import reading_json
from tests.recorded.cases import Case, cases, reading_of

ODD = {"implausible"}
"""Made-up figures are often odd (规章 of a township); a case names this issue only where it is about it."""
CASES = tuple(cases())


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> tuple[Reading, dict[str, Any]]:
    recorded: Case = request.param
    return reading_of(recorded), recorded.expected


def test_there_are_cases_of_every_form_and_format() -> None:
    kinds = {case.kind for case in CASES}
    formats = ("html", "txt", "docx", "doc", "wps", "rtf", "xls", "xlsx", "et", "md", "pdf", "ofd")
    assert kinds >= {f"{form}/{kind}" for form in ("2019", "2021") for kind in formats}
    assert kinds >= {"hybrid/html", "2014/html", "2021/scan"}


def test_identity(case: tuple[Reading, dict[str, Any]]) -> None:
    reading, expected = case
    assert (reading.title, reading.agency, reading.year) == (
        expected["title"],
        expected["agency"],
        expected["year"],
    )
    assert reading.charset == expected["charset"]
    assert reading.period is not None
    assert reading.period[0].year == expected["year"]


def test_figures(case: tuple[Reading, dict[str, Any]]) -> None:
    reading, expected = case
    assert dict(reading.forms) == expected["forms"]
    codes = [i.code for part, form in expected["forms"].items() for i in FORMS[part, form].indicators]
    assert [figure.indicator for figure in reading.figures] == codes == list(expected["figures"])
    status = expected.get("status", {})
    for figure in reading.figures:
        printed = expected["figures"][figure.indicator]
        default = Status.BLANK if printed is None else Status.NUMBER
        wanted = Status(status.get(figure.indicator, default))
        assert (figure.indicator, figure.status) == (figure.indicator, wanted)
        assert (figure.value is not None) == (wanted is Status.NUMBER)
        if wanted is Status.NOT_ON_FORM:
            assert (figure.raw, figure.table) == (None, None)
        elif wanted is not Status.UNREADABLE:
            assert (figure.raw or "").strip() == (printed or ""), figure.indicator
            assert figure.table is not None


def test_values(case: tuple[Reading, dict[str, Any]]) -> None:
    reading, expected = case
    printed = reading_json(reading, "x", "0" * 64)["figures"]
    figures = {figure["indicator"]: figure for figure in printed}
    for code, wanted in expected.get("values", {}).items():
        assert {key: figures[code][key] for key in wanted} == wanted


def test_statements(case: tuple[Reading, dict[str, Any]]) -> None:
    reading, expected = case
    found = [[each.context, each.indicator, each.raw.strip(), each.unit] for each in reading.statements]
    assert found == expected.get("statements", found)


def test_checks_and_issues(case: tuple[Reading, dict[str, Any]]) -> None:
    reading, expected = case
    fails = [check.identity for check in reading.checks if check.verdict is Verdict.FAILS]
    assert fails == expected.get("fails", [])
    identities = [i for part, form in expected["forms"].items() for i in FORMS[part, form].identities]
    assert [check.identity for check in reading.checks] == identities
    found = {issue.code for issue in reading.issues}
    assert found - ODD == set(expected["issues"]) - ODD
    assert set(expected["issues"]) <= found


def test_text(case: tuple[Reading, dict[str, Any]]) -> None:
    reading, expected = case
    for words in expected["text"]:
        assert words in reading.text
    for words in expected["not_text"]:
        assert words not in reading.text
