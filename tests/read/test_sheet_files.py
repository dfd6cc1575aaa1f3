"""Spreadsheets: what a cell shows is what is read; what cannot be told is said; no bytes get past the errors."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Border, Side
from python_calamine import CalamineWorkbook

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read import read
from archive.read.blocks import Document, Layout, Table
from archive.read.formats import sheet, sheet_xls, sheet_xlsx
from archive.read.formats.sheet_numbers import shown

REPORTS = Path(__file__).parents[1] / "recorded" / "reports"
FILES = sorted(
    path for kind in ("xlsx", "xls", "et") for path in REPORTS.glob(f"*/{kind}/*/report.*") if path.suffix != ".json"
)
PLAIN = [path for path in FILES if path.parent.name != "number-formats"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def document(fill: Callable[[Workbook], None]) -> Document:
    book = Workbook()
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return sheet.read(Payload(buffer.getvalue()), Hints())


def texts(table: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (3.0, "General", "3"),
        (96171.6, "General", "96171.6"),
        (18651.064104, "General", "18651.064104"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-7, "General", "0.0000001"),
        (96171.637, "0.00", "96171.64"),
        (2.5, "0", "3"),
        (-2.5, "0", "-3"),
        (-0.2, "0", "0"),
        (1234567.5, "#,##0.0", "1,234,567.5"),
        (0.125, "0.0%", "12.5%"),
        (7.0, '0"件"', "7件"),
        (7.0, '0\\ "万元"', "7 万元"),
        (12.5, "#,##0.00_);[Red]\\(#,##0.00\\)", "12.50"),
        (-12.5, "#,##0.00_);[Red]\\(#,##0.00\\)", "(12.50)"),
        (0.0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (0.0, "0;-0;;@", ""),
        (0.0, "#", ""),
        (5.0, "000", "005"),
        (12345.0, "0,", "12"),
        (3.0, "+0;-0;0", "+3"),
        (44221.0, 'yyyy"年"m"月"d"日"', "2021年1月25日"),
        (44221.75, "yyyy-mm-dd hh:mm", "2021-01-25 18:00"),
        (44221.0, "[$-804]yyyy/m/d;@", "2021/1/25"),
        (1.5, "# ?/?", None),
        (15.0, "0.0E+00", None),
        (15.0, "[>10]0;0.0", None),
        (15.0, "[DBNum1]0", None),
        (1e300, "0.00", None),
        (-1.0, "yyyy", None),
    ],
)
def test_a_number_as_its_format_shows_it(value: float, code: str, text: str | None) -> None:
    assert shown(value, code, from_1904=False) == text


def test_text_rows_and_tables_part_each_other() -> None:
    def fill(book: Workbook) -> None:
        page = book.active
        assert page is not None
        rows: list[list[object]] = [["临江镇2022年政府信息公开工作年度报告"], ["二、主动公开政府信息情况"]]
        rows += [["第二十条第（一）项"], ["信息内容", "本年制发件数"], ["规章", 1], ["行政许可"]]
        rows += [["三、收到和处理政府信息公开申请情况"], ["甲", "乙"], [2, 3], ["填报人：张三"]]
        for row in rows:
            page.append(row)

    blocks = document(fill).blocks
    kinds = [block.text if not isinstance(block, Table) else texts(block) for block in blocks]
    assert kinds == [
        "临江镇2022年政府信息公开工作年度报告",
        "二、主动公开政府信息情况",
        "第二十条第（一）项",
        [["信息内容", "本年制发件数"], ["规章", "1"], ["行政许可", ""]],
        "三、收到和处理政府信息公开申请情况",
        [["甲", "乙"], ["2", "3"]],
        "填报人：张三",
    ]


def test_merges_hidden_rows_and_columns_and_sheets() -> None:
    def fill(book: Workbook) -> None:
        page = book.active
        assert page is not None
        for row in (["a", "x", None, "b"], ["c", "y", 1, None], ["gone", "gone", 9, 9], ["d", "z", 2, 3]):
            page.append(row)
        page.merge_cells("D1:D2")
        page.merge_cells("A1:C1")
        page.column_dimensions["B"].hidden = True
        page.row_dimensions[3].hidden = True
        secret = book.create_sheet("draft")
        secret["A1"], secret.sheet_state = "draft", "hidden"

    found = document(fill)
    (table,) = found.tables
    assert table.layout is Layout.SPANS
    assert texts(table) == [["a", "a", "b"], ["c", "1", "b"], ["d", "2", "3"]]
    assert (table.rows[0][0], table.rows[0][2]) == (table.rows[0][1], table.rows[1][2])
    assert {issue.code for issue in found.issues} == {"sheet-hidden", "cells-hidden"}


def test_a_formula_without_its_result_is_no_blank() -> None:
    def fill(book: Workbook) -> None:
        page = book.active
        assert page is not None
        page.append(["合计", "=1+1", True, "=1/0"])

    (table,) = document(fill).tables
    doubts = [cell.doubt is not None for cell in table.rows[0] if cell]
    assert doubts == [False, True, False, True]


def test_a_ruled_blank_row_belongs_to_the_table() -> None:
    def fill(book: Workbook) -> None:
        page = book.active
        assert page is not None
        page.append(["行政复议", "行政诉讼"])
        thin = Side(style="thin")
        for column in (1, 2):
            page.cell(2, column).border = Border(thin, thin, thin, thin)
        page.append([])
        page["A4"], page["B4"] = "甲", "乙"

    first, second = document(fill).tables
    assert (texts(first), texts(second)) == ([["行政复议", "行政诉讼"], ["", ""]], [["甲", "乙"]])


def package(sheet_xml: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{rel}"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="r1" Target="worksheets/a.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/a.xml", sheet_xml)
    return buffer.getvalue()


def test_a_dimension_of_the_whole_sheet_asks_for_nothing() -> None:
    xml = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c>'
        '<c r="B1"><v>2</v></c></row><row r="1048576"><c r="XFD1048576"><v>9</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="C1:XFD1048576"/></mergeCells></worksheet>'
    )
    found = sheet.read(Payload(package(xml)), Hints())
    assert [row[:2] for row in texts(found.tables[0])] == [["1", "2"]]
    assert [issue.code for issue in found.issues] == ["sheet-too-large"]


def test_entities_are_not_expanded() -> None:
    head = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>甲&a;&b;</t></is></c><c r="B1"><v>2</v></c></row>'
    xml = f'{head}<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    assert texts(sheet.read(Payload(package(xml)), Hints()).tables[0]) == [["甲", "2"]]


def test_a_package_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = package(f'<worksheet xmlns="{MAIN}">{" " * 100_000}</worksheet>')
    monkeypatch.setattr(sheet_xlsx, "MAX_XML", 50_000)
    with pytest.raises(UnreadableDocumentError, match="unpacks to more"):
        read(Payload(data), Hints())
    monkeypatch.setattr(sheet_xlsx, "MAX_UNPACKED", 50_000)
    with pytest.raises(UnreadableDocumentError, match="unpacks to more"):
        read(Payload(data), Hints())


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def test_an_encrypted_workbook_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = record(0x809, struct.pack("<HH", 0x600, 5)) + record(0x2F, b"\0" * 54) + record(0x0A, b"")
    monkeypatch.setattr(sheet_xls, "stream_of", lambda data: stream)
    with pytest.raises(UnreadableDocumentError) as caught:
        sheet_xls.sheets(b"")
    assert caught.value.code == "encrypted"


def test_a_string_over_two_records_changes_its_width() -> None:
    first = struct.pack("<II", 2, 2) + struct.pack("<HB", 4, 0) + b"ab"
    second = b"\x01" + "甲乙".encode("utf-16-le") + struct.pack("<HBH", 1, 8, 1) + b"z" + b"\0" * 4
    assert sheet_xls.shared([first, second]) == ["ab甲乙", "z"]


@pytest.mark.parametrize(
    ("value", "number"), [(0x3FF00000, 1.0), (0x000004D2 << 2 | 2, 1234.0), (1234 << 2 | 3, 12.34)]
)
def test_rk_numbers(value: int, number: float) -> None:
    assert sheet_xls.rk(value) == number
    assert sheet_xls.rk((-5 << 2 & 0xFFFFFFFF) | 2) == -5


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: str(path.relative_to(REPORTS).parent))
def test_every_cell_as_another_reader_has_it(path: Path) -> None:
    """python-calamine reads the same values; ours differ only where a number has a format."""
    data = path.read_bytes()
    own = (sheet_xlsx if data.startswith(b"PK") else sheet_xls).sheets(data)
    other = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert [each.name for each in own] == other.sheet_names
    compared = 0
    for each in own:
        rows = other.get_sheet_by_name(each.name).to_python(skip_empty_area=False)
        for (row, column), cell in each.cells.items():
            if cell.text:
                value = rows[row][column]
                assert cell.text == (f"{value:.15g}" if isinstance(value, int | float) else str(value))
                compared += 1
        assert compared >= sum(value != "" for line in rows for value in line) > 0 or len(own) > 1
    assert compared > 200


@pytest.mark.parametrize("path", FILES[:6], ids=lambda path: str(path.relative_to(REPORTS).parent))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_named(path: Path, data: st.DataObject) -> None:
    damaged = bytearray(path.read_bytes())
    changes = st.lists(st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 255)), min_size=1, max_size=12)
    for place, byte in data.draw(changes):
        damaged[place] = byte
    stop = data.draw(st.one_of(st.just(len(damaged)), st.integers(1, len(damaged))))
    for reader in (sheet.read, read):
        try:
            reader(Payload(bytes(damaged[:stop])), Hints())
        except UnreadableDocumentError as error:
            assert error.code  # noqa: PT017


@settings(max_examples=60, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.integers(0, 3),
)
def test_damaged_records_are_named(changes: list[tuple[int, int]], cut: int) -> None:
    path = next(path for path in FILES if path.suffix == ".xls")
    stream = bytearray(sheet_xls.stream_of(path.read_bytes()))
    for place, byte in changes:
        stream[place % len(stream)] = byte
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet_xls, "stream_of", lambda data: bytes(stream[: len(stream) - cut * len(stream) // 4]))
        try:
            sheet.read(Payload(b""), Hints())
        except UnreadableDocumentError as error:
            assert error.code in ("damaged-sheet", "encrypted")  # noqa: PT017
