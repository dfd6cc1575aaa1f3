from datetime import date
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import PortalError
from archive.portals import Override
from crawler.families import detect_family
from crawler.families.hanweb_jpage import detect, read
from crawler.families.listed import Asked

URL = "http://www.yunxi.gov.cn/col/col64511/index.html"
PROXY = "http://www.yunxi.gov.cn/module/web/jpage/dataproxy.jsp"
LINK = (
    "/module/web/jpage/dataproxy.jsp?page=1&appid=1&appid=1&webid=3&path='/'&columnid=64511&unitid=464148"
    "&webname=%25E4%25BA%2591%25E6%25BA%25AA%25E5%25B8%2582&permissiontype=0"
)
SCRIPT = """<script>$(function(){ $("#464148").jpage({ themeName:'default', groupSize:3, perPage:15, totalRecord:40,
openCookies:false, proxyUrl:'/module/web/jpage/dataproxy.jsp', ajaxParam:{col:1, appid:"1", webid:3, path:'/',
columnid:64511, sourceContentType:3, unitid:'464148', webname:'云溪市人民政府', permissiontype:0}, showMode:'full' });
});</script>"""
FORM = {
    "col": "1", "appid": "1", "webid": "3", "path": "/", "columnid": "64511", "sourceContentType": "3",
    "unitid": "464148", "webname": "云溪市人民政府", "permissiontype": "0",
}  # fmt: skip


def record(number: int, inner: str | None = None) -> str:
    title = f"云溪市第{number}局2023年政府信息公开工作年度报告"
    inner = inner or (
        f"<li><a href='/art/2024/1/{number % 28 + 1}/art_64511_{18000 + number}.html' title='{title}'>{title[:9]}..."
        f"</a><i>2024-01-{number % 28 + 1:02d}</i></li>"
    )
    return f"<record><![CDATA[\n{inner}]]></record>"


def store(numbers: range, link: str | None = LINK, total: int | None = None) -> str:
    head = "" if total is None else f"<totalrecord>{total}</totalrecord>\n<totalpage>{-(-total // 15)}</totalpage>\n"
    group = "" if link is None else f'<nextgroup><![CDATA[<a href="{link}"></a>]]></nextgroup>\n'
    return f"<datastore>\n{head}{group}<recordset>\n{''.join(map(record, numbers))}</recordset></datastore>"


def page(*parts: str) -> str:
    lists = "".join(f'<div id="464148"><ul></ul><script type="text/xml">{part}</script></div>' for part in parts[:-1])
    return f"""<!DOCTYPE html><html><head><title>政府信息公开年报_云溪市人民政府</title></head><body>
<div class="nav"><ul><li><a href="/col/col1/index.html">政务公开</a></li></ul></div>{lists}{parts[-1]}
<div class="foot"><a href="/art/2019/1/1/art_9_9.html">关于我们的网站</a></div></body></html>"""


def answer(numbers: range, start: int, end: int, total: int | None = 40, link: str | None = LINK) -> Asked:
    url = f"{PROXY}?startrecord={start}&endrecord={end}&perpage=15"
    text = "<?xml version='1.0' encoding='utf-8'?>\n" + store(numbers, link, total)
    return Asked(text, url, 2, "col=1&webid=3&columnid=64511&unitid=464148")


def test_the_records_of_the_first_page_and_the_call_for_the_rest() -> None:
    found = read(Asked(page(store(range(1, 16)), SCRIPT), URL))
    assert [row.date for row in found.rows[:2]] == [date(2024, 1, 2), date(2024, 1, 3)]
    assert found.rows[14].title == "云溪市第15局2023年政府信息公开工作年度报告"
    assert [row.url.rpartition("_")[2] for row in found.rows] == [f"{n}.html" for n in range(18001, 18016)]
    assert (found.total_rows, found.lists, found.trouble) == (40, (), None)
    assert found.next is not None
    assert found.next.url == f"{PROXY}?startrecord=16&endrecord=60&perpage=15"
    assert dict(parse_qsl(found.next.form or "")) == FORM


def test_a_list_that_is_whole_on_its_page_is_not_asked_for() -> None:
    assert read(Asked(page(store(range(1, 41)), SCRIPT), URL)).next is None
    few = read(Asked(page(store(range(1, 4), LINK), ""), URL))
    assert (len(few.rows), few.next, few.total_rows) == (3, None, None)


def test_without_a_script_the_ids_of_nextgroup_are_posted_and_the_name_loses_both_its_escapes() -> None:
    found = read(Asked(page(store(range(1, 16)), "").replace('="/module/web/', '="/module/jslib/jquery/'), URL))
    assert found.next is not None
    assert found.next.url.startswith("http://www.yunxi.gov.cn/module/jslib/jquery/jpage/dataproxy.jsp?startrecord=16&")
    form = dict(parse_qsl(found.next.form or ""))
    assert (form["webname"], form["path"], form["columnid"]) == ("云溪市", "/", "64511")


