"""A panel exported to each format and read back is cell for cell what the database holds, reasons included."""

import csv
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy import text as literal
from sqlalchemy.pool import NullPool

from archive.errors import UsageError
from archive.model import Status
from archive.plain import digits
from archive.read.forms.wording import label_en, labels_zh, short_name
from archive.records import documents, figures
from archive.research.exports import FORMATS, SHAPES, Selection, Written, export, limits
from archive.research.exports.harmless import no_formula, visible
from archive.research.missing import REASONS, Missing
from tests.research.panels import FORMULA, SCRIPT, TITLE, small_panel
from tests.scratch import administer, scratch_name

Panel = dict[tuple[str, int], dict[str, float | str | None]]
STATA: dict[Any, str] = {each.letter: each.zh for each in Missing}
WORDS = {each.letter: each.word for each in Missing} | {each.spss: each.word for each in Missing}


@pytest.fixture(scope="module")
def panel(server_url: URL, template: str) -> Iterator[Connection]:
    name = scratch_name("exports")
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    engine = create_engine(server_url.set(database=name), poolclass=NullPool)
    with engine.begin() as connection:
        small_panel(connection)
        yield connection
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def wide(panel: Connection, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Written]]:
    """The wide panel in every format, and what was said of each file."""
    folder = tmp_path_factory.mktemp("wide")
    return folder, export(panel, "wide", FORMATS, folder, Selection(1))


def held(connection: Connection) -> Panel:
    """What the database holds: the value of each figure, or why there is none."""
    found: Panel = {}
    listed = documents.find(connection, 1)
    read = figures.figures_of(connection, [document.reading_id for document in listed])
    for document in listed:
        row = found.setdefault((document.agency, document.year), {})
        for figure in read[document.reading_id]:
            number = figure.status is Status.NUMBER
            row[figure.indicator] = float(figure.value or 0) if number else REASONS[figure.status].word
    return found


def from_csv(folder: Path) -> Panel:
    with (folder / "wide.csv").open(encoding="utf-8-sig", newline="") as file:
        values = list(csv.DictReader(file))
    with (folder / "wide_status.csv").open(encoding="utf-8-sig", newline="") as file:
        statuses = list(csv.DictReader(file))
    return joined(values, statuses)


def joined(values: list[dict[str, Any]], statuses: list[dict[str, Any]]) -> Panel:
    """Two tables of one shape as one: the value where the status is number, else the status."""
    return {
        (row["agency"], int(row["year"])): {
            name: float(row[name]) if word == "number" else word for name, word in status.items() if "." in name
        }
        for row, status in zip(values, statuses, strict=True)
    }


def from_pandas(folder: Path) -> Panel:
    values, statuses = (pd.read_csv(folder / f"{name}.csv", dtype=str) for name in ("wide", "wide_status"))
    return joined(values.to_dict("records"), statuses.astype(object).where(statuses.notna(), None).to_dict("records"))


def from_duckdb(folder: Path) -> Panel:
    tables = []
    for name in ("wide", "wide_status"):
        answer = duckdb.sql(f"SELECT * FROM '{folder / name}.parquet'")
        assert answer is not None
        tables.append([dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()])
    return joined(*tables)


def from_workbook(folder: Path) -> Panel:
    book = openpyxl.load_workbook(folder / "wide.xlsx")
    tables = []
    for sheet in ("data", "status"):
        head, *rows = book[sheet].iter_rows(values_only=True)
        tables.append([dict(zip(map(str, head), row, strict=True)) for row in rows])
    return joined(*tables)


def from_stata(folder: Path) -> Panel:
    frame, meta = pyreadstat.read_dta(folder / "wide.dta", user_missing=True)
    return by_short_name(frame, meta)


def from_spss(folder: Path) -> Panel:
    frame, meta = pyreadstat.read_sav(folder / "wide.sav", user_missing=True)
    return by_short_name(frame, meta)


def by_short_name(frame: Any, meta: Any) -> Panel:
    """The rows of a statistics program's file, reasons by their codes."""
    found: Panel = {}
    for row in frame.to_dict("records"):
        cells = {name: WORDS.get(cell, cell) for name, cell in row.items() if name in meta.variable_value_labels}
        found[row["agency"], int(row["year"])] = {n: None if c != c else c for n, c in cells.items()}
    return found


READERS: dict[str, Callable[[Path], Panel]] = {
    "csv": from_csv,
    "pandas": from_pandas,
    "duckdb": from_duckdb,
    "xlsx": from_workbook,
    "dta": from_stata,
    "sav": from_spss,
}


