"""Reports for tests to print: the statutory tables as rows of cells, with figures that add up."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from archive.read.forms import FORMS, forms

Figures = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Spec:
    """A cell to print: its text and extent, and whether it is a label set in vertical writing."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    upright: bool = False


Rows = list[list[Spec]]
ITEMS = {"2019": "一五六八九", "2021": "一五六八"}
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def figures_of(disclosure: str, requests: str, seed: int, blank: float = 0.0) -> Figures:
    """Gives distinct figures that add up, a share of the outcomes left blank with the totals they belong to."""
    chance = random.Random(seed)
    made: dict[str, int | None] = {}
    for indicator in FORMS["disclosure", disclosure].indicators:
        made[indicator.code] = chance.randint(1, 99_999)
    rows = forms()[requests].requests.rows
    ends = ("received", "carried_in", "concluded", "carried_out")
    parties = ("natural_person", "enterprise", "research", "public_interest", "legal_service", "other_org")
    for party in parties:
        outcomes = [row.key for row in rows if row.key not in ends]
        values = {key: chance.choice((0, chance.randint(1, 9), chance.randint(10, 999))) for key in outcomes}
        values |= {
            "concluded": sum(values.values()),
            "carried_out": chance.randint(1, 40),
            "carried_in": chance.randint(1, 40),
        }
        values["received"] = values["concluded"] + values["carried_out"] - values["carried_in"]
        made |= {f"requests.{key}.{party}": value for key, value in values.items()}
    for row in rows:
        made[f"requests.{row.key}.total"] = sum(made[f"requests.{row.key}.{party}"] or 0 for party in parties)
    for block in ("review", "litigation_direct", "litigation_after_review"):
        four = {key: chance.randint(0, 88) for key in ("upheld", "corrected", "other", "pending")}
        made |= {f"remedies.{block}.{key}": value for key, value in (four | {"total": sum(four.values())}).items()}
    for code in made:
        if chance.random() < blank:
            made[code] = None
    codes = [
        i.code
        for part, form in (("disclosure", disclosure), ("requests", requests), ("remedies", requests))
        for i in FORMS[part, form].indicators
    ]
    return {code: None if made[code] is None else str(made[code]) for code in codes}


def tables(disclosure: str, requests: str, figures: Mapping[str, str | None]) -> list[Rows]:
    """Gives tables 2, 3 and 4 as a report prints them."""
    return [second(disclosure, figures), third(requests, figures), fourth(requests, figures)]


def second(form: str, figures: Mapping[str, str | None]) -> Rows:
    """Gives table 2 on twelve columns of the same width: three each of a row of four cells."""
    table = forms()[form].disclosure
    names = {column.key: column.label for column in table.columns}
    rows: Rows = []
    for item, block in zip(ITEMS[form], table.blocks, strict=True):
        rows.append([Spec(f"第二十条第（{item}）项", 12)])
        wide = 9 // len(block.columns) if 9 % len(block.columns) == 0 else 0
        widths = [wide] * len(block.columns) if wide else [3, 6]
        unit = {"amount": "（单位：万元）"} if form == "2021" else {}
        rows.append(
            [
                Spec(table.corner, 3),
                *(Spec(names[k] + unit.get(k, ""), w) for k, w in zip(block.columns, widths, strict=True)),
            ]
        )
        for row in block.rows:
            values = [figures[f"disclosure.{row.key}.{key}"] or "" for key in block.columns]
            rows.append([Spec(row.label, 3), *(Spec(v, w) for v, w in zip(values, widths, strict=True))])
    return rows


def third(form: str, figures: Mapping[str, str | None]) -> Rows:
    """Gives table 3: three header rows, three label columns, seven columns of figures."""
    table = forms()[form].requests
    names = [column.label for column in table.columns]
    rows: Rows = [
        [Spec(CORNER, 3, 3), Spec("申请人情况", 7)],
        [Spec(names[0], 1, 2), Spec("法人或其他组织", 5), Spec(names[6], 1, 2)],
        [Spec(name) for name in names[1:6]],
    ]
    inner = [row for row in table.rows if row.depth]
    groups = [row.group for row in table.rows]
    before = None
    for row in table.rows:
        line: list[Spec] = []
        if row is inner[0]:
            line.append(Spec("三、本年度办理结果", 1, len(inner), upright=True))
        if row.group and row.group != before:
            line.append(Spec(row.group, 1, groups.count(row.group)))
        before = row.group
        line.append(Spec(row.label, 3 - row.depth))
        line += [Spec(figures[f"requests.{row.key}.{column.key}"] or "") for column in table.columns]
        rows.append(line)
    return rows


def fourth(form: str, figures: Mapping[str, str | None]) -> Rows:
    """Gives table 4: three header rows and one of figures."""
    names = [column.label for column in forms()[form].remedies.columns]
    codes = [indicator.code for indicator in FORMS["remedies", form].indicators]
    return [
        [Spec("行政复议", 5), Spec("行政诉讼", 10)],
        [*(Spec(name, 1, 2) for name in names), Spec("未经复议直接起诉", 5), Spec("复议后起诉", 5)],
        [Spec(name) for name in names * 2],
        [Spec(figures[code] or "") for code in codes],
    ]