def test_a_call_begins_with_a_whole_page() -> None:
    found = read(Asked(page(store(range(1, 19)), SCRIPT), URL))
    assert found.next is not None
    assert parse_qs(urlsplit(found.next.url).query)["startrecord"] == ["16"]
    large = read(Asked(page(store(range(1, 46)), SCRIPT.replace("Record:40", "Record:931")), URL)).next
    assert large is not None
    assert large.url.endswith("?startrecord=46&endrecord=90&perpage=15")


def test_encrypted_ids_leave_only_the_link_of_the_page() -> None:
    link = "/module/web/jpage/dataproxy.jsp?page=1&webid=3&columnid=OuZ7x%2Fq%3D&unitid=kP0a%3D&webname=%25E4%25BA%2591"
    found = read(Asked(page(store(range(1, 16), link), ""), URL))
    assert found.next is not None
    assert (found.next.url, found.next.form) == (f"http://www.yunxi.gov.cn{link}", None)
    second = store(range(16, 31), link.replace("page=1", "page=2"), 40)
    answered = read(Asked(second, found.next.url, 2))
    assert (len(answered.rows), answered.trouble) == (15, None)
    assert answered.next is not None
    assert "page=2&" in answered.next.url
    stuck = read(Asked(store(range(1, 16), link, 40), found.next.url, 2))
    assert (stuck.next, stuck.total_rows) == (None, 40)


def test_plain_ids_of_the_script_go_before_encrypted_ones_of_the_link() -> None:
    link = LINK.replace("64511", "OuZ7x%2Fq%3D").replace("464148", "kP0a%3D")
    following = read(Asked(page(store(range(1, 16), link), SCRIPT), URL)).next
    assert following is not None
    assert dict(parse_qsl(following.form or "")) == FORM


def test_an_empty_answer_to_encrypted_ids_is_trouble_where_the_list_has_just_begun() -> None:
    empty = "<datastore><recordset></recordset></datastore>".ljust(54)
    assert "encrypt" in (read(Asked(empty, f"{PROXY}?page=1&columnid=OuZ7x", 2)).trouble or "")
    assert read(Asked(empty, f"{PROXY}?page=4&columnid=OuZ7x", 5)).trouble is None
    posted = read(Asked(empty, f"{PROXY}?startrecord=16&endrecord=60&perpage=15", 2, "columnid=64511"))
    assert "none came" not in (posted.trouble or "")
    assert posted.trouble == "records 16 to 60 were asked for, 0 came: the rest of the list is missing"


def test_a_page_that_shows_nothing_before_its_script_asks_from_the_first_record_on() -> None:
    for text in (page(store(range(0)), SCRIPT), page(SCRIPT)):
        found = read(Asked(text, URL))
        assert (found.rows, found.next) == ((), None)
        assert [ask.url for ask in found.lists] == [f"{PROXY}?startrecord=1&endrecord=45&perpage=15"]


def test_the_answer_that_was_asked_for() -> None:
    found = read(answer(range(16, 41), 16, 60))
    assert (len(found.rows), found.total_rows, found.next, found.trouble) == (25, 40, None, None)
    many = read(answer(range(16, 61), 16, 60, 100))
    assert many.next is not None
    assert many.next.url == f"{PROXY}?startrecord=61&endrecord=105&perpage=15"
    assert many.next.form == "col=1&webid=3&columnid=64511&unitid=464148"


def test_a_site_that_gives_fewer_records_a_call_is_asked_on_from_there() -> None:
    found = read(answer(range(16, 31), 16, 60))
    assert found.trouble is None
    assert found.next is not None
    assert found.next.url == f"{PROXY}?startrecord=31&endrecord=75&perpage=15"


def test_without_a_total_full_pages_lead_on_and_an_empty_answer_ends_the_list() -> None:
    full = read(answer(range(16, 61), 16, 60, None))
    assert full.next is not None
    assert full.next.url == f"{PROXY}?startrecord=61&endrecord=105&perpage=15"
    assert read(answer(range(61, 71), 61, 105, None)).next is None
    past = answer(range(0), 61, 105, None)
    ended = read(Asked(past.text, past.url, 3, past.form))
    assert (ended.rows, ended.next, ended.trouble) == ((), None, None)


def test_links_of_an_answer_are_those_of_the_columns_page() -> None:
    inner = "<li><a href='../../art/2024/1/5/art_1_2.html'>苔矶镇2023年年报</a></li>"
    text = f"<datastore><totalrecord>16</totalrecord>{record(1, inner)}</datastore>"
    [row] = read(Asked(text, f"{PROXY}?startrecord=16&endrecord=60&perpage=15", 2, "columnid=64511")).rows
    assert row.url == "http://www.yunxi.gov.cn/art/2024/1/5/art_1_2.html"


