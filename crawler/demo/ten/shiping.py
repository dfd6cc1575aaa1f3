"""石坪县 (portal 8 of the ten): ASP.NET. The pager posts the page back; the session stands in the path, `/(S(…))/`.

24 rows on three pages: 18 reports and 6 that are none. An address without a session, or with one of another night,
redirects to a new one, and a form that was posted there is lost, as ASP.NET does it. Two reports hang below their
articles, an .xls and an .ofd, whose names come in raw GBK.
"""

import re
from base64 import b64encode
from functools import lru_cache
from html import escape
from importlib.resources import files

from crawler.demo.pages.resource import Resource, plain, template
from crawler.demo.portal import DemoPortal, Request, Truth
from crawler.demo.render.html import paragraph
from crawler.demo.ten.planted import Row, documents, newest_first, noise, reports

ID = "990105-shiping"
SIZE = 10
LIST = "/List.aspx?lmid=52"
AGENCIES = {
    "石坪县": range(2020, 2025),
    "石坪县财政局": range(2021, 2025),
    "石坪县交通运输局": range(2021, 2024),
    "岩脚乡": range(2022, 2025),
    "砚池镇": range(2021, 2024),
}
FILES = {  # (agency, year) → the file that holds the report, its media type
    ("石坪县财政局", 2021): ("shiping-2021.xls", "application/vnd.ms-excel"),
    ("石坪县交通运输局", 2022): ("shiping-2022.ofd", "application/octet-stream"),
}
_SESSION = re.compile(r"/\(S\((\w+)\)\)(/.*)", re.DOTALL)


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Gives the rows of the column, newest first."""
    return newest_first(
        (
            *reports(ID, AGENCIES, lambda number, _: f"/Show.aspx?id={number}"),
            *noise("石坪县", (2023, 2024), lambda number, _: f"/Show.aspx?id={number}", 6),
        )
    )


def answer(request: Request) -> Resource | None:
    """Gives what the portal answers."""
    if request.target == "/robots.txt":
        return Resource(b"User-agent: *\nDisallow: /Admin/\n", "text/plain")
    if request.target == "/":
        return plain("石坪县人民政府", "政务公开　办事服务", (LIST, "政府信息公开年报"), "utf-8")
    if ".aspx" not in request.path:
        return None
    known = request.memory.setdefault("sessions", [])
    found = _SESSION.fullmatch(request.target)
    if found is None or found[1] not in known:
        known.append(f"n{request.night}kq0{len(known):04d}zhx2m55evbio45")
        return Resource(b"", status=302, location=f"/(S({known[-1]})){found[2] if found else request.target}")
    return _page(found[2], request)


def _page(target: str, request: Request) -> Resource | None:
    if target == LIST:
        return _list(request)
    if target == "/Default.aspx":
        return plain("石坪县人民政府", "政务公开　办事服务", (LIST[1:], "政府信息公开年报"), "utf-8")
    for row in rows():
        if row.path == target:
            return _article(row, request.night)
        if target == row.path.replace("Show", "Down") and (attached := _attached(row)):
            return _file(row, *attached)
    return None


def _list(request: Request) -> Resource:
    """Gives the page that was posted for; a form that is none of ours has a broken view state."""
    page, pages = 1, -(-len(rows()) // SIZE)
    if request.method == "POST":
        form = request.posted
        if form.get("__VIEWSTATE") not in [_viewstate(known) for known in range(1, pages + 1)]:
            return plain("运行时错误", "验证视图状态 MAC 失败。", (LIST[1:], "返回"), "utf-8", status=500)
        asked = form.get("__EVENTARGUMENT", "")
        if form.get("__EVENTTARGET") == "AspNetPager1" and asked.isdecimal() and 1 <= int(asked) <= pages:
            page = int(asked)
    text = template("shiping-list").substitute(
        viewstate=_viewstate(page),
        rows="\n".join(map(_line, rows()[(page - 1) * SIZE : page * SIZE])),
        page=page,
        pages=pages,
        total=len(rows()),
        size=SIZE,
        pager=_pager(page, pages),
    )
    return Resource(text.encode(), "text/html; charset=utf-8", counter=True)


def _viewstate(page: int) -> str:
    return "/wEPDwUK" + b64encode(f"{page:03d};lmid=52;".encode() * 90).decode()


def _line(row: Row) -> str:
    shown = row.title if len(row.title) <= 22 else row.title[:21] + "…"
    return (
        f'<tr><td><span class="dot">·</span><a href="{row.path[1:]}" target="_blank" title="{escape(row.title)}">'
        f'{escape(shown)}</a></td><td class="date">[{row.published:%Y-%m-%d}]</td></tr>'
    )


def _pager(page: int, pages: int) -> str:
    def button(text: str, to: int) -> str:
        if to == page or not 1 <= to <= pages:
            return f'<a disabled="disabled" style="margin-right:5px;">{text}</a>'
        return f'<a href="javascript:__doPostBack(&#39;AspNetPager1&#39;,&#39;{to}&#39;)">{text}</a>'

    numbers = [
        f'<span style="font-weight:Bold;color:red;">{n}</span>' if n == page else button(f"[{n}]", n)
        for n in range(1, pages + 1)
    ]
    return "\n".join(
        (button("首页", 1), button("上一页", page - 1), *numbers, button("下一页", page + 1), button("尾页", pages))
    )


def _attached(row: Row) -> tuple[str, str] | None:
    return FILES.get((row.entry.agency, row.entry.year)) if row.entry else None


def _article(row: Row, night: int) -> Resource:
    attached, number = _attached(row), row.path.rpartition("=")[2]
    link = f'<a href="Down.aspx?id={number}" target="_blank">{row.title}.{attached[0][-3:]}</a>' if attached else ""
    text = template("shiping-article").substitute(
        title=escape(row.title),
        number=number,
        published=row.published,
        source=row.source,
        body=paragraph("报告全文见附件。") if attached else row.body(night),
        attachments=f'<div class="fj">附件下载：{link}</div>' if attached else "",
    )
    return Resource(text.encode(), "text/html; charset=utf-8", counter=True)


def _file(row: Row, name: str, media: str) -> Resource:
    body = files("crawler.demo").joinpath("data", "files", name).read_bytes()
    disposition = f"attachment; filename={row.title}.{name[-3:]}".encode("gbk")
    return Resource(body, media, headers=(("Content-Disposition", disposition),))


PORTAL = DemoPortal(ID, "石坪县人民政府", "127.0.0.28", answer, lambda _: Truth(documents(rows())))
