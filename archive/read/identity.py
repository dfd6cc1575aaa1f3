"""Who reports on which year (单位、年度), as the report itself says.

Sources in order: agency from title, then from 由…编制 in the body, then from the page's metadata; year from title, then
from the period sentence (统计期限), then the year before the one in the URL's date, which is flagged. Sources that
disagree are an issue, never a silent choice: last year's text and another agency's name are kept by mistake often.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from archive.model import Issue
from archive.read.words import comparable, is_furniture, section, simple, squash, tidy

Period = tuple[date, date]

NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
YEAR = re.compile(r"(?<!\d)(?:(20\d{2})|([二2][〇○零0][〇○零0一二三四五六七八九1-9]{2}))(?:年度|年|(?!\d))")
TAIL = re.compile(
    r"(?:(?:(?<!人民)政府|政务)?信息公开|依法公开)(?:工作|情况|年度|的|实施|执行|及|与)*"
    r"(?:(?:20\d{2}|二[〇○零][〇○零一二三四五六七八九]{2})(?:年度|年))?(?:工作|情况|年度|的)*"
    r"(?:年度报告|报告|年报|总结)(?:书|表)?"
)
TITLE_MAX = 80
FROM_BODY = re.compile(r"(?:现)?由([^，,。；;：:、（(]{2,30}?)(?:负责)?(?:编制|编写|起草)")
BY_WHAT = re.compile(
    r"(?:结合|根据|依据|按照|依照|参照|汇总|牵头|会同(?!县)|组织(?=编|有关|各|相关)|综合(?=全|各|本|有关|相关|所)).*"
)
"""What stands between the body and 编制: how it did it, from what, with whom."""
ANNOUNCED = re.compile(
    r"(?:编制(?:完成|形成|发布|了)*|(?:现|特)(?:向社会)?(?:公布|发布|公开|将))《?(?!全|各)([^《》,，。；;：:（()）]{6,60}?(?:报告|年报))"
)
COMPILER = re.compile(
    r"(?:^|[,，。；;：:])([^,，。；;：:、《》（()）]{2,20}[省市县区旗州盟镇乡道][^,，。；;：:、《》（()）]{0,20}"
    r"(?<=[府处局室厅委办院镇乡道会心]))(?:现|特)?编制(?:本|20\d{2}年)[^,，。；;：:《]{0,24}?(?:报告|年报)"
)
SELF = re.compile(r"^(?:我|本|该|各|其)|(?:本机关|本单位|本部门)|(?:我|本)(?:镇|乡|街道|局|县|市|区|办|委|单位|机关)")
PERIOD = re.compile(r"(20\d{2})年1月1日(?:起|开始)?(?:至|到|[-—－–~～]+)(?:(20\d{2})年|当年)?12月31日")
URL_DATE = re.compile(r"[/_t](20[0-2]\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])?(?=[/_.\-t]|$)")

PLACE = (
    r"(?:市[中南北辖]区|[新沙]市区|津市市"
    r"|[^省市县区旗盟]{1,12}?(?:自治区|自治州|自治县|地区|新区|开发区|省|市|县|区|旗|盟))"
)
OFFICE = r"(?:街道|苏木|乡|镇)"
TOWNSHIP = (
    re.compile(rf"{PLACE}+(?:(?:人民)?政府)?(?P<name>(?:.{{2,12}}|(?<=县).){OFFICE})(?:(?:人民)?政府|办事处|办)?"),
    re.compile(rf"(?P<name>.{{1,12}}{OFFICE})(?:(?:人民)?政府|办事处|办)?"),
)
GOVERNMENT = re.compile(r"(?P<name>.+(?:省|自治区|自治州|市|县|区|旗|盟|州))(?:人民)?政府")
ANNOUNCING = re.compile(r"^(?:现将|现就|兹将|特将|根据|按照|依据|依照)")
SENTENCE = re.compile(r"予以|如下|公布|公示|报告如|请|[。；;，,!！?？]$")
"""What makes a line with a title in it a sentence about the report: 现将…予以公布, …公开如下。"""
REFERENCE = re.compile(
    r"^[\[【(（]?(?:相关|点击)?(?:附件|下载|链接|相关文档|相关阅读)(?:下载)?\d*[\]】)）]?[:：.．、]|\.(?:docx?|wps|pdf|txt|ofd|zip|rar)$",
    re.I,
)
"""A line that names another file, not this document: 附件：…, 下载：…, ….docx"""
NOTE = re.compile(r"^[\[【(（]?[^\[\]【】()（）]*[\]】)）]")
"""【更正】, (图解) before a title, whose first bracket may be gone."""
NAMED = re.compile(r"^(?:[\[【]年报[\]】]|(?:信息|文件)?(?:标题|名称)[:|]+)+")
"""What a portal sets before a title."""
BRACKETS = "《》<>〈〉【】[]()“”\"'·:：,，、-—_|"


@dataclass(frozen=True, slots=True)
class Identity:
    """A report's identity; None where the report does not say."""

    title: str | None
    agency: str | None
    year: int | None
    period: Period | None
    issues: tuple[Issue, ...]


