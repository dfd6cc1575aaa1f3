"""What a page shows of itself: the site's name, whether it is a report, and the ways from it to a list of reports."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from archive.model import Hints, Payload
from archive.pages import is_page, text_of
from archive.urls import sessionless
from crawler.families.json_answer import is_json
from crawler.families.rows import fold
from crawler.recognise import classify, confirm, squeeze
from crawler.text import visible_text
from crawler.urls import canonical, host_of, join

NAMES = ("SiteName",)
COLUMN_NAMES = ("ColumnName", "ColumnType")
_REPORTS = re.compile(r"年报|年度报告")
_OWNER = re.compile(r"(?:主办(?:单位)?|版权所有)[:：]?\s*([\u4e00-\u9fff]{3,30})")
_SITE_CODE = re.compile(r"网站标识码\s*[:：]?\s*(\d{10})")
_NAME = re.compile(r"政府|[省市县区旗州盟镇乡局委办]$|街道$")
_SEARCH = re.compile(r"/search|[?&](?:q|kw|keyword)=", re.IGNORECASE)
_PARTS = re.compile(r"[-_—–|·,，\s>»]+")

# The texts of links that lead to the column, the surest first (政府信息公开 → 政府信息公开年报)
WAYS = (
    re.compile(r"(?:法定)?(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:年报|年度报告|工作报告|报告)(?:专栏|栏目|列表)?"),
    re.compile(r".{0,12}(?:年报|年度报告)(?:专栏|栏目|列表)?"),
    re.compile(r".{0,8}(?:政府|政务)?信息公开(?:平台|目录|专栏|专题)?"),
    re.compile(r"政务公开"),
)
_ALIKE = 2  # so many of WAYS name a column of reports
_OTHER_REPORTS = re.compile(r"法治|依法行政|[预决]算|统计|企业|网站|绩效|公积金|政府工作报告")
_YEAR = re.compile(r"20\d\d年?度?")
UP = len(WAYS)  # rank of the folders above a report, and of the years in its crumbs
HOME = UP + 1


@dataclass(frozen=True)
class Page:
    """An answer with a body; `asked` is the address before any redirect."""

    asked: str
    url: str
    payload: Payload
    claims: Hints

    @cached_property
    def text(self) -> str:
        """Gives the body as text."""
        return text_of(self.payload, self.claims)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """Gives the body as a tree."""
        return LexborHTMLParser(self.text)

    @property
    def is_file(self) -> bool:
        """Says whether the body is neither a page nor an answer in JSON."""
        return not is_page(self.payload, self.claims) and not is_json(self.text)

    @property
    def address(self) -> str:
        """Gives the address to write down: as asked, unless another page than the same one answered; no session."""
        return sessionless(self.asked if canonical(self.asked) == canonical(self.url) else self.url)

    @property
    def title(self) -> str:
        """Gives the `<title>`, on one line."""
        node = self.tree.css_first("title")
        return fold(node.text()) if node else ""


def meta(page: Page, *names: str) -> list[str]:
    """Gives the contents of the page's `<meta>` of these names, those that say something."""
    found = {
        (node.attributes.get("name") or "").lower(): fold(node.attributes.get("content") or "")
        for node in page.tree.css("meta[name][content]")
    }
    return [said for name in names if (said := found.get(name.lower()))]


def names_reports(page: Page) -> bool:
    """Says whether the page calls itself a column of annual reports."""
    return any(_REPORTS.search(said) for said in (*meta(page, *COLUMN_NAMES), page.title))


def is_report(page: Page, listed: int) -> bool:
    """Says whether the page is a report, by its sections or, where it only carries a file, by its title.

    `listed` is how many reports it lists; a report lists none, or itself.
    """
    titles = (*meta(page, "ArticleTitle"), *map(fold, (node.text() for node in page.tree.css("h1"))), page.title)
    verdicts = [classify(title) for title in titles]
    year = next((verdict.year for verdict in verdicts if verdict.kind == "report" and verdict.year), None)
    return confirm(visible_text(page.text), year).confirmed or (year is not None and listed < 2)


def site_names(page: Page) -> list[str]:
    """Gives what the site may be called: its tag, who runs it, the parts of its title."""
    parts = [part for part in _PARTS.split(page.title) if _NAME.search(part) and "公开" not in part]
    return [*meta(page, *NAMES), *_OWNER.findall(visible_text(page.text)), *parts]


def site_code(page: Page) -> str | None:
    """Gives the site's number (网站标识码), ten digits."""
    said = "".join(meta(page, "SiteIDCode")) or "".join(_SITE_CODE.findall(visible_text(page.text))[:1])
    return said if re.fullmatch(r"\d{10}", said) else None


def ways(page: Page, hosts: tuple[str, ...], from_report: bool) -> Iterator[tuple[int, str]]:
    """Gives rank and address of what may lead on to the list; from a report also the folders above it and home."""
    for text, target in _links(page, hosts):
        name = squeeze(text)
        if (rank := _rank(name)) is not None:
            yield rank, target
        elif from_report and _YEAR.fullmatch(name):
            yield UP, target
    if from_report:
        above = urljoin(page.url, "./")
        yield from ((UP, up) for up in (above, urljoin(above, "../")) if urlsplit(up).path != "/")
        yield HOME, urljoin(page.url, "/")


def columns_alike(page: Page, hosts: tuple[str, ...]) -> list[tuple[str, str]]:
    """Gives text and address of the links to other columns that are named as columns of reports are."""
    own = canonical(page.url)
    found = {
        canonical(target): (text, target)
        for text, target in _links(page, hosts)
        if _rank(squeeze(text)) in range(_ALIKE) and classify(text).year is None
    }
    return [link for key, link in found.items() if key != own]


def _rank(name: str) -> int | None:
    """Gives which of WAYS a link's text is; reports on other matters are none."""
    if _OTHER_REPORTS.search(name):
        return None
    return next((rank for rank, way in enumerate(WAYS) if way.fullmatch(name)), None)


def _links(page: Page, hosts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for node in page.tree.css("a[href]"):
        target = join(page.url, node.attributes.get("href") or "")
        if target and host_of(target) in hosts and not _SEARCH.search(target):
            yield fold(node.attributes.get("title") or "") or fold(node.text()), target
