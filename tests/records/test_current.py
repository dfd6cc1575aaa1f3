"""The kept table of current readings says what the rule says, whatever happened since."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, text

from archive.model import Check, Issue, Reading, Verdict
from archive.records import documents, overrides, revisions, versions
from archive.records.tables import current_readings, source_aliases, underived
from tests.records.builder import PORTAL, Builder, kept_and_chosen, reading_of, table_count

URLS = [f"http://127.0.0.1/{name}" for name in ("a.html", "b.html", "c.zip")]
ALIAS = "http://127.0.0.1/moved.html"
ANSWERS: tuple[dict[str, Any], ...] = ({}, {}, {}, {}, {"status": 410}, {"status": 500}, {"truncated": "length"})
TOWNS = ("青石镇", "苇渡镇", "禾城财政局")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened, opened.begin() as undone:
        yield opened
        undone.rollback()


class Walk:
    """Steps that a random archive takes; what was seen is read at once, later, or never."""

    def __init__(self, connection: Connection, seed: int) -> None:
        self.connection, self.random = connection, random.Random(seed)
        self.archive = Builder(connection)
        for url in URLS:
            self.archive.source(url)
        revisions.open_revision(connection, 2)
        self.unread: dict[int, list[str]] = {1: [], 2: []}
        self.aliased = False

    @property
    def current(self) -> int:
        return revisions.current_revision(self.connection) or 0

    def see(self) -> None:
        url = self.random.choice([*URLS, ALIAS])
        body = f"{'zip' if url.endswith('zip') else 'page'} {self.random.randrange(5)}"
        if body not in self.archive.payload_ids:
            for waiting in self.unread.values():
                waiting.append(body)
        self.archive.seen(body, url, **self.random.choice(ANSWERS))

    def read(self, number: int) -> None:
        while self.unread[number]:
            body = self.unread[number].pop(0)
            if not body.startswith("zip"):
                self.archive.read(body, self.reading(body, number))
                continue
            for town in self.random.sample(TOWNS, self.random.randint(1, 3)):
                self.archive.read(body, replace(self.reading(f"{body} {town}", number, town), place=f"{town}.docx"))
            lost = Issue("member-unreadable", f"{self.random.choice(TOWNS)}.docx: damaged")
            if self.random.random() < 0.3:
                self.archive.read(body, replace(self.reading(body, number), place="x", forms={}, figures=(), checks=(),
                                                agency=None, issues=(lost,)))  # fmt: skip

    def reading(self, content: str, number: int, town: str | None = None) -> Reading:
        made = reading_of(f"{content} {self.random.randrange(2)}", number, agency=town or self.random.choice(TOWNS))
        verdict = self.random.choice([Verdict.HOLDS, Verdict.FAILS])
        made = replace(made, checks=(Check("remedies.total.review", verdict),))
        return made if self.random.random() < 0.7 else replace(made, figures=made.figures[:1])

    def derive(self) -> None:
        versions.derive(self.connection, self.current)
        self.agree()

    def agree(self) -> None:
        kept, chosen = kept_and_chosen(self.connection)
        assert kept == chosen
        left = self.connection.execute(select(underived.c.kind, underived.c.row_id)).all()
        unread = set(self.connection.scalars(versions.unread(self.current, None)))
        assert {("source", source) for source in unread} == set(map(tuple, left))

    def redirect(self) -> None:
        if not self.aliased:
            named = select(text("id")).select_from(text("sources")).where(text("url_key LIKE '%a.html'"))
            values = {"portal_id": PORTAL, "url_key": ALIAS, "source_id": self.connection.scalar(named)}
            self.connection.execute(insert(source_aliases).values(values))
            self.aliased = True

    def correct(self) -> None:
        for document in documents.find(self.connection, self.current, limit=1):
            overrides.add(self.connection, document.id, "remedies.review.total", Decimal(7), "counted", "me")

    def promote(self) -> None:
        number = 3 - self.current
        self.read(number)
        revisions.take_place(self.connection, number)
        self.derive()

    def back(self) -> None:
        before = revisions.replaced_by(self.connection, self.current)
        if before is not None:
            revisions.give_place_back(self.connection, before)
            self.derive()

    def steps(self) -> list[Callable[[], None]]:
        read = lambda: self.read(self.current)  # noqa: E731
        often = [self.see, self.see, self.see, self.see, read, read, self.derive, self.derive]
        return [*often, self.redirect, self.correct, self.promote, self.back, lambda: self.read(3 - self.current)]


@pytest.mark.parametrize("seed", range(6))
def test_after_any_steps_it_is_what_the_rule_says(connection: Connection, seed: int) -> None:
    walk = Walk(connection, seed)
    most = 0
    for _ in range(70):
        walk.random.choice(walk.steps())()
        most = max(most, table_count(connection, "current_readings"))
    walk.derive()
    assert most >= 2


def test_what_is_kept_changes_with_the_versions_and_not_before(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    for body in "AB":
        archive.seen(body)
        archive.read(body, reading_of(body))
    versions.derive(connection, 1)
    [second] = connection.scalars(select(current_readings.c.version_id))
    archive.seen("A")
    assert connection.scalars(select(current_readings.c.version_id)).all() == [second]
    assert connection.scalars(select(underived.c.kind)).all() == ["capture"]
    versions.derive(connection, 1)
    [first] = connection.scalars(select(current_readings.c.version_id))
    assert first != second
    assert documents.find(connection, 1)[0].version == 1


def test_an_instant_and_a_former_revision_are_worked_out(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    archive.seen("A")
    archive.read("A", reading_of("A"))
    versions.derive(connection, 1)
    revisions.open_revision(connection, 2)
    archive.read("A", reading_of("A", 2, agency="苇渡镇"))
    revisions.take_place(connection, 2)
    versions.derive(connection, 2)
    connection.execute(current_readings.delete())
    assert documents.find(connection, 2) == []
    assert [document.agency for document in documents.find(connection, 1)] == ["青石镇"]
    instant = documents.find(connection, 1)[0].captured_at
    assert [document.agency for document in documents.find(connection, 2, as_of=instant)] == ["苇渡镇"]


def test_the_migration_fills_it(engine: Engine) -> None:
    from archive.records import migrate

    with engine.begin() as connection:
        walk = Walk(connection, 1)
        for _ in range(60):
            walk.random.choice(walk.steps())()
        walk.derive()
        before = kept_and_chosen(connection)[0]
        connection.execute(
            text("UPDATE captures SET status = NULL, kind = 'response' WHERE id % 7 = 0 AND status = 200")
        )
    assert len(before) >= 2
    migrate.downgrade(engine, "20261121_revisions")
    migrate.upgrade(engine)
    with engine.begin() as connection:
        kept, chosen = kept_and_chosen(connection)
        assert kept == chosen
        assert len(kept) >= 2
        assert set(connection.scalars(select(current_readings.c.failing))) == {False, True}
