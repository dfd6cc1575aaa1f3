"""The researcher's role: what it can ask, and what it is refused."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from archive.records import roles


@pytest.fixture
def researcher(engine: Engine) -> Iterator[Connection]:
    """A connection as the role, which is made for this database and gone afterwards."""
    with engine.connect() as connection:
        if connection.execute(text("select exists (select from pg_roles where rolname = 'researcher')")).scalar_one():
            pytest.skip("this server has a role researcher already")
        if not connection.execute(text("select rolsuper from pg_roles where rolname = current_user")).scalar_one():
            pytest.skip("only a superuser can make the role")
    roles.make_researcher(engine)
    try:
        roles.make_researcher(engine)  # again, as after an upgrade
        with engine.connect() as connection:
            connection.execute(text("set session authorization researcher"))
            connection.execute(text("set search_path = research"))
            connection.commit()
            yield connection
            connection.invalidate()
    finally:
        with engine.begin() as connection:
            connection.execute(text("drop schema research cascade; drop owned by researcher; drop role researcher"))


def test_a_researcher_asks(researcher: Connection) -> None:
    questions = ("select * from figure_cells", "select * from check_results", "select * from captures")
    for question in (*questions, "select * from texts where grams @> ARRAY['公开'] and body like '%公开%'"):
        assert researcher.execute(text(question)).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "select * from public.payloads",
        "select public.zh_grams('公开')",
        "delete from agencies",
        "create table mine (n int)",
        "create table public.mine (n int)",
        "create temporary table mine (n int)",
        "copy (select 1) to program 'true'",
        "select pg_read_file('postgresql.conf')",
        "select pg_advisory_lock(1)",
        "select pg_sleep(1)",
        "select pg_notify('a', 'b')",
        "select set_config('statement_timeout', '0', false)",
    ],
)
def test_a_researcher_is_refused(researcher: Connection, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|InsufficientPrivilege"):
        researcher.execute(text(statement))


def test_the_role_has_limits(engine: Engine, researcher: Connection) -> None:
    with engine.connect() as ours:
        settings = ours.execute(text("select unnest(rolconfig) from pg_roles where rolname = 'researcher'")).scalars()
        assert {"default_transaction_read_only=on", "statement_timeout=60s"} <= set(settings)
        assert ours.execute(text("select pg_try_advisory_lock(1), pg_advisory_unlock(1)")).one() == (True, True)
