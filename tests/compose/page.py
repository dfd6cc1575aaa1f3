"""Sheets → an HTML page, in one of the many hands that portals are written in."""

from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from random import Random

from tests.compose.sheets import HEADINGS as HEADINGS
from tests.compose.sheets import Box, Rows, Sheet


@dataclass(frozen=True)
class Hand:
    """How markup is written: what is left open, what stands around a text, what is added."""

    rng: Random
    closes: bool = True
    quotes: str = '"'
    th: bool = False
    caps: bool = False
    wrap: str = "plain"
    comments: bool = False
    hidden: bool = False
    sections: bool = False
    columns: bool = False

    def tag(self, name: str) -> str:
        return name.upper() if self.caps else name


def hand(rng: Random) -> Hand:
    """Gives a hand by chance."""
    return Hand(
        rng,
        closes=rng.random() < 0.8,
        quotes=rng.choice(('"', '"', "'", "")),
        th=rng.random() < 0.15,
        caps=rng.random() < 0.15,
        wrap=rng.choice(("plain", "p", "word", "chars", "paragraphs", "font", "div", "excel")),
        comments=rng.random() < 0.15,
        hidden=rng.random() < 0.15,
        sections=rng.random() < 0.1,
        columns=rng.random() < 0.2,
    )


def text_markup(text: str, hand: Hand) -> str:
    """Gives a cell's text in markup; a line break becomes <br> or a paragraph."""
    rng = hand.rng
    lines = [escape(line).replace("\u00a0", rng.choice(("&nbsp;", "&#160;", "\u00a0"))) for line in text.split("\n")]
    if hand.wrap == "plain":
        return rng.choice(("<br>", "<br/>")).join(lines)
    if hand.wrap == "p":
        return "".join(f"<p style='text-align:center'>{line}</p>" for line in lines)
    if hand.wrap == "div":
        return "\n      ".join(f"<div>{line}</div>" for line in lines)
    if hand.wrap == "font":
        return "<br>".join(f'<font face="仿宋"><b>{line}</b></font>' for line in lines)
    if hand.wrap == "excel":
        return "<br>\n  ".join(lines)
    if hand.wrap == "chars":
        signs = ["".join(f"<span>{escape(sign)}</span>" for sign in line) for line in text.split("\n")]
        return "<br>".join(signs)
    if hand.wrap == "paragraphs":
        empty = rng.choice(("", "<p></p>", "<p>&nbsp;</p>", "<p><br></p>"))
        return empty + "".join(f"<p><span>{line}</span></p>" for line in lines) + rng.choice(("", empty))
    residue = rng.choice(("<o:p></o:p>", "<o:p>&nbsp;</o:p>", "<!--[if !supportEmptyParas]--><!--[endif]-->", ""))
    return "".join(
        f'<p class="MsoNormal"><span style="mso-spacerun:\'yes\';font-family:仿宋">{line}</span>'
        f'<span lang="EN-US">{residue if place == len(lines) - 1 and not line else "<o:p></o:p>"}</span></p>'
        for place, line in enumerate(lines)
    )


def cell(box: Box, hand: Hand, head: bool) -> str:
    """Gives a cell."""
    q, rng = hand.quotes, hand.rng
    name = hand.tag("th" if hand.th and head else "td")
    spans = (f" colspan={q}{box.across}{q}" if box.across > 1 or rng.random() < 0.05 else "") + (
        f" rowspan={q}{box.down}{q}" if box.down > 1 else ""
    )
    other = rng.choice(("", ' width="61"', " valign=top", ' style="border:1px solid;\n padding:0"', " nowrap"))
    content = text_markup(box.text, hand)
    if hand.comments and rng.random() < 0.1:
        content += "<!-- <td>77</td> -->"
    if hand.hidden and rng.random() < 0.1:
        content += rng.choice(
            ('<span style="display:none">98</span>', "<i hidden>99</i>", '<b style="DISPLAY: none">7</b>')
        )
    return f"<{name}{spans}{other}>{content}" + (f"</{name}>" if hand.closes else "")


