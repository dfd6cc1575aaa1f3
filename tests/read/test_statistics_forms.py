"""Statistics tables of reports before 2019: rows by label and group, columns by header, nothing guessed."""

import pytest

from archive.model import Figure, Hints, Payload, Reading, Status
from archive.read import read
from archive.read.forms.statistics_form import statistics_forms

TITLE = "青石镇2016年政府信息公开工作年度报告"
NATIONAL = ("统计指标", "单位", "统计数")


def page(*rows: tuple[str, ...], head: tuple[str, ...] = NATIONAL) -> Reading:
    """Gives the reading of a page whose one table has these rows under a header."""
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (head, *rows))
    return of(f"<table>{lines}</table>")


def of(body: str, media: str = "text/html") -> Reading:
    """Gives the reading of a report with this body."""
    said = f"<h1>{TITLE}</h1><p>统计期限自2016年1月1日至2016年12月31日。</p>" if media == "text/html" else f"{TITLE}\n"
    return read(Payload((said + body).encode()), Hints(media_type=media))


def figures(reading: Reading) -> dict[str, Figure]:
    """Gives the figures that the printed table has, by row."""
    own = {figure.indicator.removeprefix("statistics."): figure for figure in reading.figures}
    return {code: figure for code, figure in own.items() if figure.status is not Status.NOT_ON_FORM}


def values(reading: Reading) -> dict[str, str | None]:
    """Gives what is printed as a number, by row; None where it is none."""
    return {code: None if f.value is None else str(f.value) for code, f in figures(reading).items()}


def issues(reading: Reading) -> set[str]:
    """Gives the codes of the issues about the table."""
    return {issue.code for issue in reading.issues} - {"agency-unknown", "check-fails"}


@pytest.mark.parametrize("name", ["2008", "fujian", "2014"])
def test_every_row_of_a_form_is_found_by_its_label(name: str) -> None:
    form = statistics_forms()[name]
    count = len(form.columns)
    rows = [
        (row.label, row.unit or "", *(str(7 + place * count + i) for i in range(count)))
        for place, row in enumerate(form.rows)
    ]
    reading = page(*rows, head=("指标名称", "计量单位", *(column.label for column in form.columns)))
    assert reading.forms == {"statistics": name}
    assert [str(figure.value) for figure in reading.figures] == [str(7 + i) for i in range(len(rows) * count)]
    assert [figure.unit for figure in reading.figures[::count]] == [row.unit for row in form.rows]
    assert issues(reading) == set()


def test_repeated_labels_count_under_the_group_above_them() -> None:
    reading = page(
        ("三、依申请公开情况", "——", "——"),
        ("不同意公开", "件", "9"),
        ("其他情形", "件", "1"),
        ("四、行政复议数量", "件", "6"),
        ("维持", "件", "3"),
        ("被依法纠错", "件", "2"),
        ("其他情形", "件", "4"),
        ("五、行政诉讼数量", "件", "12"),
        ("维持", "件", "5"),
        ("被依法纠错", "件", "7"),
    )
    assert values(reading) == {
        "requests.refused": "9",
        "requests.refused_other": "1",
        "review.total": "6",
        "review.upheld": "3",
        "review.corrected": "2",
        "review.other": "4",
        "litigation.total": "12",
        "litigation.upheld": "5",
        "litigation.corrected": "7",
    }


def test_a_repeated_label_without_its_group_is_kept_as_a_statement() -> None:
    reading = page(
        ("收到申请数", "件", "8"), ("维持", "件", "5"), ("举报投诉数量", "件", "3"), ("兼职人员数", "人", "2")
    )
    assert values(reading)["review.upheld"] is None
    assert [(s.context, s.heading, s.raw, s.unit) for s in reading.statements] == [("维持", "统计数", "5", "件")]
    assert issues(reading) == {"unmatched-row"}


