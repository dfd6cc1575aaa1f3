"""A report flattened to text, in the two layouts that conversion tools leave behind.

`cells`: a tab and a line for each cell, a blank line after each row, one empty cell for what reaches in from
above. `tabs`: a line for each row, a tab between columns; where cells reach over rows, the columns
they cover are empty, elsewhere short rows are filled up with tabs.
"""

from collections.abc import Callable

from crawler.demo.layout import Cell, Grid
from crawler.demo.render.slots import slots
from crawler.demo.report import Report


def cells(report: Report) -> str:
    """Gives the report with every table cell on a line of its own."""
    return _text(report, _cells)


def tabs(report: Report) -> str:
    """Gives the report with every table row on a line of its own."""
    return _text(report, _tabs)


def _text(report: Report, table: Callable[[Grid], str]) -> str:
    lines = [report.title, "", *report.opening]
    for section in report.sections:
        lines += [section.heading, *section.paragraphs]
        if section.table:
            lines.append(table(section.table))
    return "\r\n".join("\n".join(lines).split("\n")) + "\r\n"


def _cells(grid: Grid) -> str:
    rows = []
    for number, row in enumerate(slots(grid)):
        texts = (cell.text if begins else "" for cell, begins in row)
        rows.append("\n".join("\t" + _padded(text, number) for text in texts) + "\n")
    return "\n".join(rows) + "\n"


def _padded(text: str, number: int) -> str:
    if not text.isdigit():
        return text
    return (f" {text}", f"{text} ", text)[(number + len(text)) % 3]


def _tabs(grid: Grid) -> str:
    simple = all(cell.rowspan == 1 for row in grid for cell in row)
    rows = _in_order(grid) if simple else [[text for slot in row for text in _columns(*slot)] for row in slots(grid)]
    return "\n".join(("", *("\t".join(row) for row in rows), ""))


def _in_order(grid: Grid) -> list[list[str]]:
    """Gives the rows of a table without tall cells: one column a cell, short rows filled up."""
    longest = max(map(len, grid))
    return [[*(cell.text.replace("\n", " ") for cell in row), *[""] * (longest - len(row))] for row in grid]


def _columns(cell: Cell, begins: bool) -> list[str]:
    text = cell.text.replace("\n", " ") if begins else ""
    return [text, *[""] * (cell.colspan - 1)]
