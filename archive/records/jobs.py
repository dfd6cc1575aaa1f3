"""The queue from which workers take portals: Procrastinate on the archive's database, in a schema of its own.

It holds what waits and what is being done, nothing else; how a portal ended stands in `crawl_portals`.
docs/decisions/workers.md says why this engine, and what it is trusted with.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job, Status
from sqlalchemy import URL, Connection, text, update

from archive.records.tables import crawl_portals

QUEUE = "portals"
TASK = "crawl"
TRIES = 3
WAIT = 15  # seconds until a portal whose crawl broke off is tried again
POLL = 2.0  # seconds until a worker looks for tasks of which nobody told it
HEARTBEAT = 5.0  # seconds between two signs of life of a worker
SILENT = 20.0  # seconds after which it counts as dead
ALIVE = text(
    "SELECT count(*) FROM procrastinate.procrastinate_workers"
    " WHERE last_heartbeat > now() - make_interval(secs => :silent)"
)


@dataclass(frozen=True, slots=True)
class Task:
    """A portal that a night hands to whichever worker is free."""

    crawl: int
    portal: str
    host: str  # no two tasks of one host are done at a time
    requests: int  # at most, whatever was made before this try included
    options: list[str]  # of the crawler
    files: dict[str, str]  # the portal file, and the operator's divisions: workers need none of their own


class Again(BaseRetryStrategy):
    """A portal that was given back is free at once, one whose crawl broke off after a while, TRIES times in all."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Says when a task is tried again; None: no more."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        return RetryDecision(retry_in={"seconds": WAIT}) if job.attempts + 1 < TRIES else None


@asynccontextmanager
async def opened(url: URL) -> AsyncIterator[App]:
    """Gives the queue in the database of an engine's URL."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    given = url.query.get("options", "")
    options = f"{given if isinstance(given, str) else ' '.join(given)} -c search_path=procrastinate -c timezone=UTC"
    settings = {"application_name": "nianbao worker", "connect_timeout": 10, "options": options.strip()}
    app = App(connector=PsycopgConnector(conninfo=address, kwargs=settings, min_size=1, max_size=4))
    async with app.open_async():
        yield app


async def put(app: App, task: Task) -> None:
    """Puts a task into the queue; one that waits there already stays."""
    deferrer = app.configure_task(TASK, queue=QUEUE, lock=task.host, queueing_lock=f"{task.crawl} {task.portal}")
    try:
        await deferrer.defer_async(**asdict(task))
    except AlreadyEnqueued:
        return


async def promised(app: App, crawl_id: int) -> dict[str, int]:
    """Gives the portals of a crawl that wait or are being crawled, with the requests that each may make."""
    found = [*await queued(app, Status.TODO), *await queued(app, Status.DOING)]
    tasks = [Task(**job.task_kwargs) for job in found]  # type: ignore[arg-type]
    return {task.portal: task.requests for task in tasks if task.crawl == crawl_id}


async def queued(app: App, status: Status) -> list[Job]:
    """Gives the tasks that wait for a worker, or those that one, living or dead, has taken."""
    return list(await app.job_manager.list_jobs_async(queue=QUEUE, status=status.value))


async def rescue(app: App, task: str = TASK) -> None:
    """Gives the work of dead workers to others; what was tried TRIES times leaves the queue."""
    for job in await app.job_manager.get_stalled_jobs(task_name=task, seconds_since_heartbeat=SILENT):
        if job.attempts + 1 < TRIES:
            await app.job_manager.retry_job(job)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


async def begin(app: App) -> None:
    """Clears away what nights left that were killed; a worker that still has a portal of theirs goes on with it."""
    await withdraw(app, taken_too=False)
    every = {"include_failed": True, "include_cancelled": True, "include_aborted": True}
    await app.job_manager.delete_old_jobs(nb_hours=0, queue=QUEUE, **every)


async def withdraw(app: App, *, taken_too: bool) -> None:
    """Takes all that waits out of the queue; on demand, workers are to stop what they have taken as well."""
    for job in [*await queued(app, Status.TODO), *(await queued(app, Status.DOING) if taken_too else [])]:
        assert job.id is not None
        await app.job_manager.cancel_job_by_id_async(job.id, abort=taken_too, delete_job=True)


def alive(connection: Connection) -> int:
    """Gives the number of workers that have given a sign of life."""
    return int(connection.execute(ALIVE, {"silent": SILENT}).scalar_one())


def take(connection: Connection, crawl_id: int, portal_id: str, worker: str) -> int | None:
    """Writes who crawls a portal; gives the requests made there before, None where it has come to its end already."""
    made: int | None = connection.scalar(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.portal_id == portal_id)
        .where(crawl_portals.c.state == "running")
        .values(worker=worker)
        .returning(crawl_portals.c.requests)
    )
    return made


def note(connection: Connection, crawl_id: int, portal_id: str, trouble: str) -> None:
    """Keeps why a portal's crawl broke off, for whoever looks at it while it has not come to its end."""
    connection.execute(
        update(crawl_portals)
        .where(crawl_portals.c.crawl_id == crawl_id, crawl_portals.c.portal_id == portal_id)
        .where(crawl_portals.c.state == "running")
        .values(reason=trouble)
    )
