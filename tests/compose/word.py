"""Sheets → a DOCX, in one of the ways word processors write tables."""

import io
import zipfile
from random import Random
from xml.sax.saxutils import escape

from tests.compose.sheets import HEADINGS, Box, Rows, Sheet

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TITLE = "临江镇2022年政府信息公开工作年度报告"


def document(sheets: list[Sheet], rng: Random) -> bytes:
    """Gives the file."""
    writer = Writer(rng)
    tables = [paragraph(HEADINGS[s.part]) + writer.around(writer.table(s.rows)) for s in sheets]
    if rng.random() < 0.07:
        merged = [row for sheet in sheets for row in writer.rows(sheet.rows)]
        tables = [f"<w:tbl>{''.join(merged)}</w:tbl>"]
    inner = (
        paragraph(TITLE, "Title") + paragraph("一、总体情况") + paragraph("本年度主动公开信息一百余条。")
        + "".join(tables) + paragraph("五、存在的主要问题及改进情况") + paragraph("公开的深度还不够。")
        + paragraph("六、其他需要报告的事项") + paragraph("没有需要报告的事项。")
    )  # fmt: skip
    if rng.random() < 0.1:
        inner = f"<w:tbl><w:tr><w:tc><w:tcPr/>{inner}<w:p/></w:tc></w:tr></w:tbl><w:p/>"
    space = rng.choice((TRANSITIONAL, TRANSITIONAL, STRICT))
    xml = f'<w:document xmlns:w="{space}"><w:body>{inner}<w:sectPr/></w:body></w:document>'
    return packed({"word/document.xml": xml}, rng)


def packed(members: dict[str, str], rng: Random) -> bytes:
    """Gives a ZIP of the members and of what Word puts beside them."""
    buffer = io.BytesIO()
    main = '<Relationship Id="r1" Type="x/officeDocument" Target="word/document.xml"/>'
    relations = f'<Relationships xmlns="{RELATIONS}">{main}</Relationships>'
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"[Content_Types].xml": types, "_rels/.rels": relations, **members}.items():
            archive.writestr(zipfile.ZipInfo(name), text, rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))
    return buffer.getvalue()


def run(text: str) -> str:
    """Gives a run; a line break in it is <w:br/>."""
    pieces = [f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\n")]
    return f"<w:r><w:rPr><w:sz w:val='21'/></w:rPr>{'<w:br/>'.join(pieces)}</w:r>"


def paragraph(text: str, style: str = "") -> str:
    return f"<w:p>{f'<w:pPr><w:pStyle w:val={chr(34)}{style}{chr(34)}/></w:pPr>' if style else ''}{run(text)}</w:p>"


class Writer:
    """Writes tables in one hand."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.runs = rng.choice(("whole", "signs", "tracked", "paragraphs"))
        self.controls = rng.random() < 0.1
        self.gaps = rng.random() < 0.1
        self.box = rng.choice(("", "", "", "layout", "textbox", "sdt"))
        self.numbered = rng.random() < 0.15

    def around(self, table: str) -> str:
        """Gives the table as it stands in the document."""
        if self.box == "layout":
            return f"<w:tbl><w:tr><w:tc><w:tcPr/><w:p/>{table}<w:p/></w:tc></w:tr></w:tbl>"
        if self.box == "textbox":
            box = f"<v:textbox xmlns:v='urn:x'><w:txbxContent>{table}<w:p/></w:txbxContent></v:textbox>"
            return f"<w:p><w:r><w:pict>{box}</w:pict></w:r></w:p>"
        if self.box == "sdt":
            return f"<w:sdt><w:sdtPr/><w:sdtContent>{table}</w:sdtContent></w:sdt>"
        return table

    def table(self, rows: Rows) -> str:
        return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(self.rows(rows))}</w:tbl>"

    def rows(self, rows: Rows) -> list[str]:
        """Gives the rows; a box that reaches down is repeated as a continuation in every row below."""
        width = max(sum(box.across for box in row) for row in rows)
        below: list[list[tuple[int, Box]]] = [[] for _ in rows]
        made = []
        for index, row in enumerate(rows):
            free = [True] * (width + 8)
            entries: list[tuple[int, Box, str]] = [(place, box, "continue") for place, box in below[index]]
            for place, box in below[index]:
                free[place : place + box.across] = [False] * box.across
            for box in row:
                place = free.index(True)
                free[place : place + box.across] = [False] * box.across
                entries.append((place, box, "restart" if box.down > 1 else ""))
                for down in range(1, box.down):
                    if index + down < len(rows):
                        below[index + down].append((place, box))
            made.append(self.row(sorted(entries, key=lambda entry: entry[0])))
        return made

    def row(self, entries: list[tuple[int, Box, str]]) -> str:
        """Gives one row; now and then a leading blank cell becomes a gap before the row."""
        before, after = "", ""
        if (
            self.gaps
            and len(entries) > 3
            and not entries[-1][1].text
            and not entries[-1][1].code
            and not entries[-1][2]
        ):
            after = f'<w:gridAfter w:val="{entries[-1][1].across}"/>'
            entries = entries[:-1]
        if self.gaps and not entries[0][1].text and not entries[0][1].code and not entries[0][2]:
            before = f'<w:gridBefore w:val="{entries[0][1].across}"/>'
            entries = entries[1:]
        gone = '<w:tr><w:trPr><w:del w:id="1"/></w:trPr><w:tc><w:p/></w:tc></w:tr>' if self.rng.random() < 0.02 else ""
        properties = f"<w:trPr>{before}{after}</w:trPr>" if before or after else ""
        return f"{gone}<w:tr>{properties}{''.join(self.cell(box, merge) for _, box, merge in entries)}</w:tr>"

    def cell(self, box: Box, merge: str) -> str:
        span = f'<w:gridSpan w:val="{box.across}"/>' if box.across > 1 else ""
        down = ""
        if merge == "continue":
            down = self.rng.choice(("<w:vMerge/>", '<w:vMerge w:val="continue"/>'))
        elif merge == "restart":
            down = '<w:vMerge w:val="restart"/>'
        text = "" if merge == "continue" else box.text
        made = f"<w:tc><w:tcPr>{span}{down}</w:tcPr>{self.content(text, box)}</w:tc>"
        return f"<w:sdt><w:sdtContent>{made}</w:sdtContent></w:sdt>" if self.controls and not merge else made

    def content(self, text: str, box: Box) -> str:
        if self.numbered and not box.code and text[:1].isdigit() and text[1:2] == ".":
            return (
                f'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr></w:pPr>{run(text[2:])}</w:p>'
            )
        if self.runs == "signs":
            return f"<w:p>{''.join(run(sign) for sign in text)}</w:p>"
        if self.runs == "tracked":
            gone = '<w:del w:id="4"><w:r><w:delText>77</w:delText></w:r></w:del>'
            return f'<w:p>{gone}<w:ins w:id="5">{run(text)}</w:ins></w:p>'
        if self.runs == "paragraphs":
            empty = self.rng.choice(("", "", "<w:p/>"))
            return empty + "".join(f"<w:p>{run(line)}</w:p>" for line in text.split("\n"))
        return f"<w:p>{run(text)}</w:p>"
