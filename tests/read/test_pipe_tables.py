"""Tables a text draws, with pipes, boxes or spaces: read completely, and never a number from another cell."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Hints, Payload, Reading, Status
from archive.read import read
from archive.read.blocks import Layout, Table
from archive.read.formats import txt
from crawler.demo import layout
from crawler.demo.layout import Grid
from crawler.demo.render.slots import slots

Rows = list[list[str]]


def merged_left_out(grid: Grid) -> Rows:
    return [[cell.text.replace("\n", "") for cell in row] for row in grid]


def merged_as_blanks(grid: Grid) -> Rows:
    rows = []
    for row in slots(grid):
        texts = [[cell.text.replace("\n", "") if begins else "", *[""] * (cell.colspan - 1)] for cell, begins in row]
        rows.append([text for part in texts for text in part])
    return rows


def markdown(grid: Grid) -> str:
    rows = ["| " + " | ".join(row) + " |" for row in merged_as_blanks(grid)]
    return "\n".join([rows[0], "|" + " --- |" * rows[0].count(" | ") + " --- |", *rows[1:]])


def markdown_bold_breaks(grid: Grid) -> str:
    rows = [[f"**{text}**" if text else "" for text in row] for row in merged_as_blanks(grid)]
    lines = ["|" + "|".join(row).replace("本年", "本年<br>") + "|" for row in rows]
    return "\n".join([lines[0], "|" + ":-:|" * len(rows[0]), *lines[1:]])


def pipes_without_outer(grid: Grid) -> str:
    return "\n".join(" | ".join(row) for row in merged_left_out(grid))


def pipes_full_width(grid: Grid) -> str:
    return "\n".join("｜" + "｜".join(row) + "｜" for row in merged_as_blanks(grid))


def pipe_before_each_cell(grid: Grid) -> str:
    return "\n\n".join("\n".join(f"| {text}" for text in row) for row in merged_left_out(grid))


def pipe_behind_each_cell(grid: Grid) -> str:
    return "\n\n".join("\n".join(f"{text}|" for text in row) for row in merged_left_out(grid))


def pipe_on_its_own_line(grid: Grid) -> str:
    return "\n".join(f"{text}\n|" for row in merged_left_out(grid) for text in row)


def extracted(cell: str, fill: str, opened: str = "") -> Callable[[Grid], str]:
    """Gives tables as extractors of text write them: a pipe ends each cell, more of them fill up a short row."""

    def draw(grid: Grid) -> str:
        count = sum(each.colspan for each in grid[0])
        rows = []
        for row in merged_left_out(grid):
            texts = "".join(f"{cell}{text} |" if text else " |" for text in row)
            rows.append(opened + texts.removeprefix("" if opened else cell))
            rows[-1] += (fill + "|" * (count - len(row))) * (len(row) < count)
        return "\n".join(rows)

    return draw


def width_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


def boxed(bar: str, dash: str, joint: str) -> Callable[[Grid], str]:
    """Gives a box with open rules over cells that go on, in signs for bar, line and joint."""

    def draw(grid: Grid) -> str:
        rows = slots(grid)
        count = sum(cell.colspan for cell in grid[0])
        wide = max(width_of(cell.text.replace("\n", "")) // cell.colspan for row in grid for cell in row) + 2
        wide += wide % 2
        lines = [joint + joint.join([dash * (wide // width_of(dash))] * count) + joint]
        for number, row in enumerate(rows):
            texts, rule = [], []
            for place, (cell, begins) in enumerate(row):
                room = wide * cell.colspan + width_of(bar) * (cell.colspan - 1)
                texts.append(padded(cell.text.replace("\n", "") if begins else "", room))
                goes_on = number + 1 < len(rows) and any(c is cell and not b for c, b in rows[number + 1])
                line = joint.join([dash * (wide // width_of(dash))] * cell.colspan)
                rule.append(" " * room if goes_on else line)
                assert place < count
            lines.append(bar + bar.join(texts) + bar)
            lines.append(joint + joint.join(rule) + joint)
        return "\n".join(lines)

    return draw


def dashed(wide: Callable[[str], int], parted: bool) -> Callable[[Grid], str]:
    """Gives columns under a line of dashes, measured so; rows are parted by blank lines where `parted`."""

    def draw(grid: Grid) -> str:
        rows = merged_as_blanks(grid)
        widths = [max(4, *map(wide, column)) for column in zip(*rows, strict=True)]
        rule = " ".join("-" * width for width in widths)
        lines = [
            " ".join(text + " " * (width - wide(text)) for text, width in zip(row, widths, strict=True)) for row in rows
        ]
        return "\n".join([rule, ("\n\n" if parted else "\n").join(lines), rule, ""])

    return draw


def html_in_markdown(grid: Grid) -> str:
    """Gives merged cells as Markdown has them: a table of HTML between paragraphs."""
    rows = (
        "".join(
            f'<td colspan="{c.colspan}" rowspan="{c.rowspan}">{c.text.replace(chr(10), "<br />")}</td>' for c in row
        )
        for row in grid
    )
    return "\n<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>\n"


def spaces(grid: Grid) -> str:
    rows = merged_left_out(grid)
    return "\n".join("   ".join(row) for row in rows)


EXTRACTED = [
    extracted(" ", " "),
    extracted("\n", " "),
    extracted("\n", "\n"),
    extracted("\n", " ", "|"),
    extracted("\n", "\n", "|"),
]
"""A single pipe that fills up a row looks like a blank cell."""

LAYOUTS = [
    markdown,
    markdown_bold_breaks,
    pipes_without_outer,
    pipes_full_width,
    pipe_before_each_cell,
    pipe_behind_each_cell,
    pipe_on_its_own_line,
    *EXTRACTED,
    boxed("│", "─", "┼"),
    boxed("|", "-", "+"),
    boxed("┃", "━", "╋"),
    dashed(width_of, parted=False),
    dashed(width_of, parted=True),
    dashed(len, parted=True),
    html_in_markdown,
]


def report(form: layout.Form, figures: dict[str, str | None], draw: Callable[[Grid], str]) -> Reading:
    grids = (layout.disclosure(form, figures), layout.requests(form, figures), layout.remedies(figures))
    heads = ("二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况")
    parts = [f"{head}\n{draw(grid)}\n" for head, grid in zip(heads, grids, strict=True)]
    text = (
        "临江镇2021年政府信息公开年度报告\n一、总体情况\n一切正常。\n"
        + "\n".join(parts)
        + "五、存在的主要问题\n没有。\n"
    )
    return read(Payload(text.encode()), Hints())


def wrong(reading: Reading, figures: dict[str, str | None]) -> list[tuple[str, str | None, str | None]]:
    return [
        (f.indicator, figures[f.indicator], f.raw)
        for f in reading.figures
        if f.status is not Status.UNREADABLE and ((f.raw or "") != (figures[f.indicator] or ""))
    ]


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("draw", LAYOUTS)
def test_full_tables_are_read_completely(draw: Callable[[Grid], str], form: layout.Form) -> None:
    figures: dict[str, str | None] = {code: str(100 + n) for n, code in enumerate(layout.codes(form))}
    reading = report(form, figures, draw)
    assert wrong(reading, figures) == []
    read_as = {figure.indicator: figure.raw for figure in reading.figures if figure.status is Status.NUMBER}
    assert {code: read_as.get(code) for code in figures} == figures


def test_marks_of_markdown_are_no_words() -> None:
    text = (
        "# **临江镇2021年政府信息公开年度报告**\n\n**一、总体情况**\n\n全年主动公开 [123](http://x.cn/1) 条，"
        "**申请**&nbsp;5 件\\_甲。\n\n---\n\n"
        "> 二、主动公开政府信息情况\n\n无。\n\n## 三、收到和处理政府信息公开申请情况 ##\n\n无。\n"
    )
    reading = read(Payload(text.encode()), Hints())
    assert reading.title == "临江镇2021年政府信息公开年度报告"
    assert "全年主动公开123条，申请5件_甲。" in reading.text
    assert "#" not in reading.text
    assert "**" not in reading.text


@pytest.mark.parametrize("cell", ["~~12~~", "12[^1]", "![12](a.png)", "1*2"])
def test_marks_that_change_a_meaning_are_kept(cell: str) -> None:
    code, *others = layout.codes("2021")
    figures: dict[str, str | None] = {code: cell, **dict.fromkeys(others, "1")}
    reading = report("2021", figures, markdown)
    made = next(figure for figure in reading.figures if figure.indicator == code)
    assert made.status in (Status.TEXT, Status.UNREADABLE)
    assert made.value is None


def test_columns_that_two_measures_of_width_tell_differently_are_doubtful() -> None:
    text = "---- ---- ----\n规章 1    2\n办法 3    4\n---- ---- ----\n"
    (table,) = txt.document(text, None, ()).tables
    assert all(cell and cell.doubt for row in table.rows for cell in row)
    (table,) = txt.document(text.replace("规章", "2020").replace("办法", "2021"), None, ()).tables
    assert texts(table) == [["2020", "1", "2"], ["2021", "3", "4"]]
    assert not any(cell and cell.doubt for row in table.rows for cell in row)


def test_what_does_not_lie_under_the_columns_is_no_table_of_theirs() -> None:
    text = "---- ---- ----\n2020 1    2\n2021 1 77777 8\n---- ---- ----\n"
    assert not txt.document(text, None, ()).tables


def test_a_line_without_end_has_as_many_fields_as_any_form() -> None:
    (table,) = txt.document("1\t" * 100_000 + "\n" + "2\t3\t4", None, ()).tables
    assert [len(row) for row in table.rows] == [200, 3]
    tables = txt.document("1\t2\t3\n" * 5_001 + "4\t5\t6", None, ()).tables
    assert [len(table.rows) for table in tables] == [5_000, 2]


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("draw", [*LAYOUTS, spaces])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_blanks_never_move_a_number(draw: Callable[[Grid], str], form: layout.Form, data: st.DataObject) -> None:
    codes = layout.codes(form)
    every = data.draw(st.integers(3, 40))
    first = data.draw(st.integers(0, 2))
    figures: dict[str, str | None] = {c: None if n % every == first else str(100 + n) for n, c in enumerate(codes)}
    reading = report(form, figures, draw)
    assert wrong(reading, figures) == []
    unread = sum(figure.status is Status.UNREADABLE for figure in reading.figures)
    assert draw in (spaces, *EXTRACTED) or unread == 0


def test_pipes_that_fill_up_a_row_are_no_cells() -> None:
    text = "二、主动公开\n甲 |\n5 |\n6 |\n乙 | ||\n丙 |\n| |\n7 |\n"
    (table,) = txt.document(text, None, ()).tables
    assert texts(table) == [["甲", "5", "6", "乙"], ["丙", "", "", "7"]]
    (table,) = txt.document("二、主动公开\n甲 | 5 | 6 |\n乙 | ||\n丙 | 7 | |\n", None, ()).tables
    assert texts(table) == [["甲", "5", "6"], ["乙"], ["丙", "7", ""]]


def test_spaces_set_columns() -> None:
    figures: dict[str, str | None] = {code: str(100 + n) for n, code in enumerate(layout.codes("2021"))}
    reading = report("2021", figures, spaces)
    assert wrong(reading, figures) == []
    assert sum(figure.status is Status.NUMBER for figure in reading.figures) == 200


def texts(table: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in table.rows]


def test_a_box_says_its_spans_exactly() -> None:
    text = "┌────┬────┐\n│申请│  9 │\n│情况├─┬──┤\n│    │1│ 2│\n├────┴─┴──┤\n│总计     │\n└─────────┘"
    (table,) = txt.document(text, None, ()).tables
    assert table.layout is Layout.SPANS
    assert texts(table) == [["申请\n情况", "9", "9"], ["申请\n情况", "1", "2"], ["总计"] * 3]


def test_rows_of_a_box_with_one_rule_are_lines() -> None:
    text = "+----+----+\n| a  | b  |\n+----+----+\n| 1  | 2  |\n| 3  |    |\n+----+----+"
    (table,) = txt.document(text, None, ()).tables
    assert texts(table) == [["a", "b"], ["1", "2"], ["3", ""]]


@pytest.mark.parametrize(
    "line",
    ["甲|乙两项。", "附件：1.目录  2.表格", "2021年  月  日", "a || b", "————————", "联系电话：010-1 | 邮编：100000"],
)
def test_prose_with_a_bar_stays_prose(line: str) -> None:
    document = txt.document(f"一、总体情况\n{line}\n正文照旧。", None, ())
    assert not document.tables
    assert "正文照旧。" in document.text


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="|│┼─+-= \n\t1总计（一）予以公开", max_size=300))
def test_any_drawing_is_read(text: str) -> None:
    for table in txt.document(text, None, ()).tables:
        assert all(len(row) <= 200 for row in table.rows)