Exported = tuple[Path, list[Written]]


def test_every_format_read_back_is_cell_for_cell_the_database(panel: Connection, wide: Exported) -> None:
    wanted = held(panel)
    counted = dict.fromkeys(("number", *(each.word for each in Missing)), 0)
    for name, read in READERS.items():
        found = read(wide[0])
        assert found.keys() == wanted.keys(), name
        for document, cells in wanted.items():
            row = found[document]
            short = name in ("dta", "sav")
            for code, cell in cells.items():
                wants = float(f"{cell:.16g}") if name == "xlsx" and isinstance(cell, float) else cell
                assert row[short_name(code) if short else code] == wants, (name, document, code)
                counted[cell if isinstance(cell, str) else "number"] += 1
            assert len(row) == 288, name  # every indicator of the forms in use, and amounts in 万元
    assert counted["blank"] > 1000
    assert (counted["unreadable"], counted["not_a_number"]) == (6, 6 * 4)
    assert counted["number"] == 6 * 7


def test_a_table_that_was_not_found_and_a_form_that_lacks_a_cell_are_told_apart(
    panel: Connection, tmp_path: Path
) -> None:
    export(panel, "wide", ["csv"], tmp_path, Selection(1, years=(2016, 2022, 2023)))
    found = from_csv(tmp_path)
    other = found["青石镇", 2022]  # table 3 on the form of 2019, table 2 not found
    assert other["disclosure.regulations.made"] == "unreadable"
    assert other["disclosure.regulations.issued"] == "not_on_form"
    assert other["requests.other_unpaid.total"] == "not_on_form"
    assert other["statistics.requests.received"] == "not_on_form"
    assert found["苇渡镇", 2016]["requests.received.total"] == "not_on_form"
    assert found["苇渡镇", 2016]["statistics.requests.received"] == 7


def test_a_balanced_panel_has_rows_for_years_without_a_report(panel: Connection, tmp_path: Path) -> None:
    selection = Selection(1, years=(2020, 2021, 2022, 2023), balanced=True)
    export(panel, "wide", ["csv", "dta"], tmp_path, selection)
    for found, code in (
        (from_csv(tmp_path), "requests.received.total"),
        (from_stata(tmp_path), "req_rec_tot"),
    ):
        assert list(found) == [(agency, year) for agency in ("苇渡镇", "青石镇") for year in range(2020, 2024)]
        assert {key for key, row in found.items() if row[code] == "no_report"} == {
            ("苇渡镇", 2020),
            ("苇渡镇", 2022),
            ("苇渡镇", 2023),
            ("青石镇", 2021),
        }
        assert found["青石镇", 2023][code] == 12


