"""Flattened tables never give a wrong number: a row whose width is impossible is unreadable."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Hints, Payload, Reading, Status
from archive.read import read
from archive.read.forms import forms

Rows = list[list[str]]

CELL = st.one_of(
    st.integers(min_value=0, max_value=99_999).map(str),
    st.sampled_from(["", "", " ", "0", "无", "/", "6324 万元", "1,234", " 7 "]),
)


def request_rows(form: str, cells: Sequence[str]) -> tuple[Rows, dict[str, str]]:
    """Gives table 3 as Word flattens it: merged label cells blank, spans not expanded."""
    table = forms()[form].requests
    values = iter(cells)
    rows = [
        ["（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "申请人情况"],
        ["", "自然人", "法人或其他组织", "总计"],
        ["", "", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", ""],
    ]
    printed: dict[str, str] = {}
    group: str | None = None
    for row in table.rows:
        own = {column.key: next(values) for column in table.columns}
        printed |= {f"requests.{row.key}.{key}": value for key, value in own.items()}
        first = {0: [], 1: ["三、本年度办理结果" if row.key == "granted" else ""], 2: ["", ""]}[row.depth]
        if row.group and row.group != group:
            group, first = row.group, ["", row.group]
        rows.append([*first, row.label, *own.values()])
    return rows, printed


def cell_a_line(rows: Rows) -> str:
    return "".join("".join(f"\t{cell}\n" for cell in row) + "\n" for row in rows)


def cell_a_line_without_blank_lines(rows: Rows) -> str:
    return "".join(f"\t{cell}\n" for row in rows for cell in row)


def row_a_line(rows: Rows) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def row_a_line_expanded(rows: Rows) -> str:
    head = [[*rows[0][:1], "", "", "申请人情况", *[""] * 6], ["", "", "", *rows[1][1:3], *[""] * 4, "总计"]]
    head.append(["", "", "", "", *rows[2][2:7], ""])
    return row_a_line(head + [[*row[:-7], *[""] * (10 - len(row)), *row[-7:]] for row in rows[3:]])


LAYOUTS: list[Callable[[Rows], str]] = [
    cell_a_line,
    cell_a_line_without_blank_lines,
    row_a_line,
    row_a_line_expanded,
]


def reading_of(table: str) -> Reading:
    text = (
        f"临江镇2020年政府信息公开年度报告\n三、收到和处理政府信息公开申请情况\n{table}\n四、政府信息公开行政复议情况\n"
    )
    return read(Payload(text.encode()), Hints())


def wrong(reading: Reading, printed: dict[str, str]) -> list[tuple[str, str, str | None]]:
    return [
        (figure.indicator, printed[figure.indicator], figure.raw)
        for figure in reading.figures
        if figure.status is not Status.UNREADABLE and (figure.raw or "").strip() != printed[figure.indicator].strip()
    ]


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=12, deadline=None)
@given(cells=st.lists(CELL, min_size=175, max_size=175))
def test_whole_tables_are_read_completely(layout: Callable[[Rows], str], form: str, cells: list[str]) -> None:
    rows, printed = request_rows(form, cells)
    reading = reading_of(layout(rows))
    assert dict(reading.forms) == {"requests": form}
    assert wrong(reading, printed) == []
    assert not [figure for figure in reading.figures if figure.status is Status.UNREADABLE]


@pytest.mark.parametrize("layout", LAYOUTS[:3])
@settings(max_examples=25, deadline=None)
@given(
    cells=st.lists(CELL, min_size=175, max_size=175),
    drops=st.lists(st.tuples(st.integers(3, 25), st.integers(1, 7)), min_size=1, max_size=4, unique_by=lambda d: d[0]),
)
def test_a_lost_cell_never_moves_a_number(
    layout: Callable[[Rows], str], cells: list[str], drops: list[tuple[int, int]]
) -> None:
    rows, printed = request_rows("2019", cells)
    for row, place in drops:
        del rows[row][-place]
    assert wrong(reading_of(layout(rows)), printed) == []


@settings(max_examples=25, deadline=None)
@given(cells=st.lists(CELL, min_size=175, max_size=175), tabs=st.lists(st.integers(40, 250), min_size=1, max_size=4))
def test_a_lost_tab_never_moves_a_number(cells: list[str], tabs: list[int]) -> None:
    rows, printed = request_rows("2019", cells)
    text = row_a_line_expanded(rows)
    for tab in tabs:
        places = [place for place, char in enumerate(text) if char == "\t"]
        place = places[tab % len(places)]
        text = f"{text[:place]}{text[place + 1 :]}"
    joined = {code for code, value, raw in wrong(reading_of(text), printed) if value.strip() not in (raw or "")}
    assert joined == set()


REMEDIES = [
    ["行政复议", "行政诉讼"],
    ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计", "未经复议直接起诉", "复议后起诉"],
    [*[""] * 5, *["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 2],
]


@pytest.mark.parametrize("layout", LAYOUTS[:3])
@pytest.mark.parametrize(("cells", "status"), [(15, Status.NUMBER), (14, Status.UNREADABLE), (16, Status.UNREADABLE)])
def test_table_4_needs_fifteen_cells(layout: Callable[[Rows], str], cells: int, status: Status) -> None:
    reading = reading_of(layout([*REMEDIES, [str(10 + n) for n in range(cells)]]))
    assert [figure.status for figure in reading.figures] == [status] * 15
    if status is Status.NUMBER:
        assert [figure.raw for figure in reading.figures] == [str(10 + n) for n in range(15)]


DISCLOSURE = [
    ["第二十条第（一）项"],
    ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
    ["规章", "1", "2", "3"],
    ["行政规范性文件", "4", "5", "6"],
    ["第二十条第（五）项"],
    ["信息内容", "本年处理决定数量"],
    ["行政许可", "7"],
    ["第二十条第（六）项"],
    ["信息内容", "本年处理决定数量"],
    ["行政处罚", "8"],
    ["行政强制", "9"],
    ["第二十条第（八）项"],
    ["信息内容", "本年收费金额（单位：万元）"],
    ["行政事业性收费", "10.5"],
]


@pytest.mark.parametrize("layout", LAYOUTS[:3])
def test_table_2_of_every_layout(layout: Callable[[Rows], str]) -> None:
    reading = reading_of(layout(DISCLOSURE))
    assert [figure.raw for figure in reading.figures] == [*"123456789", "10.5"]
    assert (reading.figures[-1].unit, str(reading.figures[-1].value_wan)) == ("万元", "10.5")


@pytest.mark.parametrize("row", [2, 3, 6, 13])
@pytest.mark.parametrize("layout", LAYOUTS[:3])
def test_a_short_row_of_table_2_is_unreadable(layout: Callable[[Rows], str], row: int) -> None:
    rows = [list(each) for each in DISCLOSURE]
    label, lost = rows[row][0], rows[row].pop(1)
    reading = reading_of(layout(rows))
    readable = {figure.raw for figure in reading.figures if figure.status is not Status.UNREADABLE}
    assert lost not in readable
    assert readable == {*"123456789", "10.5"} - set(DISCLOSURE[row][1:])
    assert any(label in issue.message for issue in reading.issues if issue.code.startswith("row-"))


def test_a_header_that_lost_a_column_tells_nothing() -> None:
    rows = [list(each) for each in DISCLOSURE]
    del rows[1][1], rows[2][1]
    statuses = [figure.status for figure in reading_of(cell_a_line(rows)).figures]
    assert statuses == [Status.UNREADABLE] * 6 + [Status.NUMBER] * 4


def test_an_unknown_row_is_reported() -> None:
    rows = [list(each) for each in DISCLOSURE]
    rows.insert(3, ["其他公文", "1", "1", "1"])
    assert "unmatched-row" in {issue.code for issue in reading_of(cell_a_line(rows)).issues}


def test_two_rows_of_one_name_are_neither() -> None:
    rows = [*DISCLOSURE[:4], ["规章", "7", "7", "7"], *DISCLOSURE[4:]]
    reading = reading_of(cell_a_line(rows))
    assert [figure.status for figure in reading.figures[:3]] == [Status.UNREADABLE] * 3
    assert "row-repeated" in {issue.code for issue in reading.issues}


def test_a_label_broken_over_two_lines() -> None:
    text = row_a_line(DISCLOSURE).replace("行政规范性文件", "行政规范\n性文件")
    assert [figure.raw for figure in reading_of(text).figures[3:6]] == ["4", "5", "6"]