def identify(title: str, text: str, url: str | None, publisher: str | None = None) -> Identity:
    """Gives the identity of a report from its title, its prose, its URL and the publisher its metadata names."""
    issues: list[Issue] = []
    from_title, title_year = title_identity(title)
    period = period_of(text)
    agency = agency_of(from_title, text, publisher, issues)
    year = year_of(title_year, period, url, issues)
    return Identity(clean_title(title) or None, agency, year, period, tuple(issues))


def title_identity(title: str) -> tuple[str | None, int | None]:
    """Gives (agency, year) as a title names them, None for what it does not name.

    The year may stand before or after the agency or at the end, in digits or as 二〇二〇.
    """
    flat = simple(clean_title(title))
    year = year_in(flat)
    tail = TAIL.search(flat)
    if not tail:
        return None, year
    before = YEAR.sub("", flat[: tail.start()])
    agency = NOTE.sub("", before).strip(BRACKETS) or before.strip(BRACKETS)
    agency = re.sub(r"^(?:附件\d*|关于(?:印发|公布|发布|公开|报送)?|转发)", "", agency)
    agency = re.sub(r"(?:党务|法治政府建设|政务公开)(?:工作)?[暨和与及、]?$", "", agency)
    agency = agency.removesuffix("关于").strip(BRACKETS)
    return normal_agency(agency), year


def is_title(line: str) -> bool:
    """Tells whether a line as a whole can be the title of an annual report."""
    flat, printed = simple(clean_title(line)), comparable(line)
    tail = TAIL.search(printed)
    if tail is None or len(flat) > TITLE_MAX or re.search(r"[。；;，,!！?？]|索引号|发布机构", flat):
        return False
    return not SENTENCE.search(printed[tail.end() :]) and not ANNOUNCING.match(flat)


def names_report(line: str) -> bool:
    """Tells whether a line speaks of an annual report: its title, an announcement, the name of its file."""
    return bool(TAIL.search(comparable(line)))


def clean_title(title: str) -> str:
    """Gives a title on one line without white space, Word residue, breadcrumbs and the site's name at its end."""
    flat = re.split(r"[>»›＞]+", squash(title))[-1]
    cut = TAIL.search(simple(flat))
    if cut:
        rest = flat[cut.end() :]
        kept = re.match(r"\(?(?:20\d{2}|二[〇○零].{2})(?:年度|年)\)?", rest)
        flat = flat[: cut.end()] + (kept[0] if kept else "")
    return NAMED.sub("", flat).strip("《》【】[]-—_|")


def year_in(text: str) -> int | None:
    """Gives the first year a text names."""
    match = YEAR.search(text)
    return int(match[0].translate(NUMERALS)[:4]) if match else None


def normal_agency(name: str) -> str | None:
    """Gives the agency's name as the archive writes it, None where the name is no name (我局, 本机关).

    It is in simplified characters. Townships and streets drop 人民政府 or 办事处 and the city or county before them,
    and a 街办 is its 街道; governments of counties and above drop 人民政府; every other body keeps its full name.
    """
    name = re.sub(r"街办$", "街道", comparable(name).strip(BRACKETS))
    name += ")" * (name.count("(") > name.count(")"))
    if len(name) < 2 or SELF.search(name):
        return None
    patterns = (*TOWNSHIP, GOVERNMENT)
    match = next((match for pattern in patterns if (match := pattern.fullmatch(name))), None)
    return match["name"] if match else name


