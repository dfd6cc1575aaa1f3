"""Is a list row, or a page, an annual report (政府信息公开工作年度报告)? Rules: portals.md §9.

Titles are compared in NFKC without white space, for they wrap: 「信息公开工作⏎年度报告」.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from archive.read.identity import title_identity
from crawler.families.rows import is_title

Kind = Literal["report", "maybe", "review", "noise"]

_CORE = re.compile(r"(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:工作)?(?:年度报告|年报|工作报告|报告)")
_LOOSE_CORE = re.compile(r"(?:政府|政务)?信息公开(?=.{0,12}?(?:年度报告|年报))")
_ABOUT_REPORTS = re.compile(r"(?:年度报告|年报)[》」”\"]?(?:制度|格式|编制|办法|模板)")
# Reports under other names, which only the column, ColumnType and the body can tell: 政务公开年报, bare 「2023年」,
# 信息公开工作情况报告 of the years before 2014, and titles that the list cuts short.
_MAYBE = re.compile(
    r"政务公开.{0,12}?(?:年度报告|年报)|信息公开.{0,8}(?:情况的?报告|总结)|信息公开.*(?:…|\.{2,})$|^20\d\d年?度?$"
)
_REVIEW = re.compile(r"解读|图解|一图读懂|一图看懂")
_NOISE = re.compile(
    r"网站(?:工作)?年度报表|新媒体.*报表|法治政府建设|依法行政|[预决]算|统计|政府工作报告|公积金年度报告|企业年报|绩效"
    r"|权力清单|指南|制度|办法|目录|方案|格式|通知|会议|培训|征集|检查|考核|自查"
)
# 统计局, 培训中心, 考核办 … publish reports as well: such a word in an agency's name says nothing about the title.
_AGENCY = re.compile(
    r"(?:统计|检查|考核|培训|会议|征集|绩效|依法行政)[^年\d]{0,4}?"
    r"(?:局|委员会|办公室|办(?![法理公事])|中心|[总支大]队|队|站|分院|学校)"
)

_SECTIONS = (  # of the forms of 2019 and 2021
    r"总体情况|工作基本情况",
    r"主动公开政府信息(?:的)?情况",
    r"收到和处理政府信息公开申请(?:的)?情况",
    r"行政复议、?(?:提起)?行政诉讼(?:的)?情况",
    r"存在的?(?:主要)?问题[及和与]?(?:整改|改进)(?:情况|措施)",
    r"其他需要报告的?(?:事项|情况)",
)
_OLDER_SECTIONS = (  # of the Regulations of 2007, art. 32, and the form of 2014
    r"概述|基本情况|总体情况|工作情况",
    r"主动公开(?:政府)?信息(?:的)?情况",
    r"依申请公开(?:政府)?(?:信息)?.{0,12}情况",
    r"收费[及和]减免(?:的)?情况|收取费用|费用减免",
    r"行政复议.{0,8}诉讼|申请行政复议",
    r"(?:存在的?)?(?:主要|不足|问题).{0,8}(?:改进|措施)|其他需要",
)
_SITE_REPORT = ("独立用户访问总量", "信息发布", "专栏专题")  # 政府网站工作年度报表, the classic false friend
_LAST_OLDER_YEAR = 2018


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a title is: `maybe` is for the body to decide, `review` for a person, noise is left alone."""

    kind: Kind
    reasons: tuple[str, ...]
    year: int | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether a text is a report: how many of the six sections it has, of how many needed."""

    confirmed: bool
    sections: int
    reasons: tuple[str, ...]


def classify(title: str, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Verdict:
    """Gives what a title is, why, and its report year.

    `include` and `exclude` are the portal's own expressions, searched in the title without spaces; `exclude` wins.
    """
    squeezed = squeeze(title)
    kind, reason = _kind(squeezed, include, exclude)
    return Verdict(kind, (reason,), title_identity(squeezed)[1])


def squeeze(title: str) -> str:
    """Gives the title as the rules see it: NFKC, no white space."""
    return "".join(unicodedata.normalize("NFKC", title).split())


def confirm(text: str, year: int | None = None) -> Confirmation:
    """Gives whether a page's text is an annual report, by its sections.

    Four of six from 2019 on and where the year is not known, two for the freer reports before. The report of a
    website's figures (政府网站工作年度报表) is refused unless all the sections are there. An article that only carries
    its report as a file has no sections: that is no refusal of the file.
    """
    lines = [squeeze(line) for line in text.splitlines()]
    older = year is not None and year <= _LAST_OLDER_YEAR
    sections, needed = _count(lines, _SECTIONS), 4
    if older:
        sections, needed = max(sections, _count(lines, _OLDER_SECTIONS)), 2
    site = [marker for marker in _SITE_REPORT if marker in "".join(lines)]
    if len(site) > 1 and sections < 4:
        return Confirmation(False, sections, (f"a website's own report: {'、'.join(site)}",))
    return Confirmation(sections >= needed, sections, (f"{sections} of 6 sections, {needed} needed",))


def _kind(title: str, include: Sequence[str], exclude: Sequence[str]) -> tuple[Kind, str]:
    if pattern := _matching(exclude, title):
        return "noise", f"exclude: {pattern}"
    if pattern := _matching(include, title):
        return "report", f"include: {pattern}"
    if not is_title(title):
        return "noise", "a button of the page"
    if about := _ABOUT_REPORTS.search(title):
        return "noise", f"about reports: {about[0]}"
    core, rest = _without_core(title)
    if noise := _NOISE.search(_AGENCY.sub("", rest)):
        return "noise", f"names {noise[0]}"
    if core:
        return _named(core, rest)
    if maybe := _MAYBE.search(title):
        return "maybe", f"{maybe[0]}: the body decides"
    return "noise", "names no annual report"


def _matching(patterns: Sequence[str], title: str) -> str | None:
    return next((pattern for pattern in patterns if re.search(pattern, title)), None)


def _named(core: str, rest: str) -> tuple[Kind, str]:
    if review := _REVIEW.search(rest):
        return "review", f"{core}, but {review[0]}"
    if not re.search(r"\w", rest):
        return "maybe", f"{core} without agency and year: a column's name reads the same"
    return "report", core


def _without_core(title: str) -> tuple[str | None, str]:
    """Gives the words that name an annual report, and the rest of the title, in which noise is looked for."""
    if found := _CORE.search(title):
        return found[0], title[: found.start()] + title[found.end() :]
    if found := _LOOSE_CORE.search(title):
        return f"{found[0]}…年报", title[: found.start()] + title[found.end() :]
    return None, title


def _count(lines: Sequence[str], sections: Sequence[str]) -> int:
    """Gives how many sections the text has: a heading opens a line or, where lines ran together, is numbered."""
    openings, flow = "\n".join(line[:40] for line in lines), "".join(lines)
    numbered = r"[一二三四五六七八][、.,].{0,14}?"
    return sum(bool(re.search(s, openings) or re.search(f"{numbered}(?:{s})", flow)) for s in sections)
