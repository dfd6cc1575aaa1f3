"""Where the archive lies that is hurt: a scratch database, folders for WARC files and for their copies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from archive.config import Config
from archive.read import REVISION
from archive.records import migrate, server, session
from tests.faults.stages import World
from tests.scratch import administer, scratch_name


@contextmanager
def server_url(folder: Path) -> Iterator[URL]:
    """Gives the server of NIANBAO_DATABASE_URL, else one of its own."""
    if given := os.environ.get("NIANBAO_DATABASE_URL"):
        yield session.parsed(given)
    else:
        with server.running(folder / "server") as url:
            yield make_url(url)


@contextmanager
def archive_on(at: URL, folder: Path) -> Iterator[tuple[World, Engine]]:
    """Gives an empty archive on a server, whose database is dropped afterwards."""
    name = scratch_name("faults")
    administer(at, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    url = at.set(database=name)
    engine = create_engine(url, poolclass=NullPool)  # a process that is forked must not share a connection
    migrate.upgrade(engine)
    home, copy = folder / "home", folder / "copy"
    (home / "warc").mkdir(parents=True)
    copy.mkdir()
    config = Config(
        home=home, database_url=url.render_as_string(hide_password=False), warc_copy=str(copy), profile="test"
    )
    try:
        yield World(config, copy, REVISION + 1), engine
    finally:
        administer(at, f"DROP DATABASE {name} WITH (FORCE)")
