import json
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import PortalError
from archive.portals import Override
from crawler.families import detect_family
from crawler.families.hanweb_jpaas import detect, read
from crawler.families.listed import Asked

URL = "http://www.linchuanwan.gov.cn/col/col101/index.html"
API = "http://www.linchuanwan.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit"
QUERY = {
    "parseType": "bulidstatic", "webId": "52", "tplSetId": "MsPkwMwlYqOxItyOUpt7Y", "pageType": "column",
    "tagId": "信息列表", "editType": "null", "pageId": "101",
}  # fmt: skip


def unit(tag: str, quote: str = "'") -> str:
    pairs = ",".join(f"{quote}{name}{quote}:{quote}{value}{quote}" for name, value in (QUERY | {"tagId": tag}).items())
    outer = "'" if quote == '"' else '"'
    return f"""<script id="u{len(tag)}" src="/cms_files/default/script/AuthorizedRead/unitbuild.js?v=3.1.3" webId="52"
 parseType="bulidstatic" url="/api-gateway/jpaas-publish-server/front/page/build/unit"
 queryData={outer}{{{pairs}}}{outer}></script>"""


def page(*units: str) -> str:
    return f"""<!DOCTYPE html><html><head><title>临川湾区人民政府-政府信息公开年报</title></head><body>
<ul class="nav"><li><a href="/col/col1229109/index.html">政府信息公开指南</a></li></ul>{"".join(units)}</body></html>"""


def rows(numbers: range) -> str:
    lines = (
        f'<li class="clearfix"><a href="/col/col101/art/2024/art_{n:032x}.html" title="临川湾区第{n}局2023年政府信息'
        f'公开工作年度报告">临川湾区第{n}局2023年…</a><span class="bt-right">2024-01-{n % 28 + 1:02d}</span></li>'
        for n in numbers
    )
    return f'<div class="page-content"><ul>{"".join(lines)}</ul></div>'


def pager(number: int | None, size: int | None = 15, count: int = 31) -> str:
    said = (("pageNo", number), ("rows", size), ("count", count))
    attributes = " ".join(f'{name}="{value}"' for name, value in said if value is not None)
    return f'<div class="pagination" {attributes}></div>'


def answer(html: str, number: int | None = None, size: int = 15) -> Asked:
    asked = {} if number is None else {"paramJson": json.dumps({"pageNo": number, "pageSize": size})}
    text = json.dumps({"success": True, "code": "200", "message": "", "data": {"html": html}})
    query = "&".join(f"{name}={value}" for name, value in (QUERY | asked).items())
    return Asked(text, f"{API}?{query}", number or 1)


def asked_page(url: str) -> dict[str, int]:
    said: dict[str, int] = json.loads(dict(parse_qsl(urlsplit(url).query))["paramJson"])
    return said


@pytest.mark.parametrize("quote", ["'", '"'])
def test_every_unit_of_a_page_is_a_further_list(quote: str) -> None:
    found = read(Asked(page(unit("banner", quote), unit("信息列表", quote), unit("信息列表", quote)), URL))
    assert (found.rows, found.next) == ((), None)
    assert [ask.url.partition("?")[0] for ask in found.lists] == [API, API]
    asked = [dict(parse_qsl(urlsplit(ask.url).query)) for ask in found.lists]
    assert asked == [QUERY | {"tagId": "banner"}, QUERY]
    assert {ask.form for ask in found.lists} == {None}


@pytest.mark.parametrize(
    ("literal", "query"),
    [
        ("{'webId':'1','pageId':'a:b,c'}", {"webId": "1", "pageId": "a:b,c"}),
        ('{webId: 12, pageId: "x"}'.replace('"', "&quot;"), {"webId": "12", "pageId": "x"}),
        ("{ 'webId' : '1' , 'tagId' : '' }", {"webId": "1", "tagId": ""}),
        (
            "{'paramJson':'{&quot;pageNo&quot;:1,&quot;pageSize&quot;:20}','webId':'1'}",
            {"paramJson": '{"pageNo":1,"pageSize":20}', "webId": "1"},
        ),
    ],
)
def test_query_data_as_sites_write_it(literal: str, query: dict[str, str]) -> None:
    script = f'<script src="/s/unitbuild.js" url="{urlsplit(API).path}" queryData="{literal}"></script>'
    [ask] = read(Asked(page(script), URL)).lists
    assert dict(parse_qsl(urlsplit(ask.url).query, keep_blank_values=True)) == query


