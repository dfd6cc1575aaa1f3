"""One crawl from lock to counts: crawl in a child process, read what is new, derive versions, count."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from archive import divisions, reading
from archive.config import Config
from archive.errors import UsageError
from archive.indexing import SOFTWARE
from archive.operate.agencies import settle
from archive.operate.child import run_crawler
from archive.operate.due import day_of
from archive.operate.notes import keep_notes
from archive.portals import Portal
from archive.records import Engine, crawls, pauses, runs
from archive.records.runs import Run
from archive.records.session import advisory_lock, open_engine
from archive.research import checks

RESUMED_WITHIN = timedelta(hours=20)  # later it is another night
WORKERS = "workers"  # the lock that workers share while they crawl, and that a crawl without them wants alone

Tell = Callable[[str, int, int | None], None]  # what, done, of how many


@contextmanager
def alone(config: Config) -> Iterator[Engine]:
    """Gives the database of the archive, on which no other run works meanwhile.

    Raises LockHeldError where another does, UsageError without a contact, EnvironmentNotReadyError where the database
    fails.
    """
    config.require_contact()
    with (
        open_engine(config.home, config.database_url) as engine,
        engine.connect() as holder,
        advisory_lock(holder, "crawl"),
    ):
        yield engine


def crawl(
    config: Config, portals: Sequence[Portal], tell: Tell, even_paused: bool = False
) -> tuple[Run, reading.Summary]:
    """Crawls portals and gives what was done and read; goes on with a crawl that was interrupted.

    Raises LockHeldError where another crawl runs, UsageError without a contact, EnvironmentNotReadyError where the
    database or the disk fails.
    """
    with alone(config) as engine:
        portals = portals if even_paused else unpaused(engine, portals)
        crawl_id = begin(engine, portals)
        with engine.connect() as connection:
            waiting = [run.portal for run in runs.portals_of(connection, crawl_id) if run.state == "running"]
        ids = {portal.id for portal in portals}
        return crawl_on(engine, config, crawl_id, [portal_id for portal_id in waiting if portal_id in ids], tell)


def retry(config: Config, portals: Sequence[Portal], tell: Tell) -> tuple[Run, reading.Summary] | None:
    """Asks again for what failed in the last crawl, which goes on with it; gives what it has done now.

    None where nothing had failed at these portals. Raises as `crawl` does, UsageError where the last crawl was
    interrupted and its own end comes first.
    """
    with alone(config) as engine:
        ids = {portal.id for portal in unpaused(engine, portals)}
        with engine.begin() as connection:
            last = next(iter(runs.runs(connection, limit=1)), None)
            if last and last.finished_at is None:
                raise UsageError(f"run {last.id} was interrupted: `nianbao nightly` or `nianbao crawl` goes on with it")
            waiting = runs.reopen(connection, last.id, ids) if last else []
        if last is None or not waiting:
            return None
        season = ["--season", day_of(last.started_at).isoformat()]  # what rested then rests now
        return crawl_on(engine, config, last.id, waiting, tell, season)


def crawl_on(
    engine: Engine,
    config: Config,
    crawl_id: int,
    waiting: Sequence[str],
    tell: Tell,
    limits: Sequence[str] = (),
    spread: Callable[[], None] | None = None,
) -> tuple[Run, reading.Summary]:
    """Does what a crawl has still to do at portals, reads what is new, ends the crawl; gives what it did.

    `spread` has workers crawl the portals. Without it this process does, while no worker still crawls one.
    """
    table = divisions.load(config.divisions_file)  # what is wrong with it is told before the crawl
    if spread:
        spread()
    elif waiting:
        with engine.connect() as holder, advisory_lock(holder, WORKERS):
            fetch(config, crawl_id, waiting, tell, limits)
    summary = reading.read_new(engine, config.storage, config.workers, lambda done, total: tell("reading", done, total))
    with engine.begin() as connection:
        settle(connection, table)
    with engine.begin() as connection:
        checks.keep(connection)
    run = finish(engine, crawl_id, summary)
    keep_notes(engine, config)
    return run, summary


def unpaused(engine: Engine, portals: Sequence[Portal]) -> Sequence[Portal]:
    """Gives the portals that are not paused. Raises UsageError where all are."""
    with engine.connect() as connection:
        paused = pauses.in_force(connection, day_of(datetime.now(UTC)))
    if left := [portal for portal in portals if portal.id not in paused]:
        return left
    raise UsageError("every portal is paused; `nianbao portals list` says why")


def begin(engine: Engine, portals: Sequence[Portal]) -> int:
    """Gives the crawl to go on with, else a new one."""
    places = places_of(portals)
    with engine.begin() as connection:
        since = datetime.now(UTC) - RESUMED_WITHIN
        crawl_id = runs.unfinished(connection, since, {place.id for place in places})
        runs.abandon(connection, crawl_id)
        return crawl_id or crawls.open_crawl(connection, places, SOFTWARE)


def places_of(portals: Sequence[Portal]) -> list[crawls.Place]:
    """Gives portals as the database knows them."""
    return [crawls.Place(p.id, p.name, p.division, p.base, p.expect.reports) for p in portals]


def fetch(config: Config, crawl_id: int, portal_ids: Sequence[str], tell: Tell, limits: Sequence[str] = ()) -> None:
    """Runs the crawler at portals, with its options for limits."""
    arguments = (str(crawl_id), *limits, *portal_ids)
    run_crawler(config, arguments, lambda event: tell(event["portal"], event.get("done", 0), None))


def finish(engine: Engine, crawl_id: int, summary: reading.Summary) -> Run:
    """Writes the counts of a crawl and closes it; gives what it did."""
    with engine.begin() as connection:
        for run in runs.portals_of(connection, crawl_id):
            runs.count_documents(connection, crawl_id, run.portal)
            runs.mark_unread(connection, crawl_id, run.portal, summary.revision)
            if summary.waiting_for is None:
                runs.mark_missing(connection, crawl_id, run.portal)
        crawls.close_crawl(connection, crawl_id, datetime.now(UTC))
        return runs.runs(connection, crawl_id=crawl_id)[0]
