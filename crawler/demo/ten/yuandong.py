"""远垌镇 (portal 10 of the ten): Lonsun, a township that lists whoever reports in it, with the faults of such pages.

24 rows on three pages: 16 reports, a correction of one of them, a row that leads to a login on another host, one that
leads to a copy of the site elsewhere, and 5 rows of noise. One report is three pictures of its pages, one is called
2023 and counts 2022. A second list, of 7 reports and 2 rows of noise, is drawn by a script from an API.
"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.plan import Entry
from crawler.demo.portal import DemoPortal, Request, Truth
from crawler.demo.ten.planted import Row, documents, newest_first, noise, reports

ID = "990106-yuandong"
SIZE = 9
COLUMN = "/public/column/31?type=3"
SCRIPTED = f"{COLUMN}&nav=zs"  # the list that a script draws
API = "/public-api/list"
API_SIZE = 5
AGENCIES = {"远垌镇": range(2020, 2025), "垌头乡": range(2020, 2025), "垌尾街道": range(2020, 2025)}
BELOW = {"远垌镇卫生院": range(2022, 2025), "远垌镇中心小学": range(2023, 2025), "远垌镇文化站": range(2023, 2025)}
MISPRINTED = ("远垌镇", 2022)  # corrected under a further address
PICTURED = ("垌尾街道", 2022)
CLONE = "http://mirror.example/public/31/2081.html"
LOGIN = "http://sso.yuandong.example/cas/login?service="
LOCKED = "/public/31/6001.html"
_PICTURES = tuple(f"W020230119540{page}17263548.jpg" for page in (1, 2, 3))


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Gives the rows of the column, newest first."""
    listed = [_dressed(row) for row in reports(ID, AGENCIES, _path)]
    original = next(row for row in listed if _key(row) == MISPRINTED)
    assert original.entry
    corrected = Entry(ID, "nb", *MISPRINTED, original.title, date(2023, 2, 20), "html", "/public/31/6002.html")
    return newest_first(
        (
            *listed,
            Row(f"{original.title}（更正）", corrected.published, corrected.page, original.source, entry=corrected),
            _called_2023(),
            Row("垌口街道2021年政府信息公开工作年度报告", date(2022, 1, 18), LOCKED, "垌口街道"),
            Row("远垌镇2021年政府信息公开工作年度报告", date(2022, 1, 27), CLONE, "远垌镇"),
            *noise("远垌镇", (2024,), _path, 5),
        )
    )


@lru_cache(maxsize=1)
def below() -> tuple[Row, ...]:
    """Gives the rows of the list that a script draws, newest first."""
    planted = reports(ID, BELOW, lambda number, _: f"/public/31/{number + 5000}.html")
    return newest_first((*planted, *noise("远垌镇卫生院", (2023,), lambda n, _: f"/public/31/{n + 5000}.html", 2)))


def _path(number: int, _: date) -> str:
    return f"/public/31/{number}.html"


def _key(row: Row) -> tuple[str, int] | None:
    return (row.entry.agency, row.entry.year) if row.entry else None


def _dressed(row: Row) -> Row:
    if row.entry and _key(row) == MISPRINTED:
        return replace(row, entry=replace(row.entry, misprint={"remedies.review.total": 1}))
    return replace(row, title=f"{row.title}（图片版）") if _key(row) == PICTURED else row


def _called_2023() -> Row:
    title = "垌口街道2023年政府信息公开工作年度报告"
    entry = Entry(ID, "nb", "垌口街道", 2022, title, date(2024, 1, 16), "html", "/public/31/6003.html", heading=title)
    return Row(title, entry.published, entry.page, "垌口街道办公室", entry=entry)


def answer(request: Request) -> Resource | None:
    """Gives what the portal answers."""
    if request.path == API:
        return _api(request)
    if request.path == "/public/column/31" and request.query.get("type") == "3":
        return _list(request)
    if request.target == LOCKED:
        return Resource(b"", status=302, location=f"{LOGIN}{request.base}{LOCKED}")
    return _site().get(request.target)


