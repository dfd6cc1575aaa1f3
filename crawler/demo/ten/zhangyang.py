"""樟阳市 (portal 4 of the ten): CMSPro, a column for each year from 2019 to 2025, of which three have reports.

22 townships in 2022, 2023 and 2024: 66 reports. The years hang below a shell, but for 2024, whose list stands in a
frame. A year with reports has 26 rows on two pages; the second is `list_2.shtml`. In 2023 one row is a copy from
another site whose relative link is dead here (`DEAD`), a 67th report that cannot be had. Three reports are PDF files,
one of them in a frame of an article that says nothing.
"""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.portal import DemoPortal, Truth, static
from crawler.demo.ten.zhangyang_reports import YEARS, Item, body, items, pdf, shown_in_frame

ID = "990982-zhangyang"
SHELL = "/zyrmzf/zfxxgknb/xxgk_lists.shtml"
FRAME = "/xzxxgk/xxgk_bmtt.shtml?code=2024nf&temp=list"
FRAMED_YEAR = 2024
ROWS_PER_PAGE = 20
DEAD_YEAR, DEAD_TITLE = 2023, "樟阳市教育体育局2023年政府信息公开工作年度报告"
DEAD = "/zysjytyj/zwgk/202401/5d0c61f2a9e84b7380d1c7f6e2a4b935.shtml"  # at the site it was copied from
ROBOTS = b"User-agent: *\nDisallow: /search\nDisallow: /common/\n"


def path(item: Item) -> str:
    """Gives the path of an article."""
    return f"/zyrmzf/{item.year}nf/{item.published:%Y%m}/{item.key}.shtml"


@lru_cache(maxsize=2)
def site(night: int) -> Site:
    """Gives every path of the portal; no night differs."""
    built: Site = {
        "/robots.txt": Resource(ROBOTS, "text/plain"),
        "/": plain("樟阳市人民政府", "走进樟阳　政务公开　互动交流", (SHELL, "政府信息公开年报"), "utf-8"),
        SHELL: _page("政府信息公开年报", _years()),
        FRAME: _page("乡镇（街道）信息公开", _frame()),
    }
    for year in YEARS:
        built |= _lists(year)
    for item in items():
        built |= _article(item, night)
    return built


def _page(column: str, main: str) -> Resource:
    return Resource(template("zhangyang-list").substitute(column=column, main=main).encode(), counter=True)


def _years() -> str:
    links = (
        f'<li><a href="../{year}nf/list.shtml" target="_self">{year}年</a></li>'
        for year in reversed(YEARS)
        if year != FRAMED_YEAR
    )
    return f'<div class="xxgk-years"><h3>政府信息公开年报</h3><ul>{"".join(links)}</ul></div>'


def _frame() -> str:
    return """<div class="xxgk-main"><iframe id="bmtt" width="100%" frameborder="0" scrolling="no"></iframe></div>
<script>
var code = getQueryString("code"), temp = getQueryString("temp");
$("#bmtt").attr("src", "/zyrmzf/" + code + "/" + temp + ".shtml");
</script>"""


def _lists(year: int) -> Site:
    rows = [_row(item.title, f"../..{path(item)}", item.published) for item in items() if item.year == year]
    if year == DEAD_YEAR:
        rows.insert(9, _row(DEAD_TITLE, f"../..{DEAD}", "2024-01-20"))
    cut = [rows[start : start + ROWS_PER_PAGE] for start in range(0, len(rows), ROWS_PER_PAGE)]
    built: Site = {}
    for current, part in enumerate(cut, start=1):
        name = f"list_{current}.shtml" if current > 1 else "list.shtml"
        built[f"/zyrmzf/{year}nf/{name}"] = _page(f"{year}年", _list(part, len(cut), current, len(rows)))
    return built


def _list(part: Sequence[str], pages: int, current: int, count: int) -> str:
    return f"""<div class="pageList"><ul class="pageList newsList">
{"".join(part)}</ul>
<div id="page_div"></div></div>
<script>createPageHTML('page_div',{pages},{current},'list','shtml',{count});</script>"""


def _row(title: str, href: str, published: object) -> str:
    shown = title if len(title) <= 22 else title[:21] + "…"
    return (
        f'<li><a href="{href}" target="_blank" title="{escape(title)}">{escape(shown)}</a>'
        f'<span class="time">{published}</span></li>\n'
    )


def _article(item: Item, night: int) -> Site:
    built: Site = {}
    text, attached = body(item, night), ""
    if item.file:
        built[path(item).rpartition("/")[0] + f"/files/{item.file}"] = Resource(
            pdf(item), "application/pdf", modified=item.published
        )
        if shown_in_frame(item):
            text = f'<p><iframe src="files/{item.file}" width="100%" height="800"></iframe></p>'
        else:
            attached = f'<div class="fj-a"><a href="files/{item.file}">{item.title}.pdf</a></div>'
    page = template("zhangyang-article").substitute(
        title=escape(item.title),
        column=f"{item.year}年",
        channel=f"{item.year}nf",
        key=item.key,
        number=item.number,
        day=item.published,
        shown_date=f"{item.published} {8 + item.number % 9:02d}:{item.number % 60:02d}",
        source=item.source,
        body=text,
        attachments=attached,
    )
    return built | {path(item): Resource(page.encode(), counter=True)}


def truth(_: int) -> Truth:
    """Gives the reports by the names of the archive, whatever the titles call them."""
    return Truth(frozenset((item.entry.agency, item.entry.year) for item in items() if item.entry))


PORTAL = DemoPortal(ID, "樟阳市人民政府", "127.0.0.24", static(site), truth)
