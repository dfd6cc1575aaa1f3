import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import PortalError
from archive.portals import Override
from crawler.families import lonsun
from crawler.families.listed import Ask, Asked, ListPage

URL = "http://www.yuandong.gov.cn/public/column/31?type=3&action=list&nav=2&pageIndex=1"
ROWS = """<ul class="doc_list list-31"><li class="odd"><a href="/public/31/4410.html" target="_blank"
 title="远垌镇2023年政府信息公开工作年度报告">远垌镇2023年政府信息公开…</a><span class="date">2024-01-18</span></li>
<li class="lm_line"></li>
<li><a href="/public/31/4402.html" title="远垌镇2022年政府信息公开工作年度报告">远垌镇2022年…</a>
<span class="date">2023-01-12</span></li></ul>"""


def pager(here: int, pages: int) -> str:
    return f"""<div id="page_31"></div><script>$(function(){{ Ls.pagination("#page_31", function(pageIndex){{
 location.href='http://www.yuandong.gov.cn/public/column/31?type=3&action=list&nav=2&pageIndex=' + pageIndex;}},
 {{currPage: ({here - 1}+1),pageCount:{pages}}}); }});</script>"""


def page(rows: str, turn: str = "") -> str:
    return f"""<html><head><title>远垌镇政府信息公开年报</title></head><body>
<div class="nav"><a href="/public/column/31?type=2">信息公开指南</a><a href="/public/column/31?type=1">公开制度</a>
<a href="/public/column/31?type=3">政府信息公开年报</a></div>
<div class="xxgk_lb">{rows}{turn}</div></body></html>"""


def read(text: str, url: str = URL, number: int = 1) -> ListPage:
    return lonsun.read(Asked(text, url, number))


def test_rows_and_the_page_after_it() -> None:
    found = read(page(ROWS, pager(1, 3)))
    assert [(row.url.rpartition("/")[2], row.title, row.date) for row in found.rows] == [
        ("4410.html", "远垌镇2023年政府信息公开工作年度报告", date(2024, 1, 18)),
        ("4402.html", "远垌镇2022年政府信息公开工作年度报告", date(2023, 1, 12)),
    ]
    assert (found.next, found.total_pages) == (Ask(URL.replace("pageIndex=1", "pageIndex=2")), 3)


def test_a_column_whose_address_has_no_page() -> None:
    url = "http://www.yuandong.gov.cn/content/column/6791573"
    assert read(page(ROWS, pager(1, 3)), url).next == Ask(url + "?pageIndex=2")


def test_the_last_page() -> None:
    found = read(page(ROWS, pager(3, 3)), URL.replace("pageIndex=1", "pageIndex=3"), 3)
    assert (found.next, found.total_pages, found.trouble) == (None, 3, None)


def test_another_page_than_was_asked_for_is_trouble() -> None:
    found = read(page(ROWS, pager(1, 3)), URL.replace("pageIndex=1", "pageIndex=2"), 2)
    assert found.trouble == "page 2 was asked for, page 1 answered"


def test_a_pager_of_links_is_followed() -> None:
    turn = '<a href="?type=3&amp;pageIndex=2">下一页</a><span>共2页</span>'
    plain = read(page(ROWS, turn), "http://www.yuandong.gov.cn/OpennessContent/list/3.html")
    assert plain.next == Ask("http://www.yuandong.gov.cn/OpennessContent/list/3.html?type=3&pageIndex=2")
    assert read(page(ROWS, turn.replace("共2页", ""))).next == Ask(
        "http://www.yuandong.gov.cn/public/column/31?type=3&pageIndex=2"
    )


def test_a_list_without_pager() -> None:
    found = read(page(ROWS))
    assert (len(found.rows), found.next, found.total_pages, found.trouble) == (2, None, None, None)


TEMPLATES = [
    '<ul><? for(var i=0;i<n;i++){ var el = data[i]; ?><li><a href="<?=el.link?>"><?=el.title?></a></li><?}?></ul>',
    '<ul><li v-for="item in list"><a href="{{item.url}}">{{item.title}}</a><i>{{item.date}}</i></li></ul>',
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_list_that_a_script_draws_is_told(template: str) -> None:
    with pytest.raises(PortalError, match="needs_api"):
        read(page(template))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_dated_link_of_the_frame_is_no_list(template: str) -> None:
    with pytest.raises(PortalError, match="needs_api"):
        read(page(f'<div class="top"><a href="/">远垌镇人民政府</a><i>2025年4月1日</i></div>{template}'))


def test_a_template_beside_rows_is_left_alone() -> None:
    assert len(read(page(ROWS + f"<script type='text/template'>{TEMPLATES[0]}</script>")).rows) == 2


def test_overrides_win() -> None:
    asked = Asked(page(ROWS, pager(1, 3) + '<a class="n" href="/p/2">→</a>'), URL, override=Override(next="a.n"))
    assert lonsun.read(asked).next == Ask("http://www.yuandong.gov.cn/p/2")


def test_detect() -> None:
    assert lonsun.detect(page(ROWS, pager(1, 2)))
    assert lonsun.detect('<div class="wzcon j-fontContent">')
    assert not lonsun.detect('<a href="/public/1.html">x</a>')


@given(st.text(max_size=300) | st.text(max_size=40).map(lambda text: page(ROWS + text, text + pager(1, 3) + text)))
def test_any_text_gives_a_page_or_a_told_error(text: str) -> None:
    with contextlib.suppress(PortalError):
        assert isinstance(read(text), ListPage)
