"""The ratchet: scores never fall unnoticed, and no reading changes without another REVISION."""

import copy
from typing import Any

import pytest

from archive.read import REVISION
from tests.recorded import pin

HOW = "run `python -m tests.recorded.pin`"


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    return pin.measured()


def test_every_case_is_pinned(now: dict[str, Any]) -> None:
    assert sorted(now["readings"]) == sorted(pin.pinned()["readings"]), HOW


def test_no_reading_changes_without_another_revision(now: dict[str, Any]) -> None:
    assert pin.pinned()["revision"] == REVISION, HOW
    assert pin.changed(pin.pinned(), now) == [], "raise REVISION in archive/read/revision.py"


def test_scores_are_as_pinned(now: dict[str, Any]) -> None:
    assert pin.lowered(pin.pinned(), now) == []
    assert now["scores"] == pin.pinned()["scores"], HOW


def test_a_fall_and_a_change_are_seen(now: dict[str, Any]) -> None:
    worse = copy.deepcopy(now)
    kind, name = next(iter(worse["scores"])), next(iter(worse["readings"]))
    worse["scores"][kind]["right"] -= 1
    worse["readings"][name] = "0" * 64
    assert [line.split(":")[0] for line in pin.lowered(now, worse)] == [kind]
    assert pin.changed(now, worse) == [name]


def test_no_number_is_false(now: dict[str, Any]) -> None:
    assert {kind: score["false"] for kind, score in now["scores"].items() if score["false"]} == {}
