from datetime import date

import pytest

from archive.portals import Override
from crawler.families import listing

URL = "http://www.yunxiu.gov.cn/xxgk-list-ndbg.html"
NONE = Override()


def page(rows: str, pager: str = "") -> str:
    return f"""<html><head><title>政府信息公开年报-云岫区人民政府</title></head><body>
<div id="menu"><a href="/">网站首页</a><a href="/xxgk.html">政务公开</a>
<a href="/xxgk-list-ndbg.html">政府信息公开年报</a>
<a href="/xxgk-list-xzndbg.html">乡镇街道年报</a><a href="/search?keyword=%E5%B9%B4">政府信息公开年报检索</a></div>
<div class="cont">{rows}</div><div class="pages">{pager}</div>
<div class="hot"><ul><li><a href="/news-show-9001.html">区委召开常委会会议</a><i>2024-05-01</i></li></ul></div>
<div id="foot"><a
 href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=99020202000001">公网安备 99020202000001号</a>
版权所有：云岫区人民政府</div></body></html>"""


def row(number: int, title: str, shown: str = "2024-01-19") -> str:
    return (
        f'<div class="item"><p><a href="/xxgk-show-{number}.html">{title}</a></p><span class="t">{shown}</span></div>'
    )


REPORTS = row(198876, "云岫区2023年政府信息公开工作年度报告") + row(
    196188, "云岫区财政局2023年政府信息公开年报", "01-19"
)


def test_rows_of_divisions() -> None:
    found = listing.rows(page(REPORTS + row(17, "· 关于召开会议的通知", "2024.1.2")), URL, NONE)
    assert [(r.url.rpartition("/")[2], r.title, r.date) for r in found] == [
        ("xxgk-show-198876.html", "云岫区2023年政府信息公开工作年度报告", date(2024, 1, 19)),
        ("xxgk-show-196188.html", "云岫区财政局2023年政府信息公开年报", None),
        ("xxgk-show-17.html", "关于召开会议的通知", date(2024, 1, 2)),
    ]


def test_few_reports_win_over_a_long_dated_side_list() -> None:
    side = "".join(
        f'<li><a href="/news/{n}00{n}.html">要闻第{n}条一二三四五</a> 2024-02-0{n}</li>' for n in range(1, 9)
    )
    found = listing.rows(
        page(row(1, "栗坪镇2023年政府信息公开工作年度报告", "") + f"<ul class='side'>{side}</ul>"), URL, NONE
    )
    assert "栗坪镇2023年政府信息公开工作年度报告" in [r.title for r in found]


def test_reports_side_by_side_in_one_table_row_are_rows_of_their_own() -> None:
    cells = "".join(
        f'<td><a href="/a/{year}.html">芦汀街道{year}年政府信息公开年报</a></td>' for year in (2021, 2022, 2023)
    )
    found = listing.rows(page(f"<table><tr>{cells}</tr></table>"), URL, NONE)
    assert [r.title[4:8] for r in found] == ["2021", "2022", "2023"]


def test_a_category_before_the_title_is_not_the_title() -> None:
    rows = (
        '<ul><li>[<a href="/xxgk-list-nb.html">信息公开年报</a>] '
        '<a href="/s/1001.html">芦汀街道2023年政府信息公开年报</a>'
        "<i>2024-01-02</i></li></ul>"
    )
    assert [(r.title, r.date) for r in listing.rows(page(rows), URL, NONE)] == [
        ("芦汀街道2023年政府信息公开年报", date(2024, 1, 2))
    ]


def test_a_layout_table_does_not_make_the_page_one_row() -> None:
    rows = f"<table><tr><td>{REPORTS}{row(5, '第一则通知公告内容')}{row(6, '第二则通知公告内容')}</td></tr></table>"
    found = listing.rows(page(rows), URL, NONE)
    assert len(found) == 4
    assert found[0].date == date(2024, 1, 19)


def test_year_folders_are_rows() -> None:
    rows = '<ul><li><a href="/xxgk/2023n/">2023年</a></li><li><a href="/xxgk/2022n/">2022年</a></li></ul>'
    shown = page(rows).replace("<i>2024-05-01</i>", "")
    assert {r.title for r in listing.rows(shown, URL, NONE)} == {"2023年", "2022年"}


@pytest.mark.parametrize(
    "text",
    ["首页", "更多>>", "上一页", "下一页", "尾页", "返回", "打印", "关闭", "附件下载", "[ 关闭窗口 ]", "12", "»", ""],
)
def test_buttons_are_never_rows(text: str) -> None:
    rows = REPORTS.replace("关于", "") + row(3, text)
    assert len(listing.rows(page(rows), URL, NONE)) == 2


