"""What 樟阳市 publishes, before and after its migration: three years of 22 townships, and the rows beside them."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from crawler.demo.plan import Entry, agency
from crawler.demo.render.html import html, paragraph
from crawler.demo.report import report

YEARS = tuple(range(2019, 2026))  # of the columns; only some have reports
TOWNSHIPS = (
    *("鹿汀街道", "樟影街道", "砚桥街道", "穗浦街道", "雁栅街道"),
    *(
        "橹声镇",
        "苔矶镇",
        "蓼湾镇",
        "篁岫镇",
        "磬石坳镇",
        "霜枫渡镇",
        "藕塍镇",
        "鹭洑镇",
        "茶篓镇",
        "桐阪岭镇",
        "纸槽镇",
    ),
    *("洲渚乡", "笠泽坪乡", "萤谷乡", "薯坑尾乡", "云碓乡", "獭溪口乡"),
)
# How a township is called in the titles of a year: streets by three names, townships with and without 人民政府.
STREETS = {2022: "樟阳市{}街道办事处", 2023: "{}街办", 2024: "樟阳市{}街道"}
OTHERS = {2022: "樟阳市{}人民政府", 2023: "{}", 2024: "樟阳市{}"}
WORDS = {2022: "政府信息公开工作年度报告", 2023: "政府信息公开年度报告", 2024: "政府信息公开工作年度报告"}
ATTACHED = {("橹声镇", 2023), ("樟影街道", 2024)}  # the article only names the file
FRAMED = {("獭溪口乡", 2024)}  # the article shows the file in a frame and says nothing
NOISE = {
    2019: ("樟阳市2019年政府网站工作年度报表", "樟阳市召开2019年度政务公开工作会议"),
    2020: ("樟阳市2020年政府网站工作年度报表", "樟阳市2020年法治政府建设年度报告"),
    2021: ("关于印发樟阳市政府信息公开工作年度报告格式的通知",),
    2022: (
        "樟阳市2022年政府网站工作年度报表",
        "樟阳市召开2022年度政务公开工作会议",
        "樟阳市2022年法治政府建设年度报告",
        "关于做好樟阳市2022年度政府信息公开工作年度报告编制工作的通知",
    ),
    2023: ("樟阳市2023年政府网站工作年度报表", "樟阳市2023年法治政府建设年度报告", "樟阳市财政局2023年度部门决算"),
    2024: (
        "樟阳市2024年政府网站工作年度报表",
        "樟阳市举办2024年政务公开业务培训班",
        "樟阳市2024年法治政府建设年度报告",
        "关于做好樟阳市2024年度政府信息公开工作年度报告编制工作的通知",
    ),
    2025: ("樟阳市召开2025年度政务公开工作会议",),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a year's column: a report, or where there is no entry, noise."""

    year: int
    title: str
    published: date
    number: int  # of the article, the same before and after the migration
    entry: Entry | None = None

    @property
    def key(self) -> str:
        """Gives the 32 hexadecimal digits that name the article."""
        return hashlib.md5(f"{self.title} {self.number}".encode(), usedforsecurity=False).hexdigest()

    @property
    def file(self) -> str | None:
        """Gives the name of the report's PDF, None where the report is the article's text."""
        one = self.entry
        if one is None or (one.agency, one.year) not in ATTACHED | FRAMED:
            return None
        return hashlib.md5(f"{self.key}.pdf".encode(), usedforsecurity=False).hexdigest() + ".pdf"

    @property
    def source(self) -> str:
        """Gives who published it."""
        return agency(self.entry.agency).office if self.entry else "樟阳市人民政府办公室"


@lru_cache(maxsize=1)
def items() -> tuple[Item, ...]:
    """Gives all rows, year by year, the newest of a year first."""
    found = [item for year in YEARS for item in (*_reports(year), *_noise(year))]
    return tuple(sorted(found, key=lambda item: (-item.year, -item.published.toordinal(), item.number)))


def _reports(year: int) -> list[Item]:
    return [_report(year, place, name) for place, name in enumerate(TOWNSHIPS) if year in WORDS]


def _report(year: int, place: int, name: str) -> Item:
    called = STREETS[year].format(name.removesuffix("街道")) if name.endswith("街道") else OTHERS[year].format(name)
    title = f"{called}{year}年{WORDS[year]}"
    published = date(year + 1, 1, 8) + timedelta(days=place * 7 % 22)
    number = (year - 2000) * 100_000 + 4_100 + 37 * place
    entry = Entry("990982-zhangyang", "nb", name, year, title, published, "html", page="")
    return Item(year, title, published, number, entry)


def _noise(year: int) -> list[Item]:
    last = min(date(year + 1, 1, 29), date(2025, 3, 28))
    rows = enumerate(NOISE[year])
    return [Item(year, title, last - timedelta(days=9 * place), 900_000 + 10 * year + place) for place, title in rows]


def body(item: Item, night: int) -> str:
    """Gives the text of an article, without what names or shows a file."""
    if item.entry is None:
        return paragraph(f"{item.title}，现予发布，具体内容以市政府办公室解释为准。")
    if item.file is None:
        return html(report(item.entry, night))
    framed = (item.entry.agency, item.entry.year) in FRAMED
    return "" if framed else paragraph("报告全文见附件。")


def shown_in_frame(item: Item) -> bool:
    """Tells whether the article shows its file in a frame, rather than name it."""
    return item.entry is not None and (item.entry.agency, item.entry.year) in FRAMED


def pdf(item: Item) -> bytes:
    """Gives the PDF of a report."""
    assert item.entry
    name = f"zhangyang-{item.entry.year}-{TOWNSHIPS.index(item.entry.agency):02d}.pdf"
    return files("crawler.demo").joinpath("data", "files", name).read_bytes()
