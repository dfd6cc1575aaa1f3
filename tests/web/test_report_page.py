"""The page of a report from before 2019: its statistics."""

from typing import Any

from archive.read.forms import FORMS
from archive.web.tables import parts_of

LABELS = {("statistics", "fujian", i.code): i.label_zh for i in FORMS["statistics", "fujian"].indicators}


def cell(code: str, status: str, raw: str | None) -> dict[str, Any]:
    return {"indicator": code, "status": status, "raw": raw, "note": None}


def figures() -> list[dict[str, Any]]:
    """Gives a table that prints two rows under 年度 and 历年累计."""
    printed = {
        "statistics.disclosed.total.year": cell("statistics.disclosed.total.year", "number", "3476"),
        "statistics.disclosed.total.cumulative": cell("statistics.disclosed.total.cumulative", "blank", ""),
        "statistics.review.total.year": cell("statistics.review.total.year", "number", "5"),
        "statistics.review.total.cumulative": cell("statistics.review.total.cumulative", "text", "无"),
    }
    return [printed.get(code) or cell(code, "not_on_form", None) for _, _, code in LABELS]


def test_a_statistics_table_shows_the_rows_and_columns_it_prints() -> None:
    [part] = parts_of(figures(), LABELS, {"statistics": "fujian"})
    assert part.columns == ("年度", "历年累计")
    assert [row.label for row in part.rows] == ["主动公开文件数", "行政复议数"]
    assert [[c and c["raw"] for c in row.cells] for row in part.rows] == [["3476", ""], ["5", "无"]]
