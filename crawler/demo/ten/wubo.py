"""雾泊县 (portal 7 of the ten): VSB. The column's pages count downwards, its files want the article as Referer.

26 rows on three pages, `xxgknb.htm`, `xxgknb/2.htm`, `xxgknb/1.htm`: 18 reports and 8 that are none. One article is GBK
under a header that says ISO-8859-1 and no word of its own, one is UTF-8 that calls itself gb2312. One has a .zip of two
.doc and one .xls with names in GBK: three reports. Who downloads without the article's address gets a page of 4.9 kB.
"""

from functools import lru_cache
from html import escape
from importlib.resources import files

from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.portal import DemoPortal, Request, Truth
from crawler.demo.render.html import paragraph
from crawler.demo.ten.planted import Row, documents, newest_first, noise, reports

ID = "990104-wubo"
SIZE = 10
COLUMN = "/zwgk/xxgknb"
AGENCIES = {
    "雾泊县": range(2020, 2025),
    "雾泊县教育局": range(2021, 2025),
    "雾泊县民政局": range(2022, 2025),
    "烟渡镇": range(2023, 2025),
    "苇桥乡": range(2021, 2025),
}
CALLED_LATIN = ("雾泊县民政局", 2023)  # GBK, the header says ISO-8859-1
CALLED_GB2312 = ("苇桥乡", 2022)  # UTF-8, the page says gb2312
ZIPPED = ("烟渡镇", 2023)
OLDER = (("烟渡镇", 2021), ("烟渡镇", 2022))  # in the same .zip
DOWNLOAD = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1547896321&wbfileid="
REFUSED_LENGTH = 4900


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Gives the rows of the column, newest first."""
    return newest_first(
        (
            *reports(ID, AGENCIES, lambda number, _: f"/info/1023/{number}.htm"),
            *noise("雾泊县", (2023, 2024), lambda number, _: f"/info/1023/{number}.htm", 8),
        )
    )


def answer(request: Request) -> Resource | None:
    """Gives what the portal answers."""
    if request.target.startswith(DOWNLOAD):
        return _file(request)
    return _site().get(request.target)


@lru_cache(maxsize=1)
def _site() -> Site:
    home = (f"{COLUMN}.htm", "政府信息公开年报")
    built: Site = {
        "/robots.txt": Resource(b"User-agent: *\nDisallow: /system/resource/\n", "text/plain"),
        "/": plain("雾泊县人民政府", "政务公开　办事服务　互动交流", home, "utf-8"),
        "/zwgk/xxgkzn.htm": plain("政府信息公开指南", "本指南每年更新一次。", home, "utf-8"),
    }
    pages = -(-len(rows()) // SIZE)
    for page in range(1, pages + 1):
        built[_address(page, pages)] = _list(page, pages)
    return built | {row.path: _article(row) for row in rows()}


def _address(page: int, pages: int) -> str:
    return f"{COLUMN}.htm" if page == 1 else f"{COLUMN}/{pages - page + 1}.htm"


def _list(page: int, pages: int) -> Resource:
    up = "../" if page == 1 else "../../"
    part = rows()[(page - 1) * SIZE : page * SIZE]
    news = [row for row in rows() if not row.entry][:3]
    text = template("wubo-list").substitute(
        up=up,
        news="\n".join(_line(5, number, row, up) for number, row in enumerate(news)),
        rows="\n".join(_line(8, number, row, up) for number, row in enumerate(part)),
        pager=_pager(page, pages),
    )
    return Resource(text.encode())


def _line(unit: int, number: int, row: Row, up: str) -> str:
    title = escape(row.title)
    shown = title if len(title) <= 24 else title[:24] + "..."
    return (
        f'<li id="line_u{unit}_{number}"><span class="date">{row.published:%Y/%m/%d}</span>'
        f'<a href="{up}{row.path[1:]}" target="_blank" title="{title}">{shown}</a></li>'
    )


def _pager(page: int, pages: int) -> str:
    """Gives the pager with addresses relative to the page it stands on."""

    def link(to: int, text: str, kind: str = "p_no") -> str:
        target = _address(to, pages).removeprefix("/zwgk/")
        if page > 1:
            target = "../xxgknb.htm" if to == 1 else target.removeprefix("xxgknb/")
        return f'<span class="{kind}"><a href="{target}">{text}</a></span>'

    numbers = (f'<span class="p_no_d">{n}</span>' if n == page else link(n, str(n)) for n in range(1, pages + 1))
    onward = (link(page + 1, "下页", "p_next p_fun"), link(pages, "尾页", "p_last p_fun")) if page < pages else (
        '<span class="p_next_d p_fun_d">下页</span>', '<span class="p_last_d p_fun_d">尾页</span>'
    )  # fmt: skip
    turn = f"_simple_list_gotopage_fun({pages},&quot;u8_goto&quot;,2)"
    return (
        f'<div class="pb_sys_common pb_sys_normal pb_sys_style1"><span class="p_t">共{len(rows())}条</span> '
        f'<span class="p_pages"><span class="p_first_d p_fun_d">首页</span>{"".join(numbers)}{"".join(onward)}</span> '
        f'<span class="p_goto"><input type="text" class="p_goto_input" maxlength="10" id="u8_goto">'
        f'<a href="javascript:;" onclick="{turn}">跳转</a></span></div>'
    )


def _key(row: Row) -> tuple[str, int] | None:
    return (row.entry.agency, row.entry.year) if row.entry else None


def _article(row: Row) -> Resource:
    zipped, key = _key(row) == ZIPPED, _key(row)
    declared = {CALLED_LATIN: "", CALLED_GB2312: "gb2312"}.get(key or ("", 0), "UTF-8")
    number = row.path.rpartition("/")[2].removesuffix(".htm")
    text = template("wubo-article").substitute(
        title=escape(row.title),
        charset=f'<META content="text/html; charset={declared}" http-equiv="Content-Type">' if declared else "",
        published=row.published,
        source=row.source,
        number=number,
        body=paragraph("2023年报告及前两年报告见附件。") if zipped else row.body(1),
        attachments=_attachments() if zipped else "",
    )
    if key == CALLED_LATIN:
        return Resource(text.encode("gbk"), "text/html; charset=ISO-8859-1", charset="gbk", modified=row.published)
    return Resource(text.encode(), modified=row.published)


def _attachments() -> str:
    """Gives the list of files as the system writes it: the name stands in the link's text alone."""
    link = f'<a href="{escape(DOWNLOAD)}48815A7F" target="_blank">烟渡镇政府信息公开工作年度报告.zip</a>'
    return (
        f'<ul style="list-style-type:none;"><li>附件【{link}】已下载<span id="nattach48815A7F">'
        '<script language="javascript">getClickTimes(48815,1547896321,"wbnewsfile","attach")</script></span>次</li>'
        "</ul>"
    )


def _file(request: Request) -> Resource | None:
    if request.query.get("wbfileid") != "48815A7F":
        return None
    if not request.headers.get("referer", "").startswith(f"{request.base}/info/"):
        return Resource(_refusal(), "text/html; charset=UTF-8")
    body = files("crawler.demo").joinpath("data", "files", "wubo-2021-2023.zip").read_bytes()
    name = 'attachment; filename="烟渡镇政府信息公开工作年度报告.zip"'.encode()
    return Resource(body, "application/octet-stream", headers=(("Content-Disposition", name),))


def _refusal() -> bytes:
    text = "<html><head><title>文件下载</title></head><body><p>文件不存在，或请从正文页面下载。</p>{}</body></html>"
    missing = REFUSED_LENGTH - len(text.format("").encode())
    return text.format("<!--" + "-" * (missing - 7) + "-->").encode()


def truth(_: int) -> Truth:
    """Gives what the archive must hold: each report of the .zip is one."""
    return Truth(documents(rows()) | frozenset(OLDER))


PORTAL = DemoPortal(ID, "雾泊县人民政府", "127.0.0.27", answer, truth)
