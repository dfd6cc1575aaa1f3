"""What is loud about a night, and how a night is told."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from archive.operate.digest import Digest, Loud, digest_json, digest_text, loud_lines, subject
from archive.operate.due import Due
from archive.records.monitors import Emptied, Last, ReadCounts, Season
from archive.records.pauses import Pause
from archive.records.runs import PortalRun, Run

NAME = "990101-a"
MARCH, AUGUST = date(2027, 3, 20), date(2027, 8, 20)
AT = datetime(2027, 3, 19, 18, tzinfo=UTC)
QUIET = PortalRun(NAME, 40, 40, 0, 0, 40, 0, 0, "complete", None, 60, 1000)
BLOCKED = replace(QUIET, state="blocked", reason="challenge page (ruishu): http://a.gov.cn/x", found=0)


def loud(
    portal: PortalRun = QUIET,
    season: Season | None = None,
    states: tuple[str, ...] = ("complete",),
    emptied: tuple[Emptied, ...] = (),
    today: date = MARCH,
) -> list[Loud]:
    run = Run(7, AT, AT, (portal,))
    lasts = {NAME: Last(AT, states, 60, 0)}
    return list(loud_lines(run, lasts, {NAME: season or Season(2026, 40, 40)}, emptied, today))


@pytest.mark.parametrize(("reports", "a_year_ago"), [(3, 40), (0, 40), (19, 40), (0, 3)])
def test_far_fewer_reports_than_a_year_ago_are_loud_in_march_and_not_in_august(reports: int, a_year_ago: int) -> None:
    [line] = loud(season=Season(2026, reports, a_year_ago))
    assert (line.code, line.portal) == ("few-reports", NAME)
    assert line.message.startswith(f"{reports} reports of 2026 so far, {a_year_ago} of the year before")
    assert loud(season=Season(2026, reports, a_year_ago), today=AUGUST) == []


@pytest.mark.parametrize(("reports", "a_year_ago"), [(20, 40), (41, 40), (0, 0), (0, 2), (5, 0)])
def test_a_usual_season_is_not_loud(reports: int, a_year_ago: int) -> None:
    assert loud(season=Season(2026, reports, a_year_ago)) == []


def test_a_portal_blocked_for_the_third_time_is_loud() -> None:
    assert loud(BLOCKED, states=("blocked", "blocked", "complete")) == []
    [line] = loud(BLOCKED, states=("blocked", "blocked", "blocked", "complete"))
    assert line == Loud("blocked", NAME, "blocked in its last 3 crawls: challenge page (ruishu): http://a.gov.cn/x")


def test_an_emptied_column_is_loud() -> None:
    [line] = loud(emptied=(Emptied(NAME, "xz", 22, "http://a.gov.cn/xz/"),), today=AUGUST)
    assert line.code == "emptied"
    assert "column xz names no report any more, 22 came from it: http://a.gov.cn/xz/" in line.message


def test_most_reports_withdrawn_at_once_are_loud() -> None:
    assert loud(replace(QUIET, withdrawn=2, found=0)) == []
    assert loud(replace(QUIET, withdrawn=3, found=37)) == []
    [line] = loud(replace(QUIET, withdrawn=30, found=10))
    assert (line.code, line.message) == ("withdrawn", "30 reports withdrawn, 10 left")


def test_a_night_without_a_crawl_has_nothing_loud() -> None:
    assert list(loud_lines(None, {}, {}, (), MARCH)) == []


def digest(*portals: PortalRun, **more: object) -> Digest:
    made = Digest(
        date=MARCH,
        started=AT,
        finished=AT,
        run=7,
        loud=(),
        portals=portals,
        seasons={NAME: Season(2026, 40, 40)},
        left=(),
        resting=0,
        paused=(),
        read=ReadCounts(5, 1, 100, 2, 30),
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "code", "troubled"),
    [
        (digest(QUIET), 0, False),
        (digest(run=None), 0, False),
        (digest(replace(QUIET, state="incomplete")), 3, False),
        (digest(BLOCKED), 3, False),
        (digest(replace(QUIET, state="failed")), 3, True),
        (digest(QUIET, loud=(Loud("emptied", NAME, "x"),)), 3, True),
        (digest(QUIET, left=(Due("990102-b", True, "never crawled"),)), 3, False),
        (digest(QUIET, issues=("alert by mail failed: refused",)), 0, False),
    ],
)
def test_the_exit_code_and_whether_anyone_is_told(found: Digest, code: int, troubled: bool) -> None:
    assert (found.exit_code, found.troubled) == (code, troubled)


def test_the_text_begins_with_what_is_loud_and_counts_the_quiet_ones() -> None:
    changed = replace(QUIET, portal="990102-b", new=2, found=42, expected=41)
    pause = Pause("990103-c", "new system", date(2027, 3, 1), None)
    found = digest(
        QUIET,
        changed,
        BLOCKED,
        replace(QUIET, portal="990104-d"),
        loud=(Loud("emptied", NAME, "column nb names no report any more"),),
        left=(Due("990105-e", True, "never crawled"),),
        paused=(pause,),
        issues=("alert by webhook failed: hook.example answers with status 500",),
    )
    lines = digest_text(found).splitlines()
    assert lines[0] == "Nianbao 2027-03-20: 1 to look at, 4 portals, 2 new, 0 changed, 0 withdrawn, 1 blocked (run 7)"
    assert lines[2] == f"!! {NAME}: column nb names no report any more"
    assert "990102-b complete: 42 of 41 expected found, 2 new, 0 changed, 0 withdrawn" in lines
    assert "    challenge page (ruishu): http://a.gov.cn/x" in lines
    assert "2 portals complete, nothing new" in lines
    assert "left for another night: 990105-e: never crawled" in lines
    assert "990103-c: paused since 2027-03-01: new system" in lines
    assert "5 files with new bytes read, 1 not readable; checks: 100 hold, 2 fail, 30 not checkable" in lines
    assert lines[-1] == "issue: alert by webhook failed: hook.example answers with status 500"
    assert subject(digest(run=None, read=None)) == "Nianbao 2027-03-20: nothing was due"


def test_the_json_says_the_same_and_can_be_written() -> None:
    found = json.loads(json.dumps(digest_json(digest(BLOCKED, paused=(Pause(NAME, "x", MARCH, MARCH),)))))
    assert found["date"] == "2027-03-20"
    assert found["started"] == "2027-03-19T18:00:00Z"
    assert found["portals"][0]["season"] == {"year": 2026, "reports": 40, "last_year": 40}
    assert found["portals"][0]["reason"] == BLOCKED.reason
    assert found["paused"] == [{"portal": NAME, "reason": "x", "since": "2027-03-20", "until": "2027-03-20"}]
