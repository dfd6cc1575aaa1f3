"""What a night hands to workers: within its requests, and no host to two at a time. What the queue is made of."""

import asyncio
from collections import deque
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from procrastinate.jobs import Status
from sqlalchemy import Engine, text

import migrations
from archive.operate.spread import affordable, shared_hosts
from archive.portals import Politeness, Portal
from archive.records import jobs
from archive.records.runs import PortalRun
from tests.cli.command import Command
from tests.operate.test_due import portal

A, B, C = "990101-a", "990102-b", "990103-c"


def of(name: str, *hosts: str, most: int = 100, files: tuple[str, ...] = ()) -> Portal:
    return replace(portal(name), hosts=hosts, attachment_hosts=files, politeness=Politeness(nightly_requests=most))


def made(**requests: int) -> dict[str, PortalRun]:
    names = {"a": A, "b": B, "c": C}
    return {
        names[key]: PortalRun(names[key], None, 0, 0, 0, 0, 0, 0, "running", None, count, 0)
        for key, count in requests.items()
    }


def test_portals_that_share_a_host_through_a_third_are_one() -> None:
    found = shared_hosts(
        [of(A, "a.cn:81", "x.cn"), of(B, "b.cn", files=("x.cn",)), of(C, "b.cn"), of("990104-d", "d.cn", "e.cn")]
    )
    assert found == {A: "a.cn", B: "a.cn", C: "a.cn", "990104-d": "d.cn"}
    assert shared_hosts([of(A, "a.cn:81"), of(B, "a.cn:82")]) == {A: "a.cn", B: "a.cn"}  # politeness knows no ports


@pytest.mark.parametrize(
    ("requests", "promised", "night", "given"),
    [
        ({"a": 0, "b": 0, "c": 0}, {}, 1000, {A: 100, B: 100, C: 100}),
        ({"a": 0, "b": 0, "c": 0}, {}, 250, {A: 100, B: 100}),  # c waits for what they do not need
        ({"a": 0, "b": 0, "c": 0}, {}, 60, {A: 60}),  # nothing to wait for
        ({"a": 30, "b": 0, "c": 0}, {}, 1000, {A: 100, B: 100, C: 100}),  # a second try has what the first left
        ({"a": 30, "b": 0, "c": 0}, {}, 169, {A: 100}),  # 30 made, 70 kept: 69 are fewer than b may need
        ({"a": 30, "b": 0, "c": 0}, {A: 100}, 1000, {B: 100, C: 100}),  # taken before the night was killed
        ({"a": 60, "b": 60, "c": 0}, {}, 120, {}),
    ],
)
def test_a_night_never_promises_more_requests_than_it_has(
    requests: dict[str, int], promised: dict[str, int], night: int, given: dict[str, int]
) -> None:
    left = deque([of(A, "a.cn"), of(B, "b.cn"), of(C, "c.cn")])
    found = affordable(left, made(**requests), promised, night)
    assert {one.id: most for one, most in found} == given
    assert {one.id for one in left} == {A, B, C} - set(given) - set(promised)


def test_the_queue_has_the_schema_of_the_library_that_is_installed() -> None:
    """Where this fails, an update brings another schema: it needs a migration, made from the library's own files."""
    ours = Path(migrations.__file__).parent / "versions" / "20261121_workers.sql"
    theirs = resources.files("procrastinate.sql").joinpath("schema.sql")
    assert ours.read_text(encoding="utf-8") == theirs.read_text(encoding="utf-8")


def test_a_task_waits_once_and_leaves_nothing_behind(engine: Engine) -> None:
    task = jobs.Task(1, A, "a.cn", 100, ["--until", "2026-11-21T00:00:00+00:00"], {"990101-a.toml": "名"})

    async def ask() -> None:
        async with jobs.opened(engine.url) as app:
            await jobs.put(app, task)
            await jobs.put(app, task)
            await jobs.put(app, replace(task, crawl=2, portal=B))
            assert await jobs.promised(app, 1) == {A: 100}
            [first, _] = await jobs.queued(app, Status.TODO)
            assert jobs.Task(**first.task_kwargs) == task  # type: ignore[arg-type]
            await jobs.begin(app)
            assert await jobs.promised(app, 1) == await jobs.promised(app, 2) == {}

    asyncio.run(ask())
    with engine.connect() as connection:
        assert jobs.alive(connection) == 0
        assert connection.scalar(text("SELECT count(*) FROM procrastinate.procrastinate_jobs")) == 0


def test_a_task_of_a_dead_worker_is_given_to_others_three_times(engine: Engine) -> None:
    dies = "UPDATE procrastinate.procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"

    async def ask() -> list[bool]:
        found: list[bool] = []
        async with jobs.opened(engine.url) as app:
            await jobs.put(app, jobs.Task(1, A, "a.cn", 100, [], {}))
            await jobs.put(app, jobs.Task(1, B, "a.cn", 100, [], {}))
            while (worker := await app.job_manager.register_worker()) and len(found) < 9:
                job = await app.job_manager.fetch_job([jobs.QUEUE], worker)
                if job is None:
                    break
                assert await app.job_manager.fetch_job([jobs.QUEUE], worker) is None  # the other has the same host
                await jobs.rescue(app)  # it lives
                found.append(job.task_kwargs["portal"] == A)
                with engine.begin() as connection:
                    assert jobs.alive(connection) == 1
                    connection.execute(text(dies))
                await jobs.rescue(app)
        return found

    assert asyncio.run(ask()) == [True, True, True, False, False, False]


@pytest.mark.parametrize("arguments", [("worker",), ("nightly", "--spread")])
def test_without_a_shared_database_there_are_no_workers(archive: Command, arguments: tuple[str, ...]) -> None:
    archive.home.mkdir()
    archive.more |= {"NIANBAO_DATABASE_URL": "", "NIANBAO_CONTACT": "test", "NIANBAO_PORTALS_DIR": str(archive.home)}
    said = archive.run(*arguments, code=2).stderr
    assert "share a PostgreSQL server" in said
    assert "NIANBAO_DATABASE_URL" in said
    assert not (archive.home / "postgres").exists()
