"""Which portals a night asks, and in which order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.operate.due import Plan, due, plan
from archive.portals import Portal
from archive.records.monitors import Last
from archive.records.pauses import Pause

MARCH, AUGUST = date(2027, 3, 10), date(2027, 8, 10)


def portal(name: str = "990101-a", status: str = "active") -> Portal:
    return Portal(
        schema=1,
        id=name,
        name="甲县",
        division=name[:6],
        base="http://127.0.0.1",
        hosts=("127.0.0.1",),
        status=status,
        path=Path(f"{name}.toml"),
    )


def last(days: int, *states: str, before: date = MARCH, requests: int = 50, unasked: int = 0) -> Last:
    """Gives crawls, the latest so many days before, at two in the morning in China."""
    at = datetime(before.year, before.month, before.day, 2 - 8 + 24, tzinfo=UTC) - timedelta(days=days + 1)
    return Last(at, states or ("complete",), requests, unasked)


@pytest.mark.parametrize(
    ("before", "wanted", "said"),
    [
        (None, True, "never crawled"),
        (last(0), False, "2027-03-10 already"),
        (last(0, "failed"), False, "already"),
        (last(1), True, "every night"),
        (last(1, "running"), True, "interrupted"),
        (last(0, "running"), True, "interrupted"),
        (last(1, "blocked"), True, "was blocked"),
        (last(1, "blocked", "blocked", "blocked"), False, "next on 2027-03-16"),
        (last(7, "blocked", "blocked", "blocked"), True, "every 7 days"),
        (last(1, "failed", "failed", "failed", "failed"), True, "every night"),
    ],
)
def test_in_march_a_portal_is_due_every_night(before: Last | None, wanted: bool, said: str) -> None:
    found = due(portal(), before, None, MARCH)
    assert (found.due, said in found.reason) == (wanted, True), found


@pytest.mark.parametrize(
    ("before", "wanted", "said"),
    [
        (None, True, "never crawled"),
        (last(1, before=AUGUST), False, "next on 2027-09-06"),
        (last(27, before=AUGUST), False, "next on 2027-08-11"),
        (last(28, before=AUGUST), True, "every 28 days"),
        (last(1, "incomplete", before=AUGUST), True, "was incomplete"),
        (last(1, "incomplete", "incomplete", "incomplete", before=AUGUST), False, "next on"),
        (last(1, "incomplete", "incomplete", "incomplete", before=AUGUST, unasked=9), True, "9 addresses"),
    ],
)
def test_in_august_it_is_due_every_four_weeks_unless_something_is_left(
    before: Last | None, wanted: bool, said: str
) -> None:
    found = due(portal(), before, None, AUGUST)
    assert (found.due, said in found.reason) == (wanted, True), found


def test_january_comes_at_once_after_a_quiet_december() -> None:
    before = last(3, before=date(2027, 1, 1))
    assert due(portal(), before, None, date(2027, 1, 1)).due
    assert not due(portal(), before, None, date(2026, 12, 31)).due


@pytest.mark.parametrize("status", ["draft", "paused", "blocked", "retired"])
def test_only_an_active_portal_is_due(status: str) -> None:
    found = due(portal(status=status), None, None, MARCH)
    assert not found.due
    assert status in found.reason


def test_a_paused_portal_is_never_due_and_says_why() -> None:
    pause = Pause("990101-a", "new system", date(2027, 3, 1), date(2027, 4, 1))
    found = due(portal(), last(1, "running"), pause, MARCH)
    assert (found.due, found.reason) == (False, "paused since 2027-03-01 until 2027-04-01: new system")


def names(found: Plan) -> tuple[list[str], list[str], list[str]]:
    chosen, left, resting = ([one.portal for one in ones] for ones in (found.chosen, found.left, found.resting))
    return chosen, left, resting


def test_interrupted_ones_go_first_then_new_ones_then_by_age() -> None:
    portals = [portal(f"99010{n}-p") for n in range(1, 6)]
    lasts = {
        "990101-p": last(1),
        "990102-p": last(5),
        "990103-p": last(2, "running"),
        "990104-p": last(0),
    }
    assert names(plan(portals, lasts, {}, MARCH, 1000)) == (
        ["990103-p", "990105-p", "990102-p", "990101-p"],
        [],
        ["990104-p"],
    )


def test_a_small_budget_gives_whole_portals_and_always_one() -> None:
    portals = [portal("990101-a"), portal("990102-b"), portal("990103-c")]
    lasts = {"990101-a": last(3, requests=90), "990102-b": last(2, requests=60), "990103-c": last(1, requests=10)}
    assert names(plan(portals, lasts, {}, MARCH, 100)) == (["990101-a", "990103-c"], ["990102-b"], [])
    [left] = plan(portals, lasts, {}, MARCH, 100).left
    assert left.reason.endswith("; it may take 60 requests, 10 are left")
    assert names(plan(portals, lasts, {}, MARCH, 1)) == (["990101-a"], ["990102-b", "990103-c"], [])


def test_everything_takes_what_is_not_due_but_nothing_that_rests_on_purpose() -> None:
    paused = portal("990102-b")
    portals = [portal("990101-a"), paused, portal("990103-c", "draft")]
    pause = Pause(paused.id, "new system", date(2027, 3, 1), None)
    found = plan(portals, {"990101-a": last(0)}, {paused.id: pause}, MARCH, 1000, everything=True)
    assert names(found) == (["990101-a"], [], ["990102-b", "990103-c"])
    assert "asked for" in found.chosen[0].reason


def test_what_a_new_portal_takes_is_what_its_file_allows() -> None:
    small = portal("990101-a")
    small = replace(small, politeness=replace(small.politeness, nightly_requests=30))
    assert names(plan([small, portal("990102-b")], {}, {}, MARCH, 170)) == (["990101-a"], ["990102-b"], [])
    assert names(plan([small, portal("990102-b")], {}, {}, MARCH, 180))[1] == []
