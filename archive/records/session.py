"""Opens the database: the embedded one or the operator's own server, checked and migrated."""

import hashlib
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from psycopg.errors import QueryCanceled
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

import migrations
from archive.errors import DatabaseUnavailableError, LockHeldError, TookTooLongError

OLDEST = 15  # major version of PostgreSQL
DRIVER = "postgresql+psycopg"
T = TypeVar("T")


@contextmanager
def open_engine(home: Path, database_url: str | None, *, migrate: bool = False) -> Iterator[Engine]:
    """Gives an engine on the database at the current migration; the embedded one is migrated on the way.

    An operator's own server is migrated only if asked to. Raises DatabaseUnavailableError saying what would mend it:
    no answer, too old a PostgreSQL, not migrated, or gone while it was in use.
    """
    with open_unmigrated(home, database_url) as engine:
        with told_when_gone(engine):
            found = revision(engine)
        if found != migrations.HEAD:
            if database_url is not None and not migrate:
                raise DatabaseUnavailableError(
                    f"{described(engine.url)} is at migration {found or 'none'}, and this Nianbao needs"
                    f" {migrations.HEAD}: run `nianbao db upgrade`"
                )
            from archive.records.migrate import upgrade  # alembic is slow to import and seldom needed

            upgrade(engine)
        with told_when_gone(engine):
            yield engine


@contextmanager
def told_when_gone(engine: Engine) -> Iterator[None]:
    """Raises DatabaseUnavailableError where the database goes away in between.

    Raises TookTooLongError where it gave up a question (`give_up_after`), or all connections were taken for too long.
    """
    try:
        yield
    except NoConnectionFree as error:
        raise TookTooLongError("too many questions are being answered already; try again in a minute") from error
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise TookTooLongError(
                "the question took too long and was given up; ask for less, fewer years or one division, or try again"
            ) from error
        raise unavailable(engine.url, error) from error


def give_up_after(engine: Engine, seconds: int) -> None:
    """Has the server give up each question that takes longer, on all connections that are opened from now on."""
    engine.dispose()

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"SET statement_timeout = '{seconds}s'")
        connection.commit()


@contextmanager
def open_unmigrated(home: Path, database_url: str | None) -> Iterator[Engine]:
    """Gives an engine on a database that answers and is PostgreSQL 15 or newer, whatever is in it."""
    if database_url is None:
        from archive.records import server  # not needed where the operator has a server

        source: AbstractContextManager[str] = server.running(home)
    else:
        source = nullcontext(database_url)
    with source as address:
        engine = engine_for(parsed(address))
        try:
            require_postgresql(engine)
            yield engine
        finally:
            engine.dispose()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Gives a connection that only reads and sees the archive at one instant, however many questions make an answer.

    So nobody sees a part of one revision and a part of another. What is asked again and again meanwhile: `once`.
    Raises as `told_when_gone` does.
    """
    with told_when_gone(engine), engine.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True, known={})
        connection.commit()  # psycopg forgets at a rollback which statements it has prepared


def once(connection: Connection, key: Hashable, ask: Callable[[], T]) -> T:
    """Gives what is asked; in a snapshot it is asked for once under a key, elsewhere each time."""
    known: dict[Hashable, T] = connection.get_execution_options().get("known", {})
    if key not in known:
        known[key] = ask()
    return known[key]


def parsed(address: str) -> URL:
    """Gives the URL with our driver. Raises DatabaseUnavailableError where it is not one of PostgreSQL."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise DatabaseUnavailableError(
            "the database URL cannot be read: write postgresql://user@host:port/database"
        ) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseUnavailableError(
            f"the database URL begins with {url.drivername}: only PostgreSQL will do, postgresql://…"
        )
    return url.set(drivername=DRIVER)


def engine_for(url: URL) -> Engine:
    """Gives an engine whose sessions call themselves nianbao and speak UTC; nothing is connected yet."""
    given = url.query.get("options", "")
    options = " ".join([given if isinstance(given, str) else " ".join(given), "-c timezone=UTC"]).strip()
    return create_engine(
        url,
        pool_size=5,
        max_overflow=5,
        pool_pre_ping=True,  # a server restarted between two uses costs nothing but a reconnection
        connect_args={"application_name": "nianbao", "options": options, "connect_timeout": 10},
    )


def require_postgresql(engine: Engine) -> None:
    """Raises DatabaseUnavailableError unless PostgreSQL 15 or newer answers."""
    try:
        with engine.connect() as connection:
            number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    except (DBAPIError, NoSuchModuleError) as error:
        raise unavailable(engine.url, error) from None
    if number // 10000 < OLDEST:
        raise DatabaseUnavailableError(
            f"{described(engine.url)} is PostgreSQL {number // 10000}; {OLDEST} or newer is needed"
        )


def unavailable(url: URL, error: SQLAlchemyError) -> DatabaseUnavailableError:
    """Gives the error that names the server and what it said, never the password."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
    if url.password:
        said = said.replace(str(url.password), "***")
    return DatabaseUnavailableError(
        f"{described(url)} does not answer: {said}; is it running, and does NIANBAO_DATABASE_URL name it rightly?"
    )


def described(url: URL) -> str:
    """Gives host and database for people, without user and password."""
    host = url.host or url.query.get("host") or "the local socket"
    port = url.port or url.query.get("port") or 5432
    return f"the database {url.database or url.username!r} at {host}:{port}"


def revision(engine: Engine) -> str | None:
    """Gives the migration the database is at, None where it was never migrated."""
    with engine.connect() as connection:
        if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def facts(engine: Engine) -> dict[str, str | None]:
    """Gives the server's version, the migration the database is at and the one this Nianbao needs."""
    with engine.connect() as connection:
        version = str(connection.execute(text("SHOW server_version")).scalar_one())
    return {"version": version, "migration": revision(engine), "head": migrations.HEAD}


@contextmanager
def advisory_lock(connection: Connection, name: str, *, shared: bool = False) -> Iterator[None]:
    """Holds the lock `name` on this connection; the server drops it with the connection, so kill -9 leaves none.

    A shared one keeps out only who wants it alone. Raises LockHeldError where another connection holds it.
    """
    begun = connection.in_transaction()
    key = lock_key(name)
    suffix = "_shared" if shared else ""
    got = connection.execute(text(f"SELECT pg_try_advisory_lock{suffix}(:key)"), {"key": key}).scalar_one()
    if not begun:
        connection.commit()  # a lock held for hours must not hold a transaction open
    if not got:
        raise LockHeldError(f"another run holds the lock {name!r}; try again when it has ended")
    try:
        yield
    finally:
        release(connection, key, suffix)


def lock_key(name: str) -> int:
    """Gives the number by which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def release(connection: Connection, key: int, suffix: str = "") -> None:
    """Gives the lock back; on a broken connection or in a failed transaction by dropping the connection."""
    if connection.closed or connection.invalidated:
        return  # the server has dropped the lock with it
    begun = connection.in_transaction()
    try:
        connection.execute(text(f"SELECT pg_advisory_unlock{suffix}(:key)"), {"key": key})
        if not begun:
            connection.commit()
    except DBAPIError:
        connection.invalidate()