@pytest.mark.parametrize("script", ["", "<script src='/s/unitbuild.js'></script>", unit("x").replace("'", "")[:-40]])
def test_a_page_without_units_is_refused(script: str) -> None:
    with pytest.raises(PortalError, match="names no unit of JPaaS"):
        read(Asked(page(script), URL))


def test_a_page_of_a_great_many_units_is_refused() -> None:
    with pytest.raises(PortalError, match="21 units of JPaaS, more than 20"):
        read(Asked(page(*(unit("列" * number) for number in range(1, 22))), URL))


def test_rows_pager_and_the_page_after() -> None:
    found = read(answer(rows(range(1, 16)) + pager(1)))
    assert (len(found.rows), found.total_rows, found.trouble) == (15, 31, None)
    first = found.rows[0]
    assert first.url == f"http://www.linchuanwan.gov.cn/col/col101/art/2024/art_{1:032x}.html"
    assert (first.title, first.date) == ("临川湾区第1局2023年政府信息公开工作年度报告", date(2024, 1, 2))
    assert found.next is not None
    assert asked_page(found.next.url) == {"pageNo": 2, "pageSize": 15}
    assert dict(parse_qsl(urlsplit(found.next.url).query))["tagId"] == "信息列表"
    second = read(answer(rows(range(16, 31)) + pager(2), 2))
    assert second.next is not None
    assert asked_page(second.next.url) == {"pageNo": 3, "pageSize": 15}
    third = read(answer(rows(range(31, 32)) + pager(3), 3))
    assert (len(third.rows), third.next, third.trouble) == (1, None, None)


def test_the_size_of_a_page_is_the_pagers_else_what_page_1_showed() -> None:
    told = read(answer(rows(range(1, 21)) + pager(1, 20, 45))).next
    shown = read(answer(rows(range(1, 21)) + pager(1, None, 45))).next
    for following in (told, shown):
        assert following is not None
        assert asked_page(following.url) == {"pageNo": 2, "pageSize": 20}


def test_a_pager_that_a_script_draws() -> None:
    script = "<script>$('.pagination').pagination({pageNo:1, rows:'15', count: 31})</script>"
    found = read(answer(rows(range(1, 16)) + script))
    assert found.total_rows == 31
    assert found.next is not None


def test_a_pager_that_only_prints_the_number_of_rows() -> None:
    found = read(answer(rows(range(1, 16)) + "<div class='page'>共 <em>31</em> 条 <a href='#'>下一页</a></div>"))
    assert found.total_rows == 31
    assert found.next is not None


def test_a_pager_without_any_number_leads_on_until_a_page_is_empty() -> None:
    pages = read(answer(rows(range(1, 16)) + "<div class='page'>共3页</div>"))
    assert (pages.total_pages, pages.total_rows) == (3, None)
    assert pages.next is not None
    assert read(answer(rows(range(31, 34)) + "<div class='page'>共3页</div>", 3)).next is None
    buttons = "<div><a href='javascript:;'>上一页</a><a href='javascript:;'>下一页</a></div>"
    onward = read(answer(rows(range(1, 16)) + buttons)).next
    assert onward is not None
    assert asked_page(onward.url) == {"pageNo": 2, "pageSize": 15}
    assert read(answer("<ul></ul>" + buttons, 3)).next is None


def test_reports_that_stand_in_the_page_itself_are_rows() -> None:
    static = rows(range(1, 4)) + "<ul><li><a href='/col/col102/index.html'>2023年政府信息公开年报</a></li></ul>"
    found = read(Asked(page(unit("信息列表"), static), URL))
    assert [row.title[4:6] for row in found.rows] == ["第1", "第2", "第3"]
    assert len(found.lists) == 1


def test_articles_under_new_and_old_addresses_stand_in_one_list() -> None:
    html = (
        "<ul><li><a href='/col/col101/art/2024/art_0123456789abcdef0123456789abcdef.html'>"
        "柳湾街道2023年政府信息公开年报</a><span>2024-01-05</span></li><li><a href='http://www.linchuanwan.gov.cn/art/2020/1/7/art_101_7.html'>"
        "柳湾街道2019年政府信息公开年报</a><span>2020-01-07</span></li></ul>"
    )
    found = read(answer(html))
    assert [row.url.removeprefix("http://www.linchuanwan.gov.cn") for row in found.rows] == [
        "/col/col101/art/2024/art_0123456789abcdef0123456789abcdef.html",
        "/art/2020/1/7/art_101_7.html",
    ]
    assert (found.next, found.total_rows, found.trouble) == (None, None, None)


