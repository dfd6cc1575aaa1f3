"""The accounting identities (勾稽关系) that reports are held against: what they say and which cells they take."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from archive.read.forms import forms
from archive.read.forms.statistics_form import statistics_forms
from archive.read.forms.wording import english, labels_zh
from archive.research.similar import on_a_form

WORDS = {
    "requests.balance": (
        "收办平衡：本年新收＋上年结转＝办理结果总计＋结转下年度（{zh}）",
        "received + carried in = concluded + carried out ({en})",
    ),
    "requests.outcomes": (
        "办理结果合计：各项办理结果之和＝总计（{zh}）",
        "the outcomes add up to what was concluded ({en})",
    ),
    "requests.row": (
        "申请人合计：自然人与各类法人或其他组织之和＝总计（{zh}）",
        "the applicants add up to the total ({en})",
    ),
    "remedies.total": (
        "复议诉讼合计：维持、纠正、其他、尚未审结之和＝总计（{zh}）",
        "upheld, corrected, other and pending add up to the total ({en})",
    ),
    "statistics.sum": ("分项之和＝总数（{zh}）", "the parts add up to the total ({en})"),
    "across.carried": (
        "跨年结转：上年报告的“结转下年度”＝本年报告的“上年结转”（{zh}）",
        "carried out of the year before = carried into this one ({en})",
    ),
    "across.in_force": (
        "跨年现行有效：上年现行有效＋本年制发－本年废止＝本年现行有效（{zh}）",
        "in force a year before + issued - repealed = in force ({en})",
    ),
}
"""By the first two pieces of a code: the sentence in Chinese and English, with the row or column it is about."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An identity: its two sides as indicator codes, by form where forms differ, or the cells of two years."""

    code: str
    zh: str
    en: str
    sides: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]  # form → left, right
    across: Mapping[str, str] | None = None  # before, plus, minus, now → code

    def formula(self, form: str | None = None) -> str:
        """Gives the identity in indicator codes, on a form or on the newest that has it."""
        if self.across:
            signs = {"before": "", "plus": " + ", "minus": " - "}
            left = "".join(f"{signs[name]}{code}" for name, code in self.across.items() if name != "now")
            return f"{left.replace(self.across['before'], self.across['before'] + '[t-1]', 1)} = {self.across['now']}"
        left_codes, right_codes = self.sides[form or list(self.sides)[-1]]
        return f"{' + '.join(left_codes)} = {' + '.join(right_codes)}"

    def cells(self, form: str) -> tuple[str, ...]:
        """Gives the cells of this year's report that take part, on a form."""
        if self.across:
            return tuple(code for name, code in self.across.items() if name != "before")
        left, right = self.sides[form]
        return (*left, *right)


@cache
def rules() -> Mapping[str, Rule]:
    """Gives every identity by its code: within one report from the newest forms to the oldest, then over two years."""
    sides: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for name, form in forms().items():
        for identity in (each for part in form.identities.values() for each in part):
            sides.setdefault(identity.code, {})[name] = (identity.left, identity.right)
    for name, statistics in statistics_forms().items():
        for identity in statistics.identities:
            sides.setdefault(identity.code, {})[name] = (identity.left, identity.right)
    found = {code: Rule(code, *words(code, next(iter(each.values()))[0][0]), each) for code, each in sides.items()}
    for form in forms().values():
        for rule in form.across:
            given = {"before": rule.before, "plus": rule.plus, "minus": rule.minus, "now": rule.now}
            codes = {name: code for name, code in given.items() if code}
            found[rule.code] = Rule(rule.code, *words(rule.code, rule.now), {}, codes)
    return found


def words(code: str, cell: str) -> tuple[str, str]:
    """Gives what an identity says in Chinese and English; `cell` is one of its cells, which names its row or column."""
    kind = ".".join(code.split(".")[:2])
    zh, en = WORDS[kind]
    by_column = kind in ("requests.balance", "requests.outcomes", "across.carried")
    part, rest = cell.partition(".")[0], cell.partition(".")[2]
    row, _, column = rest.rpartition(".")
    said = english()[part]
    row_zh, _, column_zh = labels_zh()[cell].rpartition("·")
    if by_column:
        return zh.format(zh=column_zh), en.format(en=said["columns"][column])
    return zh.format(zh=row_zh or column_zh), en.format(en=said["rows"].get(row) or said["rows"].get(rest, rest))


def rule_of(code: str) -> Rule:
    """Gives an identity. Raises UsageError for a code that no form has, naming those like it."""
    on_a_form("identity", code, rules(), "nianbao checks")
    return rules()[code]
