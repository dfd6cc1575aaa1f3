"""The pages where the database does not answer, or not in time: said calmly, no traceback, and over when that is."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from tests.cli.command import PROGRAM, Command, free_port, make_archive
from tests.scratch import administer
from tests.web.answers import asked
from tests.web.conftest import serving

IMPATIENT = f"import importlib; importlib.import_module('archive.cli.serve').LONGEST = 1; {PROGRAM}"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, server_url: URL, template: str) -> Iterator[Command]:
    """An empty archive of its own."""
    yield from make_archive(tmp_path_factory.mktemp("trouble") / "home", server_url, template)


@contextmanager
def locked(archive: Command) -> Iterator[None]:
    """Keeps every reader of documents waiting."""
    engine = create_engine(archive.database_url)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE documents, current_readings IN ACCESS EXCLUSIVE MODE"))
        try:
            yield
        finally:
            connection.rollback()
    engine.dispose()


@contextmanager
def shut(archive: Command, server_url: URL) -> Iterator[None]:
    """Ends all connections to an archive's database and lets nobody in."""
    name = make_url(archive.database_url).database
    administer(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    administer(server_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        yield
    finally:
        administer(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_a_question_that_takes_too_long_is_given_up_and_the_next_is_answered(archive: Command) -> None:
    with serving(archive.environ, program=IMPATIENT) as base:
        with locked(archive):
            began = time.monotonic()
            page = asked(f"{base}/en/status")
            assert (page.status, "was given up" in page.text) == (503, True), page
            assert time.monotonic() - began < 30
            answer = asked(f"{base}/api/v1/reports")
            assert (answer.status, json.loads(answer.body)["status"]) == (503, 503)
        assert asked(f"{base}/en/status").status == 200


def test_while_the_database_is_gone_pages_say_so_and_afterwards_answer(archive: Command, server_url: URL) -> None:
    raw_port = free_port()
    raw = f"http://127.0.0.1:{raw_port}/raw/{'0' * 64}"
    with serving(archive.environ, "--raw-port", str(raw_port)) as base:
        assert (asked(f"{base}/en/status").status, asked(raw).status) == (200, 404)
        with shut(archive, server_url):
            page = asked(f"{base}/en/status")
            assert (page.status, "the database does not answer" in page.text) == (503, True), page
            assert str(server_url.port) not in page.text
            assert json.loads(asked(f"{base}/api/v1/reports").body)["title"] == "Service Unavailable"
            refused = asked(raw)
            assert (refused.status, refused.text) == (503, "the database does not answer; try again in a minute\n")
        assert (asked(f"{base}/en/status").status, asked(raw).status) == (200, 404)
