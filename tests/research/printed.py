"""Forms printed as a page: the layout of research with figures of one's own in its cells."""

from collections.abc import Callable, Iterable
from html import escape

from archive.research.layout import Laid, LaidTable


def printed(tables: Iterable[LaidTable], figure: Callable[[str], str]) -> str:
    """Gives the tables of a report as HTML; `figure` gives what stands in an indicator's cell, as HTML."""
    return "\n".join(printed_table(table, figure) for table in tables)


def printed_table(table: LaidTable, figure: Callable[[str], str]) -> str:
    lines = [*table.head, *(line for body in table.bodies for line in body)]
    rows = ("".join(printed_cell(cell, figure) for cell in line) for line in lines)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def printed_cell(cell: Laid, figure: Callable[[str], str]) -> str:
    said = figure(cell.code) if cell.code else escape(cell.text)
    return f'<td rowspan="{cell.rows}" colspan="{cell.columns}">{said}</td>'


def report_page(title: str, body: str) -> bytes:
    """Gives a page that shows a report."""
    sections = "<h2>一、总体情况</h2><p>本年度公开工作平稳有序。</p><h2>五、存在的主要问题</h2><p>公开不够及时。</p>"
    head = f'<meta charset="utf-8"><title>{title}</title>'
    return f"<!doctype html><html><head>{head}</head><body><h1>{title}</h1>{sections}{body}</body></html>".encode()
