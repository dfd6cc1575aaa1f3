"""禾丰县 (portal 1 of the ten): TRS with a table for a list, its third page last, then a stub that answers 200.

23 rows: 11 reports of the county's own bodies, 2 of the city above it, which stand in another column of the same site,
and 10 rows of noise. One report is a Word file of 1997's format, one a file of WPS. PubDate has em dashes and ratio
signs.
"""

from datetime import date
from functools import lru_cache
from html import escape
from importlib.resources import files

from crawler.demo.pages.resource import Resource, Site, plain, template
from crawler.demo.plan import Entry, agency
from crawler.demo.portal import DemoPortal, Truth, static
from crawler.demo.render.html import html, paragraph
from crawler.demo.report import report

ID = "990101-hefeng"
COLUMN = "/zfxxgk/zfxxgknb/"
ABOVE = "/zfxxgk/sjzfxxgknb/"  # reports of the city above
ROWS_PER_PAGE = 10
STUB_LENGTH = 350
PUB_DATES = ("{:%Y-%m-%d} {}", "{:%Y—%m—%d} {}", "{:%Y——%m——%d} {}")
ROBOTS = b"User-agent: *\nDisallow: /search\n"

REPORTS = (  # agency, year, published, number of the article; a file's name where the report hangs below it
    ("禾丰县", 2022, date(2023, 3, 27), 41880, None),
    ("禾丰县", 2023, date(2024, 3, 26), 52114, None),
    ("禾丰县", 2024, date(2025, 3, 27), 62955, None),
    ("禾丰县财政局", 2022, date(2023, 1, 16), 40112, "P020230116377218845060.doc"),
    ("禾丰县财政局", 2023, date(2024, 1, 18), 51307, None),
    ("禾丰县卫生健康委员会", 2023, date(2024, 1, 23), 51388, None),
    ("禾丰县卫生健康委员会", 2024, date(2025, 1, 21), 61740, None),
    ("榉溪镇", 2023, date(2024, 1, 12), 51164, "P020240112602811947352.wps"),
    ("榉溪镇", 2024, date(2025, 1, 14), 61577, None),
    ("囤秋街道", 2022, date(2023, 1, 11), 40031, None),
    ("囤秋街道", 2024, date(2025, 1, 16), 61603, None),
    ("穗川市", 2022, date(2023, 3, 30), 41954, None),
    ("穗川市", 2023, date(2024, 3, 29), 52190, None),
)
TITLES = {
    41880: "禾丰县人民政府2022年政府信息公开工作年度报告",
    61577: "禾丰县榉溪镇人民政府2024年政府信息公开工作年度报告",
    40031: "禾丰县囤秋街道办事处2022年政府信息公开年度报告",
    41954: "穗川市人民政府2022年政府信息公开工作年度报告",
}
NOISE = (
    ("禾丰县召开2024年度政务公开工作推进会议", date(2025, 2, 18), 62207),
    ("一图读懂禾丰县2024年重点工作", date(2025, 1, 9), 61488),
    ("禾丰县2024年政府网站工作年度报表", date(2025, 1, 24), 61811),
    ("禾丰县2023年政府网站工作年度报表", date(2024, 1, 25), 51420),
    ("政府网站工作年度报表（禾丰县卫生健康委员会）", date(2024, 1, 24), 51402),
    ("禾丰县2023年法治政府建设年度报告", date(2024, 3, 4), 51890),
    ("关于印发《禾丰县政府信息公开工作年度报告格式》的通知", date(2023, 12, 11), 50766),
    ("禾丰县召开2022年度工作会暨作风建设会议", date(2023, 2, 6), 40560),
    ("禾丰县政府信息公开年度报告制度（试行）", date(2022, 9, 21), 37205),
    ("禾丰县财政局2022年度部门决算", date(2023, 9, 15), 47731),
)
REPORTED = {"独立用户访问总量": "72,118", "信息发布总数": "2,904", "专栏专题维护数量": "6"}  # of a website's own report


def _path(number: int, published: date, column: str = COLUMN) -> str:
    return f"{column}{published:%Y%m}/t{published:%Y%m%d}_{number}.html"


def _entry(name: str, year: int, published: date, number: int, file: str | None) -> Entry:
    page = _path(number, published, ABOVE if name == "穗川市" else COLUMN)
    return Entry(
        portal=ID,
        column="nb",
        agency=name,
        year=year,
        title=TITLES.get(number, f"{name}{year}年政府信息公开工作年度报告"),
        published=published,
        style="html",
        page=page,
        file=page.rpartition("/")[0] + f"/{file}" if file else None,
    )