def test_more_records_than_any_page_holds_are_refused() -> None:
    with pytest.raises(PortalError, match="10001 records at once, more than 10000"):
        read(Asked("<datastore>" + "<record>x</record>" * 10_001 + "</datastore>", URL))


@pytest.mark.parametrize(
    ("numbers", "start", "total", "why"),
    [
        (range(1, 41), 31, 40, "records 31 to 60 of 40 were asked for, 40 came: the site pages otherwise"),
        (range(1, 16), 31, 40, "records 31 to 60 of 40 were asked for, 15 came: the site pages otherwise"),
        (range(0), 16, 40, "records 16 to 60 of 40 were asked for, 0 came: the rest of the list is missing"),
        (range(0), 16, 0, "records 16 to 60 of 0 were asked for, 0 came: the rest of the list is missing"),
        (range(0), 1, None, "records 1 to 60 were asked for, 0 came: the rest of the list is missing"),
    ],
)
def test_an_answer_with_another_number_of_records_proves_nothing(
    numbers: range, start: int, total: int | None, why: str
) -> None:
    found = read(answer(numbers, start, 60, total))
    assert (found.trouble, found.next) == (why, None)


def test_an_empty_list_is_told_by_its_total() -> None:
    found = read(answer(range(0), 1, 45, 0))
    assert (found.rows, found.total_rows, found.trouble) == ((), 0, None)


def test_the_answer_of_another_column_is_trouble() -> None:
    found = read(answer(range(16, 41), 16, 60, link=LINK.replace("64511", "77")))
    assert found.trouble == "column 64511 was asked for, column 77 answered"
    hidden = read(answer(range(16, 41), 16, 60, link=LINK.replace("64511", "OuZ7x%3D")))
    assert hidden.trouble is None


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "<html><body>您访问的页面不存在</body></html>", page(store(range(1, 16)), SCRIPT),
        store(range(16, 41), total=40)[:-30], "<datastore><recordset>", "<?xml version='1.0'?><error/>",
    ],
)  # fmt: skip
def test_what_is_no_answer_of_the_proxy_is_refused(text: str) -> None:
    with pytest.raises(PortalError, match=r"^the answer is no jpage XML"):
        read(Asked(text, f"{PROXY}?startrecord=16&endrecord=60&perpage=15", 2))


@pytest.mark.parametrize("query", ["startrecord=x&endrecord=60", "startrecord=16", "startrecord=-1&endrecord=9"])
def test_an_address_without_numbers_is_refused(query: str) -> None:
    with pytest.raises(PortalError, match="not the number of a record"):
        read(Asked(store(range(1, 3)), f"{PROXY}?{query}", 2))


@pytest.mark.parametrize(
    ("inner", "title", "day"),
    [
        (
            "<li><a href='/art/2024/1/5/art_1_2.html' title='柳汀镇2023年政府信息公开工作年度报告'>柳汀镇"
            "2023年<li style=<br/>政府信息公开</a><span>2026-\n01-\n23</span></li>",
            "柳汀镇2023年政府信息公开工作年度报告",
            date(2026, 1, 23),
        ),
        (
            '<li><a href="/art/2024/1/5/art_1_2.html" title="柳汀镇2023年政府<BR>信息公开年报">柳汀镇</a>'
            "<b>[2024年1月5日]</b></li>",
            "柳汀镇2023年政府信息公开年报",
            date(2024, 1, 5),
        ),
        (
            '<li><a href="/art/2024/1/5/art_1_2.html"><span>柳汀镇2023年政府信息公开年报</span><i>2024-01-05</i></a>'
            "</li>",
            "柳汀镇2023年政府信息公开年报",
            date(2024, 1, 5),
        ),
        (
            '<tr><td><img src="/i.gif"></td><td>[<a href="/col/col77/index.html">乡镇</a>]<a target=_blank '
            'href="/art/2024/1/5/art_1_2.html" title="">·柳汀镇2023年政府信息公开年报</a></td><td>2024/1/5</td></tr>',
            "柳汀镇2023年政府信息公开年报",
            date(2024, 1, 5),
        ),
        (
            '<div><a href="https://www.yunxi.gov.cn/art/2024/1/5/art_1_2.html">柳汀镇2023年政府信息公开年报</a>'
            '<a href="javascript:;">详情</a></div>',
            "柳汀镇2023年政府信息公开年报",
            None,
        ),
    ],
)
def test_records_as_sites_write_them(inner: str, title: str, day: date | None) -> None:
    text = f"<datastore><recordset>{record(1, inner)}</recordset></datastore>"
    [row] = read(Asked(page(text, ""), URL)).rows
    assert (row.title, row.date) == (title, day)
    assert row.url.endswith("www.yunxi.gov.cn/art/2024/1/5/art_1_2.html")