@lru_cache(maxsize=1)
def _site() -> Site:
    home = (COLUMN, "政府信息公开年报")
    built = {
        "/robots.txt": Resource(b"User-agent: *\nDisallow: /search/\n", "text/plain"),
        "/": plain("远垌镇人民政府", "政务公开　便民服务", home, "utf-8"),
    }
    for number, name in enumerate(_PICTURES, start=1):
        body = files("crawler.demo").joinpath("data", "files", f"yuandong-2022-{number}.jpg").read_bytes()
        built[f"/group1/M00/31/{name}"] = Resource(body, "image/jpeg", modified=date(2023, 1, 19))
    return built | {row.path: _article(row) for row in (*rows(), *below()) if row.path not in (CLONE, LOCKED)}


def _list(request: Request) -> Resource:
    if "nav" in request.query:
        return Resource(template("yuandong-list").substitute(list=_SCRIPT).encode(), counter=True)
    pages, said = -(-len(rows()) // SIZE), request.query.get("pageIndex", "1")
    page = int(said) if said.isdecimal() and 1 <= int(said) <= pages else 1
    lines = "\n".join(map(_line, rows()[(page - 1) * SIZE : page * SIZE]))
    turn = (
        '<div id="page_public_info"></div><script>$(function(){Ls.pagination("#page_public_info",function(pageIndex){'
        f"location.href='{COLUMN}&pageIndex='+pageIndex;}},{{currPage: ({page - 1}+1),pageCount: {pages}}});}});"
        "</script>"
    )
    text = template("yuandong-list").substitute(list=f'<ul class="doc_list list-31">\n{lines}\n</ul>\n{turn}')
    return Resource(text.encode(), counter=True)


def _line(row: Row) -> str:
    title = escape(row.title)
    return (
        f'<li><a href="{row.path}" target="_blank" title="{title}"><span class="bt">{title[:18]}…</span></a>'
        f'<span class="date">{row.published}</span></li>'
    )


_SCRIPT = """<ul id="zs" v-cloak>
<li v-for="item in list"><a href="{{item.link}}">{{item.title}}</a><span>{{item.publishDate}}</span></li>
</ul>
<script>new Vue({el:'#zs',created:function(){var self=this;$.get('/public-api/list',
{organId:31,catId:77,pageNo:1,pageSize:5},function(d){self.list=d.data.rows;});}});</script>"""


def _api(request: Request) -> Resource:
    """Gives a page of the second list as JSON, empty behind the last."""
    said = request.query.get("pageNo", "1")
    page = int(said) if said.isdecimal() else 1
    part = below()[(page - 1) * API_SIZE : page * API_SIZE] if page else ()
    answer = {"code": 200, "data": {"rows": [_item(row) for row in part], "total": len(below()), "pageNo": page}}
    return Resource(json.dumps(answer, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


def _item(row: Row) -> dict[str, Any]:
    noon = datetime(row.published.year, row.published.month, row.published.day, 4, tzinfo=UTC)
    number = int(row.path.rpartition("/")[2].removesuffix(".html"))
    return {"id": number, "title": row.title, "link": row.path, "publishDate": int(noon.timestamp()) * 1000}


def _article(row: Row) -> Resource:
    pictures = (f'<p style="text-align:center"><img src="/group1/M00/31/{name}" alt=""></p>' for name in _PICTURES)
    text = template("yuandong-article").substitute(
        title=escape(row.title),
        published=row.published,
        source=row.source,
        body="\n".join(pictures) if _key(row) == PICTURED else row.body(1),
    )
    return Resource(text.encode(), counter=True)


def truth(_: int) -> Truth:
    """Gives what the archive must hold: the report called 2023 under its title, for a person to look at.

    The row behind the login cannot be had, so the crawl is incomplete.
    """
    counted = ("垌口街道", 2022)
    held = (documents((*rows(), *below())) - {counted}) | {("垌口街道", 2023)}
    return Truth(held, "incomplete", "sso.yuandong.example")


PORTAL = DemoPortal(ID, "远垌镇人民政府", "127.0.0.30", answer, truth)
