"""A night: resume what was interrupted, crawl what is due within the budget, read what is new, tell of it once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from archive import reading
from archive.config import Config
from archive.errors import NianbaoError, StoreUnavailableError
from archive.indexing import SOFTWARE
from archive.operate import alerts
from archive.operate.crawl import RESUMED_WITHIN, Tell, alone, crawl_on, places_of
from archive.operate.digest import Digest, Loud, damage, digest_json, loud_lines
from archive.operate.due import Plan, day_of, plan
from archive.operate.fixity import verify_by_night
from archive.operate.uploads import after_crawl
from archive.portals import Portal
from archive.records import Engine, crawls, monitors, nights, pauses, runs
from archive.records.nights import Stored


@dataclass(frozen=True, slots=True)
class Night:
    """What a night is to do: the usable portals, what is wrong with other files, which day it is in China."""

    config: Config
    portals: Sequence[Portal]
    errors: Sequence[NianbaoError]
    today: date
    everything: bool = False  # portals and addresses that are not due, too
    spread: bool = False  # over workers


def planned(engine: Engine, night: Night) -> Plan:
    """Gives what a night would do, and does nothing."""
    with engine.connect() as connection:
        return plan(
            night.portals,
            monitors.lasts(connection),
            pauses.in_force(connection, night.today),
            night.today,
            night.config.night_requests,
            night.everything,
        )


def nightly(night: Night, tell: Tell, warn: Callable[[str], None]) -> Digest:
    """Does a night and tells of it; gives its digest, which is stored. `warn` hears what has no digest to stand in.

    Raises LockHeldError where another run works on the archive, UsageError without a contact,
    EnvironmentNotReadyError where database or disk fail; the alerts are told of these, too.
    """
    started = datetime.now(UTC)
    config = night.config
    if night.spread:
        config.require_shared()
    try:
        with alone(config) as engine:
            issues = alerts.tell_of_start(config.alerts)
            digest = verified(engine, config, worked(engine, night, tell, warn, started))
            digest = replace(digest, issues=(*issues, *digest.issues, *after_crawl(engine, config)))
            digest = replace(digest, issues=(*digest.issues, *alerts.tell_of(config.alerts, digest)))
            store(engine, digest)
            return digest
    except Exception as error:
        for issue in alerts.tell_of_failure(config.alerts, night.today, error):
            warn(issue)
        raise


def worked(engine: Engine, night: Night, tell: Tell, warn: Callable[[str], None], started: datetime) -> Digest:
    """Crawls and reads; gives what there is to tell."""
    chosen = planned(engine, night)
    crawl_id = begin(engine, night, [one.portal for one in chosen.chosen])
    run, summary = None, None
    if crawl_id is not None:
        waiting, requests = what_is_left(engine, night.config, crawl_id)
        until = started + timedelta(hours=night.config.night_hours)
        season = [] if night.everything else ["--season", night.today.isoformat()]
        options = ["--until", until.isoformat(), *season]
        hand_out = handing_out(engine, night, crawl_id, waiting, until, options, warn) if night.spread else None
        limits = ["--requests", str(requests), *options]
        run, summary = crawl_on(engine, night.config, crawl_id, waiting, tell, limits, hand_out)
    loud = [Loud("portal-file", None, str(error)) for error in night.errors]
    if summary and summary.elsewhere:
        loud.append(Loud("elsewhere", None, reading.elsewhere_text(summary.elsewhere)))
    if summary and summary.waiting_for is not None:
        loud.append(Loud("not-read", None, reading.waiting_text(summary)))
    with engine.connect() as connection:
        seasons = monitors.seasons(connection, [one.portal for one in run.portals] if run else [], night.today)
        emptied = monitors.emptied(connection, crawl_id) if crawl_id is not None else []
        lasts = monitors.lasts(connection)
        paused = pauses.in_force(connection, night.today)
        counts = monitors.read_counts(connection, crawl_id, summary.revision) if crawl_id and summary else None
    known = {portal.id for portal in night.portals}
    return Digest(
        date=night.today,
        started=started,
        finished=datetime.now(UTC),
        run=crawl_id,
        loud=(*loud, *loud_lines(run, lasts, seasons, emptied, night.today)),
        portals=run.portals if run else (),
        seasons=seasons,
        left=chosen.left,
        resting=len(chosen.resting) - sum(portal in known for portal in paused),
        paused=tuple(pause for portal, pause in paused.items() if portal in known),
        read=counts,
        issues=(f"not all was read: {summary.away}",) if summary and summary.away else (),
    )


def verified(engine: Engine, config: Config, digest: Digest) -> Digest:
    """Reads back what is new and some of what is old, while the night lasts; what is wrong is loud."""
    try:
        checked = verify_by_night(engine, config, digest.started + timedelta(hours=config.night_hours))
    except StoreUnavailableError as error:
        return replace(digest, issues=(*digest.issues, f"not verified: {error}"))
    return replace(digest, verified=checked, loud=(*digest.loud, *damage(checked)), finished=datetime.now(UTC))


def begin(engine: Engine, night: Night, chosen: Sequence[str]) -> int | None:
    """Gives the crawl of the night: one that was interrupted goes on and takes the due portals in; None for nothing."""
    places = places_of([portal for portal in night.portals if portal.id in chosen])
    with engine.begin() as connection:
        crawl_id = runs.unfinished(connection, datetime.now(UTC) - RESUMED_WITHIN, ())
        runs.abandon(connection, crawl_id)
        if crawl_id is not None:
            crawls.add_places(connection, crawl_id, places)
            runs.drop_others(connection, crawl_id, chosen)
        return crawl_id or (crawls.open_crawl(connection, places, SOFTWARE) if places else None)


def handing_out(
    engine: Engine,
    night: Night,
    crawl_id: int,
    waiting: Sequence[str],
    until: datetime,
    options: Sequence[str],
    warn: Callable[[str], None],
) -> Callable[[], None]:
    """Gives what has workers crawl the portals that wait."""
    from archive.operate.spread import Work, spread  # its engine is slow to import and seldom needed

    ours = [portal for portal in night.portals if portal.id in waiting]
    return partial(spread, engine, Work(night.config, crawl_id, ours, night.portals, until, options), warn)


def what_is_left(engine: Engine, config: Config, crawl_id: int) -> tuple[list[str], int]:
    """Gives the portals that a crawl has not done yet, and how many requests are left of the night."""
    with engine.connect() as connection:
        done = runs.portals_of(connection, crawl_id)
    requests = max(0, config.night_requests - sum(portal.requests for portal in done))
    return [portal.portal for portal in done if portal.state == "running"], requests


def store(engine: Engine, digest: Digest) -> None:
    """Keeps a digest."""
    with engine.begin() as connection:
        nights.store(
            connection,
            Stored(digest.run, digest.started, digest.finished, digest.exit_code, digest_json(digest)),
        )


def today_in_china() -> date:
    """Gives the day that it is where the portals are."""
    return day_of(datetime.now(UTC))
