"""A release is whole, describes itself, is the same twice, and whatever is done to it afterwards is found."""

import json
import runpy
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyreadstat
import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from archive.errors import UsageError
from archive.model import Status
from archive.records import versions
from archive.research.cite import STYLES, cited, release_work
from archive.research.exports import Selection
from archive.research.release.about import digest
from archive.research.release.building import build
from archive.research.release.changes import compare
from archive.research.release.verifying import Problem, verify
from tests import peers
from tests.records.builder import Builder
from tests.research.panels import FIRST, PARTS, add, report, small_panel
from tests.scratch import administer, scratch_name


@pytest.fixture(scope="module")
def builder(server_url: URL, template: str) -> Iterator[Builder]:
    name = scratch_name("release")
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    engine = create_engine(server_url.set(database=name), poolclass=NullPool)
    with engine.begin() as connection:
        yield small_panel(connection)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def released(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("releases") / "nianbao-2026.11.0"
    build(builder.connection, "2026.11.0", folder, Selection(1))
    return folder


@pytest.fixture
def copy(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "copy"))


def found(folder: Path) -> list[Problem]:
    return list(verify(folder).problems)


def rewrite(folder: Path, path: str, data: bytes) -> None:
    """Writes a file and its new digest wherever digests stand: as someone would who knows what is checked."""
    old = digest(folder / path)
    (folder / path).write_bytes(data)
    for name in ("datapackage.json", "SHA256SUMS"):
        text = (folder / name).read_text(encoding="utf-8").replace(old, digest(folder / path))
        (folder / name).write_text(text, encoding="utf-8")
    again(folder)


def again(folder: Path) -> None:
    """Writes the digest of the data package anew."""
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.endswith("  datapackage.json")]
    kept.append(f"{digest(folder / 'datapackage.json')}  datapackage.json")
    (folder / "SHA256SUMS").write_text("\n".join(kept) + "\n", encoding="utf-8")


def test_a_release_is_whole_and_verified(released: Path) -> None:
    proved = verify(released)
    assert proved.problems == ()
    assert proved.cells > 20_000
    files = {path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()}
    assert {f"data/wide.{form}" for form in ("csv", "parquet", "xlsx", "dta", "sav")} <= files
    assert {"codebook.md", "CITATION.cff", "README.md", "README.zh.md", "LICENSE.md", "CHANGES.md"} <= files
    assert {"croissant.json", "sources/payloads.csv", "sources/warc_files.csv", "load/load.do"} <= files
    about = json.loads((released / "release.json").read_text(encoding="utf-8"))
    assert (about["date"], about["captured_until"]) == ("2026-11-01", "2026-01-01T05:00:00Z")
    assert about["rows"]["wide"] == about["rows"]["payloads"] == 5
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=released, check=False).returncode == 0
    croissant = json.loads((released / "croissant.json").read_text(encoding="utf-8"))
    assert {each["@id"] for each in croissant["distribution"]} == {
        each for each in files if each.startswith(("data/", "sources/"))
    }


def test_frictionless_finds_every_file_as_it_is_described(released: Path) -> None:
    said = json.loads(peers.run("frictionless", "validate", "datapackage.json", "--json", cwd=released))
    assert said["valid"]
    assert not said["warnings"]
    kinds = {task["place"]: task["type"] for task in said["tasks"]}
    assert {path for path, kind in kinds.items() if kind == "table"} == {path for path in kinds if path[-4:] == ".csv"}
    assert len(kinds) > 20


def test_mlcroissant_takes_the_description_without_a_warning_and_reads_a_table_by_it(released: Path) -> None:
    said = peers.run("mlcroissant", "load", "--jsonld", "croissant.json", "--record_set", "documents", cwd=released)
    assert "WARNING" not in said
    assert " warning(s) " not in said
    years = [line.partition("'documents/year': ")[2][:4] for line in said.splitlines() if "'documents/year'" in line]
    assert sorted(years) == ["2016", "2020", "2021", "2022", "2023"]


def test_two_releases_of_one_state_are_the_same_bytes(builder: Builder, released: Path, tmp_path: Path) -> None:
    time.sleep(1.1)  # a clock in some header would tick
    build(builder.connection, "2026.11.0", tmp_path / "again", Selection(1))
    one, other = (sorted(p for p in f.rglob("*") if p.is_file()) for f in (released, tmp_path / "again"))
    assert len(one) == len(other) > 30
    for left, right in zip(one, other, strict=True):
        assert left.read_bytes() == right.read_bytes(), left.name


def test_scripts_load_it(released: Path) -> None:
    loaded = runpy.run_path(str(released / "load" / "load.py"))
    assert (len(loaded["wide"]), len(loaded["documents"])) == (5, 5)
    script = (released / "load" / "load.sql").read_text(encoding="utf-8").replace("'data/", f"'{released}/data/")
    with duckdb.connect() as database:
        database.execute(script)
        row = database.execute('SELECT "requests.received.total" FROM wide WHERE year = 2023').fetchone()
    assert row == (12.0,)
    do = (released / "load" / "load.do").read_text(encoding="utf-8")
    _, meta = pyreadstat.read_dta(released / "data" / "wide.dta", metadataonly=True)
    assert all(f"label variable {name} " in do for name in meta.column_names)
    assert pd.read_csv(released / "data" / "crosswalk.csv").shape == (224, 7)


