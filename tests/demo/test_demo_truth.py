"""The planted figures: complete, consistent, and changed between the nights exactly as announced."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from crawler.demo.layout import BLOCKS, COLUMNS, PARTS, codes, outcomes
from crawler.demo.truth import Planted, changes, expected

WRONG = ("青禾县", 2022)  # prints a wrong total on purpose


def numbers(planted: Planted) -> Mapping[str, Decimal]:
    """Counts a blank as the zero it stands for: the demo blanks nothing else."""
    return {
        code: Decimal(printed or 0)
        for code, printed in planted.figures.items()
        if code.startswith(("requests.", "remedies."))
    }


def failures(planted: Planted) -> list[str]:
    at = numbers(planted)
    rows = ("received", "carried_in", *outcomes(planted.form), "concluded", "carried_out")
    sides: dict[str, tuple[Decimal, Decimal | int]] = {
        f"balance {c}": (
            at[f"requests.received.{c}"] + at[f"requests.carried_in.{c}"],
            at[f"requests.concluded.{c}"] + at[f"requests.carried_out.{c}"],
        )
        for c in COLUMNS
    }
    sides |= {
        f"outcomes {c}": (at[f"requests.concluded.{c}"], sum(at[f"requests.{r}.{c}"] for r in outcomes(planted.form)))
        for c in COLUMNS
    }  # fmt: skip
    sides |= {f"row {r}": (at[f"requests.{r}.total"], sum(at[f"requests.{r}.{c}"] for c in PARTS)) for r in rows}
    sides |= {
        f"total {b}": (
            at[f"remedies.{b}.total"],
            sum(at[f"remedies.{b}.{part}"] for part in ("upheld", "corrected", "other", "pending")),
        )
        for b in BLOCKS
    }
    assert len(sides) == {"2019": 40, "2021": 42}[planted.form]
    return [name for name, (left, right) in sides.items() if left != right]


def test_forty_reports_twenty_a_portal() -> None:
    planted = expected(1)
    assert [sum(one.portal == portal for one in planted) for portal in ("990101-qinghe", "990202-yunxiu")] == [20, 20]
    assert len({(one.agency, one.year) for one in planted}) == 40
    assert len({one.path for one in planted}) == 40
    assert {one.format for one in planted} == {"html", "docx", "txt"}
    assert {one.year for one in planted if one.form == "2019"} == {2020}
    assert {one.year for one in planted if one.form == "2021"} == {2021, 2022, 2023, 2024}


@pytest.mark.parametrize("night", [1, 2])
def test_a_report_prints_every_cell_of_its_form(night: int) -> None:
    for planted in expected(night):
        assert len(planted.figures) == {"2019": 198, "2021": 200}[planted.form]
        assert tuple(planted.figures) == codes(planted.form)


@pytest.mark.parametrize("night", [1, 2])
def test_identities_hold_but_for_the_deliberate_misprint(night: int) -> None:
    found = {(one.agency, one.year): failures(one) for one in expected(night)}
    assert found.pop(WRONG) == ["total review"]
    assert not {key: names for key, names in found.items() if names}


def test_what_one_year_carries_out_the_next_carries_in() -> None:
    planted = {(one.agency, one.year): one for one in expected(2)}
    pairs = [
        (one, planted[agency, year - 1]) for (agency, year), one in planted.items() if (agency, year - 1) in planted
    ]
    assert len(pairs) > 25
    for later, earlier in pairs:
        for column in COLUMNS:
            carried = later.figures[f"requests.carried_in.{column}"]
            assert Decimal(carried or 0) == Decimal(earlier.figures[f"requests.carried_out.{column}"] or 0)


def test_figures_are_distinct_and_fit_the_size_of_the_agency() -> None:
    planted = expected(1)
    assert len({tuple(one.figures.values()) for one in planted}) == 40
    received = {(one.agency, one.year): int(one.figures["requests.received.total"] or 0) for one in planted}
    counties = [count for (agency, _), count in received.items() if agency in ("青禾县", "云岫区")]
    townships = [count for (agency, _), count in received.items() if agency.endswith(("镇", "街道"))]
    assert min(counties) > 100 > max(townships)
    assert min(townships) > 0


def test_the_quirks_are_printed() -> None:
    planted = {(one.agency, one.year): one.figures for one in expected(1)}
    assert "无增减" in planted["苇渡镇", 2020].values()
    assert "无增减" in planted["栗坪镇", 2020].values()
    amounts = {f["disclosure.procurement.amount"] for f in planted.values() if "disclosure.procurement.amount" in f}
    units = {str(amount).lstrip("0123456789.") for amount in amounts}
    assert units == {" 万元", "万元", "元", "万"}
    blank = planted["禾阳街道", 2022]
    assert "0" not in {v for k, v in blank.items() if k.startswith(("requests.", "remedies."))}
    assert list(planted["禾阳街道", 2022].values()).count(None) > 100
    assert all(None not in figures.values() for key, figures in planted.items() if key != ("禾阳街道", 2022))


def test_night_two_corrects_withdraws_and_adds_one() -> None:
    change = changes(2)
    [correction] = change.corrected
    assert (correction.before.agency, correction.before.year) == ("青禾县财政局", 2023)
    assert correction.before.path == correction.after.path
    assert correction.figures["requests.received.total"] == ("57", "60")
    assert len(correction.figures) == 9
    assert [(one.agency, one.year) for one in change.withdrawn] == [("芦汀街道", 2021)]
    assert [(one.agency, one.year) for one in change.added] == [("芦汀街道", 2024)]
    before = {one.path: one for one in expected(1)}
    after = {one.path: one for one in expected(2)}
    touched = {correction.after.path, change.withdrawn[0].path, change.added[0].path}
    assert {path for path in before | after if before.get(path) != after.get(path)} == touched


@pytest.mark.parametrize("night", [1, 3, 7])
def test_other_nights_change_nothing(night: int) -> None:
    change = changes(night)
    assert (change.corrected, change.withdrawn, change.added) == ((), (), ())
