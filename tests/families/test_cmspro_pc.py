"""The newer CMSPro: rows as JSON in a script, addresses as JSON inside it, twins for mobiles, files with the rows."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import PortalError
from archive.portals import Override
from crawler.families import cmspro_pc, detect_family
from crawler.families.listed import Ask, Asked, ListPage

BASE = "http://www.zhangyang.gov.cn"
URL = f"{BASE}/zyrmzf/2024nf/pc/list.html"
MENU = '<ul><li><a href="/zyrmzf/zfxxgkzn/pc/list.html">政府信息公开指南</a></li></ul>'


def article(number: int, **more: object) -> dict[str, object]:
    urls = {
        "mobile": f"/zyrmzf/2024nf/mobile/content/content_{number}.html",
        "pc": f"/zyrmzf/2024nf/pc/content/content_{number}.html",
    }
    return {
        "id": number,
        "title": f"第{number}街道2024年政府信息公开[工作]年度报告",
        "pubDate": "2025-01-18 09:30:00",
        "urls": json.dumps(urls),
        "articleFiles": [],
        **more,
    }


def page(articles: str, around: str = '"total":26,') -> str:
    return (
        f"<html><body>{MENU}<script>var pageData = {{{around}articleList:{articles}, size: 20}};</script></body></html>"
    )


def read(text: str, url: str = URL, number: int = 1, override: Override | None = None) -> ListPage:
    return cmspro_pc.read(Asked(text, url, number, override=override or Override()))


def test_rows_come_from_the_json_in_the_page() -> None:
    found = read(page(json.dumps([article(1), article(2)], ensure_ascii=False)))
    assert [(row.url.removeprefix(BASE), row.title, row.date, row.files) for row in found.rows] == [
        (
            f"/zyrmzf/2024nf/pc/content/content_{number}.html",
            f"第{number}街道2024年政府信息公开[工作]年度报告",
            date(2025, 1, 18),
            (),
        )
        for number in (1, 2)
    ]
    assert (found.total_rows, found.next, found.trouble) == (26, None, None)


def test_escapes_of_every_kind_are_undone() -> None:
    text = json.dumps([article(1, title='引号"与]和\\在题中')]).replace("/", "\\/")
    [row] = read(page(text)).rows
    assert row.title == '引号"与]和\\在题中'
    assert row.url == f"{BASE}/zyrmzf/2024nf/pc/content/content_1.html"


def test_markup_in_a_title_is_undone() -> None:
    [row] = read(page(json.dumps([article(1, title="<b>鹿汀街道</b>2024年&ldquo;政府信息&rdquo;公开年报")]))).rows
    assert row.title == "鹿汀街道2024年“政府信息”公开年报"


def test_javascript_that_is_no_json_is_read() -> None:
    text = """[{id:1, title:"鹿汀街道：{2024年}政府信息公开年报, a:b", pubDate : "2025-01-18",
    urls:"{\\"pc\\":\\"content\\/content_1.html\\"}", articleFiles:[],},]"""
    [row] = read(page(text)).rows
    assert (row.title, row.url) == (
        "鹿汀街道：{2024年}政府信息公开年报, a:b",
        f"{BASE}/zyrmzf/2024nf/pc/content/content_1.html",
    )


FILE = {
    "fileName": "年报.pdf",
    "filePath": "/u/cms/a/1.pdf",
    "domainName": "http://files.zhangyang.gov.cn",
    "fileId": 3,
}


def test_files_come_with_their_row() -> None:
    files = [FILE, FILE | {"domainName": "", "filePath": "files/2.pdf"}, FILE | {"domainName": "f.gov.cn"}]
    [row] = read(page(json.dumps([article(1, articleFiles=[*files, {"filePath": None}, 7])]))).rows
    assert row.files == (
        ("http://files.zhangyang.gov.cn/u/cms/a/1.pdf", "年报.pdf"),
        (f"{BASE}/zyrmzf/2024nf/pc/files/2.pdf", "年报.pdf"),
        ("http://f.gov.cn/u/cms/a/1.pdf", "年报.pdf"),
    )


def test_a_row_without_a_page_leads_to_its_file() -> None:
    [row] = read(page(json.dumps([article(1, urls="", articleFiles=[FILE])]))).rows
    assert row.url == "http://files.zhangyang.gov.cn/u/cms/a/1.pdf"


@pytest.mark.parametrize(
    ("urls", "path"),
    [
        ({"pc": "/a/pc/content/content_1.html"}, "/a/pc/content/content_1.html"),
        ('{"mobile":"/a/mobile/content/content_1.html"}', "/a/mobile/content/content_1.html"),
        ('{"pc":"","mobile":"/a/mobile/c.html"}', "/a/mobile/c.html"),
        ("/a/pc/content/content_1.html", "/a/pc/content/content_1.html"),
    ],
)
def test_the_page_for_desktops_is_taken_else_its_twin(urls: object, path: str) -> None:
    [row] = read(page(json.dumps([article(1, urls=urls)]))).rows
    assert row.url == BASE + path


@pytest.mark.parametrize(
    "urls", [None, 7, "", "?", "[", "[1]", '{"pc":7}', '{"pc":"http://["}', {"pc": "javascript:;"}]
)
def test_a_row_that_leads_nowhere_is_none(urls: object) -> None:
    found = read(page(json.dumps([article(1, urls=urls), article(2)])))
    assert [row.url[-6:] for row in found.rows] == ["2.html"]
    assert found.total_rows == 26


def test_an_article_list_of_another_column_is_left_aside() -> None:
    beside = json.dumps([article(9, urls='{"pc":"/zyrmzf/tzgg/pc/content/content_9.html"}')])
    text = page(json.dumps([article(1)])) + f"<script>var hot = {{articleList: {beside}}}</script>"
    assert [row.url[-6:] for row in read(text).rows] == ["1.html"]
    assert [row.url[-6:] for row in read(text, f"{BASE}/zyrmzf/x/pc/list.html").rows] == ["1.html", "9.html"]


def test_dates_may_be_stamps() -> None:
    [row] = read(page(json.dumps([article(1, pubDate=1_737_135_000_000)]))).rows
    assert row.date == date(2025, 1, 18)


def test_an_empty_list_counts_no_rows() -> None:
    found = read(page("[]", "total:0,"))
    assert (found.rows, found.total_rows) == ((), 0)


def test_the_total_of_another_script_is_not_the_lists() -> None:
    text = "<script>var video = {total: 3}</script>" + page("[]", "") + "<script>total = 4</script>"
    assert read(text).total_rows is None
    assert read(page("[]", "pageCount: 2,")).total_pages == 2


def test_a_pager_of_links_leads_on() -> None:
    text = page(json.dumps([article(1)])).replace("</body>", '<a href="list_2.html">下一页</a></body>')
    assert read(text).next == Ask(f"{BASE}/zyrmzf/2024nf/pc/list_2.html")


@pytest.mark.parametrize("articles", ['[{"id":1', "[{]}", "['a']", "[" * 50_000, '[{"title":"x' + '\\"' * 50_000])
def test_a_broken_list_is_told(articles: str) -> None:
    with pytest.raises(PortalError):
        read(page(articles))


def test_overrides_win() -> None:
    text = page(json.dumps([article(1)])) + '<p class="mine"><a href="/a/1.html">鹿汀街道2020年政府信息公开年报</a></p>'
    assert [row.title for row in read(text, override=Override(item="p.mine")).rows] == [
        "鹿汀街道2020年政府信息公开年报"
    ]


def test_detect() -> None:
    assert detect_family(page("[]")) == "cmspro_pc"
    assert cmspro_pc.detect('"articleList":[{}]')
    assert not cmspro_pc.detect("articleList.forEach(draw)")


PIECES = st.sampled_from(
    [
        "articleList:[",
        "{",
        "}",
        "]",
        '"',
        "\\",
        '"urls":',
        '"{\\"pc\\":\\"//[\\"}"',
        '"title":"年报"',
        ",",
        "total:²",
        "<script>",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=10)), max_size=14).map("".join))
def test_any_text_is_a_list_page_or_a_portal_error(text: str) -> None:
    for whole in (text, page("[" + text + "]")):
        try:
            assert isinstance(read(whole), ListPage)
        except PortalError:
            continue
