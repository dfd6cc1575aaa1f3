"""The layout of a form is the printed form: what it prints the reader reads back, cell by cell."""

import pytest

from archive.model import Hints, Payload
from archive.read import read
from archive.read.forms import FORMS
from archive.research.layout import laid_out
from tests.research.printed import printed, report_page

PARTS = ("disclosure", "requests", "remedies")


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_a_form_printed_by_its_layout_reads_back_cell_by_cell(form: str) -> None:
    tables = [laid_out(part, form) for part in PARTS]
    codes = [indicator.code for part in PARTS for indicator in FORMS[part, form].indicators]
    numbers = {code: str(number) for number, code in enumerate(codes, 1)}
    title = f"青石镇{form}年政府信息公开工作年度报告"
    reading = read(Payload(report_page(title, printed(tables, numbers.__getitem__))), Hints())
    assert dict(reading.forms) == dict.fromkeys(PARTS, form)
    assert {figure.indicator: figure.raw for figure in reading.figures} == numbers


@pytest.mark.parametrize(("part", "form"), list(FORMS))
def test_every_figure_stands_once_under_heads_that_are_there(part: str, form: str) -> None:
    table = laid_out(part, form)
    lines = [*table.head, *(line for body in table.bodies for line in body)]
    cells = [cell for line in lines for cell in line]
    heads = [cell.id for cell in cells if cell.id]
    assert len(set(heads)) == len(heads)
    own = [cell for cell in cells if cell.code]
    assert sorted(cell.code or "" for cell in own) == sorted(i.code for i in FORMS[part, form].indicators)
    assert all(cell.headers and set(cell.headers) <= set(heads) for cell in own)


def test_statistics_show_the_rows_and_columns_that_a_report_prints() -> None:
    printed_codes = {"statistics.disclosed.total.year", "statistics.review.total.cumulative"}
    table = laid_out("statistics", "fujian", printed_codes)
    assert [cell.text for cell in table.head[0]] == ["指标", "单位", "年度", "历年累计"]
    [body] = table.bodies
    assert [line[0].text for line in body] == ["主动公开文件数", "行政复议数"]
    assert {cell.code for line in body for cell in line if cell.code} == printed_codes
