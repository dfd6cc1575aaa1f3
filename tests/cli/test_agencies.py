"""`nianbao agencies` and `find --division`, as an operator and a researcher would use them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from archive.records import versions
from tests.cli.command import Command, make_archive
from tests.records.builder import ADDED, Builder, reading_of


@pytest.fixture
def archive(tmp_path: Path, server_url: URL, template: str) -> Iterator[Command]:
    """An archive with a report each of a township, a department and a society."""
    for command in make_archive(tmp_path / "home", server_url, template):
        command.home.mkdir()
        engine = create_engine(command.database_url, poolclass=NullPool)
        with engine.begin() as connection:
            builder = Builder(connection)
            for number, agency in enumerate(("青石镇", "青禾县财政局", "某某学会")):
                url = f"http://127.0.0.1/{number}.html"
                builder.source(url)
                builder.seen(agency, url)
                builder.read(agency, reading_of(agency, agency=agency))
            versions.derive(connection, 1)
        (command.home / "divisions.toml").write_text(ADDED, encoding="utf-8")
        yield command


def test_the_queue_is_settled_in_a_file(archive: Command) -> None:
    assert {row["agency"] for row in archive.json("agencies", "queue")} == {"青石镇", "青禾县财政局", "某某学会"}
    assert archive.json("agencies", "settle") == [{"agencies": 3, "changed": 3, "waiting": 1}]
    assert archive.json("agencies", "settle") == [{"agencies": 3, "changed": 0, "waiting": 1}]
    [asked] = archive.json("agencies", "queue")
    assert (asked["agency"], asked["division"], asked["portals"]) == ("某某学会", "990101", ["990101-test"])
    assert (asked["years"], asked["url"]) == ([2023], "http://127.0.0.1/2.html")
    assert [(c["code"], c["path"]) for c in asked["candidates"]] == [("990101", "青禾县")]
    shown = archive.run("agencies", "queue").stdout
    assert shown.strip() == asked["toml"].strip()
    file = archive.home / "divisions.toml"
    file.write_text(ADDED + "\n" + shown, encoding="utf-8")
    told = archive.run("agencies", "settle", code=2).stderr
    assert f"{file}:14: missing key 'code' in [[agency]]" in told
    file.write_text(ADDED + "\n" + shown.replace('# code = "none"', 'code = "none"'), encoding="utf-8")
    assert archive.json("agencies", "settle") == [{"agencies": 3, "changed": 1, "waiting": 0}]
    assert archive.json("agencies", "queue") == []
    assert "0 agencies wait" in archive.run("agencies", "queue").stderr


def test_reports_are_found_by_their_agency_s_own_division(archive: Command) -> None:
    def under(code: str) -> dict[str, tuple[str, str | None, str | None]]:
        rows = archive.json("find", "--division", code)
        return {row["agency"]: (row["division"], row["agency_code"], row["level"]) for row in rows}

    assert set(under("9901")) == {"青石镇", "青禾县财政局", "某某学会"}
    assert {found[1:] for found in under("9901").values()} == {(None, None)}
    archive.run("agencies", "settle")
    assert under("990101100000") == {"青石镇": ("990101", "990101100000", "township")}
    assert under("990101") == {
        "青石镇": ("990101", "990101100000", "township"),
        "青禾县财政局": ("990101", "990101", "department"),
        "某某学会": ("990101", None, None),
    }
    assert under("36") == {}
    assert "990101100000" in archive.run("find", "--division", "99").stdout
    assert "is no division code" in archive.run("find", "--division", "青禾县", code=2).stderr
    [by_code] = archive.json("show", "990101100000", "2023")
    [by_both] = archive.json("show", "990101100000/青石镇", "2023")
    [by_portal] = archive.json("show", "990101/青石镇", "2023")
    assert by_code == by_both == by_portal
    assert (by_code["agency"], by_code["agency_code"], by_code["level"]) == ("青石镇", "990101100000", "township")
    for shape in ("wide", "long"):
        archive.run("export", "--shape", shape, "-o", str(archive.home / "out"))
        with (archive.home / "out" / f"{shape}.csv").open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        assert head[:3] == ["division", "agency", "year"]
        assert head[-2:] == ["agency_code", "level"]
        assert {(row[0], row[1], *row[-2:]) for row in rows} == {
            ("990101", "青石镇", "990101100000", "township"),
            ("990101", "青禾县财政局", "990101", "department"),
            ("990101", "某某学会", "", ""),
        }


def test_a_crawl_names_what_is_wrong_with_the_file_before_it_asks_anyone(archive: Command, tmp_path: Path) -> None:
    (archive.home / "divisions.toml").write_text(ADDED.replace('"青石镇"', '"青石镇" x'), encoding="utf-8")
    archive.more["NIANBAO_PORTALS_DIR"] = str(tmp_path)
    archive.more["NIANBAO_PROFILE"] = "test"
    assert "divisions.toml:7: not TOML" in archive.run("crawl", code=2).stderr
    assert "divisions.toml:7: not TOML" in archive.run("portals", "check", code=2).stderr
