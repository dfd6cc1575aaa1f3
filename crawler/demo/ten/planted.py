"""What is planted on a portal: a report for each year of each agency, and rows that are none."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from crawler.demo import plan
from crawler.demo.pages import rows as listed
from crawler.demo.plan import Entry
from crawler.demo.render.html import html, paragraph
from crawler.demo.report import report

# Titles of rows that every such column has beside its reports: (title, month and day, what the article says).
NOISE = (
    ("{place}召开{year}年政务公开工作推进会议", (6, 18), "会议通报了上半年工作，部署了下半年任务。"),
    ("一图读懂{place}{year}年重点工作", (4, 9), "本图介绍全年重点工作安排。"),
    ("{place}政府网站工作年度报表（{year}年度）", (1, 28), "网站独立用户访问总量、信息发布总数、专栏专题数量见表。"),
    ("{place}{year}年法治政府建设年度报告", (3, 30), "本报告介绍法治政府建设情况。"),
    ("关于做好{year}年政府信息公开工作年度报告编制和发布工作的通知", (1, 4), "请各单位按时编制并发布。"),
    ("{place}政府信息公开指南（{year}年修订）", (8, 12), "本指南每年更新一次。"),
)


@dataclass(frozen=True, slots=True)
class Row(listed.Row):
    """A row of a list and what lies behind it; `entry` is None where it is no report."""

    text: str = ""
    entry: Entry | None = None

    def body(self, night: int) -> str:
        """Gives the article's text as HTML."""
        return html(report(self.entry, night)) if self.entry else paragraph(self.text)


def reports(portal: str, agencies: Mapping[str, Iterable[int]], path: Callable[[int, date], str]) -> tuple[Row, ...]:
    """Gives the reports of agencies in the years, departments and townships in January, governments in March."""
    rows = []
    for place, (agency, years) in enumerate(agencies.items()):
        month = 3 if plan.agency(agency).kind == "county" else 1
        for year in years:
            published = date(year + 1, month, 8 + place * 3 % 19 + year % 3)
            title = f"{agency}{year}年政府信息公开工作年度报告"
            page = path(2000 + 40 * (year - 2019) + place, published)
            entry = Entry(portal, "nb", agency, year, title, published, "html", page)
            rows.append(Row(title, published, page, plan.agency(agency).office, entry=entry))
    return tuple(rows)


def noise(place: str, years: Iterable[int], path: Callable[[int, date], str], count: int) -> tuple[Row, ...]:
    """Gives so many rows that are no annual reports, some for each year."""
    rows = []
    for year in years:
        for number, (title, (month, day), text) in enumerate(NOISE):
            published = date(year, month, day)
            named = title.format(place=place, year=year)
            rows.append(Row(named, published, path(5000 + 20 * (year - 2019) + number, published), place, text))
    return tuple(rows[:count])


def newest_first(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Gives rows in the order of a column."""
    return tuple(sorted(rows, key=lambda row: (row.published, row.path), reverse=True))


def documents(rows: Iterable[Row]) -> frozenset[tuple[str, int]]:
    """Gives the reports of rows as the archive names them."""
    return frozenset((row.entry.agency, row.entry.year) for row in rows if row.entry)