def test_each_record_is_a_row_also_where_it_is_met_twice() -> None:
    twin = "<li><a href='https://www.yunxi.gov.cn/art/2024/1/2/art_64511_18001.html'>云溪市第1局2023年年报</a></li>"
    text = f"<datastore><recordset>{record(1)}{record(1)}{record(2, twin)}</recordset></datastore>"
    assert [row.url.partition(":")[0] for row in read(Asked(page(text, ""), URL)).rows] == ["http", "http", "https"]


def test_reports_side_by_side_in_one_record_are_rows_of_their_own() -> None:
    links = "".join(f'<a href="/art/{year}/1/5/art_1_{year}.html">柳汀镇{year}年年报</a>' for year in (2022, 2023))
    text = f"<datastore><recordset>{record(1, links)}</recordset></datastore>"
    assert [row.title for row in read(Asked(page(text, ""), URL)).rows] == ["柳汀镇2022年年报", "柳汀镇2023年年报"]


def test_records_without_a_link_are_no_rows() -> None:
    text = f"<datastore><recordset>{record(1, '<li>暂无信息</li>')}<record></record></recordset></datastore>"
    assert read(Asked(page(text, ""), URL)).rows == ()


def test_an_override_says_what_a_row_is() -> None:
    inner = (
        '<div class="r"><a href="/col/col9/index.html">打印版年度报告目录页</a>'
        '<p data-t="柳汀镇2023年年报"><a href="/x/7.html">看</a></p></div>'
    )
    text = f"<datastore><recordset>{record(1, inner)}</recordset></datastore>"
    override = Override(item="div.r", link="p a", title="p@data-t")
    [row] = read(Asked(page(text, ""), URL, override=override)).rows
    assert (row.url, row.title) == ("http://www.yunxi.gov.cn/x/7.html", "柳汀镇2023年年报")


def test_of_several_lists_the_columns_own_is_read_and_others_with_reports_are_further_lists() -> None:
    towns = store(range(50, 53), LINK.replace("64511", "64512").replace("464148", "464149"))
    news = f"<datastore>{record(1, '<li><a href=/art/2024/1/1/art_1_1.html>市政府召开常务会议</a></li>')}</datastore>"
    found = read(Asked(page(towns, news, store(range(1, 4)), ""), URL))
    assert [row.url.rpartition("_")[2] for row in found.rows] == ["18001.html", "18002.html", "18003.html"]
    [below] = found.lists
    assert below.url == f"{PROXY}?startrecord=1&endrecord=45&perpage=15"
    assert dict(parse_qsl(below.form or ""))["columnid"] == "64512"


def test_the_family_is_known_by_its_records_or_its_script() -> None:
    assert detect(page(store(range(1, 4)), ""))
    assert detect(page(SCRIPT))
    assert not detect(page(""))
    assert detect_family(page(store(range(1, 4)), SCRIPT)) == "hanweb_jpage"
    with pytest.raises(PortalError, match="no whole jpage list"):
        read(Asked(page("<datastore><recordset>"), URL))


PIECES = st.sampled_from(
    [
        "<datastore>", "</datastore>", "<recordset>", "<record>", "</record>", "<![CDATA[", "]]>", "<nextgroup>",
        "</nextgroup>", '<a href="', "'//[x/jpage/dataproxy.jsp?page=2'", "http://[bad/", '">', "2023年年报</a>",
        "<totalrecord>", "999999999", "</totalrecord>", ".jpage({", "columnid:", "perPage:0,", "totalRecord:-1",
        "/jpage/dataproxy.jsp", "2024-01-05", "&#0;", "<?xml?>", "\ufeff", "<tr>", "%FF", "\x00",
    ]
)  # fmt: skip
TEXT = st.one_of(st.text(max_size=80), st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=30).map("".join))


@settings(deadline=None)
@given(TEXT, st.sampled_from([URL, f"{PROXY}?startrecord=16&endrecord=60&perpage=15", f"{PROXY}?page=2&columnid=x"]))
def test_any_text_is_read_or_refused(text: str, url: str) -> None:
    try:
        found = read(Asked(text, url, 2, "columnid=1"))
    except PortalError:
        return
    assert all(row.url.startswith("http") and row.title for row in found.rows)


@pytest.mark.parametrize("piece", ["<datastore>", "<record>", "<record><![CDATA[", "x", " ", "<datastore", "href='"])
def test_long_broken_pages_are_read_in_one_go(piece: str) -> None:
    text = "<datastore>" + piece * (400_000 // len(piece))
    with pytest.raises(PortalError):
        read(Asked(text, URL))
