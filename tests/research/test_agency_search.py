"""Agencies are found by whatever a person types of them, the best match first."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from archive import divisions
from archive.errors import UsageError
from archive.operate.agencies import settle
from archive.records import migrate, tables, versions
from archive.research.agencies import agencies, places, profile
from tests.records.builder import ADDED, PORTAL, Builder, reading_of

RENAMED = ADDED + '\n[[rename]]\ncode = "990101"\nname = "青禾区"\nsince = 2022\n'
TODAY = date(2026, 11, 21)
NAMES = ("青石镇", "青禾区财政局", "财政局", "苇渡镇", "吕梁路街道", "禾青协会")


@pytest.fixture
def connection(engine: Engine, tmp_path: Path) -> Iterator[Connection]:
    with engine.begin() as opened:
        archive = Builder(opened)
        for name in NAMES:
            url = f"http://127.0.0.1/{name}.html"
            archive.source(url)
            archive.seen(url, url)
            archive.read(url, reading_of(url, agency=name))
        versions.derive(opened, 1)
        file = tmp_path / "divisions.toml"
        file.write_text(RENAMED, encoding="utf-8")
        settle(opened, divisions.load(file))
        yield opened


def found(connection: Connection, query: str) -> list[str]:
    total, listed = agencies(connection, query)
    assert total == len(listed)
    return [agency.name for agency in listed]


def test_by_name_pinyin_initials_and_code_the_best_first(connection: Connection) -> None:
    assert found(connection, "青石镇") == ["青石镇"]
    assert found(connection, "qingshi") == found(connection, "QingShi") == found(connection, "qsz") == ["青石镇"]
    assert found(connection, "财政局") == ["财政局", "青禾区财政局"]  # whole before inside
    assert found(connection, "caizhengju")[:2] == ["财政局", "青禾区财政局"]
    assert found(connection, "990101100000") == ["青石镇"]
    assert set(found(connection, "990101")) == set(NAMES)
    assert found(connection, "lvliang") == found(connection, "luliang") == found(connection, "lüliang")
    assert found(connection, "lvliang") == ["吕梁路街道"]
    assert found(connection, "財政局") == found(connection, "财政局")
    assert found(connection, "０１") == found(connection, "%") == found(connection, "x") == []


def test_a_place_and_its_former_name_find_its_agencies(connection: Connection) -> None:
    assert found(connection, "青禾区")[0] == "青禾区财政局"  # the name itself, before those that are there
    assert "财政局" in found(connection, "青禾区")
    assert "财政局" in found(connection, "青禾县")
    assert "财政局" in found(connection, "qinghexian")
    assert found(connection, "qh czj") == ["青禾区财政局", "财政局"]
    assert profile(connection, "财政局", divisions.load(), TODAY).former == ("青禾县",)


def test_a_profile_says_where_reports_come_from(connection: Connection) -> None:
    one = profile(connection, f"{PORTAL[:6]}/青石镇", divisions.load(), TODAY)
    assert (one.agency.years, one.agency.gone, one.agency.failing) == ((2023,), (), ())
    assert one.missing == (2024, 2025)
    assert one.portals == ((PORTAL, "测试", "http://127.0.0.1"),)
    with pytest.raises(UsageError, match="no agency is called"):
        profile(connection, "无此镇", divisions.load(), TODAY)


def test_places_lead_down_to_counties(connection: Connection, tmp_path: Path) -> None:
    table = divisions.load(tmp_path / "divisions.toml")
    [top] = places(connection, table)
    assert (top.code, top.name, top.agencies, top.reports) == ("990101", "青禾区", len(NAMES), len(NAMES))
    assert places(connection, table, "99") == [top]
    assert places(connection, table, "990101") == places(connection, table, "36") == []
    assert agencies(connection, division="990101", own=True)[0] == 4


def test_lists_are_narrowed_and_paged(connection: Connection) -> None:
    assert agencies(connection, division="990101101")[0] == 1
    assert [a.name for a in agencies(connection, level="township")[1]] == ["青石镇", "苇渡镇"]
    total, first = agencies(connection, limit=2)
    assert (total, len(first)) == (len(NAMES), 2)
    rest = [agency.name for offset in (2, 4) for agency in agencies(connection, limit=2, offset=offset)[1]]
    assert sorted([agency.name for agency in first] + rest) == sorted(NAMES)
    assert agencies(connection, limit=2, offset=100) == (len(NAMES), [])  # beyond the last, how many there are is told
    assert agencies(connection, "没有", limit=2, offset=100) == (0, [])
    for wrong in (" ".join(f"x{n}" for n in range(11)), "a\0", "长" * 101):
        with pytest.raises(UsageError):
            agencies(connection, wrong)
    with pytest.raises(UsageError):
        agencies(connection, level="city")


def test_settling_again_changes_no_key_and_forgets_what_is_no_more(connection: Connection, tmp_path: Path) -> None:
    keys = select(tables.agency_keys).order_by(*tables.agency_keys.c)
    before = connection.execute(keys).all()
    settle(connection, divisions.load(tmp_path / "divisions.toml"))
    assert connection.execute(keys).all() == before
    (tmp_path / "divisions.toml").write_text(ADDED, encoding="utf-8")
    settle(connection, divisions.load(tmp_path / "divisions.toml"))
    assert not [row for row in connection.execute(keys) if row.kind == "former"]


def test_the_migration_gives_keys_to_the_agencies_there_are(engine: Engine) -> None:
    migrate.downgrade(engine, "20261121_current_filled")
    with engine.begin() as connection:
        connection.execute(tables.agencies.insert().values(name="六安路街道", division="990101", code="990101102000"))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        rows = connection.execute(select(tables.agency_keys.c.kind, tables.agency_keys.c.key))
        assert {tuple(row) for row in rows} == {
            *(("name", key) for key in ("六安路街道", "luanlujiedao", "laljd")),
            *(("code", key) for key in ("990101", "990101102000")),
        }
        assert agencies_by_key(connection, "luan") == ["六安路街道"]


def agencies_by_key(connection: Connection, query: str) -> list[str]:
    from archive.records.agency_search import Part, found, listed

    return [agency.name for agency in listed(connection, 0, found(connection, Part((query,)), None)[1])]
