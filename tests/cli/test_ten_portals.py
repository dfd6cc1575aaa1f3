"""Three nights at the ten demo portals: every planted report, no noise, the planted faults named, nobody pressed."""

from collections import defaultdict
from typing import Any

from sqlalchemy import create_engine, text

from crawler.demo.answers import Access
from crawler.demo.server import DemoServer
from crawler.demo.ten import TEN
from tests.cli.command import Command, served

HELD = text(
    "SELECT DISTINCT s.portal_id, a.name, d.year FROM sources s JOIN documents d ON d.id = s.document_id"
    " JOIN agencies a ON a.id = d.agency_id"
)


def held(archive: Command) -> dict[str, set[tuple[str, int]]]:
    """Gives (agency, year) of the documents of each portal."""
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    engine = create_engine(archive.database_url)
    with engine.connect() as connection:
        for portal, agency, year in connection.execute(HELD):
            found[portal].add((agency, year))
    engine.dispose()
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
    for portal in TEN:
        own = [one for one in log if one.portal == portal.id]
        assert len(own) > 10
        assert at_a_time(own) == 1
        assert all(one.host == f"{portal.address}:{server.port}" for one in own)
        assert "NianbaoArchiveBot" in own[0].headers["user-agent"]
    assert archive.json("verify")[0]["bad"] == []