@pytest.mark.parametrize(
    "html",
    [
        "",
        '<div class="banner"><a href="/"><img src="/b.jpg"></a></div>',
        '<ul><li><a href="/col/col1229109/index.html">政府信息公开指南</a></li>'
        '<li><a href="/col/col1229110/">制度</a></li></ul>',
    ],
)
def test_units_without_articles_hold_no_rows(html: str) -> None:
    found = read(answer(html))
    assert (found.rows, found.next, found.trouble) == ((), None, None)


def test_year_folders_of_a_unit_are_rows() -> None:
    html = "".join(f'<li><a href="/col/col12291{n}/index.html">20{n}年</a></li>' for n in (22, 23))
    assert [row.title for row in read(answer(f"<ul>{html}</ul>")).rows] == ["2022年", "2023年"]


@pytest.mark.parametrize(
    ("html", "number", "why"),
    [
        (rows(range(1, 16)) + pager(1), 2, "page 2 was asked for, page 1 answered"),
        (rows(range(1, 16)) + pager(None), 3, "page 3 of 31 rows should have 1, 15 came: the site pages otherwise"),
        (rows(range(1, 31)) + pager(None), 2, "page 2 of 31 rows should have 15, 30 came: the site pages otherwise"),
        (pager(2), 2, "page 2 of 31 rows should have 15, none came"),
        (pager(1), 1, "page 1 of 31 rows should have 15, none came"),
    ],
)
def test_an_answer_for_another_page_proves_nothing(html: str, number: int, why: str) -> None:
    found = read(answer(html, number))
    assert (found.trouble, found.next) == (why, None)


def test_an_empty_page_without_a_pager_ends_the_list() -> None:
    found = read(answer("<div class='page-content'><ul></ul></div>", 4))
    assert (found.rows, found.next, found.trouble) == ((), None, None)


def test_an_override_says_what_a_row_is() -> None:
    html = '<p class="r"><b>柳湾街道2023年年报</b><a href="/col/col77/">看</a></p>' * 2
    [row] = read(Asked(answer(html).text, f"{API}?webId=1", override=Override(item="p.r", title="b"))).rows
    assert (row.url, row.title) == ("http://www.linchuanwan.gov.cn/col/col77/", "柳湾街道2023年年报")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"success":false,"code":"500","message":"授权读取失败","data":null}', "holds no html: 授权读取失败"),
        ('{"data":{"html":null}}', "holds no html$"),
        ('{"data":[]}', "holds no html$"),
        ("[]", "holds no html$"),
        ('{"data":{"html":"<ul>', "no JSON"),
        ("{" * 100_000, "no JSON"),
    ],
)
def test_answers_without_a_list_are_refused(text: str, why: str) -> None:
    with pytest.raises(PortalError, match=why):
        read(Asked(text, f"{API}?webId=1"))


def test_the_family_is_known_by_its_script() -> None:
    assert detect(page(unit("信息列表")))
    assert not detect(page())
    assert detect_family(page(unit("信息列表"))) == "hanweb_jpaas"


PIECES = st.sampled_from(
    [
        "<script src='unitbuild.js' url='//[x' queryData=\"{", "'a':'b'", "}\"></script>", '{"data":{"html":"', '"}}',
        "<li><a href='/art/2024/1/1/art_1_2.html'>2023年年报</a></li>", "<div count=", "99999999999", ">", "count:3",
        "pageNo=0", "rows=0", "\\u0000", "\x00", "{'a':", "null", "[", "\ufeff", "://",
    ]
)  # fmt: skip
TEXT = st.one_of(st.text(max_size=60), st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=20).map("".join))


@settings(deadline=None)
@given(TEXT, st.sampled_from(["", "paramJson={", "paramJson=[1]", 'paramJson={"pageNo":"x","pageSize":-1}', "a=%FF"]))
def test_any_text_is_read_or_refused(text: str, query: str) -> None:
    for whole in (text, json.dumps({"data": {"html": text}})):
        try:
            found = read(Asked(whole, f"{API}?{query}"))
        except PortalError:
            continue
        assert all(row.url.startswith("http") and row.title for row in found.rows)
