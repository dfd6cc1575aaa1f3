"""Agencies in the database: what they resolve to, who waits for a person, and how that is settled."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from archive import divisions
from archive.operate.agencies import queue, settle
from archive.records import agencies as kept
from archive.records import tables, versions
from tests.records.builder import ADDED, PORTAL, Builder, reading_of

DIVISION = "990101"


def archive_with(connection: Connection, *names: str) -> None:
    """Makes an archive in which each agency has reports of 2022 and 2023."""
    builder = Builder(connection)
    for number, name in enumerate(names):
        for year in (2022, 2023):
            url, body = f"http://127.0.0.1/{number}-{year}.html", f"{name} {year} 县委、县政府"
            builder.source(url)
            builder.seen(body, url)
            builder.read(body, reading_of(body, agency=name, year=year))
    versions.derive(connection, 1)


def table_of(folder: Path, text: str) -> divisions.Table:
    path = folder / "divisions.toml"
    path.write_text(text, encoding="utf-8")
    return divisions.load(path)


def stored(connection: Connection) -> dict[str, tuple[str | None, str | None, str | None]]:
    rows = kept.every_agency(connection)
    return {row.name: (row.resolved.code, row.resolved.level, row.resolved.how) for row in rows if row.resolved}


def identities(connection: Connection) -> list[tuple[object, ...]]:
    statement = select(tables.documents, tables.agencies.c.name, tables.agencies.c.division).join(tables.agencies)
    return [tuple(row) for row in connection.execute(statement.order_by(tables.documents.c.id))]


def test_every_agency_is_resolved_and_again_nothing_changes(engine: Engine, tmp_path: Path) -> None:
    table = table_of(tmp_path, ADDED)
    with engine.begin() as connection:
        archive_with(connection, "青石镇", "青禾县", "青禾县财政局", "某某学会")
        before = identities(connection)
        assert [row.resolved for row in kept.every_agency(connection)] == [None] * 4
        done = settle(connection, table)
        assert (done.agencies, done.changed, done.waiting) == (4, 4, 1)
        assert stored(connection) == {
            "青石镇": ("990101100000", "township", "exact"),
            "青禾县": (DIVISION, "county", "self"),
            "青禾县财政局": (DIVISION, "department", "department"),
            "某某学会": (None, None, "unmatched"),
        }
        again = settle(connection, table)
        assert (again.agencies, again.changed, again.waiting) == (4, 0, 1)
        assert identities(connection) == before
        assert len(before) == 8


def test_the_queue_says_what_a_person_needs_and_its_lines_settle_it(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        archive_with(connection, "苇度镇", "某某学会", "青石镇")
        table = table_of(tmp_path, ADDED)
        settle(connection, table)
        found = {question.agency.name: question for question in queue(connection, table)}
        assert set(found) == {"苇度镇", "某某学会"}
        asked = found["苇度镇"]
        assert (asked.agency.division, asked.agency.portals, asked.agency.years) == (DIVISION, (PORTAL,), (2022, 2023))
        assert asked.agency.url == "http://127.0.0.1/0-2022.html"
        assert [(row.code, path) for row, path in asked.candidates] == [
            ("990101101000", "青禾县苇渡镇"),
            ("990101", "青禾县"),
        ]
        lines = asked.toml.replace('# code = "990101101000"', 'code = "990101101000"')
        lines += found["某某学会"].toml.replace('# code = "none"', 'code = "none"')
        assert lines.count("\ncode = ") == 2
        settled = table_of(tmp_path, ADDED + lines)
        assert settle(connection, settled).changed == 2
        assert stored(connection)["苇度镇"] == ("990101101000", "township", "settled")
        assert stored(connection)["某某学会"] == (None, None, "settled")
        assert queue(connection, settled) == []
        back = settle(connection, table)
        assert (back.changed, back.waiting) == (2, 2)


def test_the_report_s_words_mark_a_candidate(engine: Engine, tmp_path: Path) -> None:
    """Of two divisions of one name the one in a county, where the report speaks of the county's bodies."""
    text = '[[add]]\ncode = "990100"\nname = "青州市"\n[[add]]\ncode = "990201"\nname = "云溪市"\n'
    text += '[[add]]\ncode = "990301"\nname = "岭东县"\n[[add]]\ncode = "990201100"\nname = "苔桥镇"\n'
    text += '[[add]]\ncode = "990301100"\nname = "苔桥镇"\n'
    with engine.begin() as connection:
        archive_with(connection, "苔桥镇")
        table = table_of(tmp_path, text)
        settle(connection, table)
        (question,) = queue(connection, table)
        assert {row.code for row, _ in question.candidates} >= {"990201100000", "990301100000"}
        assert question.hint == "990301100000"
        assert '990301100000"  # 岭东县苔桥镇; its report speaks of such a one' in question.toml


def test_lines_left_as_they_are_are_refused_by_line(engine: Engine, tmp_path: Path) -> None:
    from archive.errors import PortalFileError

    with engine.begin() as connection:
        archive_with(connection, '引"号\\社')
        table = divisions.load()
        (question,) = queue(connection, table)
        with pytest.raises(PortalFileError, match=r"divisions\.toml:2: missing key 'code' in \[\[agency\]\]"):
            table_of(tmp_path, question.toml)
        settle(connection, table_of(tmp_path, question.toml.replace('# code = "none"', 'code = "none"')))
        assert stored(connection)['引"号\\社'] == (None, None, "settled")


def test_a_division_s_documents_are_those_of_its_own_agencies(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        archive_with(connection, "青石镇", "苇渡镇", "青禾县财政局", "某某学会")
        settle(connection, table_of(tmp_path, ADDED))

        def under(code: str) -> set[str]:
            named = select(tables.agencies.c.name).where(tables.agencies.c.id.in_(kept.under_division(code)))
            return set(connection.scalars(named))

        assert under("990101") == under("9901") == under("990000") == under("99") == {
            "青石镇", "苇渡镇", "青禾县财政局", "某某学会",
        }  # fmt: skip
        assert under("990101100000") == under("990101100") == {"青石镇"}
        assert under("36") == set()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("ck_agencies_code_is_code", {"code": "3609"}),
        ("ck_agencies_code_is_code", {"code": "360982104"}),
        ("ck_agencies_level_is_known", {"level": "village"}),
        ("ck_agencies_how_is_known", {"how": "guessed"}),
        ("ck_agencies_confidence_is_known", {"confidence": "sure"}),
    ],
)
def test_the_database_refuses_what_is_no_resolution(engine: Engine, constraint: str, values: dict[str, str]) -> None:
    with engine.connect() as connection, pytest.raises(IntegrityError, match=constraint):
        connection.execute(insert(tables.agencies).values(name="局", division=DIVISION, **values))
