"""Figures laid out as the statutory tables: rows and columns under the labels of the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PARTS = {
    "disclosure": "主动公开政府信息情况",
    "requests": "收到和处理政府信息公开申请情况",
    "remedies": "政府信息公开行政复议、行政诉讼情况",
    "statistics": "政府信息公开情况统计",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its label and a cell under each column, None where the form has none."""

    label: str
    cells: tuple[dict[str, Any] | None, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a report."""

    key: str
    title: str
    form: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def parts_of(
    figures: Sequence[dict[str, Any]], labels: Mapping[tuple[str, str, str], str], forms: Mapping[str, str]
) -> list[Part]:
    """Gives the tables of a report; `labels` are by part, form and code, written `row·column`."""
    return [part_of(key, title, figures, labels, forms[key]) for key, title in PARTS.items() if key in forms]


def part_of(
    key: str, title: str, figures: Sequence[dict[str, Any]], labels: Mapping[tuple[str, str, str], str], form: str
) -> Part:
    """Gives one table, without rows and columns that the printed one does not have."""
    lines: dict[str, dict[str, dict[str, Any]]] = {}
    columns: dict[str, None] = {}
    for figure in figures:
        if figure["indicator"].startswith(f"{key}.") and figure["status"] != "not_on_form":
            line, _, column = labels[key, form, figure["indicator"]].partition("·")
            lines.setdefault(line, {})[column] = figure
            columns[column] = None
    rows = tuple(Row(label, tuple(cells.get(column) for column in columns)) for label, cells in lines.items())
    return Part(key, title, form, tuple(columns), rows)
