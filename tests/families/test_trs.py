from datetime import date

from archive.portals import Override
from crawler.families import trs

URL = "http://www.qinghe.gov.cn/zfxxgk/zfxxgknb/"
NONE = Override()
HEAD = """<!DOCTYPE html><html><head><title>政府信息公开年报_青禾县人民政府</title></head><body>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li>
<li><a href="/hdjl/">互动交流</a></li>
<li><a href="/zfxxgk/zfxxgkzn/">政府信息公开指南</a></li><li><a href="/zfxxgk/zfxxgknb/">政府信息公开年报</a></li></ul>
<div class="position">当前位置：<a href="../../" class="CurrChnlCls">首页</a> &gt;
<a href="./" title="信息公开年报" class="CurrChnlCls">信息公开年报</a></div>"""
FOOT = """<div class="footer"><a href="https://beian.miit.gov.cn/">赣ICP备05004982号</a>
<a href="/gywm/">关于我们</a><a href="javascript:window.print()">打印本页</a>
<a href="#">返回顶部</a></div></body></html>"""
LIST = (
    HEAD
    + """<div class="right"><ul class="gl_list">
<li class="odd"><a href="./202403/t20240327_52266.html"
 title="青禾县2023年政府信息公开工作年度报告">青禾县2023年政府信息公开…</a>
<span>2024-03-27</span></li>
<li><a href="./202401/t20240118_51234.html">青禾县财政局2023年政府信息公开工作
  年度报告</a><span>2024-
01-
18</span></li></ul>
<div class="line"></div>
<ul class="gl_list">
<li class="odd"><a href="../../zwgk/202312/t20231201_50001.shtml"
 title="青禾县召开政务公开推进会议">青禾县召开…</a><em>[12-01]</em></li>
<li><a href="javascript:openUrl('x')" title="苇渡镇2023年政府信息公开工作年度报告">苇渡镇2023年…</a>
<span>2024-01-17</span></li>
<li><a href="./202401/t20240117_51210.html" title="">苇渡镇2023年政府信息公开工作年度报告</a>
<a href="./202401/P020240117.pdf">附件下载</a><span>2024年1月17日</span></li></ul>
<div class="page"><script type="text/javascript">createPageHTML(3, 0, "index", "html");</script></div></div>"""
    + FOOT
)


def test_rows_are_the_column_and_nothing_of_the_frame() -> None:
    found = trs.rows(LIST, URL, NONE)
    assert [(row.url.removeprefix(URL), row.title, row.date) for row in found] == [
        ("202403/t20240327_52266.html", "青禾县2023年政府信息公开工作年度报告", date(2024, 3, 27)),
        ("202401/t20240118_51234.html", "青禾县财政局2023年政府信息公开工作 年度报告", date(2024, 1, 18)),
        ("http://www.qinghe.gov.cn/zwgk/202312/t20231201_50001.shtml", "青禾县召开政务公开推进会议", None),
        ("202401/t20240117_51210.html", "苇渡镇2023年政府信息公开工作年度报告", date(2024, 1, 17)),
    ]


def test_rows_of_a_table() -> None:
    page = (
        HEAD
        + """<table class="gl_list"><tr><th>序号</th><th>标题</th><th>发布日期</th></tr>
<tr class="bg1"><td>1</td><td><a href="./202103/t20210309_2748784.html">恩和镇2020年政府信息公开工作年度报告</a></td>
<td>2021/03/09</td></tr>
<tr class="bg2"><td>2</td><td><a href="../jgdt/202103/t20210301_1.html">示范区召开工作会议</a></td>
<td>2021/03/01</td></tr>
</table>"""
        + FOOT
    )
    found = trs.rows(page, URL, NONE)
    assert [(row.title, row.date) for row in found] == [
        ("恩和镇2020年政府信息公开工作年度报告", date(2021, 3, 9)),
        ("示范区召开工作会议", date(2021, 3, 1)),
    ]


