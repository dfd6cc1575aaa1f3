import contextlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import PortalError
from archive.portals import Api, Fields
from crawler.families import api
from crawler.families.listed import Ask, Asked, ListPage

PAGE = "http://www.yuandong.gov.cn/xxgk/#/nb"
URL = "http://www.yuandong.gov.cn/api/list?channel=9&pageNo=1"
FIELDS = Fields(url="link", title="title", date="published")
GET = Api(URL, "data.rows", FIELDS, page_param="pageNo", total="data.total")
POST = Api(
    "http://www.yuandong.gov.cn/api/list", "data.rows", FIELDS, "POST", "channel=9&size=2", "page", 0, 2, "data.total"
)


def item(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "link": f"/nb/{number}.html",
        "title": f"第{number}号村2023年政府信息公开工作年度报告",
        "published": "2024-01-18 09:30:00",
    } | changed


def answer(*items: Any, total: Any = 5) -> str:
    return json.dumps({"code": 0, "data": {"rows": items, "total": total}})


def read(text: str, declared: Api | None = GET, url: str = URL, number: int = 1, form: str | None = None) -> ListPage:
    return api.read(Asked(text, url, number, form, api=declared))


def test_the_page_leads_to_the_api() -> None:
    shell = '<html><body><div id="app"><li>{{item.title}}</li></div></body></html>'
    assert read(shell, url=PAGE) == ListPage((), lists=(Ask(URL),))
    assert read(shell, POST, PAGE).lists == (Ask(POST.url, "channel=9&size=2&page=0"),)


def test_rows_and_pages_by_get() -> None:
    first = read(answer(item(1), item(2)))
    assert [(row.url, row.date) for row in first.rows] == [
        ("http://www.yuandong.gov.cn/nb/1.html", date(2024, 1, 18)),
        ("http://www.yuandong.gov.cn/nb/2.html", date(2024, 1, 18)),
    ]
    assert (first.next, first.total_rows, first.trouble) == (Ask(URL.replace("No=1", "No=2")), 5, None)
    later = read(answer(item(5)), url=URL.replace("No=1", "No=3"), number=3)
    assert later.next == Ask(URL.replace("No=1", "No=4"))  # how many rows a full page has is not known here
    assert read(answer(), url=URL.replace("No=1", "No=4"), number=4).next is None


def test_a_first_page_with_all_rows_is_the_last() -> None:
    assert read(answer(item(1), item(2), total=2)).next is None


def test_pages_by_post_with_a_known_size() -> None:
    first = read(answer(item(1), item(2)), POST, POST.url, 1, "channel=9&size=2&page=0")
    assert (first.next, first.total_pages) == (Ask(POST.url, "channel=9&size=2&page=1"), 3)
    assert read(answer(item(5)), POST, POST.url, 3, "channel=9&size=2&page=2").next is None
    full = read(answer(item(3), item(4), total=4), POST, POST.url, 2, "channel=9&size=2&page=1")
    assert full.next is None


def test_pages_by_post_of_json() -> None:
    declared = Api(POST.url, "data.rows", FIELDS, "POST", '{"q":{"no":9},"条":"年报"}', "q.no", 1, total="data.total")
    [first] = read("<html></html>", declared, PAGE).lists
    assert first == Ask(POST.url, '{"q":{"no":1},"条":"年报"}')
    page = read(answer(item(1), item(2)), declared, POST.url, 1, first.form)
    assert page.next == Ask(POST.url, '{"q":{"no":2},"条":"年报"}')
    for body in ("[]", '{"q":1}', '{"a":'):
        with pytest.raises(PortalError):
            read("<html></html>", Api(POST.url, "", FIELDS, "POST", body, "q.no"), PAGE)


def test_without_a_page_parameter_there_is_one_page() -> None:
    declared = Api(URL, "", FIELDS)
    found = read(json.dumps([item(1), item(2)]), declared)
    assert (len(found.rows), found.next, found.total_rows) == (2, None, None)


def test_fields_deep_composed_and_marked_up() -> None:
    fields = Fields(url="/show/{doc.id}.html?c={channel}", title="doc.title", date="doc.time")
    declared = Api(URL, "0.list", fields)
    rows = [
        {"channel": "nb", "doc": {"id": 77, "title": "<em>年报</em>&amp;2023 ", "time": 1705507200000}},
        {"channel": "nb", "doc": {"id": 78, "title": "年报2022", "time": "1705507200"}},
        {"channel": "nb", "doc": {"id": 79, "title": "年报2021", "time": "20220118"}},
    ]
    found = read(json.dumps([{"list": rows}]), declared).rows
    assert [(row.url, row.title, row.date) for row in found] == [
        ("http://www.yuandong.gov.cn/show/77.html?c=nb", "年报&2023", date(2024, 1, 18)),
        ("http://www.yuandong.gov.cn/show/78.html?c=nb", "年报2022", date(2024, 1, 18)),
        ("http://www.yuandong.gov.cn/show/79.html?c=nb", "年报2021", date(2022, 1, 18)),
    ]


def test_a_jsonp_answer() -> None:
    assert len(read(f"jQuery_1.cb({answer(item(1))});").rows) == 1


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (answer(item(1), item(2, link=None)), "1 of 2 rows have no 'title' or no 'link'"),
        (answer(item(1, title="")), "1 of 1 rows have no 'title' or no 'link'"),
        (answer(7, None), "2 of 2 rows have no 'title' or no 'link'"),
        (answer(item(1, link="javascript:;")), "1 of 1 rows have no 'title' or no 'link'"),
        (answer(item(1), total=None), "the answer of the API has no number at 'data.total'"),
        (answer(item(1), total="many"), "the answer of the API has no number at 'data.total'"),
    ],
)
def test_what_is_not_as_declared_is_trouble(text: str, trouble: str) -> None:
    page = read(text)
    assert (page.trouble, page.next) == (trouble, None)


@pytest.mark.parametrize(
    "text", ['{"code": 401}', '{"data": {"rows": {}}}', "[1]", answer(item(1))[:-4], '{"a":' * 30000, "{" + "9" * 9999]
)
def test_no_answer_is_told(text: str) -> None:
    with pytest.raises(PortalError):
        read(text)


def test_a_page_in_place_of_an_answer_is_told() -> None:
    with pytest.raises(PortalError, match="answered with a page"):
        read("<html>登录</html>", number=2)


def test_without_a_declared_api_the_family_cannot_read() -> None:
    with pytest.raises(PortalError, match=r"\[column.api\]"):
        read(answer(item(1)), None)
    assert not api.detect(answer(item(1)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["data", "rows", "total", "link", "title", "published"]), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(JSON.map(json.dumps) | st.text(max_size=200), st.integers(1, 3))
def test_any_text_gives_a_page_or_a_told_error(text: str, number: int) -> None:
    for declared in (GET, POST, Api(URL, "", Fields("{data}-{link}", "title", "title"))):
        with contextlib.suppress(PortalError):
            assert isinstance(read(text, declared, number=number), ListPage)
