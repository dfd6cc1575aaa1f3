import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read import media, read
from archive.read.blocks import Document, Heading, Layout, Table
from archive.read.formats import doc, mhtml
from tests.read.word97 import IN_TABLE, ROW_END, Paragraph, compound, define_table, row, word97

REPORTS = Path(__file__).parents[1] / "recorded" / "reports"
RECORDED = sorted(REPORTS.glob("*/doc/*/*.doc")) + sorted(REPORTS.glob("*/wps/*/*.wps"))
VANISH = b"\x3c\x08\x01"
MERGED, FIRST = 0x20, 0x60
EDGES = (0, 1000, 2000, 3000)


def document(data: bytes) -> Document:
    return doc.read(Payload(data), Hints())


def text(*paragraphs: Paragraph) -> str:
    return document(word97(paragraphs)).text


def table(*rows: list[Paragraph]) -> Table:
    (found,) = document(word97([paragraph for each in rows for paragraph in each] + [("\r", b"")])).tables
    return found


def texts(found: Table) -> list[list[str | None]]:
    return [[cell.text if cell else None for cell in cells] for cells in found.rows]


def code_of(data: bytes) -> str:
    with pytest.raises(UnreadableDocumentError) as caught:
        read(Payload(data), Hints())
    return caught.value.code


def outcome(data: bytes) -> list[list[list[str | None]]] | str:
    try:
        return [texts(each) for each in document(data).tables]
    except UnreadableDocumentError as error:
        return error.code


def test_pieces_in_any_order_and_width() -> None:
    read_back = document(word97([("Word’s text\r", b""), ("一，二\r", b""), ("𠮷林路 end\r", b"")]))
    assert read_back.text == "Word’s text\n一，二\n𠮷林路end"


def test_field_codes_are_left_out_and_a_mark_alone_hides_nothing() -> None:
    assert text(("共\x13 =SUM(LEFT) \x1412\x15件\x13PAGE\x15\r", b"")) == "共12件"
    assert text(("甲\x13 IF \x13 X \x14 1 \x15 = 1 \x14乙\x15\r", b"")) == "甲乙"
    assert text(("一\x15二\r", b""), ("三\x13四\x14五\r", b"")) == "一二\n三四五"


def test_hidden_and_deleted_characters() -> None:
    deleted = b"\x00\x08\x01"
    paragraphs = [("9甲\r", b""), ("9乙\r", b""), ("9丙\r", b""), ("丁\r", b""), ("戊\r", b"")]
    off = {0: VANISH, 1: deleted, 2: b"\x3c\x08\x00"}
    whole = {3: 0x5C << 1 | 1 << 8}  # a fast save hid the piece, its paragraph mark too
    assert document(word97(paragraphs, runs=off, whole=whole)).text == "甲\n乙\n9丙\n戊"


def test_a_symbol_is_printed_and_no_blank() -> None:
    symbol = b"\x09\x6a" + struct.pack("<HH", 3, 0xF0FC)
    found = document(word97([*row(["(", "("], (0, 500, 900))], runs={0: symbol}))
    assert texts(found.tables[0]) == [["\uf0fc", "("]]


def test_headings_by_outline_level() -> None:
    found = document(word97([("一、总体情况\r", b"\x40\x26\x00"), ("正文\r", b"\x40\x26\x09")]))
    assert [type(block) is Heading for block in found.blocks] == [True, False]


@pytest.mark.parametrize("flags", [(1, 2, 0), (2, 1, 0), (3, 1, 0)])
def test_merges_across_by_whichever_bit_comes_first(flags: tuple[int, ...]) -> None:
    found = table(row(["甲", "", "1"], EDGES, flags), row(["乙", "2", "3"], EDGES))
    assert texts(found) == [["甲", "甲", "1"], ["乙", "2", "3"]]
    assert found.layout is Layout.SPANS


def test_two_sets_merged_across_side_by_side() -> None:
    found = table(row(["甲", "", "乙", ""], (0, 1, 2, 3, 4), (2, 1, 2, 1)), row([*"1234"], (0, 1, 2, 3, 4)))
    assert texts(found) == [["甲", "甲", "乙", "乙"], ["1", "2", "3", "4"]]


def test_wide_cells_and_merges_down_on_rows_that_differ_by_a_millimetre() -> None:
    found = table(
        row(["甲", "乙"], (0, 1000, 3000), (FIRST,)),
        row(["", "1", "2"], (5, 1003, 2048, 3007), (MERGED,)),
        row(["丙", "3", "4"], (-40, 990, 1990, 2990)),
    )
    assert texts(found) == [["甲", "乙", "乙"], ["甲", "1", "2"], ["丙", "3", "4"]]
    first = found.rows[1][0]
    assert first is found.rows[0][0]
    assert first is not None
    assert (first.rowspan, first.colspan) == (2, 1)


