"""云溪市 (portal 2 of the ten): Hanweb jpage. 40 records, of which the column's page holds 15; the rest comes by POST.

37 articles, 31 of them reports; three stand twice in the list, once more under https, as after a site has changed its
scheme. `dataproxy.jsp` gives at most three pages a call; its GET form answers page 1 whatever page is asked for. Two
reports hang below their articles behind `downfile.jsp`: a DOCX, and a file of Word 97 whose label says PDF.
"""

import hashlib
from datetime import date
from functools import lru_cache
from html import escape
from importlib.resources import files
from urllib.parse import quote

from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.portal import DemoPortal, Request, Truth
from crawler.demo.render.docx import docx
from crawler.demo.render.html import paragraph
from crawler.demo.report import report
from crawler.demo.ten.planted import Row, documents, newest_first, noise, reports

ID = "990201-yunxi"
COLUMN = "/col/col1001/index.html"
PROXY = "/module/web/jpage/dataproxy.jsp"
DOWNLOAD = "/module/download/downfile.jsp"
PER_PAGE = 15
PAGES_A_CALL = 3
ROBOTS = b"User-agent: *\nDisallow: /module/search/\n"
EMPTY = b"<datastore>\n\n<recordset></recordset>\n\n\n\n</datastore>\n\n"  # 54 bytes: what an unknown column answers
AGENCIES = {
    "云溪市": range(2020, 2025),
    "云溪市财政局": range(2020, 2025),
    "云溪市教育局": range(2020, 2025),
    "云溪市水利局": range(2021, 2025),
    "苔矶镇": range(2021, 2025),
    "砚桥乡": range(2021, 2025),
    "鹭汀街道": range(2021, 2025),
}
FILES = {("云溪市教育局", 2022): (".docx", ".docx"), ("云溪市水利局", 2021): (".pdf", ".doc")}  # label, file
TWINS = ((2, 3), (5, 22), (30, 36))  # place of an article among the 37, and of the row under https


def _path(number: int, published: date) -> str:
    return f"/art/{published.year}/{published.month}/{published.day}/art_1001_{number}.html"


ROWS = newest_first((*reports(ID, AGENCIES, _path), *noise("云溪市", (2023,), _path, 6)))


@lru_cache(maxsize=1)
def listed() -> tuple[tuple[Row, bool], ...]:
    """Gives the 40 records in their order, each with whether it stands under https."""
    rows = [(row, False) for row in ROWS]
    for place, twin in TWINS:
        rows.insert(twin, (ROWS[place], True))
    return tuple(rows)


def answer(request: Request) -> Resource | None:
    """Gives the portal's answer; a column's calls depend on how they are made."""
    if request.path == COLUMN:
        text = template("yunxi-list").substitute(store=store(request.base, 1, PER_PAGE), total=len(listed()))
        return Resource(text.encode(), counter=True)
    if request.path == PROXY:
        return Resource(_records(request), "text/xml;charset=UTF-8")
    if request.path == DOWNLOAD:
        return _site(request.night).get(f"{DOWNLOAD}?{request.query.get('filename')}")
    return _site(request.night).get(request.target)


def truth(_: int) -> Truth:
    """Gives the 31 reports; no night differs."""
    return Truth(documents(ROWS))


def store(base: str, start: int, end: int) -> str:
    """Gives the records from `start` to `end` as jpage writes them."""
    link = (
        f"{PROXY}?page=1&appid=1&appid=1&webid=2&path=/&columnid=1001&unitid=40217"
        f"&webname={quote(quote('云溪市人民政府'))}&permissiontype=0"
    )
    rows = enumerate(listed()[start - 1 : end], start=start)
    records = "\n".join(f"<record><![CDATA[\n{_record(base, place, *row)}]]></record>" for place, row in rows)
    pages = -(-len(listed()) // PER_PAGE)
    return (
        f"<datastore>\n<totalrecord>{len(listed())}</totalrecord>\n<totalpage>{pages}</totalpage>\n"
        f'<nextgroup><![CDATA[<a href="{link}"></a>]]></nextgroup>\n<recordset>\n{records}</recordset></datastore>'
    )


def _records(request: Request) -> bytes:
    asked = request.posted if request.method == "POST" else request.query
    if (asked.get("columnid"), asked.get("unitid"), asked.get("webid")) != ("1001", "40217", "2"):
        return EMPTY
    start, end = 1, PER_PAGE
    if request.method == "POST":
        numbers = [request.query.get(name, "") for name in ("startrecord", "endrecord", "perpage")]
        if not all(number.isdecimal() for number in numbers):
            return EMPTY
        start, end, size = map(int, numbers)
        end = min(end, start + PAGES_A_CALL * size - 1)
    return store(request.base, max(start, 1), end).encode()


def _record(base: str, place: int, row: Row, twin: bool) -> str:
    """Gives a record; in some a broken tag stands in the link's text, in some the date runs over lines."""
    shown = row.title if len(row.title) <= 24 else row.title[:23] + "..."
    text = escape(shown) if place % 4 else f"{escape(shown[:8])}<li style=<br/>{escape(shown[8:])}"
    day = str(row.published) if place % 3 else f"{row.published:%Y-\n%m-\n%d}"
    href = base.replace("http://", "https://") + row.path if twin else row.path
    return f"<li><a href='{href}' title='{escape(row.title)}' target='_blank'>{text}</a><i>{day}</i></li>"


@lru_cache(maxsize=2)
def _site(night: int) -> Site:
    home = (COLUMN, "政府信息公开年报")
    built: Site = {
        "/robots.txt": Resource(ROBOTS, "text/plain"),
        "/": plain("云溪市人民政府", "政务公开　政务服务　互动交流", home, "utf-8"),
        "/col/col1000/index.html": plain("政府信息公开", "指南　制度　年报", home, "utf-8"),
    }
    for row in ROWS:
        built |= _article(row, night)
    return built


def _article(row: Row, night: int) -> Site:
    built: Site = {}
    body, attached = row.body(night), ""
    named = FILES.get((row.entry.agency, row.entry.year)) if row.entry else None
    if row.entry and named:
        label, kind = named
        name = hashlib.md5(row.path.encode(), usedforsecurity=False).hexdigest() + kind
        query = f"classid=0&showname={quote(row.title + label)}&filename={name}"
        body = paragraph("报告全文见附件。")
        attached = f'<p>附件：<a href="{DOWNLOAD}?{query}" target="_blank">{escape(row.title)}{label}</a></p>'
        data = docx(report(row.entry, night), row.source) if kind == ".docx" else _word()
        said = f'attachment; filename="{quote(row.title + label)}"'.encode()
        headers = (("Content-Disposition", said),)
        built[f"{DOWNLOAD}?{name}"] = Resource(
            data, "application/octet-stream", modified=row.published, headers=headers
        )
    page = template("yunxi-article").substitute(
        title=escape(row.title), published=row.published, source=row.source, body=body, attachments=attached
    )
    return built | {row.path: Resource(page.encode(), modified=row.published)}


def _word() -> bytes:
    return files("crawler.demo").joinpath("data", "files", "yunxi-2021.doc").read_bytes()


PORTAL = DemoPortal(ID, "云溪市人民政府", "127.0.0.22", answer, truth)
