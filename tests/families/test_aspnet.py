import contextlib
from datetime import date
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import PortalError
from archive.portals import Override
from crawler.families import aspnet
from crawler.families.listed import Ask, Asked, ListPage

URL = "http://www.shiping.gov.cn/(S(abc12))/List.aspx?lmid=52"
ROWS = """<table id="GridView1">
<tr><td><a href="Show.aspx?id=1801" title="石坪县2023年政府信息公开工作年度报告">石坪县2023年…</a></td>
<td>2024-01-18</td></tr>
<tr><td><a href="Show.aspx?id=1795">岩脚乡2023年政府信息公开工作年度报告</a></td><td>2024/1/16</td></tr></table>"""
NUMBERED = """<div id="AspNetPager1">页次：{here}/3 共27条记录
<a disabled="disabled">首页</a><a href="javascript:__doPostBack(&#39;AspNetPager1&#39;,&#39;{n}&#39;)">下一页</a>
<a href="javascript:__doPostBack('AspNetPager1','3')">尾页</a></div>"""


def page(pager: str, extra: str = "", head: str = "") -> str:
    return f"""<html><head><title>年报</title>{head}</head><body><div class="nav"><a href="Default.aspx">首页</a></div>
<form method="post" action="./List.aspx?lmid=52" id="form1">
<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="" />
<input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="" />
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUK+LTY1=&amp;" />
<input type="hidden" name="__EVENTVALIDATION" value="/wEWBAK==" />
<input name="txtKey" type="text" value="年报" /><input type="submit" name="btnFind" value="搜索" />
<input type="checkbox" name="all" /><select name="year"><option value="">全部</option>
<option selected="selected">2023</option></select>{extra}{ROWS}{pager}</form></body></html>"""


def read(text: str, number: int = 1, url: str = URL) -> ListPage:
    return aspnet.read(Asked(text, url, number))


def fields(ask: Ask | None) -> dict[str, str]:
    assert ask is not None
    assert ask.form is not None
    return {name: values[0] for name, values in parse_qs(ask.form, keep_blank_values=True, strict_parsing=True).items()}


def test_rows() -> None:
    found = read(page(NUMBERED.format(here=1, n=2)))
    assert [(row.url, row.title, row.date) for row in found.rows] == [
        (
            "http://www.shiping.gov.cn/(S(abc12))/Show.aspx?id=1801",
            "石坪县2023年政府信息公开工作年度报告",
            date(2024, 1, 18),
        ),
        (
            "http://www.shiping.gov.cn/(S(abc12))/Show.aspx?id=1795",
            "岩脚乡2023年政府信息公开工作年度报告",
            date(2024, 1, 16),
        ),
    ]
    assert (found.total_rows, found.total_pages, found.trouble) == (27, 3, None)


def test_the_form_goes_back_as_a_browser_sends_it() -> None:
    following = read(page(NUMBERED.format(here=1, n=2))).next
    assert following is not None
    assert following.url == "http://www.shiping.gov.cn/(S(abc12))/List.aspx?lmid=52"
    assert fields(following) == {
        "__EVENTTARGET": "AspNetPager1",
        "__EVENTARGUMENT": "2",
        "__VIEWSTATE": "/wEPDwUK+LTY1=&",
        "__EVENTVALIDATION": "/wEWBAK==",
        "txtKey": "年报",
        "year": "2023",
    }


def test_a_page_that_declares_gb_is_answered_in_it() -> None:
    head = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />'
    following = read(page(NUMBERED.format(here=1, n=2), head=head)).next
    assert following is not None
    assert "txtKey=%C4%EA%B1%A8" in str(following.form)


@pytest.mark.parametrize(
    ("pager", "number", "event"),
    [
        ("""<span>1</span><a href="javascript:__doPostBack('GridView1','Page$2')">2</a>""", 1, ("GridView1", "Page$2")),
        ("""<a href="#" onclick="__doPostBack('p$next','');return false;">下页</a>""", 1, ("p$next", "")),
        ("""<a href='javascript:__doPostBack("p","3")'>[3]</a>""", 2, ("p", "3")),
        (
            """<a href="javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(&quot;lb&quot;,
            &quot;&quot;, true))">下一页</a>""",
            1,
            ("lb", ""),
        ),
        (
            """<a href="javascript:__doPostBack('Calendar1','V8767')">11</a>
<a href="javascript:__doPostBack('g','Page$1')">...</a><a href="javascript:__doPostBack('g','Page$11')">...</a>""",
            10,
            ("g", "Page$11"),
        ),
        ("""<a title="下一页" href="javascript:__doPostBack('p','2')"><img src="n.gif"/></a>""", 1, ("p", "2")),
    ],
)
def test_pagers_of_every_kind(pager: str, number: int, event: tuple[str, str]) -> None:
    sent = fields(read(page(pager), number).next)
    assert (sent["__EVENTTARGET"], sent["__EVENTARGUMENT"]) == event


def test_a_button_is_pressed() -> None:
    sent = fields(read(page('<input type="submit" name="pg$btnNext" value="下一页" />')).next)
    assert (sent["pg$btnNext"], sent["__EVENTTARGET"]) == ("下一页", "")
    assert "btnFind" not in sent


@pytest.mark.parametrize(
    "pager",
    [
        """<a disabled="disabled" href="javascript:__doPostBack('p','3')">下一页</a>
<a href="javascript:__doPostBack('p','1')">1</a>""",
        """<a>下一页</a><span>3</span>""",
        """<input type="submit" name="n" value="下一页" disabled="disabled" />""",
        "",
    ],
)
def test_the_last_page_leads_nowhere(pager: str) -> None:
    assert read(page(pager), 3).next is None


def test_a_pager_of_plain_links_is_followed() -> None:
    assert read(page('<a href="List.aspx?lmid=52&amp;page=2">下一页</a>')).next == Ask(
        "http://www.shiping.gov.cn/(S(abc12))/List.aspx?lmid=52&page=2"
    )
    asked = Asked(page(NUMBERED.format(here=1, n=2) + '<a id="x" href="/n">→</a>'), URL, override=Override(next="#x"))
    assert aspnet.read(asked).next == Ask("http://www.shiping.gov.cn/n")


@pytest.mark.parametrize(
    "shown", ["页次：1/3", "第1/3页", "第1页 共3页", "共3页 第1页", "记录总数：27 总页数：3 当前页：1"]
)
def test_a_form_that_is_no_longer_known_gives_page_one(shown: str) -> None:
    assert read(page(shown), 2).trouble == "page 2 was asked for, page 1 answered"
    assert read(page(shown), 1).trouble is None


@pytest.mark.parametrize("shown", ["共 3 页 转到第 1 页", "共27条 每页10条", "第1号公告", "2023年第1页"])
def test_other_numbers_are_no_page(shown: str) -> None:
    assert read(page(shown), 2).trouble is None


def test_a_form_too_large_is_told() -> None:
    large = page(NUMBERED.format(here=1, n=2), f'<input type="hidden" name="x" value="{"A" * (1 << 20)}" />')
    with pytest.raises(PortalError, match="form of the pager"):
        read(large)


def test_detect() -> None:
    assert aspnet.detect(page(NUMBERED.format(here=1, n=2)))
    assert not aspnet.detect(page('<a href="?page=2">2</a>'))


@given(
    st.text(max_size=300) | st.text(max_size=40).map(lambda text: page(text + NUMBERED.format(here=1, n=text), text))
)
def test_any_text_gives_a_page_or_a_told_error(text: str) -> None:
    with contextlib.suppress(PortalError):
        assert isinstance(read(text), ListPage)