def test_a_changed_byte_a_missing_file_and_one_too_many_are_found(copy: Path) -> None:
    data = bytearray((copy / "data" / "long.csv").read_bytes())
    data[-10] ^= 1
    (copy / "data" / "long.csv").write_bytes(data)
    (copy / "codebook.md").unlink()
    (copy / "extra.txt").write_text("x")
    said = {(each.file, each.what.split(":")[0]) for each in found(copy)}
    assert {("codebook.md", "is missing"), ("data/long.csv", "has changed")} <= said
    assert ("extra.txt", "is not listed in SHA256SUMS") in said


def test_a_false_number_of_rows_is_found(copy: Path) -> None:
    package = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource["path"] in ("data/versions.csv", "data/wide.dta"):
            resource["row_count"] += 1
    (copy / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    again(copy)
    assert {(each.file, each.what) for each in found(copy)} == {
        ("data/versions.csv", "has 5 rows, datapackage.json says 6"),
        ("data/wide.dta", "has 5 rows, datapackage.json says 6"),
    }


def test_a_cell_that_one_format_has_otherwise_is_found(copy: Path) -> None:
    table = copy / "data" / "wide.csv"
    changed = table.read_text(encoding="utf-8-sig").replace(",12,3,", ",13,3,").replace("3,,,,,,12", "3,,,,,,13")
    assert changed != table.read_text(encoding="utf-8-sig")
    rewrite(copy, "data/wide.csv", changed.encode("utf-8-sig"))
    problems = found(copy)
    assert {each.file for each in problems} == {"data/wide.parquet", "data/wide.dta", "data/wide.sav"}
    assert {each.cell for each in problems} == {"row 5, column requests.received.total"}
    assert all(each.what == "says 12.0 where CSV says 13.0" for each in problems)


def test_a_reason_that_one_format_has_otherwise_is_found(copy: Path) -> None:
    table = copy / "data" / "wide_status.csv"
    changed = table.read_text(encoding="utf-8-sig").replace("not_a_number", "blank", 1)
    rewrite(copy, "data/wide_status.csv", changed.encode("utf-8-sig"))
    problems = found(copy)
    assert {each.file for each in problems} == {"data/wide_status.parquet", "data/wide.dta", "data/wide.sav"}
    assert {each.cell for each in problems} == {"row 5, column requests.received.enterprise"}


def test_a_file_that_nobody_describes_and_one_that_is_not_there_are_found(copy: Path) -> None:
    package = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    resources = package["resources"]
    package["resources"] = [each for each in resources if each["path"] != "data/checks.csv"]
    package["resources"].append(resources[0] | {"path": "../outside.csv"})
    (copy / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    again(copy)
    said = {each.file: each.what for each in found(copy)}
    assert said["data/checks.csv"] == "is not described in datapackage.json"
    assert said["../outside.csv"].startswith("is described and not there")


def test_what_is_no_release_or_no_version_is_refused(builder: Builder, released: Path, tmp_path: Path) -> None:
    for version in ("2026", "2026.13.0", "v2026.1.0"):
        with pytest.raises(UsageError, match="is no version"):
            build(builder.connection, version, tmp_path / "x", Selection(1))
    with pytest.raises(UsageError, match="never written over"):
        build(builder.connection, "2026.11.0", released, Selection(1))
    with pytest.raises(UsageError, match="is no release"):
        verify(tmp_path)
    with pytest.raises(UsageError, match="is no release"):
        build(builder.connection, "2026.11.1", tmp_path / "x", Selection(1), since=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_release_is_cited_with_version_and_digest(released: Path) -> None:
    for style in STYLES:
        text = cited(release_work(released), style)
        assert "2026.11.0" in text
        assert digest(released / "SHA256SUMS") in text
    assert "[DS/OL]" in cited(release_work(released), "gbt7714")


def test_what_changed_since_the_release_before(builder: Builder, released: Path, tmp_path: Path) -> None:
    with builder.connection.begin_nested() as undone:
        given = {**FIRST, "requests.received.total": (Status.NUMBER, "13", "13")}
        add(builder, report(2024, PARTS, given, "青石镇", "二〇二四年"))
        corrected = {
            **FIRST,
            "requests.received.total": (Status.NUMBER, "15", str(Decimal(15))),
            "requests.received.natural_person": (Status.BLANK, "", None),
        }
        url = "http://127.0.0.1/0.html"
        builder.seen("青石镇2023 更正", url)
        builder.read("青石镇2023 更正", report(2023, PARTS, corrected, "青石镇", "更正"))
        versions.derive(builder.connection, 1)
        new = tmp_path / "nianbao-2026.12.0"
        build(builder.connection, "2026.12.0", new, Selection(1), date(2026, 12, 24), released)
        undone.rollback()
    changes = compare(released, new)
    assert changes.added == (("990101", "青石镇", "2024"),)
    assert changes.gone == compare(new, released).added[1:] == ()
    assert {(one.indicator, one.old, one.new) for one in changes.figures} == {
        ("requests.received.total", "12", "15"),
        ("requests.received.natural_person", "3", "blank"),
    }
    assert compare(new, released).gone == changes.added
    text = (new / "CHANGES.md").read_text(encoding="utf-8")
    assert "# 2026.11.0 → 2026.12.0" in text
    assert "| 990101 青石镇 2023 | requests.received.total | 12 | 15 |" in text
    assert json.loads((new / "release.json").read_text(encoding="utf-8"))["date"] == "2026-12-24"
    assert verify(new).problems == ()
