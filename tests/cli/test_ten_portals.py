"""Three nights at the ten demo portals: every planted report, no noise, the planted faults named, nobody pressed."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from archive.records.recheck import has_turn
from crawler.demo.answers import Access
from crawler.demo.server import DemoServer
from crawler.demo.ten import TEN
from tests.cli.command import Command, ask, served

HELD = """
SELECT DISTINCT s.portal_id, a.name, d.year FROM sources s JOIN documents d ON d.id = s.document_id
JOIN agencies a ON a.id = d.agency_id"""
VERSIONS = "SELECT count(*) FROM versions"
CORRECTED = "SELECT DISTINCT s.portal_id FROM versions v JOIN sources s ON s.id = v.source_id WHERE v.number > 1"
KNOWN = """
SELECT id, portal_id, url, role, CAST(context ->> 'page' AS integer) AS page, context ->> 'via' AS via FROM frontier"""


def held(archive: Command) -> dict[str, set[tuple[str, int]]]:
    """Gives (agency, year) of the documents of each portal."""
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for portal, agency, year in ask(archive, HELD):
        found[portal].add((agency, year))
    return found


def crawl(archive: Command, server: DemoServer, night: int) -> dict[str, dict[str, Any]]:
    """Gives what one night did at each portal."""
    server.set_night(night)
    return {row["portal"]: row for row in archive.json("crawl", code=3)[0]["portals"]}


def at_a_time(log: list[Access]) -> int:
    """Gives the most requests that a portal had at one time."""
    edges = sorted([(one.start, 1) for one in log] + [(one.end, -1) for one in log], key=lambda edge: edge)
    count = most = 0
    for _, step in edges:
        count += step
        most = max(most, count)
    return most


def check_quiet_night(archive: Command, server: DemoServer, before: dict[str, dict[str, Any]]) -> None:
    """Checks what a night in the season asks in which nothing has changed, a day after all was asked."""
    ask(archive, "UPDATE frontier SET checked_at = '2027-02-09 02:00+08'")
    versions = ask(archive, VERSIONS)
    known = {(row.portal_id, row.url): row for row in ask(archive, KNOWN)}
    server.log.clear()
    server.set_night(3)
    [night] = archive.json("nightly", "--today", "2027-02-10", code=3)
    assert ask(archive, VERSIONS) == versions
    quiet = [row for row in night["portals"] if before[row["portal"]]["state"] == "complete"]
    assert len(quiet) > 6
    for row in quiet:
        told = ("state", "found", "expected")
        assert [row[name] for name in told] == [before[row["portal"]][name] for name in told]
        assert (row["new"], row["changed"], row["withdrawn"]) == (0, 0, 0), row
        asked = Counter(
            (one.portal, f"http://{one.host}{one.path}")
            for one in server.log
            if one.portal == row["portal"] and one.status not in (301, 302)
        )
        assert max((count for place, count in asked.items() if place in known), default=1) == 1
        assert all(known[place].page in (None, 1) for place in asked if place in known)  # first pages, and reports
        for one in (known[place] for place in asked if place in known and known[place].role != "list"):
            turn = has_turn(one.id, date(2027, 2, 9), date(2027, 2, 10), 2025 if one.role == "report" else 2024)
            assert turn or (one.portal_id, one.via) in asked, one  # a page whose counter has moved wakes its files


def test_three_nights_at_ten_portals(archive: Command) -> None:
    with served(archive, TEN) as server:
        for night in (1, 2, 3):
            done = crawl(archive, server, night)
            documents = held(archive)
            for portal in TEN:
                truth, row = portal.truth(night), done[portal.id]
                assert (row["state"], portal.id, night) == (truth.state, portal.id, night), row
                assert truth.reason in (row["reason"] or "")
                assert documents[portal.id] == truth.documents
        log = list(server.log)
        check_quiet_night(archive, server, done)
    for portal in TEN:
        own = [one for one in log if one.portal == portal.id]
        assert len(own) > 10
        assert at_a_time(own) == 1
        assert all(one.host == f"{portal.address}:{server.port}" for one in own)
        assert "NianbaoArchiveBot" in own[0].headers["user-agent"]
    assert archive.json("verify")[0]["bad"] == []
    assert ask(archive, CORRECTED) == [], "no report changes here; what stands in place of one is no version of it"
