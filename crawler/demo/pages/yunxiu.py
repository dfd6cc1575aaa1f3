"""云岫区: a home-made portal. Numbered list pages with 下一页, absolute links, GB18030 that nothing declares."""

from functools import lru_cache
from html import escape
from posixpath import basename

from crawler.demo import plan
from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.pages.rows import Row, pages, rows
from crawler.demo.render import txt
from crawler.demo.render.html import html, paragraph
from crawler.demo.render.word_html import word_html
from crawler.demo.report import report

PORTAL = "990202-yunxiu"
CHARSET = "gb18030"
LISTS = {"nb": ("/xxgk-list-ndbg", "政府信息公开年报"), "xz": ("/xxgk-list-xzndbg", "乡镇街道年报")}
ROBOTS = b"User-agent: *\nCrawl-delay: 0.01\nDisallow: /search\nDisallow: /show.php?action=\n"


@lru_cache(maxsize=4)
def site(night: int) -> Site:
    """Gives every path of the portal on a night."""
    home = ("/xxgk-list-ndbg.html", "政府信息公开年报")
    built: Site = {
        "/robots.txt": Resource(ROBOTS, "text/plain"),
        "/": plain("云岫区人民政府", "今日云岫　政务公开　便民服务", home, CHARSET),
        "/xxgk.html": plain("政务公开", "各栏目内容陆续更新。", home, CHARSET),
    }
    for column in LISTS:
        built |= _lists(column, rows(PORTAL, column, night))
    for entry in plan.present(night):
        if entry.portal == PORTAL:
            built |= _report(entry, night)
    for row in plan.noise():
        if row.portal == PORTAL and row.path.startswith("/"):
            built |= _noise(row)
    return built


def _lists(column: str, found: list[Row]) -> Site:
    stem, name = LISTS[column]
    cut = pages(found, 10)
    paths = [f"{stem}-{number}.html" if number > 1 else f"{stem}.html" for number in range(1, len(cut) + 1)]
    shape = _table if column == "nb" else _bullets
    built: Site = {}
    for current, part in enumerate(cut):
        page = template("yunxiu-list").substitute(column=name, rows=shape(part), pager=_pager(paths, current))
        built[paths[current]] = Resource(page.encode(CHARSET), charset=CHARSET, counter=True)
    return built


def _table(part: list[Row]) -> str:
    lines = (
        f'<tr><td class="xh">{number}</td><td class="bt"><a href="{row.path}" target="_blank">{escape(row.title)}</a>'
        f'</td><td>{row.source}</td><td class="rq">{row.published}</td></tr>'
        for number, row in enumerate(part, start=1)
    )
    head = '<table class="xxgk_list" width="100%"><tr><th>序号</th><th>名称</th><th>发布机构</th><th>发布日期</th></tr>'
    return "\n".join((head, *lines, "</table>"))


def _bullets(part: list[Row]) -> str:
    lines = (
        f'<li><em>[{row.published}]</em><a href="{row.path}" target="_blank">·{escape(row.title)}</a></li>'
        for row in part
    )
    return "\n".join(('<ul class="news">', *lines, "</ul>"))


def _pager(paths: list[str], current: int) -> str:
    def link(number: int, text: str) -> str:
        return f'<a href="{paths[number]}">{text}</a>'

    parts = [link(0, "首页")]
    parts += [link(current - 1, "上一页")] if current else []
    parts += [f"<b>{n + 1}</b>" if n == current else link(n, str(n + 1)) for n in range(len(paths))]
    parts += [link(current + 1, "下一页")] if current + 1 < len(paths) else []
    return "\n".join((*parts, link(len(paths) - 1, "尾页")))


def _report(entry: plan.Entry, night: int) -> Site:
    written = report(entry, night)
    built: Site = {}
    attached, body = "", ""
    if entry.style in ("txt-cells", "txt-tabs"):
        text = txt.cells(written) if entry.style == "txt-cells" else txt.tabs(written)
        built[entry.path] = Resource(text.encode(entry.charset), "text/plain", charset=entry.charset)
        if entry.file is None:
            return built
        link = f'<a href="{entry.file}">{entry.title}{basename(entry.file)[-4:]}</a>'
        attached = f'<div class="fujian">附件下载：{link}</div>'
        body = paragraph(f"现将{entry.title}予以公布，全文见附件。")
    else:
        body = word_html(written) if entry.style == "word-html" else html(written)
    author = plan.agencies()[entry.agency].office
    page = _article(Row(entry.title, entry.published, entry.page, author), body, attached)
    built[entry.page] = Resource(page.encode(CHARSET), charset=CHARSET, counter=True, chunked=entry.chunked)
    if entry.moved_from:
        built[entry.moved_from] = Resource(b"", status=302, location=entry.page)
    return built


def _noise(row: plan.Noise) -> Site:
    parts = [paragraph(text) for text in row.text]
    if row.table:
        lines = (f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in row.table)
        parts.append(f'<table border="1">{"".join(lines)}</table>')
    source = plan.PORTALS[PORTAL] + "办公室"
    page = _article(Row(row.title, row.published, row.path, source), "\n".join(parts), "")
    return {row.path: Resource(page.encode(CHARSET), charset=CHARSET, counter=True)}


def _article(row: Row, body: str, attachments: str) -> str:
    number = row.path.rpartition("-")[2].removesuffix(".html")
    return template("yunxiu-article").substitute(
        title=escape(row.title),
        index_number=f"YX0003-{row.published.year}-{number[-4:]}",
        source=row.source,
        shown_date=row.published,
        body=body,
        attachments=attachments,
    )
