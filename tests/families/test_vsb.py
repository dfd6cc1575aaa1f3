import contextlib
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from archive.errors import PortalError
from archive.portals import Override
from crawler.families import vsb
from crawler.families.listed import Ask, Asked, ListPage

COLUMN = "http://www.wubo.gov.cn/zwgk/xxgknb.htm"


def line(unit: int, number: int, title: str, shown: str = "2024-01-18", up: str = "../") -> str:
    return (
        f'<li id="line_u{unit}_{number}"><a href="{up}info/1023/{4000 + number}.htm" target="_blank" title="{title}">'
        f"{title[:12]}...</a><span>{shown}</span></li>"
    )


def pager(here: int, total: int, folder: str = "xxgknb/") -> str:
    """As the pager of the system prints it: page k lies in the file total + 1 - k, page 1 in the column's own."""

    def link(page: int, text: str) -> str:
        return f'<span class="p_no"><a href="{folder}{total + 1 - page}.htm">{text}</a></span>'

    numbers = "".join(
        f'<span class="p_no_d">{page}</span>' if page == here
        else link(page, str(page)) if page > 1 else '<span class="p_no"><a href="../xxgknb.htm">1</a></span>'
        for page in range(1, total + 1)
    )  # fmt: skip
    onward = link(here + 1, "下页") + link(total, "尾页") if here < total else '<span class="p_next_d">下页</span>'
    return f"""<div class="pb_sys_common"><span class="p_t">共{total * 15 - 3}条</span><span class="p_pages">
<span class="p_first_d p_fun_d">首页</span>{numbers}{onward}</span><a href="javascript:;"
 onclick="_simple_list_gotopage_fun({total},&quot;u8_goto&quot;,2)">跳转</a></div>"""


def page(rows: str, turn: str = "") -> str:
    return f"""<html><head><script src="/system/resource/js/counter.js"></script></head><body>
<ul class="nav"><li><a href="../index.htm">网站首页</a></li><li><a href="../zwgk.htm">政务公开</a></li></ul>
<div class="side">
<ul>{line(5, 0, "雾泊县召开政务公开工作推进会议")}{line(5, 1, "雾泊县发布防汛提示信息第三号")}</ul></div>
<div class="list"><ul>{rows}</ul>{turn}</div><div class="foot">雾泊县人民政府办公室主办</div></body></html>"""


ROWS = line(8, 0, "雾泊县2023年政府信息公开工作年度报告") + line(
    8, 1, "烟渡镇2023年政府信息公开工作年度报告", "2024/1/17"
)


def read(text: str, url: str = COLUMN, number: int = 1, override: Override | None = None) -> ListPage:
    return vsb.read(Asked(text, url, number, override=override or Override()))


def test_rows_of_the_unit_that_the_pager_turns() -> None:
    found = read(page(ROWS, pager(1, 3))).rows
    assert [(row.url, row.title, row.date) for row in found] == [
        ("http://www.wubo.gov.cn/info/1023/4000.htm", "雾泊县2023年政府信息公开工作年度报告", date(2024, 1, 18)),
        ("http://www.wubo.gov.cn/info/1023/4001.htm", "烟渡镇2023年政府信息公开工作年度报告", date(2024, 1, 17)),
    ]


def test_a_category_before_the_title_is_not_the_row() -> None:
    rows = ROWS.replace('<a href="../info', '<a href="../xxgknb.htm">[信息公开年报]</a><a href="../info')
    assert [row.title for row in read(page(rows, pager(1, 3))).rows] == [
        "雾泊县2023年政府信息公开工作年度报告",
        "烟渡镇2023年政府信息公开工作年度报告",
    ]


def test_rows_are_counted_by_the_pager_alone() -> None:
    said = "<p>共12条评论</p>"
    assert read(page(ROWS + said)).total_rows is None
    assert read(page(said + ROWS, pager(1, 3))).total_rows == 42
    old = '<td id="fanye134388">共42条&nbsp;&nbsp;1/3&nbsp;</td>'
    found = read(page(said + ROWS, f"<table><tr>{old}</tr></table>"))
    assert found.total_rows == 42


def test_rows_that_lead_elsewhere_than_to_articles_are_rows() -> None:
    rows = ROWS + line(8, 2, "苇桥乡2023年政府信息公开工作年度报告").replace(
        "../info/1023/4002.htm", "../wq/nb2023.pdf"
    )
    assert len(read(page(rows, pager(1, 3))).rows) == 3


def test_without_a_pager_the_longest_unit_lists() -> None:
    rows = ROWS + line(8, 2, "苇桥乡2023年政府信息公开工作年度报告")
    assert len(read(page(rows)).rows) == 3


