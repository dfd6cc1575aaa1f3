"""A worker: takes portals that a night has spread, crawls each in a child process, reads what it has here.

It reads its shares too when everything is read again (archive/operate/readers.py).

What can go wrong with a portal ends its try, and the queue decides on another; what is wrong with this machine (its
disk, its database) ends the worker, and others take its portals.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import Any

from procrastinate import JobContext

from archive import reading
from archive.config import Config
from archive.errors import DatabaseUnavailableError, EnvironmentNotReadyError, NianbaoError, StoreUnavailableError
from archive.ingest import recover
from archive.operate import uploads
from archive.operate.child import run_crawler
from archive.operate.crawl import WORKERS
from archive.operate.readers import GivenBackError, Reader, attempted
from archive.records import Engine, jobs, runs, shares
from archive.records.jobs import Task
from archive.records.session import advisory_lock, open_engine
from archive.records.waiting import Share
from archive.urls import key_of

Event = dict[str, Any]


@dataclass(slots=True)
class Worker:
    """One worker: its settings, its name, whom it tells what it does."""

    config: Config
    engine: Engine
    name: str
    say: Callable[[Event], None]
    turn: threading.Lock = field(default_factory=threading.Lock)  # reading takes as many processes as there may be
    trouble: EnvironmentNotReadyError | None = None
    stopped: bool = False

    def tell(self, event: str, **more: object) -> None:
        """Tells what happens here."""
        self.say({"event": event, "worker": self.name, **more})


def work(config: Config, name: str, portals: int, say: Callable[[Event], None]) -> None:
    """Works until it is told to stop: crawls so many portals at a time as they are handed out.

    Raises UsageError without a contact or a shared database, EnvironmentNotReadyError where database or disk fail.
    """
    config.require_contact()
    config.require_shared()
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # its tracebacks; what they are about is told below
    with open_engine(config.home, config.database_url) as engine:
        worker = Worker(config, engine, name, say)
        catch_up(worker)
        asyncio.run(serve(worker, portals))
        if worker.trouble:
            raise worker.trouble
        if not worker.stopped:
            raise DatabaseUnavailableError("the database went away; what was being crawled is handed out again")


def catch_up(worker: Worker) -> None:
    """Indexes and reads what a worker left here that died."""
    for found in recover(worker.engine, worker.config.warcs, key_of):
        worker.tell("recovered", file=found.name, exchanges=len(found.orphans), torn_bytes=found.torn_bytes)
    read(worker, threading.Event())


def read(worker: Worker, stopping: threading.Event) -> None:
    """Reads what waits and is here. Raises GivenBackError."""

    def progress(done: int, total: int) -> None:
        if stopping.is_set():
            raise GivenBackError

    config = worker.config
    with worker.turn:
        summary = reading.read_here(worker.engine, config.storage, config.workers, progress)
    if summary.waiting_for is not None:
        worker.tell("not_read", revision=summary.revision, current=summary.waiting_for)
    elif summary.read or summary.failed:
        worker.tell("read", payloads=summary.read, unreadable=summary.failed)
    if summary.away:
        worker.tell("away", message=str(summary.away))
    if config.warc_url:
        upload(worker, config.warc_url)


def upload(worker: Worker, url: str) -> None:
    """Brings sealed WARC files to where every machine can read them; what cannot be brought now waits."""
    try:
        with worker.turn:
            done = uploads.upload(worker.engine, worker.config, url, lambda done, total: None)
    except StoreUnavailableError as error:
        worker.tell("not_uploaded", message=str(error))
        return
    if done.uploaded:
        worker.tell("uploaded", files=len(done.uploaded))


async def serve(worker: Worker, portals: int) -> None:
    """Takes tasks until a signal comes, or something is wrong with this machine."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(portals + 1))
    reader = Reader(worker.config, worker.engine, worker.turn, worker.tell)
    async with jobs.opened(worker.engine.url) as app:

        @app.task(name=jobs.TASK, pass_context=True, retry=jobs.Again())
        async def portal(_: JobContext, /, **said: Any) -> None:
            with ending_worker():
                await attempted(Crawl(worker, Task(**said)))

        @app.task(name=shares.TASK, pass_context=True, retry=jobs.Again())
        async def share(_: JobContext, /, **said: Any) -> None:
            with ending_worker():
                await reader.read(Share(**said))

        @contextmanager
        def ending_worker() -> Iterator[None]:
            try:
                yield
            except EnvironmentNotReadyError as error:
                worker.trouble = error
                running.cancel()
                raise

        looking = asyncio.create_task(reader.look())
        running = asyncio.create_task(
            app.run_worker_async(
                queues=reader.queues,  # the very list: what it holds changes
                name=worker.name,
                concurrency=portals,
                fetch_job_polling_interval=jobs.POLL,
                update_heartbeat_interval=jobs.HEARTBEAT,
                stalled_worker_timeout=jobs.SILENT,
                shutdown_graceful_timeout=0,  # what is being crawled is given back, its WARC file sealed
                install_signal_handlers=False,
                delete_jobs="always",
            )
        )

        def stop() -> None:
            worker.stopped = True
            running.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        worker.tell("ready", portals=portals)
        with suppress(asyncio.CancelledError):
            await running
        looking.cancel()
        worker.tell("stopped")


