"""The content hash leaves out what a portal says about the page, and nothing that the report says."""

import pytest

from archive.model import Hints, Payload
from archive.read import read
from archive.read.fingerprint import about_page
from archive.read.formats import READERS
from archive.read.media import HTML

TITLE = "鹿汀街道2023年政府信息公开工作年度报告"
REPORT = """<p>一、总体情况</p><p>全年主动公开信息{}条。</p>
<table><tr><td colspan="2">第二十条第（五）项</td></tr><tr><td>信息内容</td><td>本年处理决定数量</td></tr>
<tr><td>行政许可</td><td>{}</td></tr></table>"""
ABOUT = f"""<table><tr><td>名称</td><td colspan="3">{TITLE}</td></tr>
<tr><td>索 引 号：</td><td>ZY2304100</td><td>发布机构</td><td>鹿汀街道办公室</td></tr></table>"""


def content_hash(before: str, issued: int = 7, told: int = 318) -> str | None:
    data = f"<html><body><h1>{TITLE}</h1>{before}{REPORT.format(told, issued)}</body></html>".encode()
    reading = read(Payload(data), Hints(media_type="text/html", charset="utf-8"))
    assert reading.title == TITLE
    return reading.content_hash


def test_the_portals_table_about_the_page_is_no_part_of_the_report() -> None:
    assert content_hash(ABOUT) == content_hash("")
    assert content_hash(ABOUT.replace("ZY2304100", "ZY2304101")) == content_hash("")


def test_a_title_printed_again_is_no_part_of_the_report() -> None:
    assert content_hash(f"<p>{TITLE}</p>") == content_hash("")
    assert content_hash(f"<p>{TITLE}（更正）</p>") != content_hash("")


def test_every_word_and_figure_is_part_of_it() -> None:
    assert len({content_hash(ABOUT), content_hash(ABOUT, issued=8), content_hash(ABOUT, told=319)}) == 3


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>名称</td><td>数量</td></tr><tr><td>公开日期</td><td>3</td></tr></table>",
        "<table><tr><td>索引号</td><td>数量</td></tr><tr><td>行政许可</td><td>3</td></tr></table>",
        "<table><tr><td>目录索引号数量</td><td>3</td></tr><tr><td>发布机构数量</td><td>3</td></tr></table>",
    ],
)
def test_a_table_of_the_report_is_part_of_it(table: str) -> None:
    data = f"<html><body>{ABOUT}{table}</body></html>".encode()
    document = READERS[HTML](Payload(data), Hints(media_type=HTML, charset="utf-8"))
    assert [about_page(each) for each in document.tables] == [True, False]
