"""The digest of a night: what each portal gave, and first of all what someone has to look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from archive.operate.due import PATIENCE, SEASON, Due, pause_text
from archive.operate.fixity import Checked
from archive.plain import time_text
from archive.records.monitors import Emptied, Last, ReadCounts, Season
from archive.records.pauses import Pause
from archive.records.runs import PortalRun, Run

FEW = 3  # so few reports a year ago say nothing about this year, and so few withdrawals nothing about the portal
NEWS = ("new", "changed", "withdrawn")


@dataclass(frozen=True, slots=True)
class Loud:
    """Something a person has to look at; `portal` is None where it concerns the night itself."""

    code: str
    portal: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A night in all that is told of it. `run` is None where nothing was due."""

    date: date
    started: datetime
    finished: datetime
    run: int | None
    loud: tuple[Loud, ...]
    portals: tuple[PortalRun, ...]
    seasons: Mapping[str, Season]
    left: tuple[Due, ...]
    resting: int
    paused: tuple[Pause, ...]
    read: ReadCounts | None
    issues: tuple[str, ...] = ()
    verified: Checked | None = None

    @property
    def exit_code(self) -> int:
        """Gives 3 where a portal is not complete, something is left over, or someone has to look; else 0."""
        incomplete = any(portal.state != "complete" for portal in self.portals)
        return 3 if incomplete or self.left or self.loud else 0

    @property
    def troubled(self) -> bool:
        """Says whether the night is worth a message: something is loud, or a portal has failed."""
        return bool(self.loud) or any(portal.state == "failed" for portal in self.portals)


def loud_lines(
    run: Run | None,
    lasts: Mapping[str, Last],
    seasons: Mapping[str, Season],
    emptied: Sequence[Emptied],
    today: date,
) -> Iterator[Loud]:
    """Gives what someone has to look at; few reports are only told of in the months in which reports appear."""
    for portal in run.portals if run else ():
        name = portal.portal
        season, last = seasons[name], lasts[name]
        if today.month in SEASON and season.last_year >= FEW and 2 * season.reports < season.last_year:
            yield Loud(
                "few-reports",
                name,
                f"{season.reports} reports of {season.year} so far, {season.last_year} of the year before were there"
                " on this day a year ago",
            )
        if portal.state == "blocked" and last.in_a_row >= PATIENCE:
            yield Loud("blocked", name, f"blocked in its last {last.in_a_row} crawls: {portal.reason}")
        if portal.withdrawn >= FEW and portal.withdrawn >= portal.found:
            yield Loud("withdrawn", name, f"{portal.withdrawn} reports withdrawn, {portal.found} left")
    for column in emptied:
        yield Loud(
            "emptied",
            column.portal,
            f"column {column.column} names no report any more, {column.known} came from it: {column.url}",
        )


def damage(checked: Checked) -> Iterator[Loud]:
    """Gives what is wrong with stored bytes, the first findings one by one."""
    found = checked.report
    named = [("bad", one) for one in found.bad] + [("missing", one) for one in found.missing]
    for word, one in named[:FEW]:
        yield Loud("damaged", None, f"{word}: {one.file} at {one.offset}: {one.reason}")
    if len(named) > FEW:
        yield Loud("damaged", None, f"{len(named) - FEW} more findings: `nianbao verify` names them all")


def verified_json(checked: Checked) -> dict[str, Any]:
    """Gives in numbers what was verified."""
    report = checked.report
    found = {name: len(getattr(report, name)) for name in ("bad", "orphans", "missing")}
    return {"files": checked.files, "waiting": checked.waiting, "captures": report.captures, **found}


def verified_text(checked: Checked) -> str:
    """Says what was verified."""
    files = f"{checked.files} WARC files read back, {checked.report.checked} of {checked.report.captures} records right"
    orphans = f", {len(checked.report.orphans)} not in the index" if checked.report.orphans else ""
    return files + orphans + (f"; {checked.waiting} files wait for another night" if checked.waiting else "")