def test_long_figures_in_every_format_say_what_is_printed(panel: Connection, tmp_path: Path) -> None:
    export(panel, "long", FORMATS, tmp_path, Selection(1, indicators=("requests.received.*",), years=(2023,)))
    wanted = [
        (figure.indicator, figure.status.value, digits(figure.value), figure.raw or "")
        for found in figures.figures_of(panel, [d.reading_id for d in documents.find(panel, 1, year=2023)]).values()
        for figure in found
        if figure.indicator.startswith("requests.received.")
    ]
    assert len(wanted) == 7
    exact = pq.read_table(tmp_path / "long.parquet").to_pylist()
    assert [(r["indicator"], r["status"], r["raw"]) for r in exact] == [(w[0], w[1], w[3]) for w in wanted]
    for read in (pyreadstat.read_dta, pyreadstat.read_sav):
        frame, _ = read(tmp_path / f"long.{read.__name__[5:]}")
        assert list(frame["raw"]) == [w[3].rstrip(" ") if read is pyreadstat.read_sav else w[3] for w in wanted]
    with (tmp_path / "long.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["value"] or None) for r in rows] == [w[2] for w in wanted]
    assert [r["raw"] for r in rows] == [no_formula(visible(w[3])) for w in wanted]


def test_hostile_cells_do_nothing_in_csv_and_xlsx(panel: Connection, tmp_path: Path) -> None:
    for shape in ("wide", "long"):
        export(panel, shape, ["csv", "xlsx", "parquet"], tmp_path, Selection(1))
        written = (tmp_path / f"{shape}.csv").read_text(encoding="utf-8-sig").replace("\r\n", "")
        assert not any(sign in written for sign in "\x1b\u202e")
        assert SCRIPT.replace("\x1b", "␛").replace("\u202e", "<U+202E>") in written
        with (tmp_path / f"{shape}.csv").open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert any(cell.startswith(f"'{FORMULA}") for cell in cells)
        assert not any(cell.startswith(("=", "@", "\t", "+H")) for cell in cells)
        for sheet in openpyxl.load_workbook(tmp_path / f"{shape}.xlsx"):
            for row in sheet.iter_rows():
                assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    [title] = {row["title"] for row in pq.read_table(tmp_path / "wide.parquet").to_pylist() if row["year"] == 2023}
    assert title == TITLE
    book = openpyxl.load_workbook(tmp_path / "wide.xlsx")
    assert any(str(cell.value).startswith(FORMULA) for cell in book["data"]["D"])


def test_an_escaped_cell_can_be_taken_back() -> None:
    for text in ("=1+1", "'=1", "@a", "--253", "-a", "+86 10"):
        assert no_formula(text) == f"'{text}"
    for text in ("-", "-3", "+3", "1", "a=b", "", "无"):
        assert no_formula(text) == text
    assert visible("a\x1b[1m\r\n\u202eb\x7f") == "a␛[1m␍␊<U+202E>b␡"


def test_the_same_bytes_twice(panel: Connection, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        for shape in ("wide", "documents", "crosswalk"):
            export(panel, shape, FORMATS, tmp_path / folder, Selection(1))
        if folder == "a":
            time.sleep(1.1)  # a clock in some header would tick
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(files) == 3 * len(FORMATS) + 2
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def in_parquet(connection: Connection, selection: Selection, folder: Path) -> None:
    """Parquet alone, made of columns, is byte for byte what it is beside CSV, made of rows."""
    alone = export(connection, "wide", ["parquet"], folder / "alone", selection)
    beside = list(export(connection, "wide", ["csv", "parquet"], folder / "beside", selection))
    assert [(one.path.name, one.rows, one.said) for one in alone] == [
        (one.path.name, one.rows, one.said) for one in beside if one.path.suffix == ".parquet"
    ]
    for one in alone:
        assert one.path.read_bytes() == (folder / "beside" / one.path.name).read_bytes(), (selection, one.path.name)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(1),
        Selection(1, indicators=("requests.received.*", "disclosure.fees.amount")),
        Selection(1, indicators=("disclosure.penalties.*",)),
        Selection(1, years=(2016, 2022)),
        Selection(1, years=(1999,)),
        Selection(1, balanced=True),
    ],
)
def test_columns_say_what_rows_say(panel: Connection, tmp_path: Path, selection: Selection) -> None:
    in_parquet(panel, selection, tmp_path)