def test_rows_that_an_inline_script_writes() -> None:
    page = (
        HEAD
        + """<ul id="list"><script>
var url = "./202602/t20260214_1.shtml"; var title="江岸街道2025年政府信息公开工作年度报告";
if (url.indexOf("http") < 0) { document.writeln("<li><a href='" + url + "'>" + title + "</a>"); }
document.writeln("2026-02-14 17:32");
url = "./202602/t20260213_2.shtml"; title='二七街道2025年政府信息公开工作年度报告';
document.writeln("2026-02-13 09:01");
</script></ul><script>var url = "/share"; var title = "分享";</script>"""
        + FOOT
    )
    assert [(row.url, row.title, row.date) for row in trs.rows(page, URL, NONE)] == [
        (URL + "202602/t20260214_1.shtml", "江岸街道2025年政府信息公开工作年度报告", date(2026, 2, 14)),
        (URL + "202602/t20260213_2.shtml", "二七街道2025年政府信息公开工作年度报告", date(2026, 2, 13)),
    ]


def test_pages_are_counted_from_zero_in_their_names() -> None:
    assert trs.total_pages(LIST) == 3
    assert trs.next_page(LIST, URL, 1, NONE) == URL + "index_1.html"
    assert trs.next_page(LIST, URL + "index_1.html", 2, NONE) == URL + "index_2.html"
    assert trs.next_page(LIST, URL + "index_2.html", 3, NONE) is None


def test_the_name_and_extension_of_the_call_are_taken() -> None:
    page = LIST.replace('createPageHTML(3, 0, "index", "html")', "createPageHTML(25,0,'lists','shtml')")
    assert trs.total_pages(page) == 25
    assert trs.next_page(page, URL, 1, NONE) == URL + "lists_1.shtml"


def test_an_empty_column_counts_no_pages() -> None:
    page = HEAD + '<ul></ul><script>createPageHTML(0, 0, "index", "html");</script>' + FOOT
    assert trs.total_pages(page) == 0
    assert trs.next_page(page, URL, 1, NONE) is None
    assert trs.rows(page, URL, NONE) == []


def test_older_pages_count_in_variables() -> None:
    script = """<script>var currentPage = 0; var countPage = 2;
if(currentPage < countPage) document.write('<a href="index_' + (currentPage+1) + '.shtml">下一页</a>');</script>"""
    page = HEAD + '<a href="./202001/t20200101_1.html">x</a>' + script + FOOT
    assert trs.total_pages(page) == 2
    assert trs.next_page(page, URL, 1, NONE) == URL + "index_1.shtml"
    assert trs.next_page(page, URL + "index.htm", 1, NONE) == URL + "index_1.htm"
    assert trs.next_page(page, URL + "index_1.shtml", 2, NONE) is None
    plain = page.replace("'.shtml\">", "'")
    assert trs.next_page(plain, URL, 1, NONE) == URL + "index_1.html"


def test_the_definition_of_create_page_is_no_count() -> None:
    page = HEAD + "<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){}</script>" + FOOT
    assert trs.total_pages(page) is None


def test_a_stub_ends_the_list() -> None:
    stub = "<html><head><title>政府信息公开年报</title></head><body><ul></ul>"
    stub += '<script>createPageHTML(9, 3, "index", "html")</script></body></html>'
    assert len(stub.encode()) < trs.STUB_BYTES
    assert trs.next_page(stub, URL + "index_3.html", 4, NONE) is None
    assert trs.rows(stub, URL + "index_3.html", NONE) == []


def test_without_a_count_links_lead_on() -> None:
    page = HEAD + '<a href="./202001/t20200101_1.html">x</a><a href="index_1.html">下一页</a>' + FOOT
    assert trs.next_page(page, URL, 1, NONE) == URL + "index_1.html"


def test_an_override_for_the_next_page_wins_over_the_count() -> None:
    page = LIST.replace('class="page">', 'class="page"><a class="nx" href="p2.html">→</a>')
    assert trs.next_page(page, URL, 1, Override(next="a.nx")) == URL + "p2.html"
    assert trs.next_page(LIST, URL, 1, Override(next="a.nx")) is None


def test_detect() -> None:
    assert trs.detect(LIST)
    assert trs.detect("<li><a href=./202009/t20200903_2748784.html>x</a></li>")
    assert not trs.detect("<script>createPageHTML('page_div',2,1,'list','shtml',26)</script>")
    assert not trs.detect('<li><a href="/xxgk-show-198876.html">x</a></li>')
