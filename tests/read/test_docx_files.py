import io
import zipfile

import pytest

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read import read
from archive.read.blocks import Document, Layout
from archive.read.formats import docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(body: str, head: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"{head}<w:document {W}><w:body>{body}</w:body></w:document>")
    return buffer.getvalue()


def document(body: str) -> Document:
    return docx.read(Payload(packed(body)), Hints())


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"


def test_only_what_word_prints() -> None:
    body = (
        f"<w:p>{run('甲')}<w:del><w:r><w:delText>乙</w:delText></w:r></w:del><w:ins>{run('丙')}</w:ins>"
        f"<w:moveFrom>{run('丁')}</w:moveFrom><w:r><w:instrText>PAGE</w:instrText></w:r>"
        f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>戊</w:t></w:r>"
        f'<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>己</w:t></w:r></w:p>'
    )
    assert document(body).text == "甲丙己"


def test_merges_down_and_across() -> None:
    across, down = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>'
    before = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    body = (
        "<w:tbl>"
        f"<w:tr>{cell('a', across)}{cell('b', down)}</w:tr>"
        f"<w:tr>{cell('c')}{cell('d')}{cell('', '<w:vMerge/>')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{cell('deleted')}</w:tr>"
        f"<w:sdt><w:sdtContent><w:tr>{before}{cell('e')}</w:tr></w:sdtContent></w:sdt>"
        "</w:tbl>"
    )
    (table,) = document(body).tables
    assert table.layout is Layout.SPANS
    texts = [[slot.text if slot else None for slot in row] for row in table.rows]
    assert texts == [["a", "a", "b"], ["c", "d", "b"], [None, "e"]]
    merged = table.rows[0][2]
    assert merged is table.rows[1][2]
    assert merged is not None
    assert (merged.rowspan, merged.colspan) == (2, 1)


def test_a_million_columns_are_capped() -> None:
    wide = cell("a", '<w:gridSpan w:val="1000000"/>')
    (table,) = document(f"<w:tbl><w:tr>{wide}</w:tr></w:tbl>").tables
    assert len(table.rows[0]) == 200


def test_entities_are_not_expanded() -> None:
    head = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
    data = packed("<w:p><w:r><w:t>1&a;&b;</w:t></w:r></w:p>", head)
    assert docx.read(Payload(data), Hints()).text == "1"


def test_a_member_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "MAX_XML", 1000)
    with pytest.raises(UnreadableDocumentError, match="more than 1000 bytes"):
        document(f"<w:p>{run('0' * 5000)}</w:p>")


def test_damage_anywhere_is_a_damaged_docx() -> None:
    whole = packed(f"<w:p>{run('一' * 500)}</w:p>")
    for cut in (len(whole) // 3, len(whole) - 10):
        with pytest.raises(UnreadableDocumentError) as caught:
            read(Payload(whole[:cut]), Hints())
        assert caught.value.code == "damaged-docx"
    flipped = bytearray(whole)
    flipped[60] ^= 0xFF
    with pytest.raises(UnreadableDocumentError) as caught:
        read(Payload(bytes(flipped)), Hints())
    assert caught.value.code == "damaged-docx"


def test_a_page_taken_in_whole_is_read() -> None:
    relation = '<Relationship Id="c1" Type="x/aFChunk" Target="afchunk.htm"/><Relationship Id="c2" Target="gone.htm"/>'
    page = "<html><body><p>一、总体情况</p><table><tr><td>甲<td>1<tr><td>乙<td>2</table></body></html>"
    chunks = f'<w:altChunk xmlns:r="urn:r" r:id="c1"/><w:altChunk xmlns:r="urn:r" r:id="c2"/>{run_in_paragraph("丙")}'
    buffer = io.BytesIO(packed(chunks))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{relation}</Relationships>")
        archive.writestr("word/afchunk.htm", page)
    found = docx.read(Payload(buffer.getvalue()), Hints())
    assert found.text.splitlines()[:2] == ["丙", "一、总体情况"]
    assert [cell.text for row in found.tables[0].rows for cell in row if cell] == ["甲", "1", "乙", "2"]
    assert [issue.code for issue in found.issues] == ["part-unread"]


def test_text_in_layout_tables_boxes_and_doubtful_cells() -> None:
    nested = f"<w:tbl><w:tr>{cell('a')}{cell('1')}</w:tr><w:tr>{cell('b')}{cell('2')}</w:tr></w:tbl>"
    body = f"<w:tbl><w:tr><w:tc>{run_in_paragraph('本年度没有收费。')}{nested}<w:p/></w:tc></w:tr></w:tbl>"
    assert document(body).text == "本年度没有收费。"
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    struck = "<w:r><w:rPr><w:strike/></w:rPr><w:t>7</w:t></w:r>"
    row = f"<w:tc><w:p>{run('5')}{raised}</w:p></w:tc><w:tc><w:p>{struck}{run('8')}</w:p></w:tc>"
    (table,) = document(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>").tables
    first, second = (slot for slot in table.rows[0] if slot)
    assert (first.text, first.doubt) == ("5²", None)
    assert second.doubt is not None


def run_in_paragraph(text: str) -> str:
    return f"<w:p>{run(text)}</w:p>"
