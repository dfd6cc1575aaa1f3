"""Opening the database: messages, migrations, locks that die with their holder."""

import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, text

import migrations
from archive.errors import DatabaseUnavailableError, LockHeldError, TookTooLongError
from archive.records import migrate, server, session

HOLDER = """
import sys
from pathlib import Path
from archive.records import session
with session.open_engine(Path(), sys.argv[1]) as engine, engine.connect() as connection:
    with session.advisory_lock(connection, "portal"):
        print("held", flush=True)
        sys.stdin.read()
"""


def test_the_embedded_database_is_migrated_on_the_way(open_folder: Path) -> None:
    home = open_folder / "embedded"
    with session.open_engine(home, None) as engine:
        assert session.revision(engine) == migrations.HEAD
    assert server.status(home).pid is None
    with session.open_engine(home, None) as engine, engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '20991231_of_tomorrow'"))
    with (
        pytest.raises(DatabaseUnavailableError, match=r"20991231_of_tomorrow.*newer Nianbao"),
        session.open_engine(home, None),
    ):
        pass


def test_a_server_of_ones_own_is_never_migrated_unasked(tmp_path: Path, database_url: str) -> None:
    with session.open_unmigrated(tmp_path, database_url) as engine:
        migrate.downgrade(engine)
    with (
        pytest.raises(DatabaseUnavailableError, match="nianbao db upgrade"),
        session.open_engine(tmp_path, database_url),
    ):
        pass
    with session.open_unmigrated(tmp_path, database_url) as engine:
        migrate.upgrade(engine)
    with session.open_engine(tmp_path, database_url) as engine:
        assert session.revision(engine) == migrations.HEAD
    assert list(tmp_path.iterdir()) == []


def test_a_question_is_given_up_after_its_seconds_and_the_connection_lives_on(engine: Engine) -> None:
    with engine.connect() as connection:  # opened before: it is not kept
        connection.execute(text("SELECT 1"))
    session.give_up_after(engine, 1)
    with pytest.raises(TookTooLongError, match="given up"), session.told_when_gone(engine), engine.connect() as slow:
        slow.execute(text("SELECT pg_sleep(30)"))
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "1s"


def test_whoever_waits_too_long_for_a_connection_is_told(engine: Engine) -> None:
    narrow = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.1)
    with narrow.connect(), pytest.raises(TookTooLongError, match="too many"), session.told_when_gone(narrow):
        narrow.connect()
    narrow.dispose()


def test_what_is_asked_in_many_snapshots_is_planned_once(engine: Engine) -> None:
    plans = "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '% FROM revisions %'"
    for _ in range(20):
        with session.snapshot(engine) as connection:
            connection.execute(text("SELECT number FROM revisions WHERE number = :number"), {"number": 1}).all()
            found = connection.scalar(text(plans))
    assert found


def test_sessions_speak_utc_under_our_name(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("show timezone")).scalar_one() == "UTC"
        assert connection.execute(text("show application_name")).scalar_one() == "nianbao"


def test_options_of_the_url_are_kept(tmp_path: Path, server_url: URL, database_url: str) -> None:
    url = server_url.set(database=database_url.rpartition("/")[2].partition("?")[0])
    url = url.update_query_dict({"options": "-c work_mem=7MB"}).set(drivername="postgresql")
    with (
        session.open_engine(tmp_path, url.render_as_string(hide_password=False)) as engine,
        engine.connect() as connection,
    ):
        assert connection.execute(text("show work_mem")).scalar_one() == "7MB"
        assert connection.execute(text("show timezone")).scalar_one() == "UTC"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://me:hush@127.0.0.1:1/archive", r"'archive' at 127\.0\.0\.1:1 does not answer.*is it running"),
        ("postgresql:///archive?host=/nowhere/at/all", r"'archive' at /nowhere/at/all:5432 does not answer"),
        ("postgresql://me:hush@/archive?host=/nowhere&hush=1", r"'archive' at /nowhere:5432"),
        ("mysql://me:hush@localhost/archive", "only PostgreSQL will do"),
        ("not a URL, hush", "cannot be read: write postgresql://"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match=words) as caught, session.open_engine(tmp_path, url):
        pass
    assert "hush@" not in str(caught.value)
    assert ":hush" not in str(caught.value)


def test_an_old_postgresql_is_refused(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "OLDEST", 99)
    with pytest.raises(DatabaseUnavailableError, match="99 or newer"), session.open_engine(tmp_path, database_url):
        pass


def test_a_lock_is_held_by_one(engine: Engine) -> None:
    with engine.connect() as ours, engine.connect() as theirs:
        with session.advisory_lock(ours, "portal"):
            assert not ours.in_transaction()
            with pytest.raises(LockHeldError, match="portal"), session.advisory_lock(theirs, "portal"):
                pass
            with session.advisory_lock(theirs, "another"):
                pass
        with session.advisory_lock(theirs, "portal"):
            pass


def free_soon(connection: Connection, name: str) -> bool:
    """Tells whether a lock can be taken within seconds: the server notices a dropped connection when it gets to it."""
    for _ in range(100):
        with suppress(LockHeldError), session.advisory_lock(connection, name):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("trouble", ["select 1/0", "select pg_terminate_backend(pg_backend_pid())"])
def test_a_lock_does_not_outlive_trouble(engine: Engine, trouble: str) -> None:
    with engine.connect() as ours, engine.connect() as theirs:
        with pytest.raises(Exception, match=r"division by zero|terminating"), session.advisory_lock(ours, "portal"):
            ours.execute(text(trouble))
        assert free_soon(theirs, "portal")


def test_a_killed_holder_holds_nothing(engine: Engine, database_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with engine.connect() as ours:
            with pytest.raises(LockHeldError), session.advisory_lock(ours, "portal"):
                pass
            holder.send_signal(signal.SIGKILL)
            holder.wait()
            ours.execute(text("select pg_advisory_lock(:key)"), {"key": session.lock_key("portal")})
            ours.execute(text("select pg_advisory_unlock_all()"))
            with session.advisory_lock(ours, "portal"):
                pass
