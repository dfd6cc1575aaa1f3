"""The page of a report from before 2019: its statistics, the numbers of its sentences, the year before."""

from typing import Any

from archive.read.forms import FORMS
from archive.web.app import templates
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


def test_numbers_in_the_text_and_the_year_before_are_listed() -> None:
    report: dict[str, Any] = {
        "title": "甲",
        "agency": "青石镇",
        "division": "990101",
        "year": 2016,
        "forms": {"statistics": "fujian"},
        "url": "u",
        "sha256": "0",
        "revision": 1,
        "versions_seen": 1,
        "withdrawn": False,
        "checks": [],
        "capture": {"url": "u", "time": "t", "warc_file": "w", "offset": 0, "length": 1},
        "sources": [],
        "versions": [],
        "issues": [],
        "cross_year_checks": [{"identity": "across.carried.total", "left": "5", "right": "6", "verdict": "fails"}],
        "statements": [
            {"raw": "十二件", "context": "收到申请<十二件>。", "heading": None, "indicator": "prose.requests.received"},
            {"raw": "60", "context": "网站访问量", "heading": "统计数", "indicator": None},
        ],
    }
    parts = parts_of(figures(), LABELS, {"statistics": "fujian"})
    page = templates.get_template("report.html").render(report=report, parts=parts)
    assert "Numbers in the text" in page
    assert "收到申请&lt;十二件&gt;。" in page
    assert "网站访问量 (统计数)" in page
    assert "across.carried.total" in page
    assert "Against the year before" in page
    bare = templates.get_template("report.html").render(
        report=report | {"statements": [], "cross_year_checks": []}, parts=parts
    )
    assert "Numbers in the text" not in bare
    assert "Against the year before" not in bare
