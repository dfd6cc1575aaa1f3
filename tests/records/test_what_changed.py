"""A night looks at what changed, and at all of that: late commits, payloads that wait, files whose page moved."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, insert, select, text, update

from archive.model import Issue
from archive.records import keeping, notes, readings, rereadings, revisions, versions, waiting
from archive.records.reading_rows import rows_of
from archive.records.tables import agencies, documents, frontier, portals, sources, underived, untold, version_payloads
from tests.records.builder import PORTAL, Builder, reading_of

PAGE, FILE = "http://127.0.0.1/a.html", "http://127.0.0.1/a.xls"


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened, opened.begin() as undone:
        yield opened
        undone.rollback()


def shown(connection: Connection) -> int:
    return len(connection.execute(select(version_payloads)).all())


def agency_of(connection: Connection, source: int) -> tuple[str | None, str | None]:
    query = select(agencies.c.name, agencies.c.division).select_from(sources).outerjoin(documents).outerjoin(agencies)
    row = connection.execute(query.where(sources.c.id == source)).one()
    return row.name, row.division


def test_what_commits_late_is_not_lost(engine: Engine) -> None:
    with engine.begin() as connection:
        archive = Builder(connection)
        archive.source()
        archive.seen("A")
        archive.read("A", reading_of("A"))
        versions.derive(connection, 1)
    with engine.connect() as late, engine.connect() as other, late.begin():
        archive.connection = late
        archive.seen("B")
        archive.read("B", reading_of("B"))
        with other.begin():
            archive.connection = other
            archive.seen("A")
        with other.begin():
            versions.derive(other, 1)
            assert shown(other) == 1
            assert list(waiting.pending(other, 1)) == []
        late.commit()
        with other.begin():
            versions.derive(other, 1)
            assert shown(other) == 2


def test_what_is_not_read_waits_and_nothing_else_is_looked_at(connection: Connection) -> None:
    archive = Builder(connection)
    first, second = archive.source(), archive.source(FILE)
    archive.seen("A")
    archive.read("A", reading_of("A"))
    archive.seen("B", FILE)
    versions.derive(connection, 1)
    for _ in range(2):
        assert keeping.scope_of(connection, keeping.standing(connection)) == [second]
        assert [one.payload_id for one in waiting.pending(connection, 1)] == [archive.payload_ids["B"]]
        versions.derive(connection, 1)
    archive.read("B", reading_of("B", agency="苇渡镇"))
    versions.derive(connection, 1)
    assert [agency_of(connection, one)[0] for one in (first, second)] == ["青石镇", "苇渡镇"]
    assert keeping.scope_of(connection, keeping.standing(connection)) == []
    archive.seen("C", FILE)
    readings.store_all(connection, [(archive.payload_ids["C"], rows_of(Issue("corrupt-record", "bad bytes")))], 1)
    versions.derive(connection, 1)
    assert list(waiting.pending(connection, 1)) == []
    rereadings.forget_corrupt(connection, "a.warc.gz")  # the file was mended
    assert [one.payload_id for one in waiting.pending(connection, 1)] == [archive.payload_ids["C"]]
    archive.read("C", reading_of("C", agency="苇渡镇"))
    versions.derive(connection, 1)
    revisions.open_revision(connection, 2)
    assert len(list(waiting.pending(connection, 2))) == 3  # another revision has everything before it


def test_a_file_goes_with_its_page(connection: Connection) -> None:
    """It names no agency itself, and nothing of it changes when the page's report is another's."""
    archive = Builder(connection)
    page, file = archive.source(PAGE), archive.source(FILE)
    bare = replace(reading_of("table"), agency=None, year=None)
    archive.seen("table", FILE, context={"via": PAGE})
    archive.read("table", bare)
    versions.derive(connection, 1)
    assert agency_of(connection, file)[0] is None
    for content, agency in (("A", "青石镇"), ("B", "苇渡镇")):
        archive.seen(content, PAGE)
        archive.read(content, reading_of(content, agency=agency))
        versions.derive(connection, 1)
        assert agency_of(connection, page)[0] == agency_of(connection, file)[0] == agency
    assert connection.scalars(select(underived.c.id)).all() == []
    archive.seen("nothing", PAGE)
    archive.read("nothing", replace(bare, forms={}, figures=(), checks=()))
    versions.derive(connection, 1)
    assert agency_of(connection, file)[0] == "苇渡镇"  # the page still has what it showed before


def test_a_portal_of_another_division_has_other_documents(connection: Connection) -> None:
    archive = Builder(connection)
    source = archive.source()
    archive.seen("A")
    archive.read("A", reading_of("A"))
    versions.derive(connection, 1)
    connection.execute(update(portals).where(portals.c.id == PORTAL).values(division="990102"))
    versions.derive(connection, 1)
    assert agency_of(connection, source) == ("青石镇", "990102")


def told(connection: Connection) -> set[str]:
    return {line.partition('"note": "')[2].partition('"')[0] for lines in notes.changed(connection) for line in lines}


def test_notes_are_made_of_what_changed(connection: Connection) -> None:
    archive = Builder(connection)
    archive.source()
    archive.seen("A")
    archive.read("A", reading_of("A"))
    versions.derive(connection, 1)
    assert told(connection) == {"portal", "revision", "source", "payload"}
    assert connection.scalars(select(untold.c.id)).all() == []
    assert told(connection) == set()
    archive.seen("A")
    versions.derive(connection, 1)
    assert told(connection) == set()
    archive.seen("B")
    archive.read("B", reading_of("B"))
    versions.derive(connection, 1)
    assert told(connection) == {"source", "payload"}
    connection.execute(update(sources).values(title="another"))
    assert told(connection) == {"source"}


def test_an_address_is_told_of_when_it_is_another_and_not_while_it_is_asked(connection: Connection) -> None:
    Builder(connection)
    row = {"portal_id": PORTAL, "url_key": PAGE, "url": PAGE, "role": "report", "context": {}}
    connection.execute(insert(frontier).values(row))
    assert "address" in told(connection)
    for state, listed in (("leased", 0), ("due", 0), ("done", 1), ("failed", 1)):
        connection.execute(text("UPDATE frontier SET state = :state"), {"state": state})
        assert len(connection.scalars(select(untold.c.id)).all()) == listed
        assert told(connection) == ({"address"} if listed else set())
