"""How the archive stands, and which figures later versions changed, over all reports."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, insert

from archive.records import pauses, versions
from archive.records.pauses import Pause
from archive.records.tables import crawl_portals, crawls
from archive.research.restatements import restated, restated_json
from archive.research.status import status, status_json
from tests.records.builder import PORTAL, Builder, reading_of

URL = "http://127.0.0.1/a.html"


@pytest.fixture
def archive(engine: Engine) -> Iterator[Builder]:
    """A report whose second version changes a figure and whose third the text alone; another of one version."""
    with engine.begin() as connection:
        builder = Builder(connection)
        builder.source()
        for body, total in (("first", "1"), ("second", "2"), ("third", "2")):
            builder.seen(body)
            builder.read(body, reading_of(body, total=total))
        builder.source("http://127.0.0.1/b.html")
        builder.seen("other", "http://127.0.0.1/b.html")
        builder.read("other", reading_of("other", agency="苇渡镇", year=2022))
        versions.derive(connection, 1)
        yield builder


def test_restatements_are_the_later_versions_that_change_a_cell(archive: Builder) -> None:
    total, found = restated(archive.connection)
    [one] = [restated_json(each) for each in found]
    assert total == 1
    assert (one["agency"], one["year"], one["from"], one["to"], one["url"]) == ("青石镇", 2023, 1, 2, URL)
    assert [(c["indicator"], c["old"]["value"], c["new"]["value"]) for c in one["figures"]] == [
        ("remedies.review.total", "1", "2")
    ]
    total, found = restated(archive.connection, texts=True)
    assert (total, [(r["to"], len(r["figures"])) for r in map(restated_json, found)]) == (2, [(3, 0), (2, 1)])
    assert restated(archive.connection, division="36")[0] == 0
    assert restated(archive.connection, last=2022)[0] == 0
    total, found = restated(archive.connection, texts=True, limit=1, start=1)
    assert (total, [each.found.version for each in found]) == (2, [2])


def crawled(archive: Builder, state: str, reason: str | None = None) -> None:
    """Adds a crawl of the portal."""
    at = datetime(2026, 5, 1 + archive.hours, tzinfo=UTC)
    archive.hours += 1
    crawl = archive.connection.scalars(insert(crawls).values(software="t", started_at=at).returning(crawls.c.id)).one()
    values = {"crawl_id": crawl, "portal_id": PORTAL, "state": state, "reason": reason, "found": 2}
    archive.connection.execute(insert(crawl_portals).values(values))


def test_the_condition_of_a_portal_is_that_of_its_last_crawl_unless_it_is_paused(archive: Builder) -> None:
    today = date(2026, 6, 1)
    crawled(archive, "complete")
    for state, condition in (("incomplete", "degraded"), ("blocked", "broken"), ("failed", "broken")):
        crawled(archive, state, f"because {state}")
        found = status_json(status(archive.connection, today))
        [portal] = found["portals"]
        assert (portal["condition"], portal["reason"]) == (condition, f"because {state}")
        assert portal["last_complete"] == "2026-05-05T00:00:00Z"
        assert found["conditions"][condition] == 1
    assert found["oldest_success"]["id"] == PORTAL
    assert (found["last_run"]["states"], found["last_run"]["found"]) == ({"failed": 1}, 2)
    pauses.begin(archive.connection, Pause(PORTAL, "moves house", date(2026, 5, 1), None))
    [portal] = status_json(status(archive.connection, today))["portals"]
    assert (portal["condition"], portal["reason"]) == ("paused", "moves house")
    assert status_json(status(archive.connection, today))["oldest_success"] is None


def test_what_waits_to_be_read_is_counted(archive: Builder) -> None:
    today = date(2026, 6, 1)
    found = status_json(status(archive.connection, today))
    assert (found["agencies"], found["reports"], found["captures"]) == (2, 2, 4)
    assert found["waiting"] == {"payloads_unread": 0, "addresses_unasked": 0, "addresses_failed": 0}
    archive.seen("not read yet")
    archive.seen("a page that says no", status=404)
    assert status_json(status(archive.connection, today))["waiting"]["payloads_unread"] == 1