def rows_markup(rows: Rows, hand: Hand, heads: int) -> str:
    """Gives the rows of a table."""
    tr, between = hand.tag("tr"), hand.rng.choice(("", "\n", "\n    "))
    made = []
    for index, row in enumerate(rows):
        cells = between.join(cell(box, hand, index < heads) for box in row)
        made.append(f"<{tr}>{between}{cells}" + (f"</{tr}>" if hand.closes else ""))
    if hand.hidden:
        widths = f'<tr height=0 style="display:none">{"<td width=72></td>" * 10}</tr>'
        made.append(f"<![if supportMisalignedColumns]>{widths}<![endif]>")
    text = between.join(made)
    if hand.sections and heads:
        head, body = between.join(made[:heads]), between.join(made[heads:])
        return hand.rng.choice(
            (f"<thead>{head}</thead><tbody>{body}</tbody>", f"<tbody>{body}</tbody><thead>{head}</thead>")
        )
    return f"<tbody>{text}</tbody>" if hand.rng.random() < 0.5 else text


def table(rows: Rows, hand: Hand, heads: int) -> str:
    """Gives a table."""
    cols = "<colgroup><col width=72><col width=60 style='width:45pt'></colgroup>" if hand.columns else ""
    made = f"<{hand.tag('table')} border=1 cellspacing=0>{cols}{rows_markup(rows, hand, heads)}</{hand.tag('table')}>"
    around = hand.rng.choice(("{}", "{}", "<div align=center>{}</div>", "<center>{}</center>", "<p>{}</p>"))
    return around.format(made)


@dataclass(frozen=True)
class Page:
    """A page and what it must read as."""

    source: str
    sheets: tuple[Sheet, ...]
    agency: str = "临江镇"
    year: int = 2022
    notes: tuple[str, ...] = field(default=())


def page(sheets: list[Sheet], rng: Random, notes: tuple[str, ...] = ()) -> Page:
    """Gives a page with all sections."""
    how = hand(rng)
    parts = []
    split = rng.random() < 0.1
    whole = rng.random() < 0.07
    for sheet in sheets:
        heading = f"<p>{HEADINGS[sheet.part]}</p>"
        if sheet.part == "disclosure" and rng.random() < 0.2:
            starts = [i for i, row in enumerate(sheet.rows) if row[0].text.replace(" ", "").startswith("第二十条")] or [
                0
            ]
            cuts = [0, *starts[1:], len(sheet.rows)]
            tables = [table(sheet.rows[a:b], how, 0) for a, b in pairwise(cuts)]
            parts.append(heading + "<p></p>".join(tables))
        elif sheet.part == "requests" and split:
            cuts = [i for i, row in enumerate(sheet.rows) if i > 6 and all(b.down == 1 for b in row)]
            open_until = [max((i + b.down for i, r in enumerate(sheet.rows[:c]) for b in r), default=0) for c in cuts]
            cuts = [c for c, until in zip(cuts, open_until, strict=True) if until <= c] or [len(sheet.rows)]
            cut = rng.choice(cuts)
            pair = [rows for rows in (sheet.rows[:cut], sheet.rows[cut:]) if rows]
            parts.append(heading + "".join(table(rows, how, 0) for rows in pair))
        else:
            parts.append(heading + table(sheet.rows, how, sheet.heads))
    if whole:
        parts = ["<table>" + "".join(rows_markup(sheet.rows, how, 0) for sheet in sheets) + "</table>"]
    title = "临江镇2022年政府信息公开工作年度报告"
    text = (
        f"<h1>{title}</h1><p>一、总体情况</p><p>本年度主动公开信息一百余条。</p>{''.join(parts)}"
        "<p>五、存在的主要问题及改进情况</p><p>公开的深度还不够。</p><p>六、其他需要报告的事项</p><p>没有需要报告的事项。</p>"
    )
    frames = (
        "{}",
        "<div>{}</div>",
        "<table><tr><td>{}</td></tr></table>",
        "<table><tr><td>导航<td><div>{}</div></table>",
    )
    text = rng.choice(frames).format(text)
    facts = (
        "<table><tr><td>索引号</td><td>0123/2023-1</td></tr><tr><td>发布机构</td><td>云岫县政府办公室</td></tr></table>"
    )
    before = rng.choice(("", facts, "<div style='display:none'>" + facts + "</div>"))
    hidden_copy = f'<div style="display:none">{"".join(parts)}</div>' if rng.random() < 0.1 else ""
    source = f"<html><head><title>{title}-云岫县</title></head><body>{before}{text}{hidden_copy}</body></html>"
    return Page(source, tuple(sheets), notes=notes)
