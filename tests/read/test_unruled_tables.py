"""Tables without rules, or with some: each figure in the cell it is printed in, none given that cannot be told."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from archive.model import Hints, Payload, Status
from archive.read import read
from archive.read.formats.pdf import pages_of
from archive.read.forms.match import match
from archive.read.page.document import read_pages
from archive.read.page.model import Glyph, Page
from tests.read.pdf_drawing import Edge, stroked
from tests.read.pdf_report import all_right, drawn
from tests.read.printed import Figures, figures_of

FORMS = [("2019", "2019"), ("2021", "2021"), ("2021", "2019")]


def unruled(canvas: Canvas, edge: Edge) -> None:
    """Draws no border."""


def level(canvas: Canvas, edge: Edge) -> None:
    """Draws the level borders only."""
    if edge[1] == edge[3]:
        stroked(canvas, edge)


def upright(canvas: Canvas, edge: Edge) -> None:
    """Draws the upright borders only."""
    if edge[0] == edge[2]:
        stroked(canvas, edge)


def with_headings(data: bytes, figures: Figures) -> None:
    """All is right, and no heading was taken for part of a table."""
    reading = all_right(data, figures)
    assert not any(f"{heading}、" not in reading.text for heading in "一二三四五")


@pytest.mark.parametrize("border", [unruled, level, upright])
@pytest.mark.parametrize("forms", FORMS)
def test_all_forms(border: Callable[[Canvas, Edge], None], forms: tuple[str, str]) -> None:
    figures = figures_of(*forms, seed=3)
    with_headings(drawn(figures, forms, border=border), figures)


@pytest.mark.parametrize("blank", [0.3, 0.6, 0.9, 1.0])
@pytest.mark.parametrize("forms", FORMS[:2])
def test_blank_cells_stay_blank(blank: float, forms: tuple[str, str]) -> None:
    figures = figures_of(*forms, seed=5, blank=blank)
    with_headings(drawn(figures, forms, border=unruled), figures)


@pytest.mark.parametrize("filler", range(1, 14))
def test_page_breaks_anywhere(filler: int) -> None:
    figures = figures_of("2021", "2021", seed=filler, blank=0.1)
    with_headings(drawn(figures, filler=filler, border=unruled), figures)


STYLES: list[dict[str, Any]] = [{"size": 7.0}, {"size": 11.0}, {"page": (842.0, 595.0)}, {"cut": True, "size": 10.0}]


@pytest.mark.parametrize("style", STYLES)
def test_sizes_and_pages(style: dict[str, Any]) -> None:
    figures = figures_of("2019", "2019", seed=8, blank=0.2)
    with_headings(drawn(figures, ("2019", "2019"), border=unruled, **style), figures)


@pytest.mark.parametrize("forms", FORMS)
def test_what_is_no_number_is_kept_whole(forms: tuple[str, str]) -> None:
    figures = figures_of(*forms, seed=4)
    printed = ["无增减", "/", "—", "4166.24", "6324万元", "+3", "1,234", "无", "12件"]
    codes = random.Random(1).sample([code for code in figures if "remedies" not in code], len(printed))
    figures |= dict(zip(codes, printed, strict=True))
    figures |= {code: "18651.064104" for code in figures if code.endswith(".amount")}
    reading = read(Payload(drawn(figures, forms, border=unruled)), Hints())
    assert {f.indicator: (f.raw or "").strip() or None for f in reading.figures} == figures


def laid(seed: int) -> tuple[list[Page], Figures]:
    figures = figures_of("2021", "2021", seed=seed, blank=0.2)
    return [seen.page for seen in pages_of(drawn(figures, border=unruled))], figures


def wrong(pages: Sequence[Page], figures: Figures) -> list[tuple[str, str | None, str | None]]:
    """Gives the numbers given that are not the ones printed there."""
    document = read_pages(pages)
    found = match(document.tables, document.lines, 2022).figures
    return [
        (f.indicator, figures[f.indicator], f.raw)
        for f in found
        if f.status is Status.NUMBER and (f.raw or "").strip() != figures[f.indicator]
    ]


def moved(glyph: Glyph, across: float, down: float) -> Glyph:
    return replace(glyph, x0=glyph.x0 + across, x1=glyph.x1 + across, y0=glyph.y0 + down, y1=glyph.y1 + down)


@pytest.mark.parametrize("seed", range(6))
def test_figures_moved_off_their_place_are_never_given_to_another(seed: int) -> None:
    pages, figures = laid(seed)
    chance = random.Random(seed)

    def shaken(glyph: Glyph, shift: dict[float, tuple[float, float]]) -> Glyph:
        return moved(glyph, *shift[glyph.y0]) if glyph.text.isdigit() and glyph.x0 > 250 else glyph

    for reach in (2.0, 4.0):
        made = []
        for page in pages:
            shift = {glyph.y0: (chance.uniform(-reach, reach), chance.uniform(-1, 1)) for glyph in page.glyphs}
            made.append(replace(page, glyphs=tuple(shaken(glyph, shift) for glyph in page.glyphs)))
        assert wrong(made, figures) == []


def written(rows: Sequence[tuple[float, Sequence[tuple[float, str]]]]) -> Page:
    """Gives a page of words at places: (y, [(x, word) …])."""
    glyphs = [
        Glyph(sign, x + place * wide, y, x + (place + 1) * wide, y + 10)
        for y, words in rows
        for x, word in words
        for place, sign in enumerate(word)
        for wide in [5 if sign.isascii() else 10]
    ]
    return Page(595, 842, tuple(glyphs))


NAMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
PLACES = [40.0 + 35 * n for n in range(15)]
HEAD = [
    (100.0, [(90.0, "行政复议"), (350.0, "行政诉讼")]),
    (114.0, [(270.0, "未经复议直接起诉"), (450.0, "复议后起诉")]),
    (128.0, [(x, NAMES[n % 5][:2]) for n, x in enumerate(PLACES)]),
    (140.0, [(x, NAMES[n % 5][2:]) for n, x in enumerate(PLACES)]),
]


def fourth(figures: Sequence[tuple[float, str]]) -> list[tuple[Status, str | None]]:
    """Gives what is read of a table 4 whose figures stand at places."""
    document = read_pages([written([*HEAD, (160.0, figures)])])
    return [(figure.status, figure.raw or None) for figure in match(document.tables, document.lines, 2022).figures]


def test_a_figure_under_its_header() -> None:
    found = fourth([(PLACES[3] + 5, "7"), (PLACES[14] + 5, "8")])
    assert found == [(Status.NUMBER, {3: "7", 14: "8"}[n]) if n in (3, 14) else (Status.BLANK, None) for n in range(15)]


def test_a_figure_between_two_headers_is_unreadable_under_both() -> None:
    found = fourth([(PLACES[3] + 25, "7"), (PLACES[6] + 8, "5")])
    assert [n for n, (status, _) in enumerate(found) if status is Status.UNREADABLE] == [3, 4]
    assert found[6] == (Status.NUMBER, "5")


def test_figures_that_touch_are_no_number() -> None:
    found = fourth([(PLACES[3], "1234567"), (PLACES[4], "7654321")])
    assert not [raw for status, raw in found if status is Status.NUMBER]


def test_all_figures_right_of_their_headers() -> None:
    found = fourth([(x + 22, str(n + 1)) for n, x in enumerate(PLACES)])
    assert found == [(Status.NUMBER, str(n + 1)) for n in range(15)]


def test_prose_that_names_labels_stays_prose() -> None:
    text = "行政许可\n本年度行政许可12件，行政处罚3件。\n规章\n总计\n其他\n12\n"
    glyphs = [
        Glyph(sign, 60 + 12 * place, 60 + 20 * row, 72 + 12 * place, 72 + 20 * row)
        for row, words in enumerate(text.splitlines())
        for place, sign in enumerate(words)
    ]
    document = read_pages([Page(595, 842, tuple(glyphs))])
    assert document.tables == ()
    assert "本年度行政许可12件，行政处罚3件。" in document.text
