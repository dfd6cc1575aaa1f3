"""A report pasted from Word into a web editor: nested spans, `o:p`, padding, paragraphs inside cells.

The figures are those of the report; only the markup is in the way. Seen in real pages: a label split into
one span a character, a label over two paragraphs, an empty paragraph before the number, numbers padded with
no-break spaces.
"""

from html import escape

from crawler.demo.layout import Cell, Grid
from crawler.demo.report import Report

FONT = "font-family:仿宋_GB2312;mso-hansi-font-family:仿宋_GB2312;mso-bidi-font-family:宋体"
BORDER = "border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt 0cm 5.4pt"


def word_html(report: Report) -> str:
    """Gives the body of an article, without the page around it."""
    parts = [_title(line) for line in report.title.split("\n")]
    parts += [_paragraph(text) for text in report.opening]
    for section in report.sections:
        parts.append(_paragraph(section.heading, bold=True))
        parts += [_paragraph(text) for text in section.paragraphs]
        if section.table:
            parts += [_table(section.table), '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>']
    return '<div class="Section0" style="layout-grid:15.6pt">\n' + "\n".join(parts) + "\n</div>"


def _title(line: str) -> str:
    style = "font-size:22.0pt;font-family:方正小标宋简体;mso-font-kerning:18.0pt"
    return (
        '<p class="MsoNormal" align="center" style="text-align:center;line-height:30.0pt">'
        f'<b style="mso-bidi-font-weight:normal"><span style="{style}">{escape(line)}<o:p></o:p></span></b></p>'
    )


def _paragraph(text: str, bold: bool = False) -> str:
    inner = f'<span style="font-size:16.0pt;{FONT}">{_latin(text)}<o:p></o:p></span>'
    return (
        '<p class="MsoNormal" style="text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt">'
        f"{f'<b>{inner}</b>' if bold else inner}</p>"
    )


def _latin(text: str) -> str:
    """Gives the text with every run of digits in its own English span, as Word does."""
    parts: list[str] = []
    for character in text:
        if character.isascii() and character.isdigit():
            if not parts or not parts[-1].startswith("<span"):
                parts.append('<span lang="EN-US">')
            parts[-1] += character
        else:
            parts.append(escape(character))
    return "".join(f"{part}</span>" if part.startswith("<span") else part for part in parts)


def _table(grid: Grid) -> str:
    rows = []
    for number, row in enumerate(grid):
        cells = "".join(_cell(cell, number + place) for place, cell in enumerate(row))
        rows.append(f'<tr style="mso-yfti-irow:{number};height:21.0pt">{cells}</tr>')
    head = (
        '<table class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0" width="612" '
        'style="width:459.0pt;border-collapse:collapse;mso-yfti-tbllook:1184">'
    )
    return "\n".join((head, *rows, "</table>"))


def _cell(cell: Cell, variant: int) -> str:
    inner = _number(cell.text, variant) if cell.code else _label(cell.text, variant)
    return (
        f'<td width="{41 * cell.colspan}" colspan="{cell.colspan}" rowspan="{cell.rowspan}" '
        f'style="width:{30.75 * cell.colspan:.1f}pt;{BORDER}">{inner}</td>'
    )


def _in_cell(inner: str) -> str:
    return f'<p class="MsoNormal" align="center" style="text-align:center;line-height:12.0pt">{inner}</p>'


def _label(text: str, variant: int) -> str:
    lines = text.split("\n")
    if variant % 3 == 0:
        lines = ["".join(f"<span>{escape(character)}</span>" for character in line) for line in lines]
    elif variant % 3 == 1 and len(text) > 24:
        lines = [escape(text[:20]), f"&nbsp;{escape(text[20:])}"]
    else:
        lines = [escape(line) for line in lines]
    style = f"font-size:10.5pt;{FONT}"
    return "".join(_in_cell(f'<span style="{style}">{line}<o:p></o:p></span>') for line in lines)


def _number(text: str, variant: int) -> str:
    if not text:
        return _in_cell('<span lang="EN-US"><o:p>&nbsp;</o:p></span>')
    if variant % 5 == 0:
        inner = "".join(f'<span lang="EN-US">{escape(character)}</span>' for character in text)
    else:
        inner = f'<span lang="EN-US">{"&nbsp;" * (variant % 2)}{escape(text)}</span>'
    empty = '<p class="MsoNormal"><span lang="EN-US"><o:p></o:p></span></p>' if variant % 7 == 0 else ""
    return empty + _in_cell(f'<span style="font-size:10.5pt">{inner}<o:p></o:p></span>')
