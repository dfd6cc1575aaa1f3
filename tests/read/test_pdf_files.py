"""PDFs as programs write them: every figure as printed, whatever draws the borders and wherever the page breaks."""

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload, Status
from archive.read import read
from archive.read.formats import pdf
from tests.read import pdf_drawing
from tests.read.pdf_drawing import A4, FONT, Sheet
from tests.read.pdf_report import PROSE, WEIGHTS, all_right, drawn
from tests.read.printed import figures_of, tables

BORDERS = [
    pdf_drawing.stroked,
    pdf_drawing.thick,
    pdf_drawing.filled,
    pdf_drawing.twice,
    pdf_drawing.dashes,
    pdf_drawing.dots,
]


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.__name__)
def test_borders_of_every_make(border: Callable[[Canvas, pdf_drawing.Edge], None]) -> None:
    figures = figures_of("2021", "2021", 1, 0.1)
    all_right(drawn(figures, border=border), figures)


@pytest.mark.parametrize("filler", range(1, 9))
@pytest.mark.parametrize("cut", [False, True], ids=["between-rows", "inside-rows"])
def test_page_breaks_everywhere(filler: int, cut: bool) -> None:
    form = "2019" if filler % 2 else "2021"
    figures = figures_of(form, form, filler, 0.2)
    all_right(drawn(figures, (form, form), filler, cut=cut, size=10.5, shift=3.0), figures)


def test_a_hybrid_on_a_landscape_page_without_outer_borders() -> None:
    figures = figures_of("2021", "2019", 5)
    all_right(drawn(figures, ("2021", "2019"), page=(842.0, 595.0), outer=False), figures)


def turned(canvas: Canvas) -> None:
    canvas.setPageSize((842, 595))  # as it is seen once turned
    canvas.setPageRotation(90)
    canvas.translate(595, 0)
    canvas.rotate(90)


def sideways(canvas: Canvas) -> None:
    canvas.setPageSize(A4)
    canvas.translate(0, 842)
    canvas.rotate(-90)


def upside_down(canvas: Canvas) -> None:
    canvas.translate(842, 595)
    canvas.rotate(180)


def moved(canvas: Canvas) -> None:
    canvas.setCropBox((-20, -30, 830, 590))
    canvas.translate(-10, -15)
    canvas.scale(0.98, 0.98)


@pytest.mark.parametrize("prepare", [turned, sideways, upside_down, moved], ids=lambda prepare: prepare.__name__)
def test_pages_turned_cropped_and_scaled(prepare: Callable[[Canvas], None]) -> None:
    figures = figures_of("2021", "2021", 6, 0.1)
    all_right(drawn(figures, prepare=prepare, page=(842.0, 595.0)), figures)


def test_a_font_that_is_not_there_is_measured_as_the_file_says() -> None:
    sheet = Sheet(numbers=False)
    # a character alone needs a font to be seen
    for place, (text, size) in enumerate([("无", 9), ("１", 12), ("12", 9)]):
        sheet.text(text, 100 + 50 * place, 100, size)
    sheet.canvas.setFont("Helvetica", 10)  # of which the file says nothing but the name
    sheet.canvas.drawString(300, 700, "12")
    [seen] = pdf.pages_of(sheet.done())
    assert [glyph.text for glyph in seen.page.glyphs] == ["无", "１", "1", "2", "1", "2"]
    assert [round(glyph.x1 - glyph.x0, 2) for glyph in seen.page.glyphs] == [9, 12, 4.16, 4.16, 5.56, 5.56]


def hidden(canvas: Canvas) -> None:
    text = canvas.beginText(60, 500)
    text.setFont(FONT, 9)
    text.setTextRenderMode(3)
    text.textOut("99999")
    text.setTextRenderMode(0)
    canvas.drawText(text)
    canvas.setFillGray(1)
    canvas.drawString(300, 420, "77777")
    canvas.setFillGray(0)
    canvas.drawString(-200, 300, "88888")


def test_what_nobody_sees_is_left_out() -> None:
    figures = figures_of("2021", "2021", 7)
    data = drawn(figures, prepare=hidden)
    all_right(data, figures)
    assert not {"99999", "77777", "88888"} & set(read(Payload(data), Hints()).text.split())


def test_numbers_printed_over_each_other_are_no_number() -> None:
    figures = figures_of("2021", "2021", 8)

    def overprinted(canvas: Canvas) -> None:
        canvas.setFont(FONT, 9)

    sheet = Sheet(prepare=overprinted)
    sheet.table(tables("2021", "2021", figures)[0], WEIGHTS[0])
    code = "disclosure.licensing.decisions"
    laid = pdf_drawing.laid_out(tables("2021", "2021", figures)[0], [sheet.width / 12] * 12, 9)
    place = next((x, y) for *_, lines in laid.cells for text, x, y in lines if text == figures[code])
    sheet.text("8" * len(figures[code] or ""), sheet.left + place[0] + 0.3, place[1] + sheet.margin, 9)
    found = {f.indicator: f for f in read(Payload(sheet.done()), Hints()).figures}
    assert found[code].status is Status.UNREADABLE
    assert found["disclosure.fees.amount"].raw == figures["disclosure.fees.amount"]


def picture(canvas: Canvas) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, *A4)


@pytest.mark.parametrize("layer", [False, True])
def test_a_scan_needs_ocr_even_with_an_invisible_layer(layer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "missing", lambda: ("rapidocr",))
    sheet = Sheet(numbers=False, prepare=picture)
    if layer:
        text = sheet.canvas.beginText(60, 500)
        text.setFont(FONT, 9)
        text.setTextRenderMode(3)
        text.textOut("一、本年新收政府信息公开申请数量 12345")
        sheet.canvas.drawText(text)
    with pytest.raises(UnreadableDocumentError) as caught:
        read(Payload(sheet.done()), Hints())
    assert caught.value.code == "needs-ocr"


def test_a_page_of_a_picture_among_others_is_an_issue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "missing", lambda: ("rapidocr",))
    figures = figures_of("2021", "2021", 9)
    sheet = Sheet(numbers=False)
    sheet.paragraph(PROSE[0])
    sheet.paragraph("二、主动公开政府信息情况")
    sheet.table(tables("2021", "2021", figures)[0], WEIGHTS[0])
    sheet.turn()
    picture(sheet.canvas)
    reading = read(Payload(sheet.done()), Hints())
    assert "needs-ocr" in {issue.code for issue in reading.issues}
    assert dict(reading.forms) == {"disclosure": "2021"}