def test_a_merge_down_without_a_cell_above_keeps_its_own_text() -> None:
    found = table(row(["甲", "1"], (0, 1000, 2000)), row(["乙", "2"], (0, 1000, 2000), (MERGED,)))
    assert texts(found) == [["甲", "1"], ["乙", "2"]]


def test_a_row_that_begins_further_right_has_empty_slots() -> None:
    found = table(row(["甲", "1"], (0, 1000, 2000)), row(["2"], (1000, 2000)))
    assert texts(found) == [["甲", "1"], [None, "2"]]


def test_a_row_built_by_insertions_kept_in_the_data_stream() -> None:
    """As Word writes rows too wide for their page: a jump to a list that itself begins with a jump."""
    inserts = struct.pack("<HBBH", 0x7621, 0, 3, 1000) + struct.pack("<HBB", 0x5624, 0, 2)
    inner = ROW_END + inserts
    outer = struct.pack("<HI", 0x646B, 100) + struct.pack("<HBBB", 0xD62B, 2, 2, 3)
    data = (struct.pack("<H", len(outer)) + outer).ljust(100, b"\0") + struct.pack("<H", len(inner)) + inner
    head = [("甲\x07", IN_TABLE), ("\x07", IN_TABLE), ("乙\x07", IN_TABLE), ("\x07", struct.pack("<HI", 0x6646, 0))]
    found = document(word97([*head, *row(["1", "2", ""], EDGES, (0, 0, MERGED))], data=data))
    assert texts(found.tables[0]) == [["甲", "甲", "乙"], ["1", "2", "乙"]]


def test_modifiers_after_the_definition_of_a_row() -> None:
    change = struct.pack("<HBB", 0x5622, 0, 1) + struct.pack("<HBBH", 0x7623, 0, 1, 2000)
    cells = [("甲\x07", IN_TABLE), ("乙\x07", IN_TABLE)]
    changed = [*cells, ("\x07", ROW_END + define_table((0, 500, 1000, 2000)) + change)]
    assert texts(table(changed, row([*"123"], EDGES))) == [["甲", "甲", "乙"], ["1", "2", "3"]]


def test_a_row_whose_shape_does_not_fit_its_cells_leaves_spans_unknown() -> None:
    for broken in (row(["乙", "2"], EDGES), [("乙\x07", IN_TABLE), ("2\x07", IN_TABLE), ("\x07", ROW_END)]):
        found = table(row(["甲", "", "1"], EDGES, (1, 2, 0)), broken)
        assert found.layout is Layout.TABBED
        assert texts(found) == [["甲", "", "1"], ["乙", "2"]]


def test_paragraphs_in_a_cell_and_a_table_nested_in_it() -> None:
    deep = struct.pack("<HI", 0x6649, 2)
    inner = [
        ("1\r", IN_TABLE + deep + b"\x4b\x24\x01"),
        ("2\r", IN_TABLE + deep + b"\x4b\x24\x01"),
        ("\r", IN_TABLE + deep + b"\x4b\x24\x01\x4c\x24\x01" + define_table((0, 400, 800))),
    ]
    outer = [("甲\r", IN_TABLE), *inner, ("乙\x07", IN_TABLE), ("\x07", ROW_END + define_table((0, 2000)))]
    found = document(word97([*outer, ("后\r", b"")]))
    assert [texts(each) for each in found.tables] == [[["甲\n乙"]], [["1", "2"]]]
    assert found.text == "后"


def test_text_boxes_come_after_the_text() -> None:
    paragraphs = [("正文\r", b""), ("框中\r", b""), *row(["1", "2"], (0, 500, 900))]
    found = document(word97(paragraphs, boxed=4))
    assert found.text == "正文\n框中"
    assert texts(found.tables[0]) == [["1", "2"]]


def test_a_deleted_row_and_a_deleted_paragraph_mark() -> None:
    gone = {2: b"\x00\x08\x01", 3: b"\x00\x08\x01"}
    paragraphs = [*row(["1"], (0, 500)), *row(["9"], (0, 500)), *row(["2"], (0, 500)), ("甲\r", b""), ("乙\r", b"")]
    found = document(word97(paragraphs, runs=gone, whole={6: 0x41 << 1 | 1 << 8}))
    assert texts(found.tables[0]) == [["1"], ["2"]]
    assert found.text == "乙"
    assert text(("甲", b""), ("\r", b"")) == "甲"


