import pytest

from archive.model import Hints, Link, Payload, Reading, Status
from archive.read import read
from archive.read.blocks import MAX_COLUMNS, Layout, Span, grid
from archive.read.links import links

HEAD = "".join(f"<td>{label}</td>" for label in ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"))
PAGE = """<html><head><title>临江镇2022年政府信息公开工作年度报告-云岫县人民政府</title></head><body>
<div class="top">{top}</div><div class="menu"><a href="/a">首页</a><a href="/b">政府信息公开年报</a></div>
<div class="detail"><h1>临江镇2022年政府信息公开工作年度报告</h1><p>{info}</p><div id="text">
<p>一、总体情况</p><p>2022年，我镇主动公开信息{items}条，回应群众关切。</p>
<p>二、主动公开政府信息情况</p>{table}
<p>三、收到和处理政府信息公开申请情况</p><p>全年没有收到申请，去年也没有收到申请。</p>
<p>{inner}</p></div><div>【打印】【关闭】</div></div><div>版权所有：{foot}</div></body></html>"""
ROWS = (
    f"<tr>{HEAD}</tr><tr><td>规章</td><td>1</td><td>2</td><td>3</td></tr>"
    "<tr><td>行政规范性文件</td><td>4</td><td></td><td>6</td></tr>"
)


def page(
    top: str = "", info: str = "", items: str = "86", inner: str = "", foot: str = "云岫县", rows: str = ROWS
) -> Reading:
    text = PAGE.format(top=top, info=info, items=items, inner=inner, foot=foot, table=f"<table>{rows}</table>")
    return read(Payload(text.encode()), Hints(url="http://example.gov.cn/x/t20230120_1.html"))


def test_furniture_does_not_change_the_content() -> None:
    first = page(top="今天是2023年1月20日 星期五", info="发布日期：2023-01-20 浏览次数：12", inner="浏览次数：12次")
    second = page(
        top="今天是2024年5月1日", info="发布日期：2023-01-20 浏览次数：9981", inner="浏览次数：9981次", foot="长丰市"
    )
    assert first.content_hash == second.content_hash
    assert "浏览" not in first.text
    assert "首页" not in first.text


def test_markup_and_width_of_digits_do_not_change_the_content() -> None:
    marked = ROWS.replace("<td>3</td>", "<td><p><span> ３ </span></p></td>")
    assert page(rows=marked, items="８６").content_hash == page().content_hash


def test_one_figure_one_word_one_place_changes_the_content() -> None:
    base = page().content_hash
    assert page(items="87").content_hash != base
    assert page(rows=ROWS.replace("<td>6</td>", "<td>7</td>")).content_hash != base
    assert page(rows=ROWS.replace("<td>4</td><td></td>", "<td></td><td>4</td>")).content_hash != base


def test_a_page_that_is_no_report_says_so() -> None:
    for hints in (Hints(), Hints(title="青石镇2023年政府信息公开工作年度报告", url="http://a/202401/t20240118_1.html")):
        reading = read(Payload("<html><body><p>页面不存在</p><div>返回首页</div></body></html>".encode()), hints)
        assert (reading.title, reading.agency, reading.year, reading.figures) == (None, None, None, ())
        assert [issue.code for issue in reading.issues] == ["not-a-report", "no-forms"]


LIST = """<html><head><title>政府信息公开年报_云岫县人民政府</title></head><body><a href="/">首页</a><ul>
<li><a href="/1">云岫县2023年政府信息公开工作年度报告</a><span>[2024-03-09]</span></li>
<li><a href="/2">临江镇2023年政府信息公开工作年度报告</a> 2024年1月18日</li>{more}</ul><p>第1/2页</p></body></html>"""
LINKED = Hints(title="临江镇2022年政府信息公开工作年度报告", url="http://example.gov.cn/x/t20230120_1.html")


def test_a_list_of_reports_in_place_of_one_is_none() -> None:
    reading = read(Payload(LIST.format(more="").encode()), LINKED)
    assert (reading.title, reading.agency, reading.year) == (None, None, None)
    assert [issue.code for issue in reading.issues] == ["lists-reports", "no-forms"]


@pytest.mark.parametrize(
    "more", ["<h1>临江镇2022年政府信息公开工作年度报告</h1>", "<p>我镇受理申请2件。</p><p>全年公开信息86条。</p>"]
)
def test_a_report_beside_which_others_are_listed_is_one(more: str) -> None:
    reading = read(Payload(LIST.format(more=more).encode()), LINKED)
    assert (reading.agency, reading.year) == ("临江镇", 2022)


def test_missing_tables_are_reported() -> None:
    missing = [issue.message for issue in page().issues if issue.code == "part-missing"]
    assert len(missing) == 2


def test_a_cell_across_two_columns_is_nobodys() -> None:
    rows = ROWS.replace("<td>1</td><td>2</td>", '<td colspan="2">12</td>')
    statuses = [figure.status for figure in page(rows=rows).figures[:6]]
    assert statuses == [Status.UNREADABLE] * 3 + [Status.NUMBER, Status.BLANK, Status.NUMBER]


def test_a_cell_over_two_rows_is_nobodys() -> None:
    rows = ROWS.replace("<td>3</td>", '<td rowspan="2">3</td>').replace("<td>6</td>", "")
    statuses = [figure.status for figure in page(rows=rows).figures[:6]]
    assert [statuses[2], statuses[5]] == [Status.UNREADABLE] * 2
    assert statuses[:2] == [Status.NUMBER] * 2


def test_spans_are_capped() -> None:
    table = grid([[Span("a", 10**6, 10**6), Span("b")], [Span("c", 0, 0)]])
    assert [len(row) for row in table.rows] == [MAX_COLUMNS] * 2
    assert table.layout is Layout.SPANS


def test_deep_nesting_does_not_recurse() -> None:
    text = "<div>" * 500 + "<table><tr><td>" * 100 + "一" + "</td></tr></table>" * 100
    reading = read(Payload(text.encode()), Hints())
    assert reading.figures == ()


def test_links_that_may_lead_to_attachments() -> None:
    source = """<html><head><base href="/zwgk/"></head><body>
    <a href="a.docx#top"> 附件：<b>报告</b> </a><a href="a.docx"></a><a href="#x">x</a>
    <a href="javascript:void(0)">y</a>
    <a href="mailto:a@b.cn">m</a><a href="http://[bad">z</a><iframe src="//other.gov.cn/v.pdf" title="预览"></iframe>
    <embed src="b.pdf"><object data="../c.ofd"></object></body></html>"""
    found = links(Payload(source.encode()), Hints(url="https://www.example.gov.cn/list/index.html"))
    assert found == (
        Link("https://www.example.gov.cn/zwgk/a.docx", "附件：报告"),
        Link("https://other.gov.cn/v.pdf", "预览"),
        Link("https://www.example.gov.cn/zwgk/b.pdf", ""),
        Link("https://www.example.gov.cn/c.ofd", ""),
    )
    assert links(Payload(b"%PDF-1.4"), Hints(url="http://a.cn/")) == ()
    assert links(Payload(b"<html><a href='x.html'>x</a>"), Hints()) == ()


CELLS = [
    ("<p>1</p>2", Status.TEXT),
    ("5<sup>1</sup>", Status.TEXT),
    ("<del>5</del>6", Status.UNREADABLE),
    ('<img src="7.gif">', Status.UNREADABLE),
    ('<img src="s.gif" width="1">', Status.BLANK),
    ("<table><tr><td>5</td></tr></table>", Status.NUMBER),
    ("<table><tr><td>5</td><td>6</td></tr></table>", Status.UNREADABLE),
    ('5<span style="display: none">6</span><!-- 7 --><i hidden>8</i>', Status.NUMBER),
    ('<input type="text" value="5">', Status.NUMBER),
    ('<span title="x>5</span><span class="y"></span>', Status.UNREADABLE),
    ("<a href='x'>5</a>", Status.NUMBER),
]


@pytest.mark.parametrize(("markup", "status"), CELLS)
def test_what_a_cell_shows(markup: str, status: Status) -> None:
    figure = page(rows=ROWS.replace("<td>2</td>", f"<td>{markup}</td>")).figures[1]
    assert figure.status is status
    assert figure.value == (5 if status is Status.NUMBER else None)


@pytest.mark.parametrize("sign", ["<", "&lt;"])
def test_a_quote_lost_in_one_cell_moves_no_other(sign: str) -> None:
    broken = f'<td align="cen{sign}td align="center" valign="middle">" valign="middle">1</td>'
    made, repealed, in_force = page(rows=ROWS.replace("<td>1</td>", broken)).figures[:3]
    assert made.status is Status.UNREADABLE
    assert (repealed.raw, in_force.raw) == ("2", "3")


def test_rows_stand_as_browsers_show_them() -> None:
    head, body = ROWS.split("</tr>", 1)
    swapped = page(rows=f"<tbody>{body}</tbody><thead>{head}</tr></thead>")
    assert [figure.raw for figure in swapped.figures[:6]] == ["1", "2", "3", "4", "", "6"]
    hidden = page(rows=ROWS + '<tr style="display:none"><td>规章</td><td>7</td><td>8</td><td>9</td></tr>')
    assert [figure.raw for figure in hidden.figures[:3]] == ["1", "2", "3"]


def test_a_report_hidden_until_a_script_shows_it_is_read() -> None:
    shown = page(rows=ROWS)
    source = PAGE.format(top="", info="", items="86", inner="", foot="云岫县", table=f"<table>{ROWS}</table>")
    hidden = source.replace('<div class="detail">', '<div class="detail" style="display:none">')
    assert read(Payload(hidden.encode()), Hints()).figures == shown.figures
