"""The codebook says of each indicator what the forms say, and counts why it is missing as the wide panel does."""

import csv
import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from archive.errors import UsageError
from archive.research.codebook import writing
from archive.research.codebook.counts import missing_by_year, totals
from archive.research.codebook.entries import entries, identities_of, one_entry
from archive.research.codebook.render import entry_json
from archive.research.exports import Selection, export
from tests.research.panels import small_panel


def test_an_entry_has_its_place_on_each_form_its_crosswalk_and_its_identities() -> None:
    assert len(entries()) == len({each.code for each in entries()}) == 402
    found = entry_json(one_entry("req_other_tot"))
    assert found["indicator"] == "requests.other.total"
    assert found["label_en"] == "Requests handled otherwise: total"
    [position] = found["positions"]
    assert (position["form"], position["row"], position["column"]) == ("2019", 21, 7)
    assert (position["first_year"], position["last_year"]) == (2019, 2020)
    assert position["notice"] == "国办公开办函〔2019〕60号"
    assert found["crosswalk"]["relation"] == "split"
    assert len(found["crosswalk"]["2021"]) == 3
    assert found["identities"] == ["requests.outcomes.total", "requests.row.other"]
    assert "across.in_force.regulations" in identities_of()["disclosure.regulations.issued"]
    assert one_entry("statistics.requests.granted").crossing is None
    with pytest.raises(UsageError, match=r"indicator 'requests.recieved.total'; is it one of: requests.received.total"):
        one_entry("requests.recieved.total")
    with pytest.raises(UsageError, match="indicator '无'; `nianbao codebook` lists them"):
        one_entry("无")


def test_missing_values_by_reason_and_year_are_those_of_the_panel(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        small_panel(connection)
        counted = missing_by_year(connection, entries(), 1)
        export(connection, "wide", ["csv"], tmp_path, Selection(1))
        for code in ("requests.received.enterprise", "requests.other.total"):
            assert missing_by_year(connection, [one_entry(code)], 1)[code] == counted[code]
        with (tmp_path / "wide_status.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        seen = 0
        for code, by_year in counted.items():
            if code in rows[0]:
                seen += 1
                for year, found in by_year.items():
                    wanted = Counter(row[code] for row in rows if row["year"] == str(year))
                    assert +Counter(found) == wanted, (code, year)
                assert sum(totals(by_year).values()) == 5
        assert seen == 284


def test_the_codebook_in_every_format(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        small_panel(connection)
        for folder in ("a", "b"):
            made = writing.write(connection, ["md", "json", "csv", "xlsx"], tmp_path / folder, Selection(1))
            assert {one.path.name for one in made} == {f"codebook.{form}" for form in ("md", "json", "csv", "xlsx")}
            assert {one.rows for one in made} == {402}
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    said = json.loads((tmp_path / "a" / "codebook.json").read_text(encoding="utf-8"))
    assert [each["stata"] for each in said["missing"]] == [".a", ".b", ".c", ".d", ".e"]
    assert len(said["indicators"]) == 402
    text = (tmp_path / "a" / "codebook.md").read_text(encoding="utf-8")
    assert text.count("\n### `") == 402
    assert "* 2019→2021: 拆分 split" in text
    sheet = openpyxl.load_workbook(tmp_path / "a" / "codebook.xlsx")["data"]
    assert len(list(sheet.iter_rows(values_only=True))) == 403