def test_group_cells_that_span_rows_and_a_label_of_two_columns() -> None:
    reading = of(
        "<table><tr><td colspan=2>统计指标</td><td>单位</td><td>统计数</td></tr>"
        "<tr><td rowspan=2>行政复议数量</td><td>维持</td><td>件</td><td>4</td></tr>"
        "<tr><td>被依法纠错</td><td>件</td><td>5</td></tr>"
        "<tr><td rowspan=2>行政诉讼数量</td><td>维持</td><td>件</td><td>6</td></tr>"
        "<tr><td>其他情形</td><td>件</td><td>8</td></tr>"
        "<tr><td colspan=2>六、举报投诉数量</td><td>件</td><td>9</td></tr></table>"
    )
    assert values(reading) == {
        "review.upheld": "4",
        "review.corrected": "5",
        "litigation.upheld": "6",
        "litigation.other": "8",
        "complaints.total": "9",
    }


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("当 面 申 请 数", "requests.received_in_person"),
        ("１．当面申请数", "requests.received_in_person"),
        ("政策解读稿件发布效", "responses.interpretations"),
        ("不子公开答复数", None),
        ("不同意部分公开答复数", None),
        ("专兼职人员数", None),
        ("主动公开政府信息数\n（不同渠道和方式公开相同信息计1条）", "disclosed.total"),
    ],
)
def test_labels_forgive_a_wrong_character_but_no_other_meaning(printed: str, code: str | None) -> None:
    known = (("收到申请数", "件", "1"), ("申请答复数", "件", "2"), ("从事政府信息公开工作人员数", "人", "3"))
    reading = page(*known, (printed, "件", "77"))
    assert [found for found, value in values(reading).items() if value == "77"] == ([code] if code else [])
    assert [s.raw for s in reading.statements] == ([] if code else ["77"])


def test_values_by_the_value_model() -> None:
    reading = page(
        ("收到申请数", "件", "１，２３４"),
        ("申请办结数", "件", ""),
        ("申请答复数", "件", "无"),
        ("行政复议数量", "件", "-"),
        ("依申请公开信息收取的费用", "万元", "350元"),
        ("政府信息公开专项经费", "万元", "2.5"),
    )
    found = {code: (f.status.value, f.value, f.unit, f.value_wan) for code, f in figures(reading).items()}
    assert {code: entry[0] for code, entry in found.items()} == {
        "requests.received": "number",
        "requests.concluded": "blank",
        "requests.answered": "text",
        "review.total": "dash",
        "fees.amount": "number",
        "organisation.funds": "number",
    }
    assert [str(part) for part in found["requests.received"][1:]] == ["1234", "件", "None"]
    assert [str(part) for part in found["fees.amount"][1:]] == ["350", "元", "0.035"]
    assert [str(part) for part in found["organisation.funds"][1:]] == ["2.5", "万元", "2.5"]


def test_columns_of_another_year_or_of_no_form_are_statements() -> None:
    rows = (("主动公开文件数", "条", "5", "6"), ("行政复议数", "件", "7", "8"), ("行政诉讼数", "件", "9", "10"))
    reading = page(*rows, head=("指标名称", "计量单位", "2015年度", "2016年度"))
    assert values(reading) == {
        "disclosed.total.year": "6",
        "review.total.year": "8",
        "litigation.total.year": "10",
    }
    assert [(s.heading, s.raw) for s in reading.statements] == [("2015年度", "5"), ("2015年度", "7"), ("2015年度", "9")]


def test_a_statistics_table_of_an_unknown_form_is_kept_as_statements() -> None:
    head = ("序号", "统计指标", "单位", "区政府统计数", "乡镇街道统计数")
    reading = page(("1", "收到申请数", "件", "4", ""), ("2", "网站访问量", "人次", "60", "70"), head=head)
    assert reading.forms == {}
    assert [(s.context, s.heading, s.raw.strip(), s.unit) for s in reading.statements] == [
        ("收到申请数", "区政府统计数", "4", "件"),
        ("收到申请数", "乡镇街道统计数", "", None),
        ("网站访问量", "区政府统计数", "60", "人次"),
        ("网站访问量", "乡镇街道统计数", "70", "人次"),
    ]
    assert issues(reading) == {"form-unknown", "no-forms"}


