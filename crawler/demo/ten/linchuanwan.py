"""临川湾区 (portal 3 of the ten): Hanweb JPaaS. The page holds two units, the first a banner; an API builds both.

24 rows, 20 of them reports, articles up to 2023 under old addresses, later ones under new. The API wants the column's
page as Referer, else 403. Seven reports are DOCX files behind a download gateway: the article shows another token at
every visit, good for 60 seconds; it leads to the file with a 302. The third download within a second is answered 429.
Three of the files have the same name, 附件.docx, so that a name alone tells no file from another.
"""

import hashlib
import json
import re
import time
from datetime import date
from functools import lru_cache
from html import escape
from urllib.parse import quote, urlsplit

from crawler.demo.pages.qinghe import DOCX_TYPE
from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.portal import DemoPortal, Request, Truth
from crawler.demo.render.docx import docx
from crawler.demo.render.html import paragraph
from crawler.demo.report import report
from crawler.demo.ten.planted import Row, documents, newest_first, noise, reports

ID = "990202-linchuanwan"
COLUMN = "/col/col101/index.html"
API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
GATEWAY = "/api-gateway/jpaas-web-server/front/document/download"
PER_PAGE = 15
TOKEN_SECONDS = 60.0
DOWNLOADS = 2  # within FAST seconds
FAST = 0.9
RETRY_AFTER = 1  # seconds
NEW_FROM = 2024  # articles of these years have new addresses
AGENCIES = {
    "临川湾区": range(2020, 2025),
    "临川湾区审计局": range(2020, 2025),
    "潮檐街道": range(2020, 2025),
    "屿岬镇": range(2020, 2025),
}
QUERY = {
    "parseType": "bulidstatic", "webId": "86", "tplSetId": "pXw8KqVdT2rYhJ5nLm0Zb", "pageType": "column",
    "tagId": "信息列表", "editType": "null", "pageId": "101",
}  # fmt: skip
BANNER = "通栏图片"

_ASKED = re.compile(r'"pageNo":\s?(\d{1,4}),\s?"pageSize":\s?(\d{1,4})')

clock = time.monotonic


def _path(number: int, published: date) -> str:
    if published.year >= NEW_FROM:
        return f"/col/col101/art/{published.year}/art_{_hex(f'article {number}')}.html"
    return f"/art/{published.year}/{published.month}/{published.day}/art_101_{number}.html"


