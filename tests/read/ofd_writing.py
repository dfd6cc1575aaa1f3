"""Real OFD packages written for tests from laid-out pages, in the ways programs write them."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise

from archive.read.page.model import Glyph, Page, Rule

SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
MM = 25.4 / 72


@dataclass(frozen=True)
class Style:
    """How a package is written."""

    runs: bool = True  # one text object a run of characters, else one a line
    repeats: bool = True  # deltas as `g n v`
    borders: str = "lines"  # lines, frames (thin rectangles that are filled) or one path for all
    ctm: bool = False  # text through a matrix
    origin: tuple[float, float] = (0.0, 0.0)  # of the physical box
    template: str | None = None  # a running head
    composite: bool = False  # rules in a composite unit
    blocks: bool = False  # objects in nested page blocks
    prefix: str = "Doc_0/"


def mm(points: float) -> str:
    return f"{points * MM:.4f}"


def runs_of(page: Page, whole_lines: bool) -> list[list[Glyph]]:
    """Gives characters as written next to each other on one base line."""
    made: list[list[Glyph]] = []
    for glyph in page.glyphs:
        before = made[-1][-1] if made else None
        near = before and abs(glyph.y1 - before.y1) < 0.2 and abs(glyph.y0 - before.y0) < 0.2
        gap = glyph.x0 - before.x1 if before else 0.0
        if near and gap > -0.5 and (whole_lines or gap < 0.3 * (glyph.y1 - glyph.y0)):
            made[-1].append(glyph)
        else:
            made.append([glyph])
    return made


def deltas(run: Sequence[Glyph], repeats: bool) -> str:
    steps = [mm(right.x0 - left.x0) for left, right in pairwise(run)]
    if not repeats:
        return " ".join(steps)
    groups = [(value, len(list(same))) for value, same in groupby(steps)]
    return " ".join(f"g {count} {value}" if count > 1 else value for value, count in groups)


def text_object(run: Sequence[Glyph], style: Style) -> str:
    x0, y0, x1, y1 = run[0].x0, min(g.y0 for g in run), run[-1].x1, max(g.y1 for g in run)
    size = run[0].y1 - run[0].y0
    left, top = x0 * MM + style.origin[0], y0 * MM + style.origin[1]
    boundary = f"{left:.4f} {top:.4f} {mm(x1 - x0)} {mm(y1 - y0)}"
    base = 0.85 * size
    scale = 2 if style.ctm else 1
    ctm = ' CTM="2 0 0 2 0 0"' if style.ctm else ""
    text = escape("".join(g.text for g in run))
    steps = [float(word) for word in deltas(run, False).split()]
    delta = deltas(run, style.repeats)
    if style.ctm:
        delta = " ".join(f"{step / 2:.4f}" for step in steps)
    across = f' DeltaX="{delta}"' if delta else ""
    return (
        f'<ofd:TextObject ID="7" Boundary="{boundary}"{ctm} Font="3" Size="{float(mm(size)) / scale:.4f}">'
        f'<ofd:FillColor Value="0 0 0"/><ofd:TextCode X="0" Y="{float(mm(base)) / scale:.4f}"{across}>{text}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def path_object(data: str, page: Page, style: Style, fill: bool) -> str:
    painted = 'Stroke="false" Fill="true"' if fill else 'LineWidth="0.2"'
    boundary = f"{style.origin[0]} {style.origin[1]} {mm(page.width)} {mm(page.height)}"
    return (
        f'<ofd:PathObject ID="8" Boundary="{boundary}" {painted}>'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def line(rule: Rule) -> str:
    return f"M {mm(rule.x0)} {mm(rule.y0)} L {mm(rule.x1)} {mm(rule.y1)}"


def frame(rule: Rule) -> str:
    x0, y0, x1, y1 = rule.x0 - 0.25, rule.y0 - 0.25, rule.x1 + 0.25, rule.y1 + 0.25
    corners = [(x1, y0), (x1, y1), (x0, y1)]
    return f"M {mm(x0)} {mm(y0)} " + " ".join(f"L {mm(x)} {mm(y)}" for x, y in corners) + " C"


def rules_of(page: Page, style: Style) -> list[str]:
    if style.borders == "frames":
        return [path_object(frame(rule), page, style, fill=True) for rule in page.rules]
    if style.borders == "one path":
        return [path_object(" ".join(map(line, page.rules)), page, style, fill=False)] if page.rules else []
    return [path_object(line(rule), page, style, fill=False) for rule in page.rules]


def content(objects: Sequence[str], page: Page, style: Style) -> str:
    area = f"{style.origin[0]} {style.origin[1]} {mm(page.width)} {mm(page.height)}"
    template = '<ofd:Template TemplateID="2" ZOrder="Background"/>' if style.template else ""
    inner = "".join(objects)
    if style.blocks:
        inner = f'<ofd:PageBlock ID="5"><ofd:PageBlock ID="6">{inner}</ofd:PageBlock></ofd:PageBlock>'
    hidden = '<ofd:Layer ID="9"><ofd:TextObject ID="10" Visible="false" Boundary="9 9 50 9" Font="3" Size="4">'
    hidden += '<ofd:TextCode X="0" Y="4" DeltaX="g 3 4">不应出现</ofd:TextCode></ofd:TextObject></ofd:Layer>'
    return (
        f"{HEAD}<ofd:Page {SPACE}>{template}<ofd:Area><ofd:PhysicalBox>{area}</ofd:PhysicalBox></ofd:Area>"
        f'<ofd:Content><ofd:Layer ID="4" Type="Body">{inner}</ofd:Layer>{hidden}</ofd:Content></ofd:Page>'
    )


def ofd_of(pages: Sequence[Page], style: Style = Style()) -> bytes:
    """Gives the package of pages."""
    parts: dict[str, str] = {}
    units = []
    entries = []
    for number, page in enumerate(pages):
        texts = [text_object(run, style) for run in runs_of(page, not style.runs)]
        rules = rules_of(page, style)
        if style.composite:
            units.append(
                f'<ofd:CompositeGraphicUnit ID="{100 + number}" Width="{mm(page.width)}" Height="{mm(page.height)}">'
                f"<ofd:Content>{''.join(rules)}</ofd:Content></ofd:CompositeGraphicUnit>"
            )
            box = f"0 0 {mm(page.width)} {mm(page.height)}"
            rules = [f'<ofd:CompositeObject ID="11" Boundary="{box}" ResourceID="{100 + number}"/>']
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = content([*rules, *texts], page, style)
        base = "/Doc_0/" if style.prefix == "/Doc_0/" else ""
        entries.append(f'<ofd:Page ID="{20 + number}" BaseLoc="{base}Pages/Page_{number}/Content.xml"/>')
    template = ""
    if style.template:
        head = [Glyph(sign, 60 + 9 * n, 20, 69 + 9 * n, 29) for n, sign in enumerate(style.template)]
        sheet = Page(pages[0].width, pages[0].height, tuple(head))
        parts["Doc_0/Tpls/Tpl_0/Content.xml"] = content([text_object(head, style)], sheet, Style(origin=style.origin))
        template = '<ofd:TemplatePage ID="2" ZOrder="Background" BaseLoc="Tpls/Tpl_0/Content.xml"/>'
    parts["Doc_0/PublicRes.xml"] = (
        f'{HEAD}<ofd:Res {SPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="宋体"/></ofd:Fonts>'
        f"<ofd:CompositeGraphicUnits>{''.join(units)}</ofd:CompositeGraphicUnits></ofd:Res>"
    )
    parts["Doc_0/Document.xml"] = (
        f"{HEAD}<ofd:Document {SPACE}><ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>"
        f"0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{template}"
        f"</ofd:CommonData><ofd:Pages>{''.join(entries)}</ofd:Pages></ofd:Document>"
    )
    parts["OFD.xml"] = (
        f'{HEAD}<ofd:OFD {SPACE} DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID>'
        "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    return packed(parts)


def packed(parts: dict[str, str]) -> bytes:
    """Gives parts as a package, the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ["OFD.xml", *(name for name in parts if name != "OFD.xml")]:
            archive.writestr(zipfile.ZipInfo(name, (2023, 1, 31, 0, 0, 0)), parts[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
