"""The shares of a re-reading in the queue that workers serve (archive/records/jobs.py): a queue for each WARC file.

Who can reach a file serves its queue, so a share is only ever taken by a worker that can read it, and under its own
revision.
"""

from dataclasses import asdict, dataclass

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from archive.records.trouble import as_told
from archive.records.waiting import Share

TASK = "read"
STANDING = text("""
SELECT queueing_lock, status = 'doing' AS taken FROM procrastinate.procrastinate_jobs
WHERE task_name = :task AND status IN ('todo', 'doing')""")
OFFERED = text("""
SELECT DISTINCT w.name, j.queue_name FROM procrastinate.procrastinate_jobs j
JOIN warc_files w ON j.queue_name = 'read ' || CAST(:revision AS integer) || ' ' || w.id
WHERE j.task_name = :task AND j.status = 'todo' ORDER BY w.name""")


@dataclass(frozen=True, slots=True)
class Standing:
    """What of some shares is in the queue, by their keys: all that is left, and what of it a worker has taken."""

    left: frozenset[str]
    taken: frozenset[str]


def key_of(share: Share) -> str:
    """Gives the name of a share among all."""
    return f"{queue_of(share)} {share.number}"


def queue_of(share: Share) -> str:
    """Gives the queue for shares of a file under a revision: by its number, for PostgreSQL keeps such names short."""
    return f"read {share.revision} {share.file_id}"


async def put(app: App, share: Share) -> None:
    """Puts a share into the queue; one that waits there already stays."""
    deferrer = app.configure_task(TASK, queue=queue_of(share), queueing_lock=key_of(share))
    try:
        await deferrer.defer_async(**asdict(share))
    except AlreadyEnqueued:
        return


def standing(connection: Connection) -> Standing:
    """Gives what is in the queue."""
    rows = connection.execute(STANDING, {"task": TASK}).all()
    return Standing(frozenset(row.queueing_lock for row in rows), frozenset(r.queueing_lock for r in rows if r.taken))


def offered(engine: Engine, revision: int) -> dict[str, str]:
    """Gives the WARC files of which shares wait for a worker, each with its queue. Raises DatabaseUnavailableError."""
    try:
        with engine.connect() as connection:
            rows = connection.execute(OFFERED, {"task": TASK, "revision": revision}).all()
    except DBAPIError as error:
        raise as_told(error) from error
    return {row.name: row.queue_name for row in rows}


async def withdraw(app: App) -> None:
    """Takes all shares out of the queue that wait; what a worker has taken it reads to its end."""
    for job in await app.job_manager.list_jobs_async(task=TASK, status=Status.TODO.value):
        assert job.id is not None
        await app.job_manager.cancel_job_by_id_async(job.id, delete_job=True)
