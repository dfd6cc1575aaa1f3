"""The views of the schema `research`: the questions of docs/sql.md answer, and say what the research functions say."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from archive.model import Figure, Status
from archive.records import documents, figures, readings, session, versions
from archive.records.histories import version_readings
from archive.research.find import find
from archive.research.history import restatements
from tests.cli.command import Command
from tests.records.builder import Builder, reading_of

PAGE = Path(__file__).parents[2] / "docs/sql.md"
QUESTIONS = re.findall(r"```sql\n(.+?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def demo_engine(two_nights: tuple[Command, list[dict[str, Any]]]) -> Engine:
    command, _ = two_nights
    return create_engine(session.parsed(command.database_url), poolclass=NullPool)


@pytest.fixture
def demo(demo_engine: Engine) -> Iterator[Connection]:
    """The archive as the product asks it."""
    with session.snapshot(demo_engine) as connection:
        yield connection


@pytest.fixture
def asked(demo_engine: Engine) -> Iterator[Connection]:
    """The archive as a researcher asks it."""
    with session.snapshot(demo_engine) as connection:
        connection.execute(text("SET search_path = research"))
        yield connection


@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_a_worked_question_has_an_answer(asked: Connection, question: str) -> None:
    rows = asked.exec_driver_sql(question.replace("%", "%%")).all()
    assert rows
    assert any(value is not None for row in rows for value in row)


def test_there_are_ten_and_one() -> None:
    assert len(QUESTIONS) == 11


def test_figures_are_those_of_the_documents(demo: Connection, asked: Connection) -> None:
    found = find(demo)
    cells = figures.figures_of(demo, [document.reading_id for document in found])
    wanted = {
        (document.id, cell.indicator): (str(cell.status), cell.value, cell.raw, cell.unit, cell.value_wan, cell.table)
        for document in found
        for cell in cells[document.reading_id]
    }
    columns = "document_id, indicator, status, value, raw, unit, value_wan, table_no"
    rows = asked.execute(text(f"SELECT {columns} FROM figures")).all()
    assert {(row[0], row[1]): tuple(row[2:]) for row in rows} == wanted
    assert len(rows) == len(wanted) > 5000


def test_the_panel_has_each_agency_year_and_indicator_once(asked: Connection) -> None:
    panel = asked.execute(
        text("SELECT agency_id, year, indicator, status, value, missing, document_id FROM panel")
    ).all()
    assert max(Counter((row.agency_id, row.year, row.indicator) for row in panel).values()) == 1
    sides = [
        asked.scalar(text(f"SELECT count(*) FROM {side}"))
        for side in ("agencies", "(SELECT DISTINCT year FROM documents)")
    ]
    indicators = asked.scalar(text("SELECT count(DISTINCT indicator) FROM indicators"))
    assert len(panel) == sides[0] * sides[1] * indicators
    assert all((row.value is None) == (row.missing is not None) for row in panel)
    assert {row.missing for row in panel if row.document_id is None} == {"no_report"}
    cells = asked.execute(text("SELECT document_id, indicator, status, value, missing FROM figures")).all()
    known = {(row.document_id, row.indicator): (row.status, row.value, row.missing) for row in cells}
    assert {
        (row.document_id, row.indicator): (row.status, row.value, row.missing) for row in panel if row.status
    } == known


def test_versions_and_restatements_are_those_of_the_history(demo: Connection, asked: Connection) -> None:
    changes, states = set(), set()
    for document in find(demo):
        for one in restatements(demo, document):
            changes |= {
                (document.id, one.previous, one.version, c.indicator, c.new and c.new.value) for c in one.figures
            }
        for source in documents.sources_of(demo, document.id, document.revision):
            states |= {
                (source.id, v.number, v.first_seen, v.last_seen, v.sha256, v.reading_id)
                for v in version_readings(demo, source.id, document.revision)
            }
    columns = "document_id, old_version, new_version, indicator, new_value"
    assert {tuple(row) for row in asked.execute(text(f"SELECT {columns} FROM restatements"))} == changes
    assert changes
    columns = "source_id, number, first_seen, last_seen, sha256, reading_id"
    assert {tuple(row) for row in asked.execute(text(f"SELECT {columns} FROM versions"))} == states


def test_provenance_is_that_of_the_documents(demo: Connection, asked: Connection) -> None:
    columns = "document_id, sha256, url, captured_at, warc_file, warc_offset, warc_length, revision"
    rows = {tuple(row) for row in asked.execute(text(f"SELECT {columns} FROM provenance"))}
    assert rows == {
        (d.id, d.sha256, d.captured_url, d.captured_at, d.warc_file, d.warc_offset, d.warc_length, d.revision)
        for d in find(demo)
    }


def test_agencies_have_the_names_of_where_they_are(asked: Connection) -> None:
    rows = asked.execute(text("SELECT * FROM agencies WHERE agency = '青禾县财政局'")).mappings().all()
    [row] = rows
    assert (row["province_name"], row["city_name"], row["county_name"]) == ("云汀省", "穗川市", "青禾县")
    assert row["former_names"] == ["禾丰县"]


def test_each_status_has_its_reason_and_a_table_not_found_is_unreadable(engine: Engine) -> None:
    printed = {Status.NUMBER: "5", Status.BLANK: " ", Status.DASH: "—", Status.TEXT: "无增减"}
    with engine.begin() as connection:
        archive = Builder(connection)
        cells = (("requests.received.total", "总计", None),)
        readings.register_forms(connection, [readings.PartForm("requests", "2021", cells, ("requests.balance.total",))])
        older = (("requests.other.total", "总计", None),)
        readings.register_forms(connection, [readings.PartForm("requests", "2019", older, ("requests.balance.total",))])
        for number, status in enumerate(Status):
            url, body = f"http://127.0.0.1/{status}.html", str(status)
            archive.source(url)
            archive.seen(body, url)
            cell = Figure("remedies.review.total", status, raw=printed.get(status), value=None)
            whole = reading_of(body, year=2015 + number)
            if status is not Status.NUMBER:
                whole = replace(whole, figures=(whole.figures[0], cell))
            archive.read(body, whole)
        versions.derive(connection, 1)
        query = text("SELECT year, missing FROM research.panel WHERE indicator = :code ORDER BY year")
        found = [row.missing for row in connection.execute(query, {"code": "remedies.review.total"})]
        assert found == [None, "blank", "not_a_number", "not_a_number", "unreadable", "not_on_form"]
        other = [row.missing for row in connection.execute(query, {"code": "requests.received.total"})]
        assert other == ["unreadable"] * 6  # the report has a table of 2021, so it should have this one
        former = [row.missing for row in connection.execute(query, {"code": "requests.other.total"})]
        assert former == ["not_on_form"] * 6
