"""青禾县: a TRS-style portal. A column is a directory, its pages `index_1.html` …, its links relative."""

import base64
from functools import lru_cache
from html import escape
from posixpath import basename

from crawler.demo import plan
from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.pages.rows import Row, pages, rows
from crawler.demo.render.docx import docx
from crawler.demo.render.html import html, paragraph
from crawler.demo.report import report

PORTAL = "990101-qinghe"
FOLDER = "/zfxxgk/zfxxgknb/"
STUB_LENGTH = 350
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# How implementers of the 网页设计规范 print PubDate; the standard itself shows dashes and ratio signs.
PUB_DATES = ("{:%Y-%m-%d} {}", "{:%Y—%m—%d} {}", "{:%Y——%m——%d} {}")
ROBOTS = b"User-agent: *\nDisallow: /search\nDisallow: /admin/\n"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@lru_cache(maxsize=4)
def site(night: int) -> Site:
    """Gives every path of the portal on a night."""
    home = ("/zfxxgk/zfxxgknb/", "政府信息公开年报")
    built: Site = {
        "/robots.txt": Resource(ROBOTS, "text/plain"),
        "/": plain("青禾县人民政府", "政务公开　办事服务　互动交流", home, "utf-8"),
        "/zfxxgk/": plain("政府信息公开", "指南　制度　年报", home, "utf-8"),
        "/zfxxgk/zfxxgkzn/": plain("政府信息公开指南", "本指南每年更新一次。", home, "utf-8"),
        "/zfxxgk/zfxxgkzd/": plain("政府信息公开制度", "制度文件正在整理。", home, "utf-8"),
    }
    built |= _lists(rows(PORTAL, "nb", night))
    for entry in plan.present(night):
        if entry.portal == PORTAL:
            built |= _report(entry, night)
    for row in plan.noise():
        if row.portal == PORTAL:
            built |= _noise(row)
    return built


def _lists(found: list[Row]) -> Site:
    cut = pages(found, 15)
    built: Site = {}
    for current, part in enumerate(cut):
        text = template("qinghe-list").substitute(rows="\n".join(map(_row, part)), pages=len(cut), current=current)
        name = f"index_{current}.html" if current else "index.html"
        built[FOLDER + name] = Resource(text.encode(), counter=True, chunked=current == 1)
    built[FOLDER] = built[FOLDER + "index.html"]
    built[f"{FOLDER}index_{len(cut)}.html"] = Resource(_stub())
    return built


def _row(row: Row) -> str:
    """Gives a row whose visible title is cut short; the whole title is in the attribute."""
    shown = row.title if len(row.title) <= 26 else row.title[:25] + "..."
    href = row.path.replace(FOLDER, "./")
    return (
        f'<li><a href="{href}" target="_blank" title="{escape(row.title)}">{escape(shown)}</a>'
        f"<span>{row.published}</span></li>"
    )


def _stub() -> bytes:
    """Gives the short page that TRS leaves where a list once was longer."""
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />'
        "<title>政府信息公开年报</title></head><body><ul></ul>{}</body></html>"
    )
    missing = STUB_LENGTH - len(page.format("").encode())
    return page.format("<!--" + "-" * (missing - 7) + "-->").encode()


def _report(entry: plan.Entry, night: int) -> Site:
    written = report(entry, night)
    changed = plan.nights().corrected_on if plan.corrected(entry, night) else entry.published
    author = plan.agencies()[entry.agency].office
    built: Site = {}
    body = html(written) if entry.style == "html" or entry.body else paragraph("详见附件。")
    attached = ""
    if entry.file:
        built[entry.file] = Resource(docx(written, author), DOCX_TYPE, modified=changed)
        link = f'<a href="./{basename(entry.file)}" oldsrc="./{basename(entry.file)}">{entry.title}.docx</a>'
        attached = f'<div id="appendix"><p>附件：</p><ul><li>{link}</li></ul></div>'
    page = _article(Row(entry.title, entry.published, entry.page, author), body, attached, entry.static)
    built[entry.page] = Resource(
        page.encode(),
        counter=not entry.static,
        chunked=entry.chunked,
        modified=changed if entry.static else None,
    )
    return built


def _noise(row: plan.Noise) -> Site:
    parts = [paragraph(text) for text in row.text]
    built: Site = {}
    if row.image:
        parts.append(f'<p align="center"><img src="{row.image}" oldsrc="{row.image}" /></p>')
        built[row.path.rpartition("/")[0] + row.image[1:]] = Resource(PIXEL, "image/png", modified=row.published)
    if row.table:
        lines = (f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in row.table)
        parts.append(f'<table border="1"><tbody>{"".join(lines)}</tbody></table>')
    source = plan.PORTALS[PORTAL] + "办公室"
    page = _article(Row(row.title, row.published, row.path, source), "\n".join(parts), "", static=False)
    return {**built, row.path: Resource(page.encode(), counter=True)}


def _article(row: Row, body: str, attachments: str, static: bool) -> str:
    number = int(row.path.rpartition("_")[2].removesuffix(".html"))
    hour, minute = 8 + number % 9, number % 60
    form = PUB_DATES[number % len(PUB_DATES)]
    clock = f"{hour:02d}{':∶'[form != PUB_DATES[0]]}{minute:02d}"
    return template("qinghe-article").substitute(
        title=escape(row.title),
        pub_date=form.format(row.published, clock),
        shown_date=f"{row.published} {hour:02d}:{minute:02d}",
        source=row.source,
        today="" if static else "今天是{{today}}",
        visits="" if static else "<span>浏览次数：{{visits}}</span>",
        body=body,
        attachments=attachments,
    )
