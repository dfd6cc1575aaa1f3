"""Checks against the year before, statements and statistics forms, as an archive in PostgreSQL gives them back."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from archive.model import Check, Figure, Reading, Statement, Status, Verdict
from archive.read.forms import FORMS
from archive.read.forms import part_forms as forms_of_code
from archive.records import readings, versions
from archive.research.document import document_json
from archive.research.exports import Selection, export
from archive.research.find import one_document
from tests.records.builder import Builder, reading_of

PARTS = {"disclosure": "2021", "requests": "2021"}
SAID = (
    Statement(
        "全年收到政府信息公开申请12件。", Status.NUMBER, "12件", "prose.requests.received", None, Decimal(12), "件"
    ),
    Statement("未发生行政复议。", Status.TEXT, "未发生", "prose.review.total"),
    Statement("网站访问量", Status.NUMBER, " 60", None, "统计数", Decimal(60), "人次"),
    Statement(
        "收取信息处理费1.5万元。",
        Status.NUMBER,
        "1.5万元",
        "prose.fees.amount",
        None,
        Decimal("1.5"),
        "万元",
        Decimal("1.5"),
    ),
)


@pytest.fixture
def archive(engine: Engine) -> Iterator[Builder]:
    with engine.begin() as connection:
        builder = Builder(connection)
        readings.register_forms(connection, [part_of(entry.part, entry.form) for entry in forms_of_code()])
        yield builder


def part_of(part: str, form: str) -> readings.PartForm:
    """Gives a part as the catalogue of the database has it."""
    entry = FORMS[part, form]
    codes = tuple((i.code, i.label_zh, i.unit) for i in entry.indicators)
    return readings.PartForm(part, form, codes, entry.identities)


def report(year: int, parts: dict[str, str], given: dict[str, int], **more: object) -> Reading:
    """Gives a reading of some parts in which the given figures are numbers and all others blank."""
    codes = [i.code for part, form in parts.items() for i in FORMS[part, form].indicators]
    figures = tuple(
        Figure(code, Status.NUMBER, raw=str(given[code]), value=Decimal(given[code]))
        if code in given
        else Figure(code, Status.BLANK, raw="")
        for code in codes
    )
    plain = reading_of(f"{year} {sorted(given.items())}", year=year)
    return replace(plain, forms=parts, figures=figures, checks=(), **more)  # type: ignore[arg-type]


def add(archive: Builder, reading: Reading) -> None:
    """Adds a report at a URL of its own."""
    url = f"http://127.0.0.1/{reading.year}.html"
    archive.source(url)
    archive.seen(reading.text, url)
    archive.read(reading.text, without_checks(reading))


def without_checks(reading: Reading) -> Reading:
    """Gives the reading with its identities not checkable, as arrays need them."""
    codes = [code for part, form in reading.forms.items() for code in FORMS[part, form].identities]
    return replace(reading, checks=tuple(Check(code, Verdict.NOT_CHECKABLE) for code in codes))


def across(connection: Connection, year: int) -> dict[str, tuple[str, str | None, str | None]]:
    """Gives the checks of a year against the one before: code → verdict, left, right."""
    found = document_json(connection, one_document(connection, "青石镇", year))
    return {c["identity"]: (c["verdict"], c["left"], c["right"]) for c in found["cross_year_checks"]}


def test_carried_over_and_in_force_against_the_year_before(archive: Builder) -> None:
    add(
        archive,
        report(
            2022,
            PARTS,
            {"requests.carried_out.total": 5, "requests.carried_out.enterprise": 2}
            | {"disclosure.regulations.in_force": 11, "disclosure.normative_documents.in_force": 30},
        ),
    )
    add(
        archive,
        report(
            2023,
            PARTS,
            {"requests.carried_in.total": 5, "requests.carried_in.enterprise": 3}
            | {"disclosure.regulations.in_force": 12, "disclosure.regulations.issued": 2}
            | {"disclosure.regulations.repealed": 1, "disclosure.normative_documents.in_force": 31},
        ),
    )
    versions.derive(archive.connection, 1)
    found = across(archive.connection, 2023)
    assert len(found) == 9
    assert found["across.carried.total"] == ("holds", "5", "5")
    assert found["across.carried.enterprise"] == ("fails", "2", "3")
    assert found["across.carried.research"] == ("not_checkable", None, None)
    assert found["across.in_force.regulations"] == ("holds", "12", "12")
    assert found["across.in_force.normative_documents"] == ("not_checkable", None, "31")
    assert across(archive.connection, 2022) == {}


def test_a_change_of_form_leaves_what_is_carried_and_no_more(archive: Builder) -> None:
    old = {"disclosure": "2019", "requests": "2019"}
    add(archive, report(2020, old, {"requests.carried_out.total": 4, "disclosure.regulations.total_disclosed": 9}))
    add(archive, report(2021, PARTS, {"requests.carried_in.total": 4, "disclosure.regulations.in_force": 9}))
    versions.derive(archive.connection, 1)
    found = across(archive.connection, 2021)
    assert set(found) == {
        f"across.carried.{column}"
        for column in (
            *("natural_person", "enterprise", "research", "public_interest", "legal_service", "other_org", "total"),
        )
    }
    assert found["across.carried.total"] == ("holds", "4", "4")


def test_a_year_is_missing_between(archive: Builder) -> None:
    add(archive, report(2021, PARTS, {"requests.carried_out.total": 4}))
    add(archive, report(2023, PARTS, {"requests.carried_in.total": 4}))
    versions.derive(archive.connection, 1)
    assert across(archive.connection, 2023) == {}


def test_statements_come_back_in_order_as_they_were_read(archive: Builder) -> None:
    add(archive, report(2023, PARTS, {}, statements=SAID))
    versions.derive(archive.connection, 1)
    found = document_json(archive.connection, one_document(archive.connection, "青石镇", 2023))["statements"]
    assert [(s["indicator"], s["status"], s["value"], s["raw"], s["unit"], s["heading"]) for s in found] == [
        ("prose.requests.received", "number", "12", "12件", "件", None),
        ("prose.review.total", "text", None, "未发生", None, None),
        (None, "number", "60", " 60", "人次", "统计数"),
        ("prose.fees.amount", "number", "1.5", "1.5万元", "万元", None),
    ]
    assert found[3]["value_wan"] == "1.5"
    assert found[0]["context"] == "全年收到政府信息公开申请12件。"


def columns(connection: Connection, folder: Path) -> list[str]:
    """Gives the columns of the wide export."""
    written = export(connection, "wide", ["csv"], folder, Selection(1))
    with written[0].path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def test_a_panel_has_columns_of_statistics_only_where_a_report_has_them(archive: Builder, tmp_path: Path) -> None:
    add(archive, report(2023, PARTS, {"requests.received.total": 3}))
    versions.derive(archive.connection, 1)
    assert not any(column.startswith("statistics.") for column in columns(archive.connection, tmp_path))
    add(archive, report(2016, {"statistics": "2014"}, {"statistics.review.total": 6, "statistics.fees.amount": 2}))
    versions.derive(archive.connection, 1)
    found = [column for column in columns(archive.connection, tmp_path) if column.startswith("statistics.")]
    assert found == [
        column
        for indicator in FORMS["statistics", "2014"].indicators
        for column in (
            [indicator.code, f"{indicator.code}.wan"]
            if indicator.code in ("statistics.fees.amount", "statistics.organisation.funds")
            else [indicator.code]
        )
    ]
    [written] = export(archive.connection, "long", ["csv"], tmp_path, Selection(1))
    assert written.rows == 58 + sum(len(FORMS[part, form].indicators) for part, form in PARTS.items())
    with written.path.open(encoding="utf-8-sig", newline="") as file:
        by_code = {row["indicator"]: row for row in csv.DictReader(file) if row["part"] == "statistics"}
    assert (by_code["statistics.review.total"]["value"], by_code["statistics.review.total"]["form"]) == ("6", "2014")