def test_what_is_no_word_97_document_says_so() -> None:
    paragraphs = [("正文\r", b"")]
    assert code_of(word97(paragraphs, flags=0x0300)) == "encrypted"
    assert code_of(word97(paragraphs, version=0x68)) == "unsupported-word-version"
    assert code_of(compound({"WordDocument": b"\xdc\xa5\x68\x00", "1Table": b""})) == "unsupported-word-version"
    assert code_of(compound({"MatOST": b"", "MM": b""})) == "unsupported-media-type"
    assert code_of(compound({"WordDocument": b"\xec\xa5\xc1\x00"})) == "damaged-doc"
    assert (
        code_of(word97(paragraphs).replace("1Table".encode("utf-16-le"), "2Table".encode("utf-16-le"))) == "damaged-doc"
    )


def test_circles_and_boundless_claims_are_damage() -> None:
    circle = struct.pack("<HHI", 6, 0x6646, 0)
    assert code_of(word97([("一\r", struct.pack("<HI", 0x6646, 0))], data=circle)) == "damaged-doc"
    assert code_of(word97([("一\r", struct.pack("<HI", 0x6646, 0x7FFFFFFF))])) == "damaged-doc"
    assert code_of(word97([("一\r", IN_TABLE + struct.pack("<HI", 0x6649, 1000))])) == "damaged-doc"
    looping = bytearray(word97([("一\r", b"")]))
    struct.pack_into("<II", looping, 512 + 4, 2, 1)  # the first two sectors of the main stream follow each other
    assert code_of(bytes(looping)) == "damaged-doc"
    for at in (0x2C, 0x40, 0x48):
        boundless = bytearray(word97([("一\r", b"")]))
        struct.pack_into("<I", boundless, at, 0x7FFFFFFF)
        assert code_of(bytes(boundless)) == "damaged-doc"


def test_a_file_cut_anywhere_is_damaged_or_whole() -> None:
    whole = RECORDED[0].read_bytes()
    wanted = [texts(each) for each in document(whole).tables]
    assert len(wanted) >= 3
    outcomes = [outcome(whole[:cut]) for cut in range(2000, len(whole), 4001)]
    assert "damaged-doc" in outcomes
    assert all(each in ("damaged-doc", wanted) for each in outcomes)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from((word97([*row([*"123"], EDGES), ("一\r", b"")]), RECORDED[0].read_bytes())),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from((0, 1, 0x46, 0x7F, 0x80, 0xFF))), max_size=30
    ),
)
def test_flipped_bytes_are_read_or_refused(data: bytes, flips: list[tuple[float, int]]) -> None:
    broken = bytearray(data)
    for place, value in flips:
        broken[int(place * len(data))] = value
    found = outcome(bytes(broken))
    assert isinstance(found, list) or found in ("damaged-doc", "encrypted", "unsupported-word-version")


PAGE = "<html><body><p>二〇二三年</p><table><tr><td>规章</td><td>12</td></tr></table></body></html>"
MESSAGE = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="b"; start="<page>"\r\n\r\n'
    b'This is a single-file page.\r\n--b\r\nContent-Type: text/html; charset="utf-8"\r\nContent-ID: <other>\r\n\r\n'
    b"<p>other</p>\r\n--b\r\nContent-ID: <page>\r\nContent-Transfer-Encoding: %s\r\n"
    b'Content-Type: text/html; charset="gb2312"\r\n\r\n%s\r\n--b--\r\n'
)


def quoted() -> bytes:
    return "".join(f"={byte:02X}" for byte in PAGE.encode("gb18030")).encode()


def test_a_page_saved_as_a_message_is_read_by_its_root_part() -> None:
    payload = Payload(MESSAGE % (b"quoted-printable", b"=\r\n".join([quoted()[:300], quoted()[300:]])))
    assert media.media_type(payload, Hints(file_name="report.doc")) == media.MHTML
    found = mhtml.read(payload, Hints())
    assert [[cell.text for cell in cells if cell] for cells in found.tables[0].rows] == [["规章", "12"]]
    assert found.lines[0] == "二〇二三年"


def test_a_message_without_a_page_is_damaged() -> None:
    assert (
        code_of(b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b--\r\n") == "damaged-mhtml"
    )
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    assert code_of(b"MIME-Version: 1.0\r\n" + nested) == "damaged-mhtml"


def test_prose_that_speaks_of_mime_is_text() -> None:
    said = "说明：本页\nMIME-Version: 1.0\n\nContent-Type: multipart/related".encode()
    assert media.media_type(Payload(said), Hints()) == media.TEXT


def test_every_recorded_document_has_spans() -> None:
    assert len(RECORDED) >= 6
    for path in RECORDED:
        assert sum(found.layout is Layout.SPANS for found in document(path.read_bytes()).tables) >= 3, path