def test_columns_and_rows_agree_on_many_blocks_and_on_short_tables(
    panel: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.research.exports.parquet.GROUP", 2)
    monkeypatch.setattr("archive.research.exports.wide_columns.GROUP", 2)
    monkeypatch.setattr("archive.research.exports.selection.BATCH", 1)
    with panel.begin_nested() as undone:
        short = """UPDATE figures SET statuses = statuses[1:5], "values" = "values"[1:5], places = places[1:15]
            WHERE reading_id IN (SELECT reading_id FROM current_readings WHERE year IN (2020, 2021))"""
        none = """UPDATE figures SET statuses = '{}', "values" = '{}', places = '{}' WHERE part = 'statistics'"""
        assert [panel.execute(literal(each)).rowcount for each in (short, none)] == [4, 1]
        in_parquet(panel, Selection(1), tmp_path)
        undone.rollback()


def test_the_headers_of_statistics_files_have_a_fixed_time(panel: Connection, tmp_path: Path) -> None:
    export(panel, "documents", ["dta", "sav"], tmp_path, Selection(1))
    assert b"<timestamp>\x1101 Jan 2000 00:00</timestamp>" in (tmp_path / "documents.dta").read_bytes()
    assert (tmp_path / "documents.dta").read_bytes().startswith(b"<stata_dta><header><release>118</release>")
    assert (tmp_path / "documents.sav").read_bytes()[92:109] == b"01 Jan 0000:00:00"


def test_labels_units_and_codes_stand_in_the_files(wide: Exported) -> None:
    tmp_path, _ = wide
    code, short = "requests.refused_state_secret.total", "req_ref_state_secret_tot"
    schema = pq.read_schema(tmp_path / "wide.parquet")
    field = schema.field(code)
    assert field.metadata[b"label_zh"].decode() == labels_zh()[code]
    assert field.metadata[b"label_en"].decode() == label_en(code)
    assert schema.metadata[b"licence"] == b"CC0-1.0"
    assert schema.metadata[b"revision"] == b"1"
    assert '".c"' in schema.metadata[b"missing"].decode()
    _, meta = pyreadstat.read_dta(tmp_path / "wide.dta")
    assert meta.column_names_to_labels[short] == labels_zh()[code]
    assert meta.variable_value_labels[short] == STATA
    _, meta = pyreadstat.read_sav(tmp_path / "wide.sav", user_missing=True)
    assert meta.column_names_to_labels[short] == labels_zh()[code]
    assert meta.missing_ranges[short] == [{"lo": -9_000_000_005.0, "hi": -9_000_000_001.0}]
    book = openpyxl.load_workbook(tmp_path / "wide.xlsx")
    assert book.sheetnames == ["data", "status", "codebook"]
    assert labels_zh()[code] in {row[1] for row in book["codebook"].iter_rows(values_only=True)}


def test_numbers_that_no_double_holds_are_said(wide: Exported) -> None:
    tmp_path, written = wide
    said = {one.path.suffix: one.said for one in written if "status" not in one.path.name}
    assert said[".csv"] == ()
    assert "1 numbers of more than 15 digits are rounded" in said[".dta"][0]
    assert "1234567890.1234567891" in (tmp_path / "wide.csv").read_text(encoding="utf-8")


def test_a_text_longer_than_a_cell_is_cut_and_said(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        small_panel(connection, "长" * 3_000_000)
        done = {one.path.suffix: one for one in export(connection, "documents", FORMATS, tmp_path, Selection(1))}
    assert "1 texts are longer" in done[".xlsx"].said[0]
    assert "1 texts are longer" in done[".sav"].said[0]
    assert done[".dta"].said == done[".csv"].said == ()
    frame, _ = pyreadstat.read_dta(tmp_path / "documents.dta")
    assert max(map(len, frame["title"])) == 3_000_000
    sheet = openpyxl.load_workbook(tmp_path / "documents.xlsx")["data"]
    longest = max((str(row[3]) for row in sheet.iter_rows(values_only=True)), key=len)
    assert longest.endswith("… [3000000 characters; CSV and Parquet have all]")


def test_what_a_sheet_cannot_hold_is_refused_and_leaves_no_file(
    panel: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SHEET", 4)
    with pytest.raises(UsageError, match="write csv or parquet"):
        export(panel, "wide", ["csv", "xlsx"], tmp_path, Selection(1))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="cube"):
        export(panel, "cube", ["csv"], tmp_path, Selection(1))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "archive.research.exports.parquet", raising=False)
    with pytest.raises(UsageError, match="pip install 'nianbao\\[exports\\]'"):
        export(panel, "wide", ["parquet"], tmp_path, Selection(1))


def test_a_selection_takes_years_divisions_and_indicators(panel: Connection, tmp_path: Path) -> None:
    selection = Selection(1, division="9901", years=(2021, 2023), indicators=("remedies.*", "requests.granted.total"))
    [written, _] = export(panel, "wide", ["csv"], tmp_path, selection)
    assert written.rows == 2
    with written.path.open(encoding="utf-8-sig", newline="") as file:
        head = next(csv.reader(file))
    assert len(head) == 10 + 16 + 2
    with pytest.raises(UsageError, match="no form has an indicator 'nothing"):
        export(panel, "wide", ["csv"], tmp_path, Selection(1, indicators=("nothing.*",)))
    assert [one.rows for one in export(panel, "wide", ["csv"], tmp_path, Selection(1, division="11"))] == [0, 0]


def test_every_shape_has_its_rows_in_every_format(panel: Connection, tmp_path: Path) -> None:
    rows = {}
    for shape in SHAPES:
        counted = {one.rows for one in export(panel, shape, ["csv", "parquet"], tmp_path, Selection(1))}
        [rows[shape]] = counted
        assert pq.read_metadata(tmp_path / f"{shape}.parquet").num_rows == rows[shape]
    assert rows["wide"] == rows["documents"] == rows["versions"] == 5
    assert rows["long"] == sum(len(found) for found in held(panel).values())
    assert (rows["codebook"], rows["crosswalk"]) == (402, 224)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_tagged_missing_values(panel: Connection, tmp_path: Path) -> None:
    export(panel, "wide", ["dta"], tmp_path, Selection(1, years=(2023,)))
    asked = (
        f"x <- haven::read_dta('{tmp_path}/wide.dta'); cat(haven::na_tag(x$req_rec_leg), haven::na_tag(x$req_rec_ent))"
    )
    told = subprocess.run(["Rscript", "-e", asked], capture_output=True, text=True, check=False)
    if "no package called" in told.stderr:
        pytest.skip("R has no haven")
    assert told.stdout.split() == ["c", "e"]
