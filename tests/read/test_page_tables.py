"""Characters and rules at places → tables and paragraphs; and PDFs that mean harm."""

import contextlib
import io
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read.blocks import Table
from archive.read.formats import pdf
from archive.read.page.document import read_pages
from archive.read.page.model import Glyph, Page, Rule
from tests.read.pdf_drawing import Sheet
from tests.read.pdf_report import WEIGHTS, drawn
from tests.read.printed import figures_of, tables

SIZE = 10.0


def printed(text: str, x: float, y: float) -> list[Glyph]:
    """Gives a line of characters that starts at x."""
    glyphs, at = [], x
    for sign in text:
        wide = SIZE / 2 if sign.isascii() else SIZE
        if sign != " ":
            glyphs.append(Glyph(sign, at, y, at + wide, y + SIZE))
        at += wide
    return glyphs


def level(y: float, x0: float, x1: float) -> Rule:
    return Rule(x0, y, x1, y)


def upright(x: float, y0: float, y1: float) -> Rule:
    return Rule(x, y0, x, y1)


def lattice(xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    return [*(level(y, xs[0], xs[-1]) for y in ys), *(upright(x, ys[0], ys[-1]) for x in xs)]


def page(rules: Sequence[Rule], *lines: tuple[str, float, float]) -> Page:
    glyphs = [glyph for text, x, y in lines for glyph in printed(text, x, y)]
    return Page(595, 842, tuple(glyphs), tuple(rules))


def texts(table: Table) -> list[list[str | None]]:
    return [[slot.text if slot else None for slot in row] for row in table.rows]


def only_table(*pages: Page) -> Table:
    (table,) = read_pages(pages).tables
    return table


XS, YS = (100.0, 200.0, 300.0, 400.0), (100.0, 120.0, 140.0)
ROW = (("甲", 110.0, 104.0), ("12", 210.0, 104.0), ("34", 310.0, 104.0))


def test_a_cell_whose_border_is_missing_covers_both() -> None:
    rules = [
        *(level(y, 100, 400) for y in YS),
        *(upright(x, 100, 140) for x in (100, 200, 400)),
        upright(300, 120, 140),
    ]
    table = only_table(page(rules, ("总计", 250, 104), ("甲", 110, 124), ("12", 210, 124), ("34", 310, 124)))
    assert texts(table) == [["", "总计", "总计"], ["甲", "12", "34"]]
    assert table.rows[0][1] is table.rows[0][2]


def test_numbers_in_a_row_without_upright_rules_stand_in_their_columns() -> None:
    rules = [*(level(y, 100, 400) for y in YS), *(upright(x, 120, 140) for x in XS), upright(100, 100, 140)]
    table = only_table(page([*rules, upright(400, 100, 140)], *ROW, ("乙", 110, 124), ("5", 210, 124)))
    assert texts(table) == [["甲", "12", "34"], ["乙", "5", ""]]


def test_two_numbers_in_one_cell_are_doubtful() -> None:
    table = only_table(page(lattice(XS, YS), *ROW[:1], ("12", 210, 104), ("7", 240, 104), ("3", 310, 104)))
    doubts = [slot.doubt for slot in table.rows[0] if slot]
    assert doubts[0] is None
    assert doubts[1] == "there are several numbers in one cell"
    assert doubts[2] is None


def test_a_number_that_runs_over_a_border_is_doubtful() -> None:
    table = only_table(page(lattice(XS, YS), ("甲", 110, 104), ("123456", 287.5, 104)))
    assert all(slot and slot.doubt for slot in table.rows[0][1:])


def test_a_number_broken_because_its_cell_is_full_is_one_number() -> None:
    xs, ys = (100.0, 160.0, 186.0, 300.0), (100.0, 130.0, 160.0)
    table = only_table(page(lattice(xs, ys), ("乙", 110, 110), ("123", 163, 103), ("45", 163, 116), ("9", 200, 110)))
    assert texts(table)[0] == ["乙", "12345", "9"]
    wide = only_table(page(lattice(XS, (100.0, 130.0, 160.0)), ("123", 203, 103), ("45", 203, 116)))
    cell = wide.rows[0][1]
    assert cell is not None
    assert (cell.text, cell.doubt) == ("123\n45", "there are several numbers in one cell")


def test_vertical_writing_is_read_column_by_column() -> None:
    rules = lattice((100.0, 140.0, 300.0), (100.0, 170.0, 200.0))
    first, second = "本年度办理", "结果"
    lines = [(sign, 122.0, 104 + 11.0 * i) for i, sign in enumerate(first)]
    lines += [(sign, 104.0, 104 + 11.0 * i) for i, sign in enumerate(second)]
    assert texts(only_table(page(rules, *lines)))[0][0] == "本年度办理\n结果"


def test_double_and_broken_rules_make_one_grid() -> None:
    rules = [rule for y in YS for rule in (level(y, 100, 230), level(y + 1.5, 228, 400))]
    rules += [upright(x, y, y + 18) for x in XS for y in (100, 120)]
    assert len(only_table(page(rules, *ROW)).rows) == 2


def test_outer_borders_that_are_not_drawn() -> None:
    rules = [*(level(y, 100, 400) for y in YS), upright(200, 100, 140), upright(300, 100, 140)]
    assert texts(only_table(page(rules, *ROW)))[0] == ["甲", "12", "34"]


def test_a_box_around_prose_is_no_table() -> None:
    frame = lattice((60.0, 540.0), (60.0, 780.0))
    document = read_pages([page(frame, ("说明文字", 80, 100))])
    assert document.text == "说明文字"
    assert not document.tables


def test_a_merged_cell_is_whole_after_a_page_break() -> None:
    """（四）无 ‖ 法提供: the label's halves stand on two pages, the break falls between two rows."""

    def part(label: str, row: str, value: str, top: float) -> Page:
        ys = (top, top + 20)
        return page(lattice(XS, ys), (label, 110, top + 4), (row, 205, top + 4), (value, 310, top + 4))

    pages = [part("（四）无", "1.本机关不掌", "7", 780), part("法提供", "3.补正", "8", 60)]
    table = only_table(*pages)
    assert texts(table)[0][0] == "（四）无\n法提供"
    assert table.rows[0][0] is table.rows[1][0]
    assert [row[2].text for row in table.rows if row[2]] == ["7", "8"]


def test_a_row_cut_by_a_page_break_is_one_row() -> None:
    upper = page(lattice(XS, (760.0, 790.0)), ("2.其他法律", 110, 764), ("行政法规", 110, 777), ("5", 210, 770))
    lower = page(lattice(XS, (60.0, 80.0)), ("禁止公开", 110, 64), ("6", 310, 64))
    assert texts(only_table(upper, lower)) == [["2.其他法律\n行政法规\n禁止公开", "5", "6"]]


def test_where_nothing_tells_whether_a_row_was_cut_its_values_are_doubtful() -> None:
    upper = page(lattice(XS, (760.0, 780.0)), ("办理某种", 110, 764), ("5", 210, 764))
    lower = page(lattice(XS, (60.0, 80.0)), ("事项数量", 110, 64))
    table = only_table(upper, lower)
    assert len(table.rows) == 2
    assert [slot.doubt for slot in table.rows[0][1:] if slot] == ["a page break may part this row"] * 2


def test_paragraphs_go_on_over_a_page_break() -> None:
    wide = "政府信息公开工作年度报告主动公开情况依申请公开情况信息管理平台建设监督保障"
    first = page([], *((wide, 100, 100 + 20.0 * i) for i in range(4)), ("- 1 -", 280, 815))
    second = page([], *((wide, 100, 60 + 20.0 * i) for i in range(4)), ("完。", 100, 140), ("- 2 -", 280, 815))
    assert read_pages([first, second]).text == wide * 8 + "完。"


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableDocumentError) as caught:
        pdf.read(Payload(data), Hints())
    return caught.value.code


