"""CMSPro: lists counted from 1, shells around lists, frames, and lists drawn from JSON."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import PortalError
from archive.portals import Override
from crawler.families import cmspro, detect_family, trs
from crawler.families.listed import Ask, Asked, ListPage

BASE = "http://www.zhangyang.gov.cn"
YEAR = f"{BASE}/zyrmzf/2023nf/list.shtml"
HEAD = """<!DOCTYPE html><html><head><title>樟阳市人民政府-2023年</title></head><body>
<div id="cmsproTags" style="display:none"></div>
<ul class="nav"><li><a href="/zyrmzf/xxgkzn/list.shtml">政府信息公开指南</a></li>
<li><a href="/zyrmzf/xxgkzd/list.shtml">政府信息公开制度</a></li>
<li><a href="/zyrmzf/zfxxgknb/xxgk_lists.shtml">政府信息公开年报</a></li></ul>"""
FOOT = """<div class="footer"><a href="/zyrmzf/wzdt/list.shtml">网站地图</a>
<a href="https://beian.miit.gov.cn/">某ICP备05000000号</a></div></body></html>"""
ROWS = """<ul class="pageList newsList">
<li><a href="/zyrmzf/2023nf/202401/8c1f0a5e3b7d4f61a2905e7c6d13b840.shtml" target="_blank"
 title="樟阳市鹿汀街道办事处2023年政府信息公开工作年度报告">樟阳市鹿汀街道办事处2023年政府信…</a>
<span class="time">2024-01-18</span></li>
<li class="line"></li>
<li><a href="../../zyrmzf/2023nf/202401/77b1c0de3b7d4f61a2905e7c6d13b841.shtml"
 title="">洲上乡2023年政府信息公开工作年度报告</a><span class="time">2024-01-16</span></li>
<li><a href="../../zysjyj/zwgk/202401/0bb1c0de3b7d4f61a2905e7c6d13b8ff.shtml"
 title="樟阳市教育体育局2023年政府信息公开工作年度报告">樟阳市教育体育局2023年…</a>
<span class="time">2024-01-12</span></li>
</ul>"""


def listed(pages: int, current: int, count: int | None = 26, prefix: str = "list") -> str:
    tail = "" if count is None else f",{count}"
    call = f"createPageHTML('page_div',{pages},{current},'{prefix}','shtml'{tail})"
    return f'{HEAD}<div class="pageList">{ROWS}<div id="page_div"></div></div><script>{call};</script>{FOOT}'


def read(text: str, url: str = YEAR, number: int = 1, override: Override | None = None) -> ListPage:
    return cmspro.read(Asked(text, url, number, override=override or Override()))


def test_rows_are_the_list_and_nothing_of_the_frame() -> None:
    assert [(row.url.removeprefix(BASE), row.title, row.date) for row in read(listed(2, 1)).rows] == [
        (
            "/zyrmzf/2023nf/202401/8c1f0a5e3b7d4f61a2905e7c6d13b840.shtml",
            "樟阳市鹿汀街道办事处2023年政府信息公开工作年度报告",
            date(2024, 1, 18),
        ),
        (
            "/zyrmzf/2023nf/202401/77b1c0de3b7d4f61a2905e7c6d13b841.shtml",
            "洲上乡2023年政府信息公开工作年度报告",
            date(2024, 1, 16),
        ),
        (
            "/zysjyj/zwgk/202401/0bb1c0de3b7d4f61a2905e7c6d13b8ff.shtml",
            "樟阳市教育体育局2023年政府信息公开工作年度报告",
            date(2024, 1, 12),
        ),
    ]


def test_lists_inside_lists_and_side_by_side_are_read_once() -> None:
    row = '<li><a href="/zyrmzf/2023nf/{0}1f0a5e3b7d4f61a2905e7c6d13b840.shtml">第{0}街道2023年信息公开年报</a></li>'
    lists = "".join(f'<div class="pageList"><ul class="pageList">{row.format(n)}</ul></div>' for n in (11, 12, 13))
    page = f"{HEAD}{lists}<div class=pageList>{'<p class=pageList>' * 300}{FOOT}"
    assert [row.title[:3] for row in read(page).rows] == ["第11", "第12", "第13"]


def test_pages_are_counted_from_one_in_their_names() -> None:
    first = read(listed(3, 1))
    assert (first.next, first.total_pages, first.total_rows) == (Ask(f"{BASE}/zyrmzf/2023nf/list_2.shtml"), 3, 26)
    second = read(listed(3, 2), f"{BASE}/zyrmzf/2023nf/list_2.shtml", 2)
    assert second.next == Ask(f"{BASE}/zyrmzf/2023nf/list_3.shtml")
    last = read(listed(3, 3), f"{BASE}/zyrmzf/2023nf/list_3.shtml", 3)
    assert (last.next, last.trouble, last.lists) == (None, None, ())


def test_the_name_of_the_call_and_its_quoting_are_taken() -> None:
    page = listed(2, 1).replace("'page_div',2,1,'list'", "\"page_div\", '2', '1', \"xxgk_list\"")
    found = read(page, f"{BASE}/zyrmzf/zfxxgknb/xxgk_list.shtml?x=1")
    assert found.next == Ask(f"{BASE}/zyrmzf/zfxxgknb/xxgk_list_2.shtml")
    assert read(listed(2, 1, None)).total_rows is None


@pytest.mark.parametrize(("current", "number"), [(0, 1), (1, 2), (3, 2)])
def test_a_page_that_says_it_is_another_is_trouble(current: int, number: int) -> None:
    found = read(listed(3, current), number=number)
    assert found.trouble == f"page {number} was asked for, but the page says that it is {current} of 3"
    assert found.next is None
    assert len(found.rows) == 3


def test_an_empty_column_counts_no_rows() -> None:
    page = listed(0, 1, 0).replace(ROWS, '<ul class="pageList newsList"></ul>')
    found = read(page)
    assert (found.rows, found.next, found.total_rows, found.trouble) == ((), None, 0, None)


def test_one_page_alone_is_no_trouble_whatever_its_number() -> None:
    assert read(listed(1, 0)).trouble is None


def test_a_shell_leads_to_years_and_to_nothing_else() -> None:
    shell = (
        HEAD
        + """<div class="years"><ul>
