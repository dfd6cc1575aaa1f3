"""樟阳市 after its migration (portal 5 of the ten): CMSPro's newer generation with the same 66 reports.

Lists are `/zyrmzf/2024nf/pc/list.html`, their rows JSON in a script, all of a year on one page. Every article has a
twin for mobiles. On night 1 the old pages are still there and the rows of 2022 still lead to them; from night 2 on
these rows lead to the new pages too, and every old `.shtml` is sent to the home page: nothing is new, nothing may be
lost.
"""

import json
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any

from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.portal import DemoPortal, Request
from crawler.demo.ten import zhangyang
from crawler.demo.ten.zhangyang_reports import YEARS, Item, body, items, pdf, shown_in_frame

ID = "990982-zhangyang-pc"
MOVED_ON = 2  # the first night on which the old addresses are gone
LAST_TO_MOVE = 2022  # rows of this year lead to the old addresses until then
ROBOTS = b"User-agent: *\nDisallow: /search\n"


def list_path(year: int) -> str:
    """Gives the path of a year's list."""
    return f"/zyrmzf/{year}nf/pc/list.html"


def path(item: Item, device: str = "pc") -> str:
    """Gives the new path of an article; some have a folder of their own."""
    folder = f"{item.number}/" if item.number % 2 else ""
    return f"/zyrmzf/{item.year}nf/{device}/content/{folder}content_{item.number}.html"


def listed_path(item: Item, night: int) -> str:
    """Gives the path that the list leads to on a night."""
    old = item.year == LAST_TO_MOVE and item.entry is not None and night < MOVED_ON
    return zhangyang.path(item) if old else path(item)


def answer(request: Request) -> Resource | None:
    """Gives what a path answers; the list names files with the portal's own domain."""
    if request.path.endswith(".shtml"):
        if request.night >= MOVED_ON:
            return Resource(b"", status=301, location=f"{request.base}/")
        return zhangyang.site(request.night).get(request.target)
    found = _site(request.night).get(request.target)
    if found is None and request.night < MOVED_ON and request.path.endswith(".pdf"):
        return zhangyang.site(request.night).get(request.target)
    return found and replace(found, body=found.body.replace(b"{{base}}", request.base.encode()))


@lru_cache(maxsize=3)
def _site(night: int) -> Site:
    home = (list_path(2024), "政府信息公开年报")
    built: Site = {
        "/robots.txt": Resource(ROBOTS, "text/plain"),
        "/": plain("樟阳市人民政府", "新版网站已上线", home, "utf-8"),
    }
    for year in YEARS:
        built[list_path(year)] = _list(year, night)
    for item in items():
        built |= _article(item, night)
    return built


def _list(year: int, night: int) -> Resource:
    articles = [_listed(item, night) for item in items() if item.year == year]
    years = "".join(f'<a href="{list_path(other)}">{other}年</a>' for other in reversed(YEARS))
    page = template("zhangyang-pc-list").substitute(
        column=f"{year}年",
        years=years,
        total=len(articles),
        articles=json.dumps(articles, ensure_ascii=False, separators=(",", ":")),
    )
    return Resource(page.encode())


def _listed(item: Item, night: int) -> dict[str, Any]:
    urls = {"pc": listed_path(item, night), "mobile": path(item, "mobile")}
    return {
        "id": item.number,
        "title": item.title,
        "pubDate": f"{item.published} 09:30:00",
        "urls": json.dumps(urls).replace("/", "\\/"),
        "articleFiles": [_file(item)] if item.file else [],
    }


def _file(item: Item) -> dict[str, Any]:
    return {
        "fileName": f"{item.title}.pdf",
        "filePath": _file_path(item),
        "domainName": "{{base}}",
        "fileId": item.number * 10 + 1,
        "totalSize": len(pdf(item)),
    }


def _file_path(item: Item) -> str:
    return f"/zyrmzf/{item.year}nf/pc/content/files/{item.file}"


def _article(item: Item, night: int) -> Site:
    built: Site = {}
    text, attached = body(item, night), ""
    if item.file:
        built[_file_path(item)] = Resource(pdf(item), "application/pdf", modified=item.published)
        if shown_in_frame(item):
            text = f'<iframe src="{_file_path(item)}" width="100%" height="800"></iframe>'
        else:
            attached = f'<div class="fj-a"><a href="{_file_path(item)}">{item.title}.pdf</a></div>'
    for device in ("pc", "mobile"):
        page = template("zhangyang-pc-article").substitute(
            device=device,
            title=escape(item.title),
            column=f"{item.year}年",
            shown_date=f"{item.published} 09:30",
            source=item.source,
            body=text,
            attachments=attached,
        )
        built[path(item, device)] = Resource(page.encode(), modified=item.published)
    return built


PORTAL = DemoPortal(ID, "樟阳市人民政府（新版）", "127.0.0.25", answer, zhangyang.truth)
