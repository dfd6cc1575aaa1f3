"""Two nights of the demo, asked as operator, researcher and maintainer would."""

import csv
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from archive.model import Location, Storage
from archive.warc.reader import payload_at
from crawler.demo.truth import Planted, changes, expected
from tests.cli.command import Command

Nights = tuple[Command, list[dict[str, Any]]]


def wanted(planted: Planted) -> dict[str, str | None]:
    """Gives the printed figures, blanks as None."""
    return dict(planted.figures)


def shown(command: Command, planted: Planted, *more: str) -> dict[str, Any]:
    division = planted.portal[:6]
    [found] = command.json("show", f"{division}/{planted.agency}", str(planted.year), *more)
    return found


def printed(found: dict[str, Any]) -> dict[str, str | None]:
    """Gives the figures as printed, blanks as None."""
    return {f["indicator"]: None if f["status"] == "blank" else f["raw"].strip() for f in found["figures"]}


def test_the_first_night_finds_exactly_what_was_planted(two_nights: Nights) -> None:
    _, nights = two_nights
    planted = Counter(one.portal for one in expected(1))
    for portal in nights[0]["portals"]:
        assert portal["state"] == "complete", portal
        assert portal["found"] == portal["new"] == planted[portal["portal"]] == portal["expected"]
        assert portal["changed"] == portal["unchanged"] == portal["withdrawn"] == portal["failed"] == 0
        assert portal["requests"] > portal["found"]
        assert portal["bytes"] > 0


def test_every_agency_of_the_demo_has_its_division(two_nights: Nights) -> None:
    command, _ = two_nights
    found = command.json("find", "--limit", "500")
    levels = {"镇": "township", "道": "township", "县": "county", "区": "county", "局": "department"}
    assert {row["agency"][-1] for row in found} == set(levels)
    for row in found:
        assert row["level"] == levels[row["agency"][-1]], row
        assert row["agency_code"].startswith(row["division"])
        assert len(row["agency_code"]) == (12 if row["level"] == "township" else 6)
    assert command.json("agencies", "queue") == []
    own = command.json("find", "--division", "990101", "--limit", "500")
    assert {row["url"] for row in own} == {row["url"] for row in found if row["division"] == "990101"}


def test_the_second_night_finds_the_correction_the_withdrawal_and_the_addition(two_nights: Nights) -> None:
    command, nights = two_nights
    moved = changes(2)
    for portal in nights[1]["portals"]:
        name = portal["portal"]
        assert portal["state"] == "complete", portal
        assert portal["changed"] == sum(one.after.portal == name for one in moved.corrected)
        assert portal["withdrawn"] == sum(one.portal == name for one in moved.withdrawn)
        assert portal["new"] == sum(one.portal == name for one in moved.added)
        assert portal["found"] == sum(one.portal == name for one in expected(2))
        assert portal["unchanged"] == portal["found"] - portal["new"] - portal["changed"]
    for one in moved.corrected:
        found = shown(command, one.after)
        [restatement] = found["restatements"]
        cells = {c["indicator"]: (c["old"]["raw"].strip(), c["new"]["raw"].strip()) for c in restatement["figures"]}
        assert cells == dict(one.figures)
        [difference] = command.json("diff", one.after.agency, str(one.after.year))
        assert {c["indicator"] for c in difference["figures"]} == set(one.figures)
        assert difference["text"]
        assert [version["number"] for version in found["versions"]] == [1, 2]
    for gone in moved.withdrawn:
        found = shown(command, gone)
        assert found["withdrawn"]
        assert printed(found) == wanted(gone)


def test_every_report_is_there_once_and_reads_as_printed(two_nights: Nights) -> None:
    command, _ = two_nights
    there = {(d["division"], d["agency"], d["year"]) for d in command.json("find", "--limit", "1000")}
    planted = [*expected(2), *changes(2).withdrawn]
    assert there == {(one.portal[:6], one.agency, one.year) for one in planted}
    for one in planted[::6]:
        found = shown(command, one)
        assert printed(found) == wanted(one), (one.agency, one.year, one.format)
        assert set(found["forms"].values()) == {one.form}


def test_every_number_leads_to_its_bytes(two_nights: Nights) -> None:
    command, _ = two_nights
    warcs = command.home / "warc"
    for one in expected(2)[::9]:
        found = shown(command, one)
        [place] = {tuple(sorted(figure["capture"].items())) for figure in found["figures"]}
        capture = dict(place)
        data = payload_at(Storage(warcs), Location(capture["warc_file"], capture["offset"], capture["length"]))
        assert hashlib.sha256(data).hexdigest() == found["sha256"]


def test_what_did_not_change_is_a_revisit(two_nights: Nights) -> None:
    command, nights = two_nights
    for first, second in zip(nights[0]["portals"], nights[1]["portals"], strict=True):
        assert second["bytes"] < first["bytes"]
    [report] = command.json("verify")
    assert report["captures"] == report["checked"]
    assert report["bad"] == report["missing"] == report["orphans"] == []


def test_history_tells_the_versions_of_a_corrected_and_a_withdrawn_report(two_nights: Nights) -> None:
    command, _ = two_nights
    for one in changes(2).corrected:
        [found] = command.json("history", one.after.agency, str(one.after.year))
        assert [(run["version"], run["gone"]) for run in found["runs"]] == [(1, False), (2, False)]
        assert found["runs"][1]["not_before"] == found["runs"][0]["last_seen"]
    for gone in changes(2).withdrawn:
        [found] = command.json("history", gone.agency, str(gone.year))
        assert [(run["version"], run["gone"]) for run in found["runs"]] == [(1, False), (None, True)]


def test_as_of_the_first_night_the_archive_answers_as_it_did_then(two_nights: Nights) -> None:
    command, _ = two_nights
    [run, _] = sorted(command.json("runs", "list"), key=lambda run: int(run["run"]))
    at = run["finished"][:19] + "Z"
    for one in changes(2).corrected:
        found = shown(command, one.before, "--as-of", at)
        assert printed(found) == wanted(one.before)


def test_exports_hold_all_figures_and_are_the_same_twice(two_nights: Nights, tmp_path: Path) -> None:
    command, _ = two_nights
    for folder in ("a", "b"):
        for shape in ("wide", "long"):
            command.run("export", "--shape", shape, "-o", str(tmp_path / folder))
    for shape in ("wide", "long"):
        assert (tmp_path / "a" / f"{shape}.csv").read_bytes() == (tmp_path / "b" / f"{shape}.csv").read_bytes()
    planted = {(one.portal[:6], one.agency, str(one.year)): one for one in [*expected(2), *changes(2).withdrawn]}
    with (tmp_path / "a" / "wide.csv").open(encoding="utf-8-sig", newline="") as file:
        wide = list(csv.DictReader(file))
    assert len(wide) == len(planted)
    with (tmp_path / "a" / "long.csv").open(encoding="utf-8-sig", newline="") as file:
        long = list(csv.DictReader(file))
    assert len(long) == sum(len(one.figures) for one in planted.values())
    for row in long:
        one = planted[row["division"], row["agency"], row["year"]]
        figure = one.figures[row["indicator"]]
        assert row["form"] == one.form
        assert row["raw"].strip() == (figure or "")
        assert (row["status"] == "blank") == (figure is None)
        assert bool(row["value"]) == (row["status"] == "number")
