"""What is expected, what is held, and what may be said of the rest: only what a crawl can know."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from archive import divisions
from archive.divisions import Table
from archive.errors import UsageError
from archive.records import versions
from archive.records.tables import agencies, crawl_portals, crawls, frontier
from archive.research.coverage import coverage, expected_in, gap_json, gaps, matrix_json
from archive.research.expected import State, due, last_due
from tests.cli.command import Command
from tests.records.builder import ADDED, PORTAL, Builder, reading_of

TODAY = date(2026, 6, 1)


@pytest.fixture
def archive(engine: Engine) -> Iterator[Builder]:
    """青石镇 with 2021 and 2023, 苇渡镇 with 2022."""
    with engine.begin() as connection:
        builder = Builder(connection)
        for agency, year in (("青石镇", 2021), ("青石镇", 2023), ("苇渡镇", 2022)):
            add(builder, agency, year)
        yield builder


@pytest.fixture
def table(tmp_path: Path) -> Table:
    (tmp_path / "divisions.toml").write_text(ADDED, encoding="utf-8")
    return divisions.load(tmp_path / "divisions.toml")


def add(builder: Builder, agency: str, year: int) -> str:
    """Adds a report at a URL of its own, which it gives."""
    url = f"http://127.0.0.1/{agency}{year}.html"
    reading = reading_of(f"{agency} {year}", agency=agency, year=year)
    builder.source(url)
    builder.seen(reading.text, url)
    builder.read(reading.text, reading)
    versions.derive(builder.connection, 1)
    return url


def crawled(builder: Builder, at: datetime, state: str, **more: Any) -> int:
    """Adds a crawl of the portal."""
    statement = insert(crawls).values(software="t", started_at=at, finished_at=at).returning(crawls.c.id)
    crawl = builder.connection.scalars(statement).one()
    values = {"crawl_id": crawl, "portal_id": PORTAL, "state": state} | more
    builder.connection.execute(insert(crawl_portals).values(values))
    return int(crawl)


def states(builder: Builder, table: Table, **more: Any) -> dict[tuple[str, int], str]:
    """Gives what is known by agency and year, of those that are expected or held."""
    found = coverage(builder.connection, table, TODAY, region="990101", **more)
    return {
        (row.name, cell.year): state.value
        for row in found.rows
        for cell in row.cells
        for state in cell.states
        if state is not State.NOT_EXPECTED
    }


def test_what_no_crawl_has_asked_for_is_not_checked(archive: Builder, table: Table) -> None:
    found = states(archive, table)
    assert found["青石镇", 2021] == found["青石镇", 2023] == found["苇渡镇", 2022] == "collected"
    assert found["青石镇", 2022] == found["青石镇", 2025] == found["苇渡镇", 2025] == "not_checked"
    assert ("苇渡镇", 2021) not in found  # before its first year nobody knows of it


def test_a_portal_is_believed_only_after_its_lists_were_read_whole(archive: Builder, table: Table) -> None:
    crawled(archive, datetime(2025, 6, 1, tzinfo=UTC), "complete")
    crawled(archive, datetime(2026, 5, 1, tzinfo=UTC), "incomplete", reason="page 2 of the list was empty")
    found = states(archive, table)
    assert found["青石镇", 2024] == "not_on_portal"
    assert found["青石镇", 2025] == "not_checked"  # due on 31 March 2026, and no whole crawl since
    reasons = {
        gap.year: gap.reason.words() for gap in gaps(archive.connection, table, TODAY) if gap.agency.name == "青石镇"
    }
    assert reasons[2025] == "the last crawl is incomplete: page 2 of the list was empty"


@pytest.mark.parametrize("state", ["failed", "blocked"])
def test_a_portal_that_gave_no_answer_has_failed(archive: Builder, table: Table, state: str) -> None:
    crawled(archive, datetime(2026, 5, 1, tzinfo=UTC), state, reason="status 503")
    found = [gap_json(gap) for gap in gaps(archive.connection, table, TODAY, years=(2025, 2025))]
    assert [(gap["agency"], gap["state"], gap["reason"]) for gap in found] == [
        ("苇渡镇", "fetch_failed", "the last crawl had no answer: status 503"),
        ("青石镇", "fetch_failed", "the last crawl had no answer: status 503"),
    ]
    assert found[0]["portal"]["last_crawl"] == "2026-05-01T00:00:00Z"


@pytest.mark.parametrize(("state", "known"), [("failed", "fetch_failed"), ("due", "not_checked")])
def test_an_address_whose_title_names_the_report_tells_more(
    archive: Builder, table: Table, state: str, known: str
) -> None:
    crawl = crawled(archive, datetime(2026, 5, 1, tzinfo=UTC), "complete")
    context = {
        "title": "苇渡镇2024年政府信息公开工作年度报告",
        "last": {"failure": "status 500"} if state == "failed" else {},
    }
    values = {"portal_id": PORTAL, "url": "http://127.0.0.1/x", "url_key": "http://127.0.0.1/x", "role": "report"}
    archive.connection.execute(
        insert(frontier).values(values | {"state": state, "context": context, "crawl_id": crawl})
    )
    found = states(archive, table)
    assert found["苇渡镇", 2024] == known
    assert found["苇渡镇", 2023] == found["青石镇", 2024] == "not_on_portal"


def test_a_report_that_has_gone_is_held_and_withdrawn(archive: Builder, table: Table) -> None:
    url = "http://127.0.0.1/青石镇2023.html"
    archive.seen("青石镇 2023", url, 404)
    versions.derive(archive.connection, 1)
    assert states(archive, table)["青石镇", 2023] == "withdrawn"
    found = matrix_json(coverage(archive.connection, table, TODAY, by="portal"))
    [cell] = [cell for cell in found["total"]["cells"] if cell["year"] == 2023]
    assert (cell["found"], cell["expected"]) == (1, 2)
    assert cell["states"]["withdrawn"] == 1
    assert sum(cell["states"].values()) == 2


def test_an_agency_that_is_no_more_is_expected_until_its_last_year(
    archive: Builder, table: Table, tmp_path: Path
) -> None:
    settled = '[[agency]]\nportal = "990101"\nname = "苇渡镇"\ncode = "990101101"\nuntil = 2023\n'
    merged = '[[merge]]\ncode = "990101100"\ninto = "990101101"\nsince = 2025\n'
    (tmp_path / "divisions.toml").write_text(ADDED + settled + merged, encoding="utf-8")
    archive.connection.execute(update(agencies).where(agencies.c.name == "青石镇").values(code="990101100000"))
    found = states(archive, divisions.load(tmp_path / "divisions.toml"))
    assert max(year for name, year in found if name == "苇渡镇") == 2023
    assert max(year for name, year in found if name == "青石镇") == 2024
    assert max(year for _, year in states(archive, table)) == 2025


def test_days_on_which_reports_are_due() -> None:
    assert due(2018, "department") == date(2019, 3, 31)
    assert due(2019, "department") == date(2020, 1, 31)
    assert due(2019, "county") == due(2019, None) == date(2020, 3, 31)
    assert [last_due("department", day) for day in (date(2026, 1, 31), date(2026, 2, 1))] == [2024, 2025]
    assert [last_due("township", day) for day in (date(2026, 3, 31), date(2026, 4, 1))] == [2024, 2025]


def test_the_matrix_opens_one_level_at_a_time(archive: Builder, table: Table) -> None:
    top = coverage(archive.connection, table, TODAY)
    assert [(row.key, row.name, row.kind, row.agencies) for row in top.rows] == [("990101", "青禾县", "division", 2)]
    assert top.years == (2021, 2022, 2023, 2024, 2025)
    assert [(cell.found, cell.expected) for cell in top.total.cells] == [(1, 1), (1, 2), (1, 2), (0, 2), (0, 2)]
    expected = expected_in(archive.connection, table, TODAY, "990101", 1)
    assert expected == {cell.year: cell.expected for cell in top.total.cells}
    below = coverage(archive.connection, table, TODAY, region="990101", years=(2022, 2023))
    assert [(row.name, row.kind) for row in below.rows] == [("苇渡镇", "agency"), ("青石镇", "agency")]
    assert below.path == (("990101", "青禾县"),)
    assert coverage(archive.connection, table, TODAY, region="36").rows == ()
    with pytest.raises(UsageError, match="no division code"):
        coverage(archive.connection, table, TODAY, region="x'")


def test_the_command_shows_the_matrix_and_its_gaps(two_nights: tuple[Command, list[dict[str, Any]]]) -> None:
    command, _ = two_nights
    [matrix] = command.json("coverage", "--by", "portal")
    reports = len(command.json("find", "--limit", "1000"))
    assert sum(cell["found"] for cell in matrix["total"]["cells"]) == matrix["total"]["found"] == reports
    missing = command.json("coverage", "--gaps", "--years", "2024")
    [cell] = [cell for cell in matrix["total"]["cells"] if cell["year"] == 2024]
    assert len(missing) == cell["expected"] - cell["found"] > 0
    assert {gap["state"] for gap in missing} == {"not_on_portal"}
    assert "is no span of years" in command.run("coverage", "--years", "x", code=2).stderr
    assert f"{len(missing)} reports are expected" in command.run("coverage", "--gaps", "--years", "2024").stdout
