"""What the records say of a portal's past: its last crawls, its season, emptied columns, checks of what is new."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from archive.records import monitors, pauses, tables, versions
from archive.records.monitors import Emptied, ReadCounts, Season
from archive.records.pauses import Pause
from archive.records.tables import crawl_portals, crawls, frontier, sources
from tests.records.builder import PORTAL, Builder, reading_of

BASE = "http://127.0.0.1"


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as opened:
        yield opened


def crawled(archive: Builder, state: str, requests: int = 5) -> None:
    """A crawl of the portal that ended so."""
    archive.next_crawl()
    row = {"crawl_id": archive.crawl, "portal_id": PORTAL, "state": state, "requests": requests}
    archive.connection.execute(insert(crawl_portals).values(row))


def wait(connection: Connection, path: str, role: str = "report", **more: Any) -> None:
    row = {"portal_id": PORTAL, "url_key": BASE + path, "url": BASE + path, "role": role, "context": {}} | more
    connection.execute(insert(frontier).values(row))


def test_the_last_crawls_are_told_the_latest_first(connection: Connection) -> None:
    archive = Builder(connection)
    assert monitors.lasts(connection) == {}
    for requests, state in enumerate(("complete", "failed", "blocked", "blocked"), start=30):
        crawled(archive, state, requests)
    now = datetime.now(UTC)
    connection.execute(update(crawls).where(crawls.c.id == archive.crawl).values(started_at=now))
    wait(connection, "/never.html")
    wait(connection, "/once.html", checked_at=now)
    wait(connection, "/failed.html", state="failed")
    found = monitors.lasts(connection)[PORTAL]
    assert found.states == ("blocked", "blocked", "failed", "complete")
    assert (found.state, found.in_a_row, found.at) == ("blocked", 2, now)
    assert (found.requests, found.unasked) == (33, 1)


def test_crawls_in_a_row_are_remembered_ten_deep(connection: Connection) -> None:
    archive = Builder(connection)
    for _ in range(12):
        crawled(archive, "failed")
    assert monitors.lasts(connection)[PORTAL].in_a_row == 10


def report(archive: Builder, agency: str, year: int, published: date | None, seen: datetime) -> None:
    url = f"{BASE}/{agency}-{year}.html"
    source = archive.source(url)
    archive.seen(url, url, captured_at=seen)
    archive.read(url, reading_of(url, agency=agency, year=year))
    archive.connection.execute(update(sources).where(sources.c.id == source).values(published=published))
    versions.derive(archive.connection, 1)


def test_a_season_is_compared_with_the_same_day_a_year_ago(connection: Connection) -> None:
    archive = Builder(connection)
    then = datetime(2026, 3, 10, tzinfo=UTC)
    autumn = datetime(2026, 10, 1, tzinfo=UTC)
    report(archive, "甲镇", 2025, date(2026, 1, 20), then)  # listed early, seen later
    report(archive, "乙镇", 2025, date(2026, 3, 5), autumn)
    report(archive, "丙镇", 2025, None, then)  # seen in time, undated
    report(archive, "丁镇", 2025, None, autumn)  # undated, met after the season: by 31 March
    report(archive, "戊镇", 2025, date(2026, 6, 1), autumn)  # late
    report(archive, "甲镇", 2026, date(2027, 1, 20), datetime(2027, 1, 21, tzinfo=UTC))
    report(archive, "甲镇", 2020, date(2021, 1, 20), then)

    def on(day: date) -> Season:
        return monitors.seasons(connection, [PORTAL], day)[PORTAL]

    assert on(date(2027, 1, 19)) == Season(2026, 1, 0)
    assert on(date(2027, 1, 20)) == Season(2026, 1, 1)
    assert on(date(2027, 3, 5)) == Season(2026, 1, 2)
    assert on(date(2027, 3, 20)) == Season(2026, 1, 3)
    assert on(date(2027, 3, 31)) == Season(2026, 1, 4)
    assert on(date(2027, 8, 1)) == Season(2026, 1, 5)
    assert on(date(2028, 2, 29)) == Season(2027, 0, 1)
    assert monitors.seasons(connection, ["990109-z"], date(2027, 3, 1)) == {"990109-z": Season(2026, 0, 0)}


def test_a_column_that_names_nothing_any_more_is_emptied(connection: Connection) -> None:
    archive = Builder(connection)
    for column, reports in (("nb", 0), ("xz", 3), ("new", 0)):
        said = {"column": column, "page": 1, "last": {"reports": reports}}
        wait(connection, f"/{column}/", "list", context=said, crawl_id=archive.crawl, state="done")
    for number, column in enumerate(("nb", "nb", "xz")):
        report(archive, f"甲{number}镇", 2024, None, datetime(2026, 1, 1, tzinfo=UTC))
        wait(connection, f"/甲{number}镇-2024.html", context={"column": column}, state="done")
    wait(connection, "/noise.html", context={"column": "new"}, state="done")  # no report came of it
    assert monitors.emptied(connection, archive.crawl) == [Emptied(PORTAL, "nb", 2, f"{BASE}/nb/")]


@pytest.mark.parametrize(
    ("cause", "answered", "emptied"),
    [
        ("the list is empty", True, True),
        ("no family recognises this list page", True, True),
        ("status 404", True, True),
        ("status 503", True, False),
        ("status 403", True, False),
        ("connection refused", False, False),
    ],
)
def test_a_list_that_could_not_be_read_names_nothing_and_one_that_did_not_answer_says_nothing(
    connection: Connection, cause: str, answered: bool, emptied: bool
) -> None:
    archive = Builder(connection)
    report(archive, "甲镇", 2024, None, datetime(2026, 1, 1, tzinfo=UTC))
    wait(connection, "/甲镇-2024.html", context={"column": "nb"}, state="done")
    said = {"column": "nb", "page": 1, "last": {"failure": cause}}
    at = datetime.now(UTC) + timedelta(hours=1) if answered else datetime(2026, 1, 1, tzinfo=UTC)
    wait(connection, "/nb/", "list", context=said, crawl_id=archive.crawl, state="failed", checked_at=at)
    assert [one.column for one in monitors.emptied(connection, archive.crawl)] == (["nb"] if emptied else [])


def test_only_what_is_new_in_a_crawl_is_counted_as_read(connection: Connection) -> None:
    archive = Builder(connection)
    report(archive, "甲镇", 2024, None, datetime(2026, 1, 1, tzinfo=UTC))
    first = archive.crawl
    archive.next_crawl()
    archive.seen(f"{BASE}/甲镇-2024.html", f"{BASE}/甲镇-2024.html")
    assert monitors.read_counts(connection, first, 1) == ReadCounts(1, 0, 0, 0, 1)
    assert monitors.read_counts(connection, first, 2) == ReadCounts(0, 0, 0, 0, 0)
    assert monitors.read_counts(connection, archive.crawl, 1) == ReadCounts(0, 0, 0, 0, 0)


def test_a_pause_runs_out_by_itself_and_a_new_one_replaces_it(connection: Connection) -> None:
    first = Pause(PORTAL, "broken", date(2027, 1, 1), date(2027, 2, 1))
    pauses.begin(connection, first)
    assert pauses.in_force(connection, date(2027, 1, 31)) == {PORTAL: first}
    assert pauses.in_force(connection, date(2027, 2, 1)) == {}
    second = Pause(PORTAL, "still broken", date(2027, 1, 15), None)
    pauses.begin(connection, second)
    assert pauses.in_force(connection, date(2030, 1, 1)) == {PORTAL: second}
    pauses.end(connection, PORTAL, date(2027, 1, 20))
    assert pauses.in_force(connection, date(2027, 1, 20)) == {}
    assert len(connection.execute(select(tables.pauses)).all()) == 2