def agency_of(from_title: str | None, text: str, publisher: str | None, issues: list[Issue]) -> str | None:
    """Gives the agency and notes where its sources disagree or all fall silent."""
    from_body = agency_in_body(comparable(text))
    if from_title and from_body and not same_body(from_title, from_body):
        issues.append(Issue("identity-conflict", f"title names {from_title}, body names {from_body}"))
    agency = from_title or from_body or (normal_agency(publisher) if publisher else None)
    if agency is None:
        issues.append(Issue("agency-unknown", "neither title nor body nor metadata names the agency"))
    return agency


def agency_in_body(text: str) -> str | None:
    """Gives the agency that the text says made the report: 由…编制, 现公布…年度报告, …编制2020年…."""
    if match := FROM_BODY.search(text):
        return normal_agency(BY_WHAT.sub("", YEAR.sub("", match[1])))
    for match in ANNOUNCED.finditer(text):
        if named := title_identity(match[1])[0]:
            return named
    match = COMPILER.search(text)
    return normal_agency(match[1]) if match and not ANNOUNCING.match(match[1]) else None


def same_body(one: str, other: str) -> bool:
    """Tells whether two names may be one body, the shorter an abbreviation (樟树市 in 樟树市人民政府办公室)."""
    return one in other or other in one


def period_of(text: str) -> Period | None:
    """Gives the period the figures cover (统计期限), None where the sentence is missing or misprinted."""
    match = PERIOD.search(squash(text))
    if not match:
        return None
    first = int(match[1])
    last = int(match[2] or first)
    return (date(first, 1, 1), date(last, 12, 31)) if last >= first else None


def year_of(title_year: int | None, period: Period | None, url: str | None, issues: list[Issue]) -> int | None:
    """Gives the report year and notes a conflict, a guess from the URL, or that nothing names it."""
    period_year = period[1].year if period else None
    if title_year and period_year and title_year != period_year:
        issues.append(Issue("identity-conflict", f"title says {title_year}, period says {period_year}"))
    if year := title_year or period_year:
        return year
    if match := URL_DATE.search(url or ""):
        issues.append(
            Issue("year-from-url", f"no year in title or text; taken as the year before {match[1]} in the URL")
        )
        return int(match[1]) - 1
    issues.append(Issue("year-unknown", "neither title nor period nor URL names the year"))
    return None


def find_title(metadata: Iterable[str], lines: Iterable[str], others: Iterable[str | None]) -> str:
    """Gives the report's title, an empty string where there is none.

    The title that names most of (agency, year) wins; among equals the document's `metadata`, then its `lines`, of which
    the ones above 一、总体情况 can hold the title over one to three lines, then `others` (the link that led here).
    """
    candidates = [*metadata, *titles_above(lines), *(other for other in others if other)]
    fitting = [candidate for candidate in candidates if is_title(candidate)]
    return clean_title(max(fitting, key=named, default=""))


def titles_above(lines: Iterable[str]) -> list[str]:
    """Gives one to three lines together as titles: fewest lines first, then those nearest to the text."""
    head = head_lines(lines)
    return ["".join(head[start : start + span]) for span in (1, 2, 3) for start in range(len(head) - span, -1, -1)]


def names_both(title: str) -> bool:
    """Tells whether a title names agency and year."""
    return None not in title_identity(title)


def named(title: str) -> int:
    """Gives how much of (agency, year) a title names."""
    return sum(part is not None for part in title_identity(title))


def head_lines(lines: Iterable[str]) -> list[str]:
    """Gives the short lines above the first section heading, at most 200."""
    head: list[str] = []
    for line in lines:
        if section(line) == 0 or len(head) == 200:
            break
        clean = tidy(line)
        if clean and not is_furniture(clean) and not REFERENCE.search(clean):
            head.append(clean if len(clean) <= TITLE_MAX else "。")
    return head