ENTRIES = tuple(_entry(*row) for row in REPORTS)


@lru_cache(maxsize=2)
def site(night: int) -> Site:
    """Gives every path of the portal; no night differs."""
    home = (COLUMN, "政府信息公开年报")
    built: Site = {
        "/robots.txt": Resource(ROBOTS, "text/plain"),
        "/": plain("禾丰县人民政府", "政务公开　办事服务", home, "utf-8"),
        "/zfxxgk/": plain("政府信息公开", "指南　制度　年报", home, "utf-8"),
    }
    for entry in ENTRIES:
        built |= _report(entry, night)
    for title, published, number in NOISE:
        text = paragraph(f"现将{title.partition('（')[0]}有关内容予以发布。")
        if "报表" in title:
            lines = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in REPORTED.items())
            text += f'<table border="1"><tbody>{lines}</tbody></table>'
        path = _path(number, published)
        built[path] = Resource(_article(title, published, path, "禾丰县人民政府办公室", text, "").encode())
    return built | _lists()


def _lists() -> Site:
    rows = [(entry.title, entry.published, entry.page) for entry in ENTRIES]
    rows += [(title, published, _path(number, published)) for title, published, number in NOISE]
    rows.sort(key=lambda row: (row[1], row[2]), reverse=True)
    cut = [rows[start : start + ROWS_PER_PAGE] for start in range(0, len(rows), ROWS_PER_PAGE)]
    built: Site = {}
    for current, part in enumerate(cut):
        lines = "\n".join(_row(ROWS_PER_PAGE * current + place, *row) for place, row in enumerate(part, start=1))
        text = template("hefeng-list").substitute(rows=lines, pages=len(cut), current=current)
        name = f"index_{current}.html" if current else "index.html"
        built[COLUMN + name] = Resource(text.encode(), counter=True)
    built[COLUMN] = built[COLUMN + "index.html"]
    return built | {f"{COLUMN}index_{len(cut)}.html": Resource(_stub())}


def _row(place: int, title: str, published: date, path: str) -> str:
    href = path.replace(ABOVE, "../sjzfxxgknb/").replace(COLUMN, "./")
    shown = title if len(title) <= 24 else title[:23] + "…"
    return (
        f'<tr class="bg{place % 2}"><td>{place}</td><td align="left"><a href="{href}" title="{escape(title)}">'
        f"{escape(shown)}</a></td><td>{published}</td></tr>"
    )


def _stub() -> bytes:
    """Gives the short page that TRS leaves where a list once was longer."""
    page = "<html><head><title>{}</title></head><body><table></table></body></html>"
    text = page.format("政府信息公开年报").encode()
    return text.replace(b"</body>", b"<!--" + b"-" * (STUB_LENGTH - len(text) - 7) + b"--></body>")


def _report(entry: Entry, night: int) -> Site:
    attached, body = "", html(report(entry, night)) if entry.file is None else paragraph("全文见附件。")
    built: Site = {}
    if entry.file:
        name = entry.file.rpartition("/")[2]
        link = f'<a href="./{name}" oldsrc="./{name}">{entry.title}{name[-4:]}</a>'
        attached = f'<div id="appendix"><p>附件：</p><ul><li>{link}</li></ul></div>'
        data = files("crawler.demo").joinpath("data", "files", f"hefeng-{entry.year}{name[-4:]}").read_bytes()
        built[entry.file] = Resource(data, "application/msword", modified=entry.published)
    office = agency(entry.agency).office
    page = _article(entry.title, entry.published, entry.page, office, body, attached)
    return built | {entry.page: Resource(page.encode(), modified=entry.published)}


def _article(title: str, published: date, path: str, source: str, body: str, attached: str) -> str:
    number = int(path.rpartition("_")[2].removesuffix(".html"))
    form = PUB_DATES[number % len(PUB_DATES)]
    hour, minute = 8 + number % 9, number % 60
    return template("hefeng-article").substitute(
        title=escape(title),
        pub_date=form.format(published, f"{hour:02d}{':∶'[form != PUB_DATES[0]]}{minute:02d}"),
        shown_date=f"{published} {hour:02d}:{minute:02d}",
        source=source,
        body=body,
        attachments=attached,
    )


def truth(_: int) -> Truth:
    """Gives the reports, those of the city above among them."""
    return Truth(frozenset((entry.agency, entry.year) for entry in ENTRIES))


PORTAL = DemoPortal(ID, "禾丰县人民政府", "127.0.0.21", static(site), truth)
