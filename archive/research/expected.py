"""Which reports there should be, and what is known of those that are not there. The rules: docs/coverage.md."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from archive.divisions import Table, last_year
from archive.portals import SHANGHAI
from archive.read.identity import title_identity
from archive.records.coverage import Asked, Loose, Reporting

FIRST_YEAR = 2008  # 政府信息公开条例 came into force on 1 May 2008
REVISED = 2019  # from this report year on departments report by 31 January, not 31 March (条例 2019, art. 49 and 50)
TRIED = ("failed", "blocked")  # states of a crawl that had no answer to go by


class State(StrEnum):
    """What is known of one agency's report for one year."""

    COLLECTED = "collected"
    WITHDRAWN = "withdrawn"  # held, and gone from its portal
    NOT_ON_PORTAL = "not_on_portal"
    FETCH_FAILED = "fetch_failed"
    NOT_CHECKED = "not_checked"
    NOT_EXPECTED = "not_expected"


HELD = (State.COLLECTED, State.WITHDRAWN)
Addresses = Mapping[tuple[str, str, int], Loose]


WHYS = {
    "address_failed": ("其网址已知：{detail}", "its address is known: {detail}"),
    "address_unasked": ("其网址已知，尚未请求", "its address is known, it was not asked yet"),
    "not_listed": (
        "应公布之日以后完整读过该网站的列表，没有此报告",
        "the portal's lists were read whole after it was due and lack it",
    ),
    "crawl_failed": ("最近一次采集未得到应答：{detail}", "the last crawl had no answer: {detail}"),
    "crawl_incomplete": ("最近一次采集不完整：{detail}", "the last crawl is incomplete: {detail}"),
    "not_since": ("应公布之日以后尚未采集", "no crawl since it was due"),
    "never_crawled": ("该网站从未采集，只有导入", "its portal was never crawled, only imported"),
}
"""Why a report that is expected is not there, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a report that is expected is not there: the state, one of WHYS, and the portal that was asked, if one was."""

    state: State
    why: str
    detail: str = ""
    asked: Asked | None = None
    url: str | None = None

    def words(self, language: str = "en") -> str:
        """Gives the reason in `zh` or `en`; the detail is what the crawl noted."""
        return WHYS[self.why][language == "en"].format(detail=self.detail)


def due(year: int, level: str | None) -> date:
    """Gives the day by which a report for a year is published; townships, which have no day of their own, by March."""
    return date(year + 1, 1, 31) if level == "department" and year >= REVISED else date(year + 1, 3, 31)


def last_due(level: str | None, today: date) -> int:
    """Gives the last year whose reports are due."""
    return today.year - 1 if today > due(today.year - 1, level) else today.year - 2


def expected_years(agency: Reporting, table: Table, today: date) -> range:
    """Gives the years of which an agency's report is expected: from the first that is known to the last due.

    One that is known to be no more is expected until its last year.
    """
    ended = last_year(agency.name, agency.division, agency.code, table)
    end = last_due(agency.level, today)
    return range(max(FIRST_YEAR, min(agency.held)), min(end, ended if ended is not None else end) + 1)


def states_of(
    agency: Reporting, expected: range, portals: Mapping[str, Asked], loose: Addresses, years: Iterable[int]
) -> dict[int, State]:
    """Gives what is known of an agency's report for each of the years."""
    return {year: state_of(agency, year, expected, portals, loose) for year in years}


def state_of(agency: Reporting, year: int, expected: range, portals: Mapping[str, Asked], loose: Addresses) -> State:
    """Gives what is known of an agency's report for a year; one that is held counts, expected or not."""
    if year in agency.gone:
        return State.WITHDRAWN
    if year in agency.held:
        return State.COLLECTED
    return reason_of(agency, year, portals, loose).state if year in expected else State.NOT_EXPECTED


def reason_of(agency: Reporting, year: int, portals: Mapping[str, Asked], loose: Addresses) -> Reason:
    """Gives why an expected report is not there, as the crawls of the agency's portals tell.

    What no crawl since the report was due can tell is "not checked": a portal's silence is believed only where its
    lists were read whole.
    """
    asked = [portals[portal] for portal in agency.portals if portal in portals]
    if found := loose.get((agency.division, agency.name, year)):
        state = State.FETCH_FAILED if found.failed else State.NOT_CHECKED
        why = "address_failed" if found.failed else "address_unasked"
        return Reason(state, why, found.cause, portals.get(found.portal), found.url)
    by = due(year, agency.level)
    whole = [one for one in asked if one.complete_at and day(one.complete_at) > by]
    if whole and len(whole) == len(agency.portals):
        oldest = min(whole, key=lambda one: one.complete_at or one.at)
        return Reason(State.NOT_ON_PORTAL, "not_listed", asked=oldest)
    since = [one for one in asked if day(one.at) > by]
    tried = next((one for one in since if one.state in TRIED or one.failed), None)
    if tried:
        return Reason(State.FETCH_FAILED, "crawl_failed", tried.reason or tried.state, tried)
    if since:
        return Reason(State.NOT_CHECKED, "crawl_incomplete", since[0].reason or since[0].state, since[0])
    return Reason(State.NOT_CHECKED, "not_since" if asked else "never_crawled", asked=asked[0] if asked else None)


def addresses(found: Iterable[Loose]) -> dict[tuple[str, str, int], Loose]:
    """Gives addresses that led to no report by the portal's division, the agency and the year their titles name.

    One that failed is rather told than one that was not asked.
    """
    known: dict[tuple[str, str, int], Loose] = {}
    for one in found:
        agency, year = title_identity(one.title)
        agency = agency or one.agency
        if agency and year:
            key = (one.division, agency, year)
            known[key] = one if one.failed else known.get(key, one)
    return known


def day(at: datetime) -> date:
    """Gives the day in China on which something was."""
    return at.astimezone(SHANGHAI).date()