def test_a_page_tree_in_a_circle() -> None:
    data = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    assert refused(data) in ("damaged-pdf", "too-large-pdf")


def test_a_million_paths() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=1)
    canvas._code.append("0 0 m 9 9 l S\n" * 250_000)
    canvas.save()
    assert refused(buffer.getvalue()) == "too-large-pdf"


def test_one_path_of_a_million_pieces() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=1)
    canvas._code.append("0 0 m\n" + "9 9 l\n" * 500_000 + "S\n")
    canvas.save()
    assert refused(buffer.getvalue()) == "too-large-pdf"


def test_more_pages_than_a_report_has() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for _ in range(pdf.MAX_PAGES + 1):
        canvas.showPage()
    canvas.save()
    assert refused(buffer.getvalue()) == "too-large-pdf"


def test_a_password() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt="open sesame")
    canvas.drawString(100, 100, "secret")
    canvas.save()
    assert refused(buffer.getvalue()) == "encrypted"


def test_bytes_that_are_no_pdf() -> None:
    assert refused(b"%PDF-1.7\nnothing of it follows") == "damaged-pdf"


SMALL = Sheet()
SMALL.table(tables("2021", "2021", figures_of("2021", "2021", 3))[0], WEIGHTS[0])
WHOLE = SMALL.done()


def survives(data: bytes) -> None:
    """Reads; nothing but UnreadableDocumentError may come of it."""
    with contextlib.suppress(UnreadableDocumentError):
        read_pages([seen.page for seen in pdf.pages_of(data)])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=6))
def test_flipped_bytes(place: int, junk: bytes) -> None:
    survives(WHOLE[:place] + junk + WHOLE[place + len(junk) :])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(WHOLE)))
def test_truncated_bytes(stop: int) -> None:
    survives(WHOLE[:stop])


CONTENT = st.lists(
    st.one_of(
        st.floats(-1e9, 1e9).map(lambda number: f"{number:f}"),
        st.sampled_from(["m", "l", "h", "re", "S", "f", "B", "cm", "q", "Q", "w", "0 0 m 400 0 l S", "c", "n", "W"]),
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(CONTENT)
def test_any_drawing(operators: list[str]) -> None:
    stream = zlib.compress(" ".join(operators).encode())
    body = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n4 0 obj<</Filter/FlateDecode"
        b"/Length %d>>stream\n%b\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF" % (len(stream), stream)
    )
    survives(body)


RULES = st.lists(st.tuples(*[st.floats(0, 600)] * 4), max_size=40)
SIGNS = st.lists(st.tuples(st.sampled_from("0123456789一二三公开"), *[st.floats(150, 550)] * 2), max_size=60)


@settings(max_examples=60, deadline=None)
@given(RULES, SIGNS)
def test_nothing_on_any_page_is_lost(rules: list[tuple[float, ...]], signs: list[tuple[str, float, float]]) -> None:
    made = tuple(Rule(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in rules)
    glyphs = tuple(Glyph(sign, x, y, x + SIZE, y + SIZE) for sign, x, y in signs)
    document = read_pages([Page(595, 842, glyphs, made), Page(595, 842, glyphs, made)])
    shown = "".join(slot.text for table in document.tables for row in table.rows for slot in row if slot)
    assert {sign for sign, *_ in signs} <= set(shown + document.text)


def test_the_whole_report_is_read_the_same_twice() -> None:
    data = drawn(figures_of("2021", "2021", 11))
    assert pdf.read(Payload(data), Hints()).text == pdf.read(Payload(data), Hints()).text
