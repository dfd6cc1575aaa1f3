"""寒渡区 (portal 9 of the ten): a plain list behind a firewall that dislikes haste and, one night, everybody.

16 rows on two pages: 12 reports and 4 that are none. Of the 12, one is answered with a challenge (202) and one is dead,
which looks like every unknown path here: 200 and the home page. Whoever has no cookie is sent to the same address with
one. After `LIMIT` requests in `WINDOW` seconds articles are answered with the column's first page. The column `/wsl/`
is behind a script (412), and on night 3 everything is (521).
"""

import time
from functools import lru_cache
from html import escape

from crawler.demo.pages.resource import Resource, plain, template
from crawler.demo.portal import DemoPortal, Request, Truth
from crawler.demo.ten.planted import Row, documents, newest_first, noise, reports

ID = "990203-handu"
SIZE = 10
COLUMN = "/zwgk/nb/"
SCRIPTED = "/wsl/"
LIMIT = 8
WINDOW = 12.0  # a minute and five seconds, five times as fast
CRAWL_DELAY = 1.0
COOKIE = "CT6T"
AGENCIES = {
    "寒渡区": range(2021, 2025),
    "寒渡区档案局": range(2022, 2025),
    "渡口街道": range(2022, 2025),
    "寒溪镇": range(2023, 2025),
}
CHALLENGED = ("渡口街道", 2023)
DEAD = ("寒溪镇", 2023)


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Gives the rows of the column, newest first."""
    return newest_first(
        (
            *reports(ID, AGENCIES, lambda number, _: f"{COLUMN}{number}.html"),
            *noise("寒渡区", (2024,), lambda number, _: f"{COLUMN}{number}.html", 4),
        )
    )


def answer(request: Request) -> Resource:
    """Gives what the portal answers; there is no path that it does not know."""
    if request.night == 3:
        return Resource(_script(";go({'bts':['1700','|0|']})"), status=521, headers=(_cookie("__jsluid_s"),))
    if request.target == "/robots.txt":
        return Resource(f"User-agent: *\nCrawl-delay: {CRAWL_DELAY:g}\nDisallow: /search\n".encode(), "text/plain")
    hasty = _hasty(request)
    if f"{COOKIE}=" not in request.headers.get("cookie", ""):
        return Resource(b"", status=302, location=request.base + request.target, headers=(_cookie(COOKIE),))
    if request.path.startswith(SCRIPTED):
        return Resource(_script("$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=44131;"), status=412)
    article = _articles().get(request.target)
    if article and hasty:
        return _lists()[COLUMN]
    return article or _lists().get(request.target) or _home()


def _hasty(request: Request) -> bool:
    """Tells whether more was asked for within the window than may be."""
    now = time.monotonic()
    times = [at for at in request.memory.get("times", ()) if now - at < WINDOW]
    request.memory["times"] = [*times, now]
    return len(times) >= LIMIT


def _cookie(name: str) -> tuple[str, bytes]:
    return "Set-Cookie", f"{name}=60xkq2Nvd3; path=/; HttpOnly".encode()


def _script(body: str) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body><script>{body}</script></body></html>".encode()
    )


def _home() -> Resource:
    return plain("寒渡区人民政府", "今日寒渡　政务公开　便民服务", (COLUMN, "年度报告"), "utf-8")


@lru_cache(maxsize=1)
def _lists() -> dict[str, Resource]:
    pages = -(-len(rows()) // SIZE)
    made = {}
    for page in range(1, pages + 1):
        part = rows()[(page - 1) * SIZE : page * SIZE]
        lines = (f'<li><a href="{r.path}">{escape(r.title)}</a><span>{r.published}</span></li>' for r in part)
        text = template("handu-list").substitute(rows="\n".join(lines), pager=_pager(page, pages))
        made[_address(page)] = Resource(text.encode())
    return made | {COLUMN + "index.html": made[COLUMN]}


def _address(page: int) -> str:
    return COLUMN if page == 1 else f"{COLUMN}list_{page}.html"


def _pager(page: int, pages: int) -> str:
    def link(to: int, text: str) -> str:
        return f'<a href="{_address(to)}">{text}</a>' if 1 <= to <= pages and to != page else f"<span>{text}</span>"

    numbers = (link(to, str(to)) for to in range(1, pages + 1))
    ends = link(page - 1, "上一页"), link(page + 1, "下一页")
    return "\n".join((ends[0], *numbers, ends[1], f"<em>第{page}/{pages}页</em>"))


@lru_cache(maxsize=1)
def _articles() -> dict[str, Resource]:
    made = {}
    for row in rows():
        key = (row.entry.agency, row.entry.year) if row.entry else None
        if key == CHALLENGED:
            made[row.path] = Resource(_script("var arg1='3D1F8A';location.reload()"), status=202)
        elif key != DEAD:
            text = template("handu-article").substitute(
                title=escape(row.title), published=row.published, source=row.source, body=row.body(1)
            )
            made[row.path] = Resource(text.encode(), modified=row.published)
    return made


def truth(night: int) -> Truth:
    """Gives what the archive must hold and how the night ends: one column is blocked, on night 3 the host is."""
    held = documents(rows()) - {CHALLENGED, DEAD}
    return Truth(held, "blocked", "521") if night == 3 else Truth(held, "incomplete", "412")


PORTAL = DemoPortal(ID, "寒渡区人民政府", "127.0.0.29", answer, truth)
