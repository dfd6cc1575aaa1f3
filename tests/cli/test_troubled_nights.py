"""Nights that need someone: loud ones, failed ones, and `nianbao retry`, at a portal that answers as it is told to."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.cli.command import Command
from tests.cli.test_bad_input import PORTAL, with_portal
from tests.crawler.raw_server import RawServer, http
from tests.operate.mailbox import hooked

TITLE = "{}镇2023年政府信息公开工作年度报告"
REPORT = (
    "<html><body><h1>{0}镇2023年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>{0}镇一切正常。</p></body></html>"
)
BROKEN = http("<html>500</html>", status="500 Internal Server Error")


@pytest.fixture
def server(archive: Command) -> Iterator[RawServer]:
    """A portal of two reports, the second of which cannot be had."""
    with RawServer("127.0.0.31") as running:
        text = PORTAL.replace("127.0.0.31:9", running.host)
        with_portal(archive, f'{text}family = "listing"\n\n[politeness]\ndelay = 0.0\n')
        rows = "".join(f'<li><a href="/{n}.html">{TITLE.format(n)}</a><span>2024-01-18</span></li>' for n in "ab")
        listed = f"<html><head><title>年报</title></head><body><ul class=list>{rows}</ul></body></html>"
        running.page("/list.html", listed.replace(">a镇", ">甲镇").replace(">b镇", ">乙镇"))
        running.page("/a.html", REPORT.format("甲"))
        running.answers["/b.html"] = BROKEN
        yield running


def test_only_what_failed_is_asked_again_and_the_run_tells_of_both(archive: Command, server: RawServer) -> None:
    assert "nothing failed" in archive.run("retry").stderr
    [first] = archive.json("crawl", code=3)
    [portal] = first["portals"]
    assert (portal["state"], portal["found"], portal["failed"]) == ("incomplete", 1, 1)
    [shown] = archive.json("runs", "show", str(first["run"]))
    [failure] = shown["failures"]
    assert (failure["addresses"], failure["url"]) == (1, f"{server.base}/b.html")
    assert "500" in failure["cause"]
    assert shown["night"] is None
    people = archive.run("runs", "show", str(first["run"])).stdout
    assert "1 failed: status 500, for instance" in people

    server.seen.clear()
    [again] = archive.json("retry", code=3)
    assert set(server.paths()) == {"/robots.txt", "/b.html"}
    assert again["portals"][0]["failed"] == 1

    server.page("/b.html", REPORT.format("乙"))
    server.seen.clear()
    [mended] = archive.json("retry", "990301-shi")
    assert sorted(server.paths()) == ["/b.html", "/robots.txt"]
    assert mended["run"] == first["run"]
    [portal] = mended["portals"]
    assert (portal["state"], portal["found"], portal["new"], portal["failed"]) == ("complete", 2, 2, 0)
    assert "nothing failed" in archive.run("retry").stderr

    server.answers["/b.html"] = BROKEN  # after a night in which a.html had no turn, it has none in a retry
    archive.json("crawl", code=3)
    engine = create_engine(archive.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE frontier SET checked_at = '2027-08-11 01:00+08'"))
    engine.dispose()
    for command, asked in (
        (("nightly", "--today", "2027-08-11"), {"/robots.txt", "/list.html", "/b.html"}),
        (("retry",), {"/robots.txt", "/b.html"}),
    ):
        server.seen.clear()
        [portal] = archive.json(*command, code=3)[0]["portals"]
        assert set(server.paths()) == asked
        assert (portal["found"], portal["failed"]) == (1, 1)
    [report] = archive.json("verify")
    assert report["bad"] == report["missing"] == report["orphans"] == []


def test_a_night_tells_of_a_failed_portal_and_a_failing_alert_is_an_issue(archive: Command, server: RawServer) -> None:
    server.answers["/list.html"] = BROKEN
    with hooked() as hook:
        archive.more |= {
            "NIANBAO_ALERTS_WEBHOOK": f"{hook.base}/hook",
            "NIANBAO_ALERTS_HEALTHCHECK": f"{hook.base}/ping",
            "NIANBAO_ALERTS_TEXTFILE": str(archive.home / "nianbao.prom"),
        }
        [night] = archive.json("nightly", code=3)
        assert [asked.path for asked in hook.asked] == ["/ping/start", "/hook", "/ping"]
        assert json.loads(hook.asked[1].body)["digest"]["portals"] == night["portals"]
        assert night["portals"][0]["state"] == "failed"
        assert night["issues"] == []
        assert "nianbao_night_exit_code 3\n" in (archive.home / "nianbao.prom").read_text(encoding="utf-8")
        assert "1 of 1 sent: webhook" in archive.run("alerts", "test").stdout
        hook.status = 503
        [night] = archive.json("nightly", "--all", code=3)
        assert len(night["issues"]) == 3
        assert all("status 503" in issue for issue in night["issues"])
        [shown] = archive.json("runs", "show", str(night["run"]))
        assert shown["night"]["issues"] == night["issues"]
        assert "status 503" in archive.run("alerts", "test", code=3).stderr


def test_a_night_that_cannot_be_is_told_of(archive: Command, server: RawServer) -> None:
    archive.database_url = "postgresql://nianbao:geheim@127.0.0.1:1/nianbao"
    with hooked() as hook:
        archive.more |= {"NIANBAO_ALERTS_WEBHOOK": f"{hook.base}/hook", "NIANBAO_ALERTS_HEALTHCHECK": hook.base}
        archive.run("nightly", code=6)
    assert [asked.path for asked in hook.asked] == ["/hook", "/fail"]
    said = json.loads(hook.asked[0].body)
    assert said["error"]["exit_code"] == 6
    assert "geheim" not in hook.asked[0].body.decode()


def test_alerts_can_only_be_tested_where_there_are_some(archive: Command) -> None:
    assert "mail_server" in archive.run("alerts", "test", code=2).stderr


def test_a_portal_that_refuses_three_nights_is_loud_from_the_third_on(archive: Command, server: RawServer) -> None:
    server.answers["/robots.txt"] = http("<html>403</html>", status="403 Forbidden")
    nights = [archive.json("nightly", "--all", code=3)[0] for _ in range(3)]
    assert [night["portals"][0]["state"] for night in nights] == ["blocked"] * 3
    assert [[one["code"] for one in night["loud"]] for night in nights] == [[], [], ["blocked"]]
    assert "robots.txt" in nights[2]["loud"][0]["message"]
    assert set(server.paths()) == {"/robots.txt"}
    people = archive.run("runs", "show", str(nights[2]["run"])).stdout
    assert "!! 990301-shi: blocked in its last 3 crawls: " in people


def test_a_column_that_names_nothing_any_more_is_loud_and_what_it_gave_stays(
    archive: Command, server: RawServer
) -> None:
    server.page("/b.html", REPORT.format("乙"))
    [night] = archive.json("nightly")
    assert night["loud"] == []
    server.page("/list.html", "<html><head><title>年报</title></head><body><ul class=list></ul></body></html>")
    [night] = archive.json("nightly", "--all", code=3)
    [loud] = night["loud"]
    assert (loud["code"], loud["portal"]) == ("emptied", "990301-shi")
    assert loud["message"] == f"column nb names no report any more, 2 came from it: {server.base}/list.html"
    assert len(archive.json("find")) == 2


def test_a_file_that_cannot_be_used_is_loud_and_costs_nobody_else_his_night(
    archive: Command, server: RawServer
) -> None:
    server.page("/b.html", REPORT.format("乙"))
    Path(archive.more["NIANBAO_PORTALS_DIR"], "990302-bad.toml").write_text("schema = 1\n", encoding="utf-8")
    [night] = archive.json("nightly", code=3)
    assert [row["state"] for row in night["portals"]] == ["complete"]
    [loud] = night["loud"]
    assert (loud["code"], loud["portal"]) == ("portal-file", None)
    assert "990302-bad.toml" in loud["message"]
