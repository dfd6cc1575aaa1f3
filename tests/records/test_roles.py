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
            connection.execute(text("drop owned by researcher; drop role researcher"))


VIEWS = "select viewname from pg_views where schemaname = 'research' order by 1"


def test_a_researcher_asks_each_view(researcher: Connection) -> None:
    views = list(researcher.execute(text(VIEWS)).scalars())
    assert {"agencies", "documents", "versions", "panel", "figures", "checks", "restatements", "coverage"} < set(views)
    assert {"indicators", "crosswalk", "provenance", "texts", "sources", "overrides", "issues"} < set(views)
    for view in views:
        researcher.execute(text(f"select * from {view}")).all()
    wanted = "select * from texts where grams @> ARRAY['公开'] and text like '%公开%'"
    assert researcher.execute(text(wanted)).all() == []


def test_what_the_role_begins_with(engine: Engine, researcher: Connection) -> None:
    query = text("select setting from pg_roles, unnest(rolconfig) as setting where rolname = 'researcher'")
    with engine.connect() as connection:
        settings = set(connection.execute(query).scalars())
    assert {"statement_timeout=60s", "default_transaction_read_only=on", "search_path=research"} <= settings


def test_a_view_of_a_later_step_can_be_asked_at_once(engine: Engine, researcher: Connection) -> None:
    with engine.begin() as connection:
        connection.execute(text("create view research.later as select 1 as one"))
    assert researcher.execute(text("select one from later")).scalar_one() == 1


def test_every_view_and_column_is_explained(engine: Engine) -> None:
    unexplained = text("""
        select c.relname, a.attname from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'research'::regnamespace
        and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)""")
    with engine.connect() as connection:
        assert connection.execute(unexplained).all() == []
        assert len(connection.execute(text(VIEWS)).all()) == 15
        assert connection.scalar(
            text("select count(*) from information_schema.columns where table_schema = 'research'")
        )


@pytest.mark.parametrize(
    "statement",
    [
        "select * from public.payloads",
        "select * from public.figures",
        "select * from public.current_readings",
        "select * from public.figure_cells",
        "insert into public.overrides values (default)",
        "drop view panel",
        "select public.zh_grams('公开')",
        "delete from crosswalk",
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
