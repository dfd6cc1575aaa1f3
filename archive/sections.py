"""Is a text an annual report (政府信息公开工作年度报告)? Its sections tell. Rules: portals.md §9."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

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
# A heading in a page's source: behind a tag, with its number or without.
_HEADING = re.compile(
    r">\s*(?:[一二三四五六七八]\s?[、.．,，][^<>]{0,14}?)?(?:" + "|".join(f"({s})" for s in _SECTIONS) + ")"
)
_SITE_REPORT = ("独立用户访问总量", "信息发布", "专栏专题")  # 政府网站工作年度报表, the classic false friend
_LAST_OLDER_YEAR = 2018


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether a text is a report: how many of the six sections it has, of how many needed."""

    confirmed: bool
    sections: int
    reasons: tuple[str, ...]


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


def heads_sections(html: str, needed: int) -> bool:
    """Tells whether a page's source plainly heads so many of the six sections; where not, its text may still.

    Most reports do, and need not be taken apart to be known as such.
    """
    seen: set[int | None] = set()
    for heading in _HEADING.finditer(html):
        seen.add(heading.lastindex)
        if len(seen) >= needed:
            return True
    return False


def _count(lines: Sequence[str], sections: Sequence[str]) -> int:
    """Gives how many sections the text has: a heading opens a line or, where lines ran together, is numbered."""
    openings, flow = "\n".join(line[:40] for line in lines), "".join(lines)
    numbered = r"[一二三四五六七八][、.,].{0,14}?"
    return sum(bool(re.search(s, openings) or re.search(f"{numbered}(?:{s})", flow)) for s in sections)
