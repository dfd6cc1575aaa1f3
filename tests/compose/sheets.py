"""The statutory tables as rows of boxes with their spans, as the notices draw them."""

from dataclasses import dataclass, field, replace
from random import Random

from tests.compose.printed import Print, draw, money


@dataclass(frozen=True)
class Box:
    """A cell of a table: its text as it is meant, its extent, and whether it is a label or a figure."""

    text: str
    across: int = 1
    down: int = 1
    code: str | None = None

    def over(self, across: int) -> "Box":
        return replace(self, across=across)


Rows = list[list[Box]]


@dataclass(frozen=True)
class Sheet:
    """One statutory table: its part, form, rows of boxes, and what is printed by indicator."""

    part: str
    form: str
    rows: Rows
    printed: dict[str, Print] = field(default_factory=dict)
    heads: int = 0  # rows of its head


HEADINGS = {
    "disclosure": "二、主动公开政府信息情况",
    "requests": "三、收到和处理政府信息公开申请情况",
    "remedies": "四、政府信息公开行政复议、行政诉讼情况",
}

APPLICANTS = ("natural_person", "enterprise", "research", "public_interest", "legal_service", "other_org", "total")
OUTCOMES = ("upheld", "corrected", "other", "pending", "total")
BLOCKS = ("review", "litigation_direct", "litigation_after_review")

FIRST, FIFTH, SIXTH, EIGHTH, NINTH = (f"第二十条第（{number}）项" for number in "一五六八九")
ISSUED = ("本年制发件数", "本年废止件数", "现行有效件数"), ("issued", "repealed", "in_force")
DECIDED = ("本年处理决定数量",), ("decisions",)
MADE = ("本年新制作数量", "本年新公开数量", "对外公开总数量"), ("made", "disclosed", "total_disclosed")
LAST_YEAR = ("上一年项目数量", "本年增/减", "处理决定数量"), ("items_last_year", "change", "decisions")
NEW = (
    ((FIRST, *ISSUED), (("规章", "regulations"), ("行政规范性文件", "normative_documents"))),
    ((FIFTH, *DECIDED), (("行政许可", "licensing"),)),
    ((SIXTH, *DECIDED), (("行政处罚", "penalties"), ("行政强制", "coercion"))),
    ((EIGHTH, ("本年收费金额（单位：万元）",), ("amount",)), (("行政事业性收费", "fees"),)),
)
OLD = (
    ((FIRST, *MADE), (("规章", "regulations"), ("规范性文件", "normative_documents"))),
    ((FIFTH, *LAST_YEAR), (("行政许可", "licensing"), ("其他对外管理服务事项", "other_services"))),
    ((SIXTH, *LAST_YEAR), (("行政处罚", "penalties"), ("行政强制", "coercion"))),
    ((EIGHTH, ("上一年项目数量", "本年增/减"), ("items_last_year", "change")), (("行政事业性收费", "fees"),)),
    ((NINTH, ("采购项目数量", "采购总金额"), ("projects", "amount")), (("政府集中采购", "procurement"),)),
)

REFUSED = (
    "属于国家秘密",
    "其他法律行政法规禁止公开",
    "危及“三安全一稳定”",
    "保护第三方合法权益",
    "属于三类内部事务信息",
    "属于四类过程性信息",
    "属于行政执法案卷",
    "属于行政查询事项",
)
REFUSED_CODES = (
    "state_secret",
    "other_law",
    "security_stability",
    "third_party",
    "internal_affairs",
    "deliberative",
    "enforcement_file",
    "administrative_query",
)
UNAVAILABLE = ("本机关不掌握相关政府信息", "没有现成信息需要另行制作", "补正后申请内容仍不明确")
REJECTED_CODES = ("petition", "repeat", "publication", "excessive", "reconfirmation")
REJECTED = (
    "信访举报投诉类申请",
    "重复申请",
    "要求提供公开出版物",
    "无正当理由大量反复申请",
    "要求行政机关确认或重新出具已获取信息",
)
REST = (
    "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "其他",
)


