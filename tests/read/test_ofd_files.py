"""OFD packages as programs write them: the figures of laid-out pages, whatever way text and borders are put down."""

import io
import zipfile

import pytest

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read import media, read
from archive.read.formats.pdf import pages_of
from archive.read.page.model import Glyph, Page
from tests.read.ofd_writing import Style, ofd_of, packed
from tests.read.pdf_drawing import stroked
from tests.read.pdf_report import all_right, drawn
from tests.read.printed import Figures, figures_of
from tests.read.test_unruled_tables import unruled

STYLES = [
    Style(),
    Style(runs=False),
    Style(repeats=False, borders="frames"),
    Style(borders="one path", ctm=True),
    Style(template="云溪县政府信息公开"),
    Style(composite=True, blocks=True),
    Style(origin=(10.0, 20.0)),
    Style(prefix="/Doc_0/"),
]


def pages(figures: Figures, forms: tuple[str, str] = ("2021", "2021"), ruled: bool = True) -> list[Page]:
    """Gives laid-out pages."""
    border = stroked if ruled else unruled
    return [seen.page for seen in pages_of(drawn(figures, forms, border=border))]


def only_what_shows(data: bytes, figures: Figures) -> None:
    """All is right in an OFD package, and nothing was read that its pages do not show."""
    assert media.media_type(Payload(data), Hints()) == media.OFD
    assert "不应出现" not in all_right(data, figures).text


@pytest.mark.parametrize("style", STYLES, ids=repr)
def test_every_way_of_writing(style: Style) -> None:
    figures = figures_of("2021", "2021", seed=7, blank=0.2)
    only_what_shows(ofd_of(pages(figures), style), figures)


@pytest.mark.parametrize("style", [STYLES[0], STYLES[1], STYLES[3], STYLES[6]], ids=repr)
@pytest.mark.parametrize("forms", [("2019", "2019"), ("2021", "2021"), ("2021", "2019")])
def test_tables_without_rules(style: Style, forms: tuple[str, str]) -> None:
    figures = figures_of(*forms, seed=11, blank=0.2)
    only_what_shows(ofd_of(pages(figures, forms, ruled=False), style), figures)


def code(data: bytes) -> str:
    with pytest.raises(UnreadableDocumentError) as error:
        read(Payload(data), Hints())
    return error.value.code


def repacked(data: bytes, change: dict[str, str | None]) -> bytes:
    """Gives a package with parts replaced, added or (None) left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str] = {name: archive.read(name).decode() for name in archive.namelist()}
    kept = {name: text for name, text in (parts | change).items() if text is not None}
    return packed(kept)


WORDS = "云溪县水利局二〇二二年政府信息公开工作年度报告如下并请各界人士监督指正谢谢大家"
PLAIN = ofd_of([Page(595, 842, tuple(Glyph(s, 50 + 12 * n, 50, 62 + 12 * n, 62) for n, s in enumerate(WORDS)))])
OPEN = '<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="1">'
CLOSE = "</ofd:Layer></ofd:Content></ofd:Page>"
PAGE = "Doc_0/Pages/Page_0/Content.xml"


@pytest.mark.parametrize(
    "change",
    [
        {"Doc_0/Document.xml": None},
        {PAGE: None},
        {PAGE: "<ofd:Page"},
        {"OFD.xml": "<OFD/>"},
        {"Doc_0/Document.xml": "<Document/>"},
        {PAGE: '<!DOCTYPE a [<!ENTITY b "' + "c" * 9 + '">]><a>&b;</a>' + "<"},
    ],
    ids=range(6),
)
def test_damaged(change: dict[str, str | None]) -> None:
    assert code(repacked(PLAIN, change)) == "damaged-ofd"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_cut_off(share: float) -> None:
    assert code(PLAIN[: int(len(PLAIN) * share)]) == "damaged-ofd"


def test_encrypted() -> None:
    assert code(repacked(PLAIN, {"Encryptions.xml": "<a/>"})) == "encrypted"


def test_a_part_that_unpacks_to_too_much() -> None:
    assert code(repacked(PLAIN, {PAGE: OPEN + " " * 33_000_000 + CLOSE})) == "damaged-ofd"


def test_a_picture_needs_ocr() -> None:
    picture = '<ofd:ImageObject ID="2" Boundary="0 0 210 297" CTM="210 0 0 297 0 0" ResourceID="3"/>'
    assert code(repacked(PLAIN, {PAGE: OPEN + picture + CLOSE})) == "needs-ocr"


def test_glyphs_without_characters_need_ocr() -> None:
    glyphs = '<ofd:CGTransform CodePosition="0" CodeCount="1" GlyphCount="1"><ofd:Glyphs>40</ofd:Glyphs>'
    inner = f'{glyphs}</ofd:CGTransform><ofd:TextCode X="0" Y="4"/>'
    text = f'<ofd:TextObject ID="2" Boundary="9 9 50 9" Font="3" Size="4">{inner}</ofd:TextObject>'
    assert code(repacked(PLAIN, {PAGE: OPEN + text * 40 + CLOSE})) == "needs-ocr"


def test_what_draws_more_than_a_report_is_refused() -> None:
    line = '<ofd:PathObject Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 9 9</ofd:AbbreviatedData></ofd:PathObject>'
    assert code(repacked(PLAIN, {PAGE: OPEN + line * 200_001 + CLOSE})) == "too-large-ofd"


def test_a_unit_that_holds_itself_ends() -> None:
    unit = '<ofd:CompositeObject ID="2" Boundary="0 0 9 9" ResourceID="5"/>'
    resources = (
        '<ofd:Res xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CompositeGraphicUnit ID="5"><ofd:Content>'
        f"{unit}{unit}</ofd:Content></ofd:CompositeGraphicUnit></ofd:Res>"
    )
    reading = read(Payload(repacked(PLAIN, {PAGE: OPEN + unit + CLOSE, "Doc_0/PublicRes.xml": resources})), Hints())
    assert reading.text == ""


@pytest.mark.parametrize("data", ["M 1", "L L L", "M a b", "X 1 2", "C C", "M 1 1 L 1e9 2", "A 1 2 3 4 5 6 7 C", ""])
def test_strange_paths_draw_nothing(data: str) -> None:
    path = f'<ofd:PathObject Boundary="x"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'
    assert read(Payload(repacked(PLAIN, {PAGE: OPEN + path + CLOSE})), Hints()).figures == ()