def test_rows_without_units() -> None:
    rows = '<li><a class="c57352" href="../info/1023/1.htm">烟渡镇2022年政府信息公开工作年度报告</a> 2023-01-09</li>'
    assert [row.title for row in read(page(rows).replace("line_u", "x")).rows].count(
        "烟渡镇2022年政府信息公开工作年度报告"
    ) == 1


def test_pages_count_downwards() -> None:
    base = "http://www.wubo.gov.cn/zwgk/xxgknb"
    first = read(page(ROWS, pager(1, 3)))
    assert (first.next, first.total_pages, first.total_rows) == (Ask(f"{base}/2.htm"), 3, 42)
    second = read(page(ROWS, pager(2, 3, "")), f"{base}/2.htm", 2)
    assert (second.next, second.total_pages) == (Ask(f"{base}/1.htm"), 3)
    third = read(page(ROWS, pager(3, 3, "")), f"{base}/1.htm", 3)
    assert (third.next, third.total_pages) == (None, 3)


def test_more_than_nine_pages_and_a_pager_that_hides_most_of_them() -> None:
    turn = '<a href="xxgknb/12.htm">2</a><a href="xxgknb/11.htm">3</a>...<a href="xxgknb/1.htm">13</a>'
    found = read(page(ROWS, turn))
    assert (found.next, found.total_pages) == (Ask("http://www.wubo.gov.cn/zwgk/xxgknb/12.htm"), 13)


def test_an_old_page_that_tells_an_older_count_does_not_end_the_list() -> None:
    url = "http://www.wubo.gov.cn/zwgk/xxgknb/2.htm"
    found = read(page(ROWS, pager(2, 2, "")), url, 4)
    assert (found.next, found.total_pages) == (Ask(url.replace("/2.", "/1.")), 5)


def test_a_list_of_one_page() -> None:
    found = read(page(ROWS, pager(1, 1)))
    assert (found.next, found.total_pages, found.trouble) == (None, 1, None)


def test_a_column_named_by_its_year_is_no_page_of_another() -> None:
    url = "http://www.wubo.gov.cn/zwgk/xxgknb/2023.htm"
    assert read(page(ROWS), url).next is None
    found = read(page(ROWS, '<a href="2023/1.htm">下页</a>'), url)
    assert (found.next, found.total_pages) == (Ask(url.replace(".htm", "/1.htm")), 2)


def test_dynamic_columns_count_upwards_in_their_query() -> None:
    url = "http://www.wubo.gov.cn/list.jsp?a8t=3&a8p=1&a8c=15&urltype=tree.TreeTempUrl&wbtreeid=1023"
    turn = '<a href="list.jsp?a8t=3&amp;a8p=2&amp;a8c=15&amp;urltype=tree.TreeTempUrl&amp;wbtreeid=1023">下页</a>'
    found = read(page(ROWS, turn), url)
    assert (found.next, found.total_pages) == (Ask(url.replace("a8p=1", "a8p=2")), 3)


def test_other_numbers_in_the_page_are_no_pages_of_the_column() -> None:
    turn = '<a href="xxgkzn/99.htm">指南</a><a href="../xxgknb/98.htm">x</a><a href="xxgknb/2023/97.htm">y</a>'
    assert read(page(ROWS, turn)).next is None


def test_overrides_win() -> None:
    text = page(ROWS, pager(1, 3) + '<a class="nx" href="p2.htm">→</a>')
    override = Override(item="div.side li", next="a.nx")
    found = read(text, override=override)
    assert found.next == Ask("http://www.wubo.gov.cn/zwgk/p2.htm")
    assert [row.title for row in found.rows] == ["雾泊县召开政务公开工作推进会议", "雾泊县发布防汛提示信息第三号"]


def test_detect() -> None:
    assert vsb.detect(page(ROWS))
    assert vsb.detect('<div id="vsb_content_2">')
    assert vsb.detect("<a onclick=\"_simple_list_gotopage_fun(31,'u13_goto',2)\">")
    assert not vsb.detect('<li><a href="/info/1023/4567.htm">x</a></li>')


@given(st.text(max_size=300) | st.text(max_size=40).map(lambda text: page(ROWS + text, text + pager(1, 3))))
def test_any_text_gives_a_page_or_a_told_error(text: str) -> None:
    for number, url in enumerate((COLUMN, COLUMN.replace(".htm", "/2.htm"), "http://www.wubo.gov.cn/"), start=1):
        with contextlib.suppress(PortalError):
            assert isinstance(read(text, url, number), ListPage)