@pytest.mark.parametrize("href", ["javascript:;", "#", "", "mailto:x@yunxiu.gov.cn", URL])
def test_links_that_lead_nowhere_are_never_rows(href: str) -> None:
    rows = REPORTS + row(3, "栗坪镇2023年政府信息公开年报").replace("/xxgk-show-3.html", href)
    assert len(listing.rows(page(rows), URL, NONE)) == 2


def test_an_address_counts_once() -> None:
    rows = REPORTS + row(198876, "云岫区2023年政府信息公开工作年度报告").replace('html"', 'html#top"')
    assert len(listing.rows(page(rows), URL, NONE)) == 2


def test_overrides_say_what_a_row_is() -> None:
    rows = """<table class="g"><tr><td class="n"><a href="/d/1">打印</a></td>
<td class="bt"><b data-t="栗坪镇2023年政府信息公开年报">
栗坪…</b><a data-u="./show/7.html">看</a></td><td>2024-03-01</td><td>2024-01-15</td></tr></table>"""
    override = Override(item="table.g tr", link="td.bt a@data-u", title="b@data-t", date="td:nth-child(4)")
    found = listing.rows(page(rows), URL, override)
    assert [(r.url, r.title, r.date) for r in found] == [
        ("http://www.yunxiu.gov.cn/show/7.html", "栗坪镇2023年政府信息公开年报", date(2024, 1, 15))
    ]
    assert listing.rows(page(rows), URL, Override(item="div.nothing")) == []


@pytest.mark.parametrize(
    ("pager", "number", "url", "expected"),
    [
        ('<a href="/xxgk-list-ndbg-2.html">下一页</a><a href="/xxgk-list-ndbg-3.html">尾页</a>', 1, URL, "-2.html"),
        ('<a href="xxgk-list-ndbg_2.html">下一页 &raquo;</a>', 1, URL, "/xxgk-list-ndbg_2.html"),
        ('<a href="?page=2">&gt;</a>', 1, URL, "/xxgk-list-ndbg.html?page=2"),
        ('<a href="?page=2" title="下一页"><img src="n.gif"></a>', 1, URL, "?page=2"),
        ('<span>1</span><a href="?page=2">2</a><a href="?page=3">[3]</a>', 2, URL + "?page=2", "?page=3"),
        ('<a href="/xxgk-list-ndbg/2.htm">下页</a>', 1, URL, "/2.htm"),
        ('<a href="javascript:go(2)">下一页</a><a href="?page=2">2</a>', 1, URL, "?page=2"),
    ],
)
def test_next_page(pager: str, number: int, url: str, expected: str) -> None:
    found = listing.next_page(page(REPORTS, pager), url, number, NONE)
    assert found is not None
    assert found.endswith(expected)


@pytest.mark.parametrize(
    ("pager", "number", "url"),
    [
        ('<a href="/xxgk-list-ndbg-3.html">下一页</a>', 3, "http://www.yunxiu.gov.cn/xxgk-list-ndbg-3.html"),
        ('<a href="javascript:;">下一页</a>', 3, "http://www.yunxiu.gov.cn/xxgk-list-ndbg-3.html"),
        ('<a href="javascript:go(2)">下一页</a>', 1, URL),
        ('<a href="/calendar/2">2</a>', 1, "http://www.yunxiu.gov.cn/xxgk/list.html"),
        ('<a href="?page=1">上一页</a>', 2, URL + "?page=2"),
        ("", 1, URL),
    ],
)
def test_the_last_page_leads_nowhere(pager: str, number: int, url: str) -> None:
    assert listing.next_page(page(REPORTS, pager), url, number, NONE) is None


@pytest.mark.parametrize(
    ("pager", "pages"),
    [
        ("共 3 页 40 条", 3),
        ("页次：1/5", 5),
        ("第1/12页", 12),
        ("2024/1/16 页次：1/5", 5),
        ("1/4页", 4),
        ('<a href="/xxgk-list-ndbg-4.html">尾页</a>', 4),
        ('<a href="?cid=1019&amp;page=6&amp;kw=">末页</a>', 6),
        ('<a href="/xxgk-list-ndbg/1.htm">尾页</a>', None),
        ('<a href="/about/2024.html">关于</a>', None),
        ("", None),
    ],
)
def test_total_pages(pager: str, pages: int | None) -> None:
    assert listing.total_pages(page(REPORTS, pager)) == pages


def test_rows_are_found_in_a_deep_nest_of_links_to_one_address() -> None:
    title = "清河镇2020年政府信息公开工作年度报告"
    nest = "".join(f'<div><a href="/a.html">{title}</a>' for _ in range(3000))
    html = f'<html><body>{nest}<ul><li><a href="/b.html">{title}二</a><span>2021-01-18</span></li></ul>'
    rows = listing.rows(html, "http://host/", Override())
    assert [(row.url, row.date) for row in rows] == [
        ("http://host/a.html", None),
        ("http://host/b.html", date(2021, 1, 18)),
    ]
