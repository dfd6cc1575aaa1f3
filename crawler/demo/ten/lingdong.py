"""岭东县 (portal 6 of the ten): gkmlpt. One page frames the catalogue, its list comes as JSON, 100 rows a page.

131 rows on two pages: 60 reports, 70 that are none, and one that leads to another host (`type: "url"`). The column
counts more posts than the list has. On night 2 a page begins at another row than asked for: the crawl cannot be
complete, and nothing is lost.
"""

import json
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from html import escape
from typing import Any

from crawler.demo.pages.resource import Resource, plain, template
from crawler.demo.portal import DemoPortal, Request, Truth
from crawler.demo.ten.planted import Row, documents, newest_first, noise, reports

ID = "990103-lingdong"
SID = "662018"
COLUMN = 318
NAME = "政府信息公开年报"
PAGE = 100
WRONG_OFFSET = 31  # rows by which a page begins too late on night 2
API = f"/gkmlpt/api/all/{COLUMN}"
OFFICES = ("", "教育局", "财政局", "民政局", "水利局", "审计局", "司法局", "应急管理局")
AGENCIES = {
    **{f"岭东县{office}": range(2020, 2025) for office in OFFICES},
    **{name: range(2020, 2025) for name in ("梅坳镇", "石磴镇", "竹滩乡", "岭前街道")},
}
TREE = [
    {"id": 301, "name": "政策文件", "parent_id": 0, "children": []},
    {"id": 310, "name": "政府信息公开指南", "parent_id": 0, "children": []},
    {"id": COLUMN, "name": NAME, "parent_id": 0, "children": []},
]
ELSEWHERE = "http://zt.lingdong.example/2023nb/"


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Gives the rows of the column, newest first."""
    found = [*reports(ID, AGENCIES, lambda number, _: _path(2155000 + number))]
    for place, office in enumerate(OFFICES[:3]):
        found += noise(f"岭东县{office}", range(2020, 2025), partial(_other, place), 30)
    found = found[:130]
    day = max(row.published for row in found)
    return newest_first((*found, Row("岭东县2023年政府信息公开工作年度报告（专题）", day, ELSEWHERE, "岭东县")))


def _path(number: int) -> str:
    return f"/gkmlpt/content/2/{number // 1000}/post_{number}.html"


def _other(place: int, number: int, _: date) -> str:
    return _path(2170000 + 1000 * place + number)


def answer(request: Request) -> Resource | None:
    """Gives what the portal answers."""
    if request.target == "/":
        return plain("岭东县人民政府", "政务公开　办事服务", ("/gkmlpt/index", "政府信息公开平台"), "utf-8")
    if request.target in ("/gkmlpt/index", "/gkmlpt/"):
        return Resource(_frame(), "text/html; charset=UTF-8")
    if request.path == API:
        return _answer(request)
    return next((_article(row, request.night) for row in rows() if row.path == request.target), None)


def _frame() -> bytes:
    config = f"{{SID: '{SID}', DETAIL: null, TREE: {json.dumps(TREE, ensure_ascii=False)}, ALONE: false}}"
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>岭东县人民政府门户网站 政府信息公开目录</title>
<script>window._CONFIG = {config};</script><link href="/gkmlpt/css/app.css" rel="stylesheet"></head>
<body><div class="head"><a href="/">岭东县人民政府</a><a href="/gkmlpt/guide">信息公开指南</a></div>
<div id="app"><loading></loading></div><script src="/gkmlpt/js/index.js"></script></body></html>""".encode()


def _answer(request: Request) -> Resource:
    """Gives a page of the list; a SID of another site gives an empty one."""
    page = max(1, int(request.query["page"])) if request.query.get("page", "").isdecimal() else 1
    offset = (page - 1) * PAGE + (WRONG_OFFSET if request.night == 2 else 0)
    listed = rows() if request.query.get("sid") == SID else ()
    said = {
        "classify": {"id": COLUMN, "name": NAME, "post_count": len(rows()) + 12, "jump_url": "", "parent_id": 0},
        "total": len(listed),
        "offset": offset,
        "articles": [_listed(row, request.base) for row in listed[offset : offset + PAGE]],
    }
    return Resource(json.dumps(said).encode(), "application/json")


def _listed(row: Row, base: str) -> dict[str, Any]:
    elsewhere = row.path == ELSEWHERE
    noon = datetime(row.published.year, row.published.month, row.published.day, 4, tzinfo=UTC)
    return {
        "id": 2199999 if elsewhere else int(row.path.rpartition("_")[2].removesuffix(".html")),
        "title": row.title,
        "url": row.path if elsewhere else base.removeprefix("http:") + row.path,
        "type": "url" if elsewhere else "normal",
        "create_time": int(noon.timestamp()),
        "date": int((noon - timedelta(days=3)).timestamp()),
        "created_at": f"{row.published} 12:05:31",
        "display_publish_time": int(noon.timestamp()),
        "publisher": row.source,
        "identifier": f"9901030002/{row.published.year}-{row.published:%m%d}",
        "classify_main": COLUMN,
        "classify_main_name": NAME,
    }


def _article(row: Row, night: int) -> Resource:
    text = template("lingdong-article").substitute(
        title=escape(row.title),
        published=row.published,
        source=row.source,
        sid=SID,
        number=row.path.rpartition("_")[2].removesuffix(".html"),
        body=row.body(night),
    )
    return Resource(text.encode(), "text/html; charset=UTF-8", counter=True)


def truth(night: int) -> Truth:
    """Gives what the archive must hold and how the night ends."""
    if night == 2:
        return Truth(documents(rows()), "incomplete", f"the answer begins at row {WRONG_OFFSET}")
    return Truth(documents(rows()))


PORTAL = DemoPortal(ID, "岭东县人民政府", "127.0.0.26", answer, truth)
