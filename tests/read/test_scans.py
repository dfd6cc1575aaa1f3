"""Scans: what must hold whatever the picture; the recorded cases of <form>/scan show whole reports."""

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from archive.errors import UnreadableDocumentError
from archive.model import Figure, Hints, Payload, Status
from archive.read import read
from archive.read.blocks import Cell
from archive.read.forms.catalogue import Identity
from archive.read.forms.scanned import unsettled
from archive.read.ocr import engine, missing, pages_of_image
from archive.read.page.document import read_pages

scans = pytest.mark.skipif(bool(missing()), reason="the extra ocr is not installed")
ROWS = (("1", "203", "-"), ("45", "", "6718"), ("0", "/", "92"), ("3.75", "+8", "11"))
WIDE, HIGH = 150, 60


def drawn(rows: tuple[tuple[str, ...], ...] = ROWS) -> Any:
    """Gives a picture of a ruled table at about 200 dots an inch."""
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("L", (1654, 1100), 245)
    draw = ImageDraw.Draw(page)
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            left, top = 300 + WIDE * x, 300 + HIGH * y
            draw.rectangle((left, top, left + WIDE, top + HIGH), outline=20, width=3)
            draw.text((left + 40, top + 14), text, 20, ImageFont.load_default(30))
    return page


def saved(page: Any, kind: str = "PNG") -> bytes:
    made = io.BytesIO()
    page.save(made, kind)
    return made.getvalue()


def cells(data: bytes) -> list[list[Cell | None]]:
    pages, issues = pages_of_image(data)
    assert issues == []
    (table,) = read_pages(pages).tables
    return [list(row) for row in table.rows]


@scans
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
def test_cells_are_what_was_drawn_or_doubtful(kind: str) -> None:
    for row, wanted in zip(cells(saved(drawn(), kind)), ROWS, strict=True):
        for cell, text in zip(row, wanted, strict=True):
            assert cell is not None
            assert cell.doubt or cell.text.replace("—", "-") == text
            assert (cell.confidence is None) == (text == "")


@scans
def test_ink_that_is_no_text_is_not_blank() -> None:
    from PIL import ImageDraw

    page = drawn()
    ImageDraw.Draw(page).ellipse((300 + WIDE + 30, 300 + HIGH + 8, 300 + 2 * WIDE - 30, 300 + 2 * HIGH - 8), fill=20)
    cell = cells(saved(page))[1][1]
    assert cell is not None
    assert cell.doubt


@scans
def test_specks_beside_figures_are_no_print() -> None:
    from PIL import ImageDraw

    page = drawn()
    draw = ImageDraw.Draw(page)
    for x, y in ((8, 9), (130, 44), (120, 12), (12, 50)):
        for row in range(len(ROWS)):
            draw.rectangle((300 + x, 300 + HIGH * row + y, 303 + x, 303 + HIGH * row + y), fill=20)
    assert [row[0].text for row in cells(saved(page)) if row[0] and not row[0].doubt] == [row[0] for row in ROWS]


@scans
def test_single_characters_beside_a_table_are_not_lost() -> None:
    from PIL import ImageDraw, ImageFont

    page = drawn()
    for row, digit in enumerate("5172"):
        ImageDraw.Draw(page).text((1200, 300 + HIGH * row), digit, 20, ImageFont.load_default(30))
    (made,), _ = pages_of_image(saved(page))
    free = [glyph for glyph in made.glyphs if glyph.x0 > 1150 * made.width / 1654]
    assert sorted(glyph.text for glyph in free if not glyph.doubt) == ["1", "2", "5", "7"]


@scans
@pytest.mark.parametrize("kind", ["blank", "photo"])
def test_a_page_without_text_gives_no_figure(kind: str) -> None:
    from PIL import Image

    page = Image.new("L", (1654, 2339), 250)
    if kind == "photo":
        page = Image.radial_gradient("L").resize((1654, 1200))
    reading = read(Payload(saved(page)), Hints())
    assert not [figure for figure in reading.figures if figure.status is not Status.UNREADABLE]
    assert reading.issues


def test_strips_are_recognised_in_batches_of_bounded_width() -> None:
    widths = [1.0, 60.0, 2.0, 30.0, 8.0, 9.0, 9.5, 7.0, 1.5, 30.5]
    batches = list(engine.batches(widths))
    assert sorted(number for batch in batches for number in batch) == list(range(len(widths)))
    assert all(len(b) == 1 or len(b) * max(widths[n] for n in b) <= engine.BATCH_WIDTH for b in batches)


def test_memory_used_up_inside_a_library_is_a_memory_error() -> None:
    with pytest.raises(MemoryError), engine.exhaustion_named():
        raise RuntimeError("Non-zero status code returned while running Add node: std::bad_alloc")
    with pytest.raises(RuntimeError), engine.exhaustion_named():
        raise RuntimeError("another trouble")


@scans
def test_a_picture_with_too_many_pixels_is_named_before_it_is_decoded() -> None:
    from PIL import Image

    with pytest.raises(UnreadableDocumentError) as caught:
        read(Payload(saved(Image.new("1", (20_000, 20_000)))), Hints())
    assert caught.value.code == "image-too-large"


@scans
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_torn_picture_is_damaged(kind: str) -> None:
    data = saved(drawn(), kind)
    with pytest.raises(UnreadableDocumentError) as caught:
        read(Payload(data[:40] + b"\0" * 40), Hints())
    assert caught.value.code == "damaged-image"


def test_a_failed_identity_spoils_only_what_was_not_recognised_for_certain() -> None:
    identity = Identity("sum", ("a",), ("b", "c"))
    sure = {"a": 0.999, "b": 0.9, "c": None}
    figures = {c: Figure(c, Status.NUMBER, "1", Decimal(1), confidence=sure[c]) for c in "abc"}
    found = unsettled((identity,), figures)
    assert [found[code].status for code in "abc"] == [Status.NUMBER, Status.UNREADABLE, Status.NUMBER]
    assert found["b"].value is None
    held = figures | {"a": replace(figures["a"], value=Decimal(2))}
    assert unsettled((identity,), held) == held


def test_without_the_extra_a_scan_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    with pytest.raises(UnreadableDocumentError) as caught:
        read(Payload(b"\x89PNG\r\n\x1a\n" + b"\1" * 100), Hints())
    assert caught.value.code == "needs-ocr"
    assert "nianbao[ocr]" in caught.value.message
