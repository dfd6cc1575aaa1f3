"""A report as the HTML of a tidy editor (TRS_Editor): real spans, one paragraph a cell."""

from html import escape

from crawler.demo.layout import Cell, Grid
from crawler.demo.report import Report

INDENT = "　　"


def html(report: Report) -> str:
    """Gives the body of an article, without the page around it."""
    title = escape(report.title).replace("\n", "<br/>")
    parts = [f'<p align="center"><strong>{title}</strong></p>', *map(paragraph, report.opening)]
    for section in report.sections:
        parts.append(f"<p><strong>{INDENT}{section.heading}</strong></p>")
        parts += map(paragraph, section.paragraphs)
        if section.table:
            parts.append(table(section.table))
    return "\n".join(parts)


def paragraph(text: str) -> str:
    """Gives a paragraph, indented by two ideographic spaces as editors do."""
    return f'<p align="justify">{INDENT}{escape(text)}</p>'


def table(grid: Grid) -> str:
    """Gives a table with rowspan and colspan."""
    rows = ("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in grid)
    head = '<table border="1" cellspacing="0" cellpadding="0" align="center" width="640"><tbody>'
    return "\n".join((head, *rows, "</tbody></table>"))


def _cell(cell: Cell) -> str:
    spans = "".join(
        f' {name}="{span}"' for name, span in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if span > 1
    )
    align = "center" if cell.code or cell.rowspan > 1 or cell.colspan > 3 else "left"
    text = escape(cell.text).replace("\n", "<br/>") or "&nbsp;"
    return f'<td{spans}><p align="{align}">{text}</p></td>'
