"""A report as DOCX, the same bytes in every run: fixed times, members stored in a fixed order, no compression."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from crawler.demo.layout import Grid
from crawler.demo.render.slots import Slot, slots
from crawler.demo.report import Report

WRITTEN = datetime(2021, 1, 1, tzinfo=UTC)
ZIP_TIME = (2021, 1, 1, 0, 0, 0)
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def docx(report: Report, author: str) -> bytes:
    """Gives the bytes of a Word document with three real tables (gridSpan, vMerge)."""
    document = _blank()
    about = document.core_properties
    about.author = about.last_modified_by = author
    about.title, about.comments = report.title.replace("\n", ""), ""
    about.created = about.modified = WRITTEN
    for line in report.title.split("\n"):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(line).bold = True
    for text in report.opening:
        document.add_paragraph("　　" + text)
    for section in report.sections:
        document.add_paragraph().add_run("　　" + section.heading).bold = True
        for text in section.paragraphs:
            document.add_paragraph("　　" + text)
        if section.table:
            document.element.body.insert_element_before(parse_xml(_table(section.table)), "w:sectPr")
            document.add_paragraph()
    written = io.BytesIO()
    document.save(written)
    return _repacked(written.getvalue())


def _blank() -> Any:
    """Gives an empty document without the template's ballast: 150 table styles and their copy for Word 2010."""
    document = Document()
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE:
            style.delete()
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            del document.part.rels[key]
    return document


def _table(grid: Grid) -> str:
    width = sum(cell.colspan for cell in grid[0])
    columns = f'<w:gridCol w:w="{9000 // width}"/>' * width
    rows = ("<w:tr>" + "".join(_cell(slot, 9000 // width) for slot in row) + "</w:tr>" for row in slots(grid))
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="9000" w:type="dxa"/>'
        f"<w:tblBorders>{BORDERS}</w:tblBorders></w:tblPr>"
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _cell(slot: Slot, unit: int) -> str:
    cell, begins = slot
    span = f'<w:gridSpan w:val="{cell.colspan}"/>' if cell.colspan > 1 else ""
    merge = f'<w:vMerge w:val="{"restart" if begins else "continue"}"/>' if cell.rowspan > 1 else ""
    lines = escape(cell.text if begins else "").split("\n")
    text = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{unit * cell.colspan}" w:type="dxa"/>{span}{merge}</w:tcPr>'
        f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r>{text}</w:r></w:p></w:tc>'
    )


def _repacked(data: bytes) -> bytes:
    """Gives the same members without the clock and without the deflate of this machine's zlib."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, ZIP_TIME)
            member.create_system = 0
            packed.writestr(member, source.read(name))
    return target.getvalue()
