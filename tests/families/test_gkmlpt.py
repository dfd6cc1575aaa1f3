import contextlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import PortalError
from crawler.families import gkmlpt
from crawler.families.listed import Ask, Asked, ListPage

API = "http://www.lingdong.gov.cn/gkmlpt/api/all/318?page=1&sid=662018"
INDEX = "http://www.lingdong.gov.cn/gkmlpt/index"
TREE = [
    {"id": 300, "name": "法定主动公开内容", "children": [{"id": 301, "name": "政策文件", "children": []}]},
    {"id": 318, "name": "政府信息公开年报", "children": [{"id": 319, "name": "2023年", "children": None}]},
    {"id": 330, "name": "政府网站工作年度报表"},
]


def index(tree: str) -> str:
    return f"""<!DOCTYPE html><html><head><title>岭东县政府信息公开目录</title><script>
window._CONFIG = {{ SID: '662018', DETAIL: null, TREE: {tree}, LANG: 'zh' }};</script></head>
<body><div id="app"><a href="/gkmlpt/guide">指南</a></div><script src="/gkmlpt/js/app.js"></script></body></html>"""


def article(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": f"第{number}号镇2023年政府信息公开工作年度报告",
        "url": f"//www.lingdong.gov.cn/gkmlpt/content/2/{number // 1000}/post_{number}.html",
        "type": "normal",
        "create_time": 1705507200,
        "date": 1700000000,
        "display_publish_time": 1705507200,
        "publisher": "岭东县人民政府办公室",
        "classify_main": 318,
        "classify_main_name": "政府信息公开年报",
    } | changed


def answer(count: int, total: int, offset: int = 0, **changed: Any) -> str:
    column = {"id": 318, "name": "政府信息公开年报", "post_count": total + 12, "jump_url": ""} | changed.pop(
        "column", {}
    )
    articles = [article(2155000 + offset + number) for number in range(count)]
    said = {"classify": column, "total": total, "offset": offset, "articles": articles} | changed
    return json.dumps(said, ensure_ascii=False)


def read(text: str, url: str = API, number: int = 1) -> ListPage:
    return gkmlpt.read(Asked(text, url, number))


def test_the_framing_page_leads_to_the_columns_of_annual_reports() -> None:
    page = read(index(json.dumps(TREE)), INDEX)
    assert (page.rows, page.next) == ((), None)
    base = "http://www.lingdong.gov.cn/gkmlpt/api/all"
    assert page.lists == tuple(Ask(f"{base}/{column}?page=1&sid=662018") for column in (318, 319))


def test_the_column_behind_the_hash_wins_also_below_a_folder() -> None:
    page = read(index("[]"), "http://www.lingdong.gov.cn/ldxczj/gkmlpt/index#301")
    assert page.lists == (Ask("http://www.lingdong.gov.cn/ldxczj/gkmlpt/api/all/301?page=1&sid=662018"),)


@pytest.mark.parametrize("tree", ["[]", "null", '[{"id": 1, "name": "指南"}]', '[{"id": 1, "name": "年报"', "[" * 9000])
def test_a_framing_page_without_such_a_column_is_told(tree: str) -> None:
    with pytest.raises(PortalError, match=r"gkmlpt"):
        read(index(tree), INDEX)


def test_a_framing_page_without_sid_is_told() -> None:
    with pytest.raises(PortalError, match="SID"):
        read("<script>window._CONFIG = {TREE: []}</script>", INDEX)


def test_pages_until_the_total_is_reached() -> None:
    first = read(answer(100, 131))
    assert (len(first.rows), first.total_rows, first.total_pages, first.trouble) == (100, 131, 2, None)
    assert first.next == Ask(API.replace("page=1", "page=2"))
    second = read(answer(31, 131, 100), first.next.url, 2)
    assert (len(second.rows), second.next, second.trouble) == (31, None, None)
    assert not {row.url for row in first.rows} & {row.url for row in second.rows}