def _hex(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


ROWS = newest_first((*reports(ID, AGENCIES, _path), *noise("临川湾区", (2024,), _path, 4)))


def file_name(row: Row) -> str | None:
    """Gives the name of the file that hangs below a report, None where the report stands in its article."""
    if row.entry is None or row.entry.year < 2021:
        return None
    if row.entry.agency == "屿岬镇" and row.entry.year > 2021:
        return "附件.docx"
    return f"{row.title}.docx" if row.entry.agency == "潮檐街道" else None


def stored(row: Row) -> str:
    """Gives where a file lies for good."""
    return (
        f"/cms_files/filemanager/990202/attach/{row.published.year}{row.published.month}/{_hex(row.path).upper()}.docx"
    )


def answer(request: Request) -> Resource | None:
    """Gives the portal's answer; articles, units and downloads depend on who asks, and when."""
    if request.path == API:
        return _unit(request)
    if request.path == GATEWAY:
        return _download(request)
    row = _articles().get(request.path)
    return _article(row, request) if row else _site(request.night).get(request.target)


def truth(_: int) -> Truth:
    """Gives the 20 reports; no night differs but for the tokens."""
    return Truth(documents(ROWS))


@lru_cache(maxsize=1)
def _articles() -> dict[str, Row]:
    return {row.path: row for row in ROWS}


@lru_cache(maxsize=2)
def _site(night: int) -> Site:
    home = (COLUMN, "政府信息公开年报")
    banner, listed = (
        "{" + ",".join(f"'{name}':'{value}'" for name, value in (QUERY | {"tagId": tag}).items()) + "}"
        for tag in (BANNER, QUERY["tagId"])
    )
    page = template("linchuanwan-list").substitute(api=API, banner=banner, list=listed)
    built: Site = {
        "/": plain("临川湾区人民政府", "今日湾区　政务公开　办事服务", home, "utf-8"),
        "/index.html": plain("临川湾区人民政府", "今日湾区　政务公开　办事服务", home, "utf-8"),
        COLUMN: Resource(page.encode()),
    }
    for row in ROWS:
        if row.entry and file_name(row):
            built[stored(row)] = Resource(docx(report(row.entry, night), row.source), DOCX_TYPE, modified=row.published)
    return built


def _unit(request: Request) -> Resource:
    if urlsplit(request.headers.get("referer", "")).path != COLUMN:
        return Resource('{"success":false,"code":"403","message":"非法访问"}'.encode(), "application/json", status=403)
    query = request.query
    if any(query.get(name) != value for name, value in QUERY.items() if name != "tagId"):
        return _json(None)
    if query.get("tagId") == BANNER:
        return _json(
            '<div class="banner"><a href="/"><img src="/cms_files/default/images/banner.png" alt=""></a></div>'
        )
    asked = _ASKED.search(query.get("paramJson", ""))
    number, size = (int(asked[1]), int(asked[2])) if asked else (1, PER_PAGE)
    rows = "\n".join(map(_row, ROWS[(number - 1) * size : number * size]))
    pager = f'<div class="pagination" pageNo="{number}" rows="{size}" count="{len(ROWS)}"></div>'
    return _json(f'<div class="page-content"><ul class="list-ul">\n{rows}\n</ul></div>\n{pager}')


def _row(row: Row) -> str:
    shown = row.title if len(row.title) <= 26 else row.title[:25] + "…"
    return (
        f'<li class="clearfix"><a href="{row.path}" target="_blank" title="{escape(row.title)}">{escape(shown)}</a>'
        f'<span class="bt-right">{row.published}</span></li>'
    )


def _json(html: str | None) -> Resource:
    done = html is not None
    said = {"success": done, "code": "200" if done else "500", "message": "", "data": {"html": html} if done else None}
    return Resource(json.dumps(said, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


def _article(row: Row, request: Request) -> Resource:
    name, body, attached = file_name(row), "", ""
    if name:
        token = f"{_hex(f'{row.path} {request.night} {request.visit}')}/{_hex(row.path)[:11]}="
        request.memory.setdefault("tokens", {})[token] = (clock(), stored(row))
        href = f"{GATEWAY}?fileUrl={quote(token, safe='')}&fileName={quote(name)}"
        body = paragraph(f"现将{row.title}予以公布，全文见附件。")
        attached = f'<div class="fj">附件：<a href="{escape(href)}">{escape(name)}</a></div>'
    tags = f'<meta name="ArticleTitle" content="{escape(row.title)}">\n<meta name="PubDate" content="{row.published}">'
    page = template("linchuanwan-article").substitute(
        tags=tags, title=escape(row.title), published=row.published, source=row.source,
        body=body or row.body(request.night), attachments=attached,
    )  # fmt: skip
    return Resource(page.encode())


def _download(request: Request) -> Resource:
    """Gives the way to a file while its token is good; who downloads fast has to wait."""
    now = clock()
    recent = [moment for moment in request.memory.get("downloads", ()) if now - moment < FAST]
    if len(recent) >= DOWNLOADS:
        headers = (("Retry-After", str(RETRY_AFTER).encode()),)
        return Resource("访问过于频繁，请稍后再试。".encode(), "text/plain;charset=UTF-8", status=429, headers=headers)
    given, path = request.memory.get("tokens", {}).get(request.query.get("fileUrl"), (0.0, None))
    if path is None or now - given > TOKEN_SECONDS:
        return Resource(
            '{"success":false,"code":"403","message":"链接已失效"}'.encode(), "application/json", status=403
        )
    request.memory["downloads"] = [*recent, now]
    return Resource(b"", status=302, location=path)


PORTAL = DemoPortal(ID, "临川湾区人民政府", "127.0.0.23", answer, truth)
