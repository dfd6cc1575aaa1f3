"""Is a list row, or a page, an annual report (政府信息公开工作年度报告)? Rules: portals.md §9.

Titles are compared in NFKC without white space, for they wrap: 「信息公开工作⏎年度报告」.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from archive.read.identity import title_identity
from archive.sections import Confirmation, confirm, squeeze
from crawler.families.rows import is_title

__all__ = ["Confirmation", "Verdict", "classify", "confirm", "squeeze"]

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a title is: `maybe` is for the body to decide, `review` for a person, noise is left alone."""

    kind: Kind
    reasons: tuple[str, ...]
    year: int | None


def classify(title: str, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Verdict:
    """Gives what a title is, why, and its report year.

    `include` and `exclude` are the portal's own expressions, searched in the title without spaces; `exclude` wins.
    """
    squeezed = squeeze(title)
    kind, reason = _kind(squeezed, include, exclude)
    return Verdict(kind, (reason,), title_identity(squeezed)[1])


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
