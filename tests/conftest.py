"""A real PostgreSQL for the tests: the server of NIANBAO_DATABASE_URL, else an embedded one for this session."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from archive.records import migrate, server, session
from tests.cli.command import Command, make_archive
from tests.object_store import ObjectStore, object_store
from tests.scratch import administer, scratch_name


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A temporary folder that other users may enter: the embedded server of root runs as one."""
    folder = Path(tempfile.mkdtemp(prefix="nianbao-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server_url(open_folder: Path) -> Iterator[URL]:
    """The server on which scratch databases are made."""
    if given := os.environ.get("NIANBAO_DATABASE_URL"):
        yield session.parsed(given)
    else:
        with server.running(open_folder / "session") as url:
            yield make_url(url)


@pytest.fixture(scope="session")
def template(server_url: URL) -> Iterator[str]:
    """The name of a migrated, empty database, made once."""
    name = scratch_name("template")
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    engine = create_engine(server_url.set(database=name), poolclass=NullPool)
    migrate.upgrade(engine)
    yield name
    administer(server_url, f"DROP DATABASE {name}")


@pytest.fixture
def database_url(server_url: URL, template: str) -> Iterator[str]:
    """A fresh database at the current migration, dropped afterwards with whoever is still connected."""
    name = scratch_name("test")
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server_url.set(database=name).render_as_string(hide_password=False)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on that database, opened as every command opens it."""
    with session.open_engine(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
def archive(tmp_path: Path, server_url: URL, template: str) -> Iterator[Command]:
    yield from make_archive(tmp_path / "home", server_url, template)


@pytest.fixture(scope="session")
def running_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture(scope="session")
def two_nights(
    tmp_path_factory: pytest.TempPathFactory, server_url: URL, template: str
) -> Iterator[tuple[Command, list[dict[str, Any]]]]:
    """An archive after two nights of the demo, and what the nights printed."""
    for command in make_archive(tmp_path_factory.mktemp("nights"), server_url, template):
        yield command, command.demo(2)
