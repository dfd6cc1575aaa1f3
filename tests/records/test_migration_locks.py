"""Migrations and a figures table that is in use: what takes which lock, and that nobody waits for long."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, text

import migrations
from archive.errors import DatabaseUnavailableError
from archive.records import migrate, session

GROUND = "20261121_lay_the_ground"
LOCKED_FIGURES = (
    "20261121_places_and_statements"  # its table was small; a new one finds a way without (docs/database.md)
)
HELD = """
    SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = to_regclass('figures')
    AND mode IN ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')"""
TIMEOUTS = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"


def in_order() -> list[str]:
    scripts = ScriptDirectory.from_config(migrate.configured(None))
    return [script.revision for script in scripts.walk_revisions()][::-1]


@contextmanager
def long_reader(engine: Engine) -> Iterator[None]:
    with engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM figures"))  # its lock stays until the transaction ends
        yield


def test_only_those_that_may_keep_others_from_the_figures(engine: Engine) -> None:
    held: defaultdict[str, set[str]] = defaultdict(set)
    timeouts: set[tuple[str, str]] = set()
    current = ""

    def look(_connection: Any, cursor: Any, *_: Any) -> None:
        with cursor.connection.cursor() as own:
            if modes := {mode for (mode,) in own.execute(HELD)}:
                held[current] |= modes
                timeouts.add(own.execute(TIMEOUTS).fetchone())

    migrate.downgrade(engine)
    event.listen(engine, "after_cursor_execute", look)
    for current in in_order():
        migrate.upgrade(engine, current)
    event.remove(engine, "after_cursor_execute", look)
    assert session.revision(engine) == migrations.HEAD
    assert set(held) == {GROUND, LOCKED_FIGURES}
    assert timeouts == {("4s", "5s")}


def test_the_newer_ones_run_beside_a_long_reader_of_figures(engine: Engine) -> None:
    migrate.downgrade(engine, LOCKED_FIGURES)
    with long_reader(engine):
        migrate.upgrade(engine)
    assert session.revision(engine) == migrations.HEAD


def test_one_that_needs_the_figures_gives_up_and_leaves_all_as_it_was(engine: Engine) -> None:
    migrate.downgrade(engine, GROUND)
    with long_reader(engine), pytest.raises(DatabaseUnavailableError, match="lock timeout"):
        migrate.upgrade(engine)
    assert session.revision(engine) == GROUND
    migrate.upgrade(engine)
    assert migrate.drift(engine) is None
