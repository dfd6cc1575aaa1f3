from datetime import date

import pytest

from crawler.families import ListRow
from crawler.families.article import ArticleMeta, metadata
from crawler.families.dates import find_date, url_date

URL = "http://www.qinghe.gov.cn/zfxxgk/zfxxgknb/202401/t20240118_51234.html"
TITLE = "青禾县财政局2023年政府信息公开工作年度报告"


def page(head: str = "", body: str = "") -> str:
    return f"<html><head><title>{TITLE}_青禾县人民政府</title>{head}</head><body>{body}</body></html>"


def test_the_tags_of_the_guideline() -> None:
    head = f"""<meta name="ArticleTitle" content="{TITLE}" />
<meta name="PubDate" content="2024-01-19 08:30" /><meta name="ContentSource" content="县财政局" />"""
    body = "<h1>别的标题在这里</h1>发布时间：2024-01-20 来源：别处"
    assert metadata(page(head, body), URL) == ArticleMeta(TITLE, date(2024, 1, 19), "县财政局")


@pytest.mark.parametrize(
    "printed",
    [
        "2024-01-19 08:30:05", "2024—01—19 08∶30", "2024——01——19 21:37", "2024–01–19", "2024/1/19",
        "2024.01.19", "2024．01．19", "2024年01月19日 08：30", "2024年1月19日", "2024-01-19\u00a008:30",
        "2024-01-1908:30", "20240119", "20240119083005", "2024\n-01-19",
    ],
)  # fmt: skip
def test_pub_date_as_implementers_print_it(printed: str) -> None:
    assert metadata(page(f'<meta name="PubDate" content="{printed}">')).published == date(2024, 1, 19)


@pytest.mark.parametrize(
    "tag",
    [
        "<META NAME='articletitle' CONTENT='{}'>",
        '<meta content="{}" name="ArticleTitle" />',
        "<meta name=ArticleTitle content='{}'>",
        '<meta name="ArticleTitle" scheme="x" content="  {}\n" lang="zh">',
        '<!-- <meta name="ArticleTitle" content="模板" /> --><meta name="ArticleTitle" content="{}"/>',
        '<meta name="ArticleTitle" content=""/><meta name="ArticleTitle" content="{}"/>',
        '<meta name="ArticleTitle" content="{}"/><meta name="ArticleTitle" content="稿件里的第二个"/>',
    ],
)
def test_tags_as_implementers_write_them(tag: str) -> None:
    assert metadata(page(tag.format(TITLE), "<h1>别的标题在这里</h1>")).title == TITLE


def test_quotes_inside_a_value_and_entities() -> None:
    head = '<meta name="ArticleTitle" content="关于"放管服"改革&amp;公开的报告" /><meta name="PubDate" content="null"/>'
    assert metadata(page(head)) == ArticleMeta('关于"放管服"改革&公开的报告', None, None)


def test_without_tags_the_heading_the_label_and_the_source() -> None:
    body = f"""<h1 class="logo">青禾县人民政府</h1><h1>{TITLE[:12]}<br>{TITLE[12:]}</h1>
<div>更新时间：2025-05-05 发布时间：<i>2024-01-20 09:12</i> 来源：县财政局 字号：大</div>"""
    found = metadata(page(body=body), URL)
    assert (found.title or "").replace(" ", "") == TITLE
    assert (found.published, found.source) == (date(2024, 1, 20), "县财政局")


def test_labels_in_table_cells() -> None:
    body = "<table><tr><td>发布机构</td><td>县财政局</td><td>发布日期</td><td>[ 2024-01-20 ]</td></tr></table>"
    assert metadata(page(body=body), URL).published == date(2024, 1, 20)


def test_an_update_is_no_publication_and_the_address_comes_next() -> None:
    listed = ListRow(URL, "列表上的标题", date(2024, 2, 2))
    found = metadata(page(body="更新时间：2025-05-05 来源： 字号：大"), URL, listed)
    assert found == ArticleMeta("列表上的标题", date(2024, 1, 18), None)
    assert metadata(page(), "http://a.gov.cn/show.html", listed).published == date(2024, 2, 2)


def test_the_page_title_without_the_name_of_the_site() -> None:
    assert metadata(page()).title == TITLE
    assert metadata("<title>青禾县人民政府</title>").title == "青禾县人民政府"
    assert metadata("") == ArticleMeta(None, None, None)


@pytest.mark.parametrize(
    "text", ["[01-18]", "01-18 08:30", "2024-13-01", "2024年1月", "2023年政府信息公开", "2024-02-30"]
)
def test_incomplete_or_impossible_dates_are_none(text: str) -> None:
    assert find_date(text) is None


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("202009/t20200903_2748784.html", date(2020, 9, 3)),
        ("202401/P020240119417750826613.docx", date(2024, 1, 19)),
        ("2024-01/18/content_1.shtml", date(2024, 1, 18)),
        ("art/2020/8/14/art_1_2.html", date(2020, 8, 14)),
        ("columns/uuid/202401/18/uuid.html", date(2024, 1, 18)),
        ("20240118/0123abcd/c.html", date(2024, 1, 18)),
        ("2024-01-18/77.html", date(2024, 1, 18)),
        ("web/nb/202401181234/index.shtml", date(2024, 1, 18)),
        ("gknb/202401/0123456789abcdef0123456789abcdef.shtml", None),
        ("xxgk-show-198876.html", None),
    ],
)
def test_dates_in_addresses(path: str, day: date | None) -> None:
    assert url_date(f"http://a.gov.cn/{path}") == day