<li><a href="/zyrmzf/2024nf/list.shtml">2024年</a></li><li><a href="../2023nf/list.shtml">2023年</a></li>
<li><a href="/zyrmzf/c104612/xxgk_list.shtml">2019年度</a></li></ul></div>
<h3>乡镇年报<a href="/xzxxgk/xxgk_bmtt.shtml?code=c104613&amp;temp=xxgk_list">更多&gt;&gt;</a></h3>
<h3>通知公告<a href="/zyrmzf/tzgg/list.shtml">更多</a></h3>"""
        + FOOT
    )
    found = read(shell, f"{BASE}/zyrmzf/zfxxgknb/xxgk_lists.shtml")
    assert found.rows == ()
    assert [ask.url.removeprefix(BASE) for ask in found.lists] == [
        "/zyrmzf/2024nf/list.shtml",
        "/zyrmzf/2023nf/list.shtml",
        "/zyrmzf/c104612/xxgk_list.shtml",
        "/xzxxgk/xxgk_bmtt.shtml?code=c104613&temp=xxgk_list",
    ]
    assert found.next is None


def test_a_list_of_its_own_does_not_lead_to_the_years_beside_it() -> None:
    page = listed(2, 1).replace(FOOT, '<a href="/zyrmzf/2022nf/list.shtml">2022年</a>' + FOOT)
    assert read(page).lists == ()


FRAMES = {
    "a script that builds the address": (
        "/xzxxgk/xxgk_bmtt.shtml?code=2024nf&temp=list",
        """<iframe id="fr"></iframe><script>var code=q("code"),temp=q("temp");
        $("#fr").attr("src", "/zyrmzf/" + code + "/" + temp + ".shtml");</script>""",
    ),
    "a script that asks for the code": (
        "/xzxxgk/xxgk_bmtt.shtml?code=2024nf&temp=list",
        """<iframe id="fr"></iframe><script>fr.src='/zyrmzf/' + getQueryString("code") + "/" + t + ".shtml"</script>""",
    ),
    "a template in a script": (
        "/xzxxgk/xxgk_bmtt.shtml?code=2024nf&temp=list",
        '<iframe id="fr"></iframe><script>fr.src = `/zyrmzf/${query.code}/${query.temp}.shtml`</script>',
    ),
    "a script elsewhere, links of the site": (
        "/xzxxgk/xxgk_bmtt.shtml?code=2024nf&temp=list",
        '<iframe id="fr"></iframe><script src="/bmtt.js"></script>',
    ),
    "a script that knows its site": (
        "/xzxxgk/xxgk_bmtt.shtml?code=2024nf&temp=list",
        '<iframe id="fr"></iframe><script>var websiteCodeName = "zyrmzf"; load(code, temp);</script>',
    ),
    "a shell below its site": (
        "/zyrmzf/xzxxgk/xxgk_bmtt.shtml?code=2024nf&temp=list",
        '<iframe id="fr" src=""></iframe><script src="/bmtt.js"></script>',
    ),
    "a frame with an address": (
        "/xzxxgk/bmtt.shtml",
        '<iframe src="/common/weather.shtml"></iframe><iframe src="../zyrmzf/2024nf/list.shtml"></iframe>',
    ),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_is_followed(name: str) -> None:
    path, frame = FRAMES[name]
    found = read(HEAD + frame + FOOT, BASE + path)
    assert [ask.url for ask in found.lists if "2024nf" in ask.url] == [f"{BASE}/zyrmzf/2024nf/list.shtml"]
    assert not any("weather" in ask.url or "zn/" in ask.url for ask in found.lists)


@pytest.mark.parametrize("query", ["code=../../etc&temp=list", "code=a%2Fb&temp=list", "code=2024nf", "temp=list", ""])
def test_a_frame_of_no_channel_is_none(query: str) -> None:
    found = read("<iframe></iframe>", f"{BASE}/zyrmzf/xzxxgk/xxgk_bmtt.shtml?{query}")
    assert found.lists == ()


SEARCH = (
    f"{BASE}/common/search/9f2d1c0b8a7e4f56b3d21c0f9e8d7a65"
    "?_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1"
)


def answer(results: list[object], total: object = 26, rows: object = 20) -> str:
    return json.dumps({"code": 1, "data": {"results": results, "rows": rows, "total": total}}, ensure_ascii=False)


RESULT = {
    "title": "<em>洲上乡</em>2023年政府信息公开工作年度报告",
    "url": "/zyrmzf/2023nf/202401/77b1c0de3b7d4f61a2905e7c6d13b841.shtml",
    "publishedTimeStr": "2024-01-16 09:30:00",
    "channelName": "2023年",
}


def test_a_list_drawn_from_a_search_is_pointed_to() -> None:
    path = SEARCH.removeprefix(BASE).replace("&", "&amp;")
    page = f'{HEAD}<div id="list" data-url="{path}"></div>{FOOT}'
    assert read(page).lists == (Ask(f"{BASE}/zyrmzf/zfxxgknb/xxgk_lists.shtml"), Ask(SEARCH))


def test_the_answer_of_a_search_is_a_list() -> None:
    found = read(answer([RESULT, {"title": "", "url": "/x"}, "?", None]), SEARCH)
    [row] = found.rows
    assert (row.title, row.date) == ("洲上乡2023年政府信息公开工作年度报告", date(2024, 1, 16))
    assert (found.total_rows, found.total_pages) == (26, 2)
    assert found.next == Ask(SEARCH.removesuffix("1") + "2")
    last = read(answer([RESULT]), SEARCH.removesuffix("1") + "2", 2)
    assert (last.next, last.trouble) == (None, None)


def test_a_channels_id_leads_to_its_search() -> None:
    call = "/common/getChannelList?channelCode=c104612&amp;websiteCodeName=zyrmzf"
    shell = f'{HEAD}<div id="years"></div><script>$.get("{call}", draw)</script>{FOOT}'
    asked = f"{BASE}{call.replace('&amp;', '&')}"
    assert Ask(asked) in read(shell).lists
    channel = {"channelId": "9f2d1c0b8a7e4f56b3d21c0f9e8d7a65", "children": [{"channelId": "x"}]}
    found = read(json.dumps({"code": 1, "results": channel}), asked)
    assert (found.rows, found.lists) == ((), (Ask(SEARCH),))


def test_a_search_asked_for_another_page_is_trouble() -> None:
    assert read(answer([RESULT]), SEARCH, 2).trouble == "page 2 was asked for as page=1"


@pytest.mark.parametrize("text", ['{"data":', '{"code":401}', '{"data":{"results":7}}', "[]", "{}", "[" * 90_000])
def test_a_broken_answer_is_told(text: str) -> None:
    with pytest.raises(PortalError):
        read(text, SEARCH)


def test_an_answer_that_counts_nothing_proves_nothing() -> None:
    found = read(answer([RESULT], "x", None), SEARCH)
    assert (found.total_rows, found.total_pages, found.next) == (None, None, None)
    assert read(answer([RESULT], 26, None), SEARCH).next == Ask(SEARCH.removesuffix("1") + "2")


def test_overrides_win() -> None:
    page = listed(2, 1) + '<p class="mine"><a href="/a/1.shtml">鹿汀街道2020年政府信息公开年报</a></p>'
    page += '<a class="nx" href="p2.shtml">→</a>'
    found = read(page, override=Override(item="p.mine", next="a.nx"))
    assert [row.title for row in found.rows] == ["鹿汀街道2020年政府信息公开年报"]
    assert found.next == Ask(f"{BASE}/zyrmzf/2023nf/p2.shtml")


def test_detect() -> None:
    assert detect_family(listed(2, 1)) == "cmspro"
    assert cmspro.detect("<script>createPageHTML('page_div',2,1,'list','shtml',26)</script>")
    assert cmspro.detect('<iframe src="/xzxxgk/xxgk_bmtt.shtml?code=c1&temp=list"></iframe>')
    assert not cmspro.detect('<script>createPageHTML(2, 0, "index", "html")</script>')
    assert not cmspro.detect('<script>createPageHTML("2", "0", "index", "html")</script>')
    assert not trs.detect(listed(2, 1))


PIECES = st.sampled_from(
    [
        "createPageHTML('p',",
        "2,1,'list','shtml',26)",
        "'//['",
        "<ul class=pageList>",
        "<li><a href=//[>x年报</a>",
        '{"data":{"results":[{"url":"//["',
        "}]}}",
        "<iframe src=",
        "http://[::1/list.shtml",
        ">",
        "/common/search/9f2d1c0b8a7e4f56b3d21c0f9e8d7a65?page=²",
        " '",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=12).map("".join), st.integers(1, 3))
def test_any_text_is_a_list_page_or_a_portal_error(text: str, number: int) -> None:
    for url in (YEAR, SEARCH, f"{BASE}/xzxxgk/xxgk_bmtt.shtml?code=c1&temp=%00"):
        try:
            assert isinstance(read(text, url, number), ListPage)
        except PortalError:
            continue
