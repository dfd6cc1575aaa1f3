"""The three statutory tables as grids: labels as the notices print them, and the indicator of every cell.

Rows and codes: 国办公开办函〔2019〕60号 (form "2019") and 国办公开办函〔2021〕30号 (form "2021"). A newline in a
label is a line break inside the cell. Written apart from the reader on purpose: the demo is a check on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Form = Literal["2019", "2021"]
Figures = Mapping[str, str | None]  # indicator → printed string, None where the cell is left blank


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; `code` is its indicator, None for a label."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    code: str | None = None


Grid = tuple[tuple[Cell, ...], ...]  # rows of the cells that begin in them, as HTML writes them

COLUMNS = {
    "natural_person": "自然人",
    "enterprise": "商业\n企业",
    "research": "科研\n机构",
    "public_interest": "社会公益组织",
    "legal_service": "法律服务机构",
    "other_org": "其他",
    "total": "总计",
}
PARTS = tuple(COLUMNS)[:-1]

OUTCOMES = {
    "（一）予以公开": {"granted": ""},
    "（二）部分公开（区分处理的，只计这一情形，不计其他情形）": {"partly_granted": ""},
    "（三）不予公开": {
        "refused_state_secret": "1.属于国家秘密",
        "refused_other_law": "2.其他法律行政法规禁止公开",
        "refused_security_stability": "3.危及“三安全一稳定”",
        "refused_third_party": "4.保护第三方合法权益",
        "refused_internal_affairs": "5.属于三类内部事务信息",
        "refused_deliberative": "6.属于四类过程性信息",
        "refused_enforcement_file": "7.属于行政执法案卷",
        "refused_administrative_query": "8.属于行政查询事项",
    },
    "（四）无法提供": {
        "unavailable_not_held": "1.本机关不掌握相关政府信息",
        "unavailable_needs_creation": "2.没有现成信息需要另行制作",
        "unavailable_unclear": "3.补正后申请内容仍不明确",
    },
    "（五）不予处理": {
        "rejected_petition": "1.信访举报投诉类申请",
        "rejected_repeat": "2.重复申请",
        "rejected_publication": "3.要求提供公开出版物",
        "rejected_excessive": "4.无正当理由大量反复申请",
        "rejected_reconfirmation": "5.要求行政机关确认或重新出具已获取信息",
    },
}
OTHER = {
    "2019": {"other": ""},
    "2021": {
        "other_uncorrected": "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "other_unpaid": "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "other_rest": "3.其他",
    },
}
BLOCKS = {"review": "行政复议", "litigation_direct": "未经复议直接起诉", "litigation_after_review": "复议后起诉"}
RESULTS = {
    "upheld": "结果\n维持",
    "corrected": "结果\n纠正",
    "other": "其他\n结果",
    "pending": "尚未\n审结",
    "total": "总计",
}

CHANGE = {"items_last_year": "上一年项目数量", "change": "本年增/减", "decisions": "处理决定数量"}
DECISIONS = {"decisions": "本年处理决定数量"}
MADE = {"made": "本年新\n制作数量", "disclosed": "本年新\n公开数量", "total_disclosed": "对外公开总数量"}
ISSUED = {"issued": "本年制发件数", "repealed": "本年废止件数", "in_force": "现行有效件数"}

# form → for each 条例 item: its heading, its columns, its rows
DISCLOSURE: Mapping[str, tuple[tuple[str, Mapping[str, str], Mapping[str, str]], ...]] = {
    "2019": (
        ("（一）", MADE, {"regulations": "规章", "normative_documents": "规范性文件"}),
        ("（五）", CHANGE, {"licensing": "行政许可", "other_services": "其他对外管理服务事项"}),
        ("（六）", CHANGE, {"penalties": "行政处罚", "coercion": "行政强制"}),
        ("（八）", {k: CHANGE[k] for k in ("items_last_year", "change")}, {"fees": "行政事业性收费"}),
        ("（九）", {"projects": "采购项目数量", "amount": "采购总金额"}, {"procurement": "政府集中采购"}),
    ),
    "2021": (
        ("（一）", ISSUED, {"regulations": "规章", "normative_documents": "行政规范性文件"}),
        ("（五）", DECISIONS, {"licensing": "行政许可"}),
        ("（六）", DECISIONS, {"penalties": "行政处罚", "coercion": "行政强制"}),
        ("（八）", {"amount": "本年收费金额（单位：万元）"}, {"fees": "行政事业性收费"}),
    ),
}
# form and number of value columns → their widths; the 2019 form is drawn on five columns, the 2021 form on four
WIDTHS = {("2019", 3): (1, 2, 1), ("2019", 2): (2, 2), ("2021", 3): (1, 1, 1), ("2021", 1): (3,)}


def outcomes(form: Form) -> tuple[str, ...]:
    """Gives the row codes of 本年度办理结果 in their order on the form, without 总计."""
    groups = (*OUTCOMES.values(), OTHER[form])
    return tuple(code for group in groups for code in group)


def codes(form: Form) -> tuple[str, ...]:
    """Gives all indicator codes of a form in the order of its cells: 198 (2019) or 200 (2021)."""
    blank: Figures = {}
    grids = (disclosure(form, blank), requests(form, blank), remedies(blank))
    return tuple(cell.code for grid in grids for row in grid for cell in row if cell.code)


def disclosure(form: Form, figures: Figures) -> Grid:
    """Gives table 2 (主动公开政府信息情况)."""
    rows: list[tuple[Cell, ...]] = []
    for item, columns, subjects in DISCLOSURE[form]:
        widths = WIDTHS[form, len(columns)]
        rows.append((Cell(f"第二十条第{item}项", colspan=1 + sum(widths)),))
        heads = (Cell(label, width) for label, width in zip(columns.values(), widths, strict=True))
        rows.append((Cell("信息内容"), *heads))
        for subject, label in subjects.items():
            names = (f"disclosure.{subject}.{column}" for column in columns)
            values = (_value(figures, code, width) for code, width in zip(names, widths, strict=True))
            rows.append((Cell(label), *values))
    return tuple(rows)


def requests(form: Form, figures: Figures) -> Grid:
    """Gives table 3 (收到和处理政府信息公开申请情况), ten columns wide."""
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    organisations = [Cell(COLUMNS[part]) for part in PARTS[1:]]
    rows: list[tuple[Cell, ...]] = [
        (Cell(note, colspan=3, rowspan=3), Cell("申请人情况", colspan=7)),
        (Cell("自然人", rowspan=2), Cell("法人或其他组织", colspan=5), Cell("总计", rowspan=2)),
        tuple(organisations),
        (Cell("一、本年新收政府信息公开申请数量", colspan=3), *_row(figures, "received")),
        (Cell("二、上年结转政府信息公开申请数量", colspan=3), *_row(figures, "carried_in")),
    ]
    groups = {**OUTCOMES, "（六）其他处理": OTHER[form], "（七）总计": {"concluded": ""}}
    first: tuple[Cell, ...] = (Cell("三、本年度办理结果", rowspan=sum(map(len, groups.values()))),)
    for group, members in groups.items():
        for number, (code, label) in enumerate(members.items()):
            if not label:
                labels: tuple[Cell, ...] = (Cell(group, colspan=2),)
            elif number == 0:
                labels = (Cell(group, rowspan=len(members)), Cell(label))
            else:
                labels = (Cell(label),)
            rows.append((*first, *labels, *_row(figures, code)))
            first = ()
    rows.append((Cell("四、结转下年度继续办理", colspan=3), *_row(figures, "carried_out")))
    return tuple(rows)


def remedies(figures: Figures) -> Grid:
    """Gives table 4 (行政复议、行政诉讼情况), fifteen columns wide; the same in both forms."""
    heads = [Cell(label) for label in RESULTS.values()]
    tall = [Cell(label, rowspan=2) for label in RESULTS.values()]
    litigation = [Cell(label, colspan=5) for block, label in BLOCKS.items() if block != "review"]
    values = [_value(figures, f"remedies.{block}.{result}") for block in BLOCKS for result in RESULTS]
    return (
        (Cell(BLOCKS["review"], colspan=5), Cell("行政诉讼", colspan=10)),
        (*tall, *litigation),
        (*heads, *heads),
        tuple(values),
    )


def _row(figures: Figures, row: str) -> tuple[Cell, ...]:
    return tuple(_value(figures, f"requests.{row}.{column}") for column in COLUMNS)


def _value(figures: Figures, code: str, width: int = 1) -> Cell:
    return Cell(figures.get(code) or "", colspan=width, code=code)
