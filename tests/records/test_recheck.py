"""Which known addresses a night asks: each at least so often as its season and age want, never all in one night."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from archive.records import recheck

PORTAL = "990301-shiyan"
CLASSES: dict[str, dict[str, object]] = {
    "newest": {"year": 2026},
    "older": {"year": 2025},
    "oldest": {"year": 2019},
    "unconfirmed": {"year": 2026},
}
EACH = 84  # addresses of a class


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A portal with addresses of every age, all checked on 31 December 2026."""
    with engine.connect() as opened:
        values = f"('{PORTAL}', '试验县', '990301', 'http://127.0.0.1')"
        opened.execute(text(f"INSERT INTO portals (id, name, division, base) VALUES {values}"))
        first = night(opened)
        for name, context in CLASSES.items():
            said = {**context, "last": {"unconfirmed": "no section"}} if name == "unconfirmed" else context
            for number in range(EACH):
                add(opened, f"{name}/{number}", "report", said, first)
        for number in range(EACH):
            add(opened, f"file/{number}", "attachment", {}, first)
        opened.execute(text("UPDATE frontier SET checked_at = '2026-12-31 02:00+08'"))
        yield opened


def add(connection: Connection, key: str, role: str, context: dict[str, object], crawl: int) -> None:
    statement = text(
        "INSERT INTO frontier (portal_id, url_key, url, role, context, state, crawl_id)"
        " VALUES (:portal, :key, :key, :role, CAST(:context AS jsonb), 'done', :crawl)"
    )
    values = {"portal": PORTAL, "key": key, "role": role, "context": json.dumps(context), "crawl": crawl}
    connection.execute(statement, values)


def night(connection: Connection) -> int:
    """Gives the number of a new crawl."""
    return int(connection.execute(text("INSERT INTO crawls (software) VALUES ('tests') RETURNING id")).scalar_one())


def asked(connection: Connection, today: date | None, at: date | None = None) -> list[str]:
    """Gives what a night asks, and answers all of it."""
    crawl = night(connection)
    recheck.make_due(connection, crawl, PORTAL, today)
    answered = text(
        "UPDATE frontier SET state = 'done', crawl_id = :crawl, checked_at = :at WHERE state = 'due' RETURNING url_key"
    )
    moment = f"{at or today} 02:00+08"
    return list(connection.execute(answered, {"crawl": crawl, "at": moment}).scalars())


def kinds(keys: list[str]) -> Counter[str]:
    return Counter(key.partition("/")[0] for key in keys)


@pytest.mark.parametrize(
    ("first", "step", "every"),
    [
        (date(2027, 1, 1), 1, {"newest": 1, "older": 14, "oldest": 28, "unconfirmed": 28, "file": 28}),
        (date(2027, 5, 1), 7, {"newest": 7, "older": 14, "oldest": 28, "unconfirmed": 28, "file": 28}),
        (date(2027, 7, 1), 28, {"newest": 28, "older": 28, "oldest": 84, "unconfirmed": 84, "file": 84}),
    ],
)
def test_every_address_has_its_turn_and_no_night_has_them_all(
    connection: Connection, first: date, step: int, every: dict[str, int]
) -> None:
    last = {key: first - timedelta(days=step) for key in asked(connection, None, first - timedelta(days=step))}
    assert len(last) == 5 * EACH
    busiest: Counter[str] = Counter()
    for today in (first + timedelta(days=day) for day in range(0, 3 * max(every.values()), step)):
        if (today.month > recheck.SEASON_ENDS) != (first.month > recheck.SEASON_ENDS):
            break
        keys = asked(connection, today)
        for key in keys:
            assert (today - last[key]).days <= every[key.partition("/")[0]], key
            last[key] = today
        busiest |= kinds(keys)
    assert all((today - at).days <= every[key.partition("/")[0]] for key, at in last.items())
    for kind, days in every.items():
        assert busiest[kind] == -(-EACH * step // days), (kind, busiest)


def test_what_failed_was_left_or_was_never_asked_has_no_turn_to_wait_for(connection: Connection) -> None:
    today = date(2027, 7, 1)
    asked(connection, None, today)
    connection.execute(text("UPDATE frontier SET state = 'failed' WHERE url_key = 'oldest/1'"))
    connection.execute(text("UPDATE frontier SET state = 'due' WHERE url_key = 'oldest/2'"))
    connection.execute(text("UPDATE frontier SET state = 'leased' WHERE url_key = 'oldest/3'"))
    connection.execute(text("UPDATE frontier SET checked_at = NULL WHERE url_key = 'oldest/4'"))
    assert sorted(asked(connection, today)) == [f"oldest/{number}" for number in range(1, 5)]


def test_a_crawl_by_hand_asks_everything_and_one_that_goes_on_only_the_rest(connection: Connection) -> None:
    crawl = night(connection)
    recheck.make_due(connection, crawl, PORTAL, None)
    due = text("SELECT count(*) FROM frontier WHERE state = 'due'")
    assert connection.scalar(due) == 5 * EACH
    connection.execute(
        text("UPDATE frontier SET state = 'done', crawl_id = :crawl WHERE role = 'report'"), {"crawl": crawl}
    )
    recheck.make_due(connection, crawl, PORTAL, None)
    assert connection.scalar(due) == EACH


def test_python_and_the_database_agree_on_turns() -> None:
    today, checked = date(2027, 3, 3), date(2027, 3, 2)
    turns = [row for row in range(280) if recheck.has_turn(row, checked, today, 2019)]
    assert len(turns) == 10
    assert recheck.has_turn(5, None, today, 2019)
    assert recheck.has_turn(5, checked, today, 2026)
    assert not recheck.has_turn(5, today, today, 2026)