def disclosure(form: str, rng: Random) -> Sheet:
    """Gives table 2: four columns, or three where the third column of a 2021 table is not drawn."""
    rows: Rows = []
    printed: dict[str, Print] = {}
    blocks = NEW if form == "2021" else OLD
    for (item, labels, keys), lines in blocks:
        rows.append([Box(item, 4)])
        widths = {1: (3,), 2: (1, 2), 3: (1, 1, 1)}[len(labels)]
        rows.append([Box("信息内容"), *(Box(label, width) for label, width in zip(labels, widths, strict=True))])
        for label, name in lines:
            row = [Box(label)]
            for key, width in zip(keys, widths, strict=True):
                code = f"disclosure.{name}.{key}"
                printed[code] = money(rng) if key == "amount" else draw(rng)
                row.append(Box(printed[code].text, width, code=code))
            rows.append(row)
    return Sheet("disclosure", form, rows, printed)


def requests(form: str, rng: Random) -> Sheet:
    """Gives table 3: ten columns, of which three are labels."""
    printed: dict[str, Print] = {}
    total_only = rng.random() < 0.1
    rows: Rows = [
        [Box("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), Box("申请人情况", 7)],
        [Box("自然人", down=2), Box("法人或其他组织", 5), Box("总计", down=2)],
        [Box(label) for label in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")],
    ]

    def values(name: str) -> list[Box]:
        for key in APPLICANTS:
            left_out = total_only and key != "total"
            printed[f"requests.{name}.{key}"] = draw(rng, 0, 1) if left_out and rng.random() < 0.05 else draw(rng)
        return [Box(printed[code].text, code=code) for key in APPLICANTS if (code := f"requests.{name}.{key}")]

    rows.append([Box("一、本年新收政府信息公开申请数量", 3), *values("received")])
    rows.append([Box("二、上年结转政府信息公开申请数量", 3), *values("carried_in")])
    whole = 22 if form == "2021" else 20
    rows.append([Box("三、本年度办理结果", 1, whole), Box("（一）予以公开", 2), *values("granted")])
    rows.append([Box("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 2), *values("partly_granted")])
    groups = [
        ("（三）不予公开", REFUSED, [f"refused_{key}" for key in REFUSED_CODES]),
        ("（四）无法提供", UNAVAILABLE, ["unavailable_not_held", "unavailable_needs_creation", "unavailable_unclear"]),
        (
            "（五）不予处理",
            REJECTED,
            [f"rejected_{key}" for key in REJECTED_CODES],
        ),
    ]
    if form == "2021":
        groups.append(("（六）其他处理", REST, ["other_uncorrected", "other_unpaid", "other_rest"]))
    for group, labels, names in groups:
        for place, (label, name) in enumerate(zip(labels, names, strict=True)):
            first = [Box(group, 1, len(labels))] if place == 0 else []
            rows.append([*first, Box(f"{place + 1}.{label}"), *values(name)])
    if form == "2019":
        rows.append([Box("（六）其他处理", 2), *values("other")])
    rows.append([Box("（七）总计", 2), *values("concluded")])
    rows.append([Box("四、结转下年度继续办理", 3), *values("carried_out")])
    return Sheet("requests", form, rows, printed, 3)


def remedies(form: str, rng: Random) -> Sheet:
    """Gives table 4: fifteen columns."""
    codes = [f"remedies.{block}.{key}" for block in BLOCKS for key in OUTCOMES]
    printed = {code: draw(rng) for code in codes}
    swapped = rng.random() < 0.2
    names = (
        "维持结果" if swapped else "结果维持",
        "纠正结果" if swapped else "结果纠正",
        "其他结果",
        "尚未审结",
        "总计",
    )
    rows: Rows = [
        [Box("行政复议", 5), Box("行政诉讼", 10)],
        [*(Box(name, down=2) for name in names), Box("未经复议直接起诉", 5), Box("复议后起诉", 5)],
        [Box(name) for name in names * 2],
        [Box(printed[code].text, code=code) for code in codes],
    ]
    return Sheet("remedies", form, rows, printed, 3)


PARTS = {"disclosure": disclosure, "requests": requests, "remedies": remedies}