def digest_json(digest: Digest) -> dict[str, Any]:
    """Gives a digest as it is printed, stored and sent; its keys are stable."""
    return {
        "date": digest.date.isoformat(),
        "run": digest.run,
        "started": time_text(digest.started),
        "finished": time_text(digest.finished),
        "exit_code": digest.exit_code,
        "loud": [asdict(one) for one in digest.loud],
        "portals": [asdict(portal) | season_json(digest.seasons.get(portal.portal)) for portal in digest.portals],
        "left": [asdict(one) for one in digest.left],
        "resting": digest.resting,
        "paused": [pause_json(pause) for pause in digest.paused],
        "read": asdict(digest.read) if digest.read else None,
        "verified": verified_json(digest.verified) if digest.verified else None,
        "issues": list(digest.issues),
    }


def season_json(season: Season | None) -> dict[str, Any]:
    """Gives the season of a portal."""
    return {"season": asdict(season) if season else None}


def pause_json(pause: Pause) -> dict[str, Any]:
    """Gives a pause; dates are ISO 8601."""
    days = {"since": pause.since.isoformat(), "until": pause.until and pause.until.isoformat()}
    return {"portal": pause.portal, "reason": pause.reason} | days


def subject(digest: Digest) -> str:
    """Gives a night in a line."""
    if digest.run is None and not digest.loud:
        return f"Nianbao {digest.date}: nothing was due"
    states = [portal.state for portal in digest.portals]
    bad = [f"{states.count(state)} {state}" for state in ("incomplete", "blocked", "failed") if state in states]
    news = [f"{sum(getattr(portal, name) for portal in digest.portals)} {name}" for name in NEWS]
    loud = [f"{len(digest.loud)} to look at"] if digest.loud else []
    return f"Nianbao {digest.date}: {', '.join([*loud, portals_text(len(states)), *news, *bad])}"


def digest_text(digest: Digest) -> str:
    """Gives a night for people: what is loud first, then portals with trouble or news, the quiet ones counted."""
    quiet = sum(is_quiet(portal) for portal in digest.portals)
    lines = [subject(digest) + (f" (run {digest.run})" if digest.run else "")]
    lines += block(f"!! {one.portal}: {one.message}" if one.portal else f"!! {one.message}" for one in digest.loud)
    lines += block(portal_line(portal) for portal in digest.portals if not is_quiet(portal))
    lines += block([f"{portals_text(quiet)} complete, nothing new"] if quiet else [])
    lines += block(f"left for another night: {one.portal}: {one.reason}" for one in digest.left)
    lines += block(f"{pause.portal}: {pause_text(pause)}" for pause in digest.paused)
    if digest.read:
        read = digest.read
        lines += block(
            [
                f"{read.readings} files with new bytes read, {read.unreadable} not readable; "
                f"checks: {read.hold} hold, {read.fail} fail, {read.not_checkable} not checkable"
            ]
        )
    lines += block([verified_text(digest.verified)] if digest.verified and digest.verified.files else [])
    lines += block(f"issue: {issue}" for issue in digest.issues)
    return "\n".join(lines) + "\n"


def portals_text(count: int) -> str:
    """Gives a number of portals in words."""
    return f"{count} portal{'' if count == 1 else 's'}"


def block(lines: Iterable[str]) -> list[str]:
    """Gives lines after an empty one, nothing where there are none."""
    listed = list(lines)
    return ["", *listed] if listed else []


def is_quiet(portal: PortalRun) -> bool:
    """Says whether there is nothing to tell of a portal."""
    return portal.state == "complete" and not (portal.new or portal.changed or portal.withdrawn)


def portal_line(portal: PortalRun) -> str:
    """Gives a portal in a line, and why it is not complete in a second one."""
    expected = f" of {portal.expected} expected" if portal.expected is not None else ""
    counts = [f"{portal.found}{expected} found", *(f"{getattr(portal, name)} {name}" for name in NEWS)]
    failed = [f"{portal.failed} failed"] if portal.failed else []
    line = f"{portal.portal} {portal.state}: {', '.join([*counts, *failed])}"
    return line + (f"\n    {portal.reason}" if portal.reason else "")