def test_rows_that_cannot_be_told_are_unreadable() -> None:
    reading = page(
        ("收到申请数", "件", "4"),
        ("申请办结数", "5", "件"),
        ("行政复议数量", "件", "2"),
        ("行政复议数量", "件", "3"),
        ("举报投诉数量", "件", "6"),
    )
    assert values(reading) == {
        "requests.received": "4",
        "requests.concluded": None,
        "review.total": None,
        "complaints.total": "6",
    }
    assert issues(reading) == {"row-unreadable", "row-repeated"}


def test_a_table_goes_on_in_the_next_without_a_header() -> None:
    first = "<tr><td>统计指标</td><td>单位</td><td>统计数</td></tr><tr><td>收到申请数</td><td>件</td><td>4</td></tr>"
    second = "<tr><td>四、行政复议数量</td><td>件</td><td>2</td></tr><tr><td>维持</td><td>件</td><td>1</td></tr>"
    reading = of(f"<table>{first}</table><p>- 2 -</p><table>{second}</table>")
    assert values(reading) == {"requests.received": "4", "review.total": "2", "review.upheld": "1"}


def test_a_cell_a_line_without_blank_lines() -> None:
    cells = ["统计指标", "单位", "统计数", "一、主动公开情况", "——", "", "收到申请数", "件", "4"]
    cells += ["四、行政复议数量", "件", "2", "（一）维持", "件", "1", "举报投诉数量", "件", "5"]
    reading = of("\n".join(f"\t{cell}" for cell in cells) + "\n", "text/plain")
    assert values(reading) == {
        "requests.received": "4",
        "review.total": "2",
        "review.upheld": "1",
        "complaints.total": "5",
    }


def test_a_table_without_columns_is_unreadable() -> None:
    reading = of(
        "<p>指标名称计量单位2016年度历年累计主动公开文件数条346085376其中：1、政府网站公开数条3460853762、政府公报公开数条00"
        "受理依申请公开信息总数条00其中：1、当面申请数条00行政复议数件00行政诉讼数件00</p>"
    )
    assert reading.forms == {"statistics": "fujian"}
    assert {figure.status for figure in figures(reading).values()} == {Status.UNREADABLE}
    assert "disclosed.total.cumulative" in figures(reading)
    assert "disclosed.total.year_end" not in figures(reading)
    assert issues(reading) == {"columns-unknown"}


def test_a_strange_row_in_a_table_of_bare_cells_moves_no_number() -> None:
    cells = [
        "统计指标",
        "单位",
        "统计数",
        "收到申请数",
        "件",
        "4",
        "网站总访问量",
        "件",
        "90",
        "行政复议数量",
        "件",
        "2",
    ]
    cells += ["维持", "件", "残缺的行", "件", "7", "举报投诉数量", "件", "5"]
    reading = of("\n".join(f"\t{cell}" for cell in cells) + "\n", "text/plain")
    numbers = {code: value for code, value in values(reading).items() if value is not None}
    assert numbers == {"requests.received": "4", "review.total": "2", "complaints.total": "5"}
    assert figures(reading)["review.upheld"].status is Status.UNREADABLE
    assert [s.raw for s in reading.statements if s.context == "网站总访问量"] == ["90"]


def test_an_identity_suggests_the_one_number_that_is_lost() -> None:
    reading = page(("行政复议数量", "件", "9"), ("维持", "件", "4"), ("被依法纠错", "2", "件"), ("其他情形", "件", "3"))
    assert values(reading)["review.corrected"] is None
    assert [i.message for i in reading.issues if i.code == "identity-suggests"] == [
        "statistics.review.corrected cannot be read; it would be 2 by statistics.sum.review.total"
    ]