def test_rows_as_they_stand() -> None:
    rows = [
        article(2155421, create_time=1705507199, date=1600000000),
        article(2155422, type="url", url="http://www.lingdong.gov.cn/zt/1.html", title="  专题 \n 2023  "),
        article(2155423, create_time=None, display_publish_time="2024-01-19 08:00"),
        article(2155424, create_time=0, display_publish_time=None),
        article(2155425, url="/gkmlpt/content/2/2155/post_2155425.html", create_time="1705535999"),
    ]
    found = read(answer(0, 5, articles=rows)).rows
    assert [row.date for row in found] == [
        date(2024, 1, 17), date(2024, 1, 18), date(2024, 1, 19), None, date(2024, 1, 18)
    ]  # fmt: skip
    assert [row.url.rpartition("cn/")[2] for row in found] == [
        "gkmlpt/content/2/2155/post_2155421.html", "zt/1.html", "gkmlpt/content/2/2155/post_2155423.html",
        "gkmlpt/content/2/2155/post_2155424.html", "gkmlpt/content/2/2155/post_2155425.html",
    ]  # fmt: skip
    assert found[1].title == "专题 2023"


@pytest.mark.parametrize(
    ("text", "url", "trouble"),
    [
        (answer(31, 131, 0), API, "31 rows from row 0 on do not agree with a total of 131"),
        (answer(31, 131, 60), API.replace("page=1", "page=2"), "page 2 was asked for, the answer begins at row 60"),
        (answer(100, 131, 0), API.replace("page=1", "page=2"), "page 2 was asked for, the answer begins at row 0"),
        (answer(31, 131, 100), API, "page 1 was asked for, the answer begins at row 100"),
        (answer(4, 3), API, "4 rows from row 0 on do not agree with a total of 3"),
        (answer(3, 3, column={"id": 319}), API, "column 318 was asked for, column 319 answered"),
        (answer(3, 3, column={"jump_url": "http://x.cn/"}), API, "column 318 leads elsewhere: http://x.cn/"),
        (answer(3, 3, column={"name": "政策文件"}), API, "column 318 is named '政策文件' and '政府信息公开年报'"),
        (answer(0, 2, articles=[article(1), article(2, url=None)]), API, "1 of 2 rows have no title or no address"),
        (answer(0, 2, articles=[article(1), 7]), API, "1 of 2 rows have no title or no address"),
        (answer(0, 1, articles=[article(1, title=" ")]), API, "1 of 1 rows have no title or no address"),
    ],
)
def test_what_does_not_agree_is_trouble_and_leads_no_further(text: str, url: str, trouble: str) -> None:
    page = read(text, url)
    assert (page.trouble, page.next) == (trouble, None)


def test_an_empty_column_is_no_trouble() -> None:
    page = read(answer(0, 0))
    assert (page.rows, page.next, page.trouble, page.total_rows) == ((), None, None, 0)


@pytest.mark.parametrize(
    "text",
    ['{"code": 500}', "[]", '{"articles": []}', '{"articles": [], "classify": {}, "total": "many", "offset": 0}',
     '{"articles": [], "classify": {}, "total": true, "offset": 0}', answer(3, 3)[:-9], '{"a":' * 20000],
)  # fmt: skip
def test_no_answer_is_told(text: str) -> None:
    with pytest.raises(PortalError):
        read(text)


def test_detect() -> None:
    assert gkmlpt.detect(index("[]"))
    assert gkmlpt.detect(answer(1, 1))
    assert not gkmlpt.detect('{"data": []}')
    assert not gkmlpt.detect('<a href="/gkmlpt/index">政府信息公开目录</a>')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["articles", "classify", "total", "offset", "url", "title", "id", "name", "create_time", "children"]
    ), inner, max_size=6),
    max_leaves=20,
)  # fmt: skip


@given(JSON.map(json.dumps) | st.text(max_size=200) | JSON.map(lambda tree: index(json.dumps(tree))))
def test_any_text_gives_a_page_or_a_told_error(text: str) -> None:
    for url in (API, INDEX):
        with contextlib.suppress(PortalError):
            assert isinstance(read(text, url), ListPage)