class Crawl:
    """One try at a portal."""

    def __init__(self, worker: Worker, task: Task) -> None:
        self.worker = worker
        self.task = task
        self.child: Popen[str] | None = None
        self.stopping = threading.Event()

    def stop(self) -> None:
        """Has the crawl end in good order; what is on its way arrives."""
        self.stopping.set()
        if self.child is not None:
            self.child.terminate()

    def run(self) -> None:
        """Crawls and reads, under the locks of all workers and of the portal's hosts.

        Raises GivenBackError, NianbaoError where it broke off.
        """
        task, worker = self.task, self.worker
        try:
            with (
                worker.engine.connect() as holder,
                advisory_lock(holder, WORKERS, shared=True),
                advisory_lock(holder, f"host {task.host}"),
            ):
                with worker.engine.begin() as connection:
                    made = jobs.take(connection, task.crawl, task.portal, worker.name)
                if made is not None:
                    worker.tell("begun", portal=task.portal, crawl=task.crawl)
                    self.crawl(made)
                    self.tell_end()
            read(worker, self.stopping)
        except GivenBackError:
            worker.tell("given_back", portal=task.portal, crawl=task.crawl)
            raise
        except NianbaoError as error:
            worker.tell("broken_off", portal=task.portal, crawl=task.crawl, message=str(error))
            with suppress(DatabaseUnavailableError), worker.engine.begin() as connection:
                jobs.note(connection, task.crawl, task.portal, str(error))
            raise

    def crawl(self, made: int) -> None:
        """Runs the crawler on the portal file that came with the task."""
        task = self.task
        with TemporaryDirectory(prefix="nianbao-worker-") as folder:
            for name, text in task.files.items():
                Path(folder, name).write_text(text, encoding="utf-8")
            config = replace(self.worker.config, portals_dir=Path(folder), divisions=Path(folder, "divisions"))
            limits = ["--requests", str(max(0, task.requests - made)), *task.options]
            try:
                run_crawler(config, [str(task.crawl), *limits, task.portal], lambda event: None, self.hold)
            except KeyboardInterrupt:
                if self.stopping.is_set():
                    raise GivenBackError from None
                raise NianbaoError("someone stopped the crawler") from None

    def hold(self, child: Popen[str]) -> None:
        """Takes hold of the crawler."""
        self.child = child
        if self.stopping.is_set():
            child.terminate()

    def tell_end(self) -> None:
        """Tells how the portal ended."""
        with self.worker.engine.connect() as connection:
            found = runs.portals_of(connection, self.task.crawl)
        [run] = [run for run in found if run.portal == self.task.portal]
        self.worker.tell(
            "ended",
            portal=run.portal,
            crawl=self.task.crawl,
            state=run.state,
            reason=run.reason,
            requests=run.requests,
        )
