"""Indicators over years: gaps stay gaps, lines end where forms are not comparable, small ratios are not shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from archive import divisions
from archive.errors import UsageError
from archive.model import Figure, Status
from archive.read.forms import part_forms as forms_of_code
from archive.records import readings, versions
from archive.research.compare import Years, compare, compare_divisions
from archive.research.comparison import Comparison, comparison_json
from tests.cli.command import Command
from tests.records.builder import ADDED, Builder
from tests.research.test_cross_year import part_of, report, without_checks

NEW = {"disclosure": "2021", "requests": "2021"}
OLD = {"disclosure": "2019", "requests": "2019"}
RECEIVED, GRANTED, CONCLUDED = (f"requests.{row}.total" for row in ("received", "granted", "concluded"))
FEES = "disclosure.fees.amount"


@pytest.fixture
def archive(engine: Engine) -> Iterator[Builder]:
    with engine.begin() as connection:
        builder = Builder(connection)
        readings.register_forms(connection, [part_of(entry.part, entry.form) for entry in forms_of_code()])
        yield builder


def add(archive: Builder, agency: str, year: int, given: dict[str, int], fees: Figure | None = None) -> None:
    """Adds a report on the form of its year."""
    plain = report(year, NEW if year >= 2021 else OLD, given)
    figures = tuple(fees if fees and figure.indicator == FEES else figure for figure in plain.figures)
    name = f"{agency}{year}"
    text = f"{name} {plain.text}"
    reading = without_checks(
        replace(plain, agency=agency, text=text, figures=figures, content_hash=f"{len(name):02x}{year:062x}")
    )
    url = f"http://127.0.0.1/{name}.html"
    archive.source(url)
    archive.seen(text, url)
    archive.read(text, reading)
    versions.derive(archive.connection, 1)


def points(found: Comparison, name: str, indicator: str) -> list[tuple[int, str, str | None, bool]]:
    """Gives year, status, value and whether the line goes on."""
    [series] = [s for s in comparison_json(found)["series"] if (s["name"], s["indicator"]) == (name, indicator)]
    return [(p["year"], p["status"], p["value"], p["joined"]) for p in series["points"]]


def test_a_line_goes_through_the_forms_only_where_they_are_comparable(archive: Builder) -> None:
    add(archive, "青石镇", 2020, {RECEIVED: 4, "requests.other.total": 1})
    add(archive, "青石镇", 2021, {RECEIVED: 5})
    add(archive, "青石镇", 2023, {RECEIVED: 0})
    found = compare(archive.connection, ["青石镇"], [RECEIVED, "requests.other.total", GRANTED])
    assert points(found, "青石镇", RECEIVED) == [
        (2020, "number", "4", False),
        (2021, "number", "5", True),
        (2022, "no_report", None, False),
        (2023, "number", "0", False),
    ]
    assert points(found, "青石镇", "requests.other.total")[:2] == [
        (2020, "number", "1", False),
        (2021, "not_on_form", None, False),
    ]
    assert points(found, "青石镇", GRANTED)[0] == (2020, "blank", None, False)
    assert found.breaks == {2021: "2021"}
    assert [each["crosswalk"] for each in comparison_json(found)["indicators"]] == ["comparable", "split", "comparable"]


def test_a_ratio_shows_what_it_is_made_of_and_is_hidden_over_less_than_five(archive: Builder) -> None:
    add(archive, "青石镇", 2021, {GRANTED: 3, CONCLUDED: 4})
    add(archive, "青石镇", 2022, {GRANTED: 3, CONCLUDED: 5})
    add(archive, "青石镇", 2023, {GRANTED: 3})
    found = comparison_json(compare(archive.connection, ["青石镇"], [GRANTED], per=CONCLUDED))
    assert [(p["status"], p["value"], p["numerator"], p["denominator"]) for p in found["series"][0]["points"]] == [
        ("small_denominator", None, "3", "4"),
        ("number", "0.600000", "3", "5"),
        ("blank", None, None, None),
    ]
    assert found["per"]["code"] == CONCLUDED


def test_money_is_in_one_unit_or_not_compared(archive: Builder) -> None:
    wan = Figure(FEES, Status.NUMBER, "120000元", Decimal(120000), "元", Decimal(12))
    add(archive, "青石镇", 2022, {}, wan)
    add(archive, "青石镇", 2023, {}, replace(wan, unit=None, value_wan=None, raw="120000"))
    found = compare(archive.connection, ["青石镇"], [FEES])
    assert points(found, "青石镇", FEES) == [(2022, "number", "12", False), (2023, "no_unit", None, False)]


def test_a_division_is_summed_over_those_that_give_a_number(archive: Builder, tmp_path: Path) -> None:
    for number, agency in enumerate(("青石镇", "苇渡镇", "禾阳街道"), 1):
        add(archive, agency, 2022, {RECEIVED: number * number})
    add(archive, "青石镇", 2023, {RECEIVED: 7})
    add(archive, "苇渡镇", 2023, {})
    (tmp_path / "divisions.toml").write_text(ADDED, encoding="utf-8")
    table = divisions.load(tmp_path / "divisions.toml")
    today = date(2024, 6, 1)
    for measure, values in (("sum", ("14", "7")), ("median", ("4", "7"))):
        found = compare_divisions(archive.connection, table, today, ["990101"], [RECEIVED], measure)
        [series] = comparison_json(found)["series"]
        assert series["name"] == "青禾县"
        assert [(p["value"], p["n"], p["expected"], p["joined"]) for p in series["points"]] == [
            (values[0], 3, 3, False),
            (values[1], 1, 3, True),
        ]
        for years in (Years(2023, 2024), Years(2023, None)):
            later = compare_divisions(archive.connection, table, today, ["990101"], [RECEIVED], measure, years)
            [first, *rest] = comparison_json(later)["series"][0]["points"]
            assert (first["year"], first["value"], first["n"], first["expected"]) == (2023, values[1], 1, 3)
            assert [(p["year"], p["status"], p["n"]) for p in rest] == [(2024, "no_report", 0)][: len(later.years) - 1]
        only = compare_divisions(archive.connection, table, today, ["990101"], [RECEIVED], measure, Years(None, 2022))
        assert only.years == (2022,)


def test_what_cannot_be_compared_is_told(archive: Builder) -> None:
    add(archive, "青石镇", 2022, {})
    with pytest.raises(UsageError, match="no agency is called"):
        compare(archive.connection, ["某镇"], [RECEIVED])
    with pytest.raises(UsageError, match="no form has an indicator"):
        compare(archive.connection, ["青石镇"], ["requests.received"])
    with pytest.raises(UsageError, match="1 to 8 agencies"):
        compare(archive.connection, [str(n) for n in range(9)], [RECEIVED])
    assert compare(archive.connection, ["青石镇"], [RECEIVED], Years(2024, 2025)).years == (2024, 2025)


def test_the_command_compares(two_nights: tuple[Command, list[dict[str, Any]]]) -> None:
    command, _ = two_nights
    [found] = command.json("compare", "990101/青禾县", "990202/云岫区", "--indicator", RECEIVED, "--years", "2021-2022")
    [shown] = command.json("show", "990101/青禾县", "2022")
    value = next(figure["value"] for figure in shown["figures"] if figure["indicator"] == RECEIVED)
    assert found["series"][0]["points"][1]["value"] == value
    printed = command.run("compare", "990101", "--divisions", "--indicator", RECEIVED).stdout
    assert "from 2021 on: form of 2021" in printed
    assert (
        "--per is for agencies"
        in command.run("compare", "990101", "--divisions", "--per", RECEIVED, "--indicator", RECEIVED, code=2).stderr
    )
