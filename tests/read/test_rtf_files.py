"""RTF: what Word prints and nothing else; spans exact from the edges; no bytes get past the errors."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read import read
from archive.read.blocks import Document, Layout, Table
from archive.read.formats import rtf, rtf_text
from crawler.demo import layout
from tests.read import rtf_writer

REPORTS = Path(__file__).parents[1] / "recorded" / "reports"
FILES = sorted(REPORTS.glob("*/rtf/*/report.rtf"))


def document(body: str) -> Document:
    return rtf.read(Payload((rtf_writer.HEAD + body + "}").encode("latin-1")), Hints())


def texts(table: Table) -> list[list[str | None]]:
    return [[cell.text if cell else None for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"{\f13 \'d5\'fe\'b8\'ae}", "政府"),
        ("{\\f13 \\'d5\r\n\\'fe\\'b8\\hich\\af0 \\'ae}", "政府"),
        (r"{\f13 \'d5}{\f0 \'fe}", "政"),
        (r"{\f13 \'81A\'8b\'41}", b"\x81A\x8bA".decode("gbk")),
        (r"{\f13 \'81\}\'81\{}", b"\x81}\x81{".decode("gbk")),
        ("{\\f13 \xd5\xfe}", "政"),
        (r"\'d5\'fe", "政"),
        (r"\u25919\'d5\'fe!", "政!"),
        (r"\u25919 ab!", "政!"),
        (r"{\uc1\u25919?2}{\uc0\u25919 2}", "政2政2"),
        (r"{\uc1\u-28589?\u-10179?\u-8704?}", "\u9053\U0001f600"),
        (r"{\uc1\u25919{\b ?}}", "政?"),
        (r"{\uc1\u25919\bin3 }}{2}", "政2"),
        (r"1{\v 2}{\deleted 3}\v 4\v0 5{\*\unknown 6}{\fldinst PAGE}{\fldrslt 7}", "157"),
        (r"1{\field{\*\fldinst {PAGEREF}}{\fldrslt 2}}{\pict 0102\bin4 \}{}3}{\footnote 4}", "12"),
        (r"{\upr{a?}{\*\ud{a\u25919\'3f\'3f}}}", "a政"),
        (r"{\listtext\pard\plain 1.\tab}a\_b\-c\~d", "1. a-bc d"),
        (r"a\ldblquote b\rdblquote \emdash c", "a“b”—c"),
        (r"{\*\shppict{\pict 00}}{\nonshppict{\pict 00}}{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt box}}}", "box"),
        ("a\\\nb\\line c", "a\nb\nc"),
    ],
)
def test_text_as_word_prints_it(body: str, text: str) -> None:
    assert document(body + r"\par").text == text


def test_half_a_character_is_counted() -> None:
    found = document(r"{\f13 \'d5\tab 12}\par")
    assert found.text == "\ufffd12"
    assert [issue.code for issue in found.issues] == ["charset-replacements"]


def test_merges_by_edges_and_by_flags() -> None:
    body = (
        r"\trowd\trleft0\clvmgf\cellx1000\clmgf\cellx2000\clmrg\cellx3000\pard\intbl a\cell b\cell \cell\row"
        r"\trowd\trleft12\clvmrg\cellx1010\cellx2015\cellx2990\pard\intbl gone\cell c\par d\cell 12\cell\row"
        r"\trowd\trleft0\cellx3000\pard\intbl e\cell\row\pard f\par"
    )
    found = document(body)
    (table,) = found.tables
    assert table.layout is Layout.SPANS
    assert texts(table) == [["a", "b", "b"], ["a", "c\nd", "12"], ["e", "e", "e"]]
    assert [(c.rowspan, c.colspan) for c in (table.rows[0][0], table.rows[0][1], table.rows[2][0]) if c] == [
        (2, 1),
        (1, 2),
        (1, 3),
    ]
    assert found.text == "f"


def test_nested_tables_follow_the_table_around_them() -> None:
    inner = (
        r"\pard\intbl\itap2 1\nestcell 2\nestcell{\*\nesttableprops\trowd\trleft0\cellx500\cellx900\nestrow}"
        r"{\nonesttables\par}"
    )
    body = rf"\trowd\trleft0\cellx1000\cellx2000\pard\intbl a\par{inner}\pard\intbl b\cell c\cell\row\pard d\par"
    outer, nested = document(body).tables
    assert texts(nested) == [["1", "2"]]
    assert texts(outer) == [["a\nb", "c"]]


def test_cells_without_matching_edges_keep_their_order_only() -> None:
    body = r"\trowd\cellx1000\cellx2000\intbl a\cell b\cell c\cell\row\trowd\cellx2000\intbl d\cell\row"
    (table,) = document(body).tables
    assert table.layout is Layout.TABBED
    assert texts(table) == [["a", "b", "c"], ["d"]]


def test_a_file_that_ends_in_a_group_says_so() -> None:
    found = rtf.read(Payload(rb"{\rtf1 {a\par \trowd\cellx100 1\cell 2"), Hints())
    assert [issue.code for issue in found.issues] == ["truncated"]
    assert [texts(table) for table in found.tables] == [[["1", "2"]]]


@pytest.mark.parametrize("noise", [(0,), (0, 9, -7), (0, 20, 40)])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("form", ["2019", "2021"])
def test_every_cell_of_the_forms(form: layout.Form, last: bool, noise: tuple[int, ...]) -> None:
    figures = {code: str(100 + n) if n % 7 else None for n, code in enumerate(layout.codes(form))}
    grids = (layout.disclosure(form, figures), layout.requests(form, figures), layout.remedies(figures))
    parts = [
        part for grid in grids for part in (rtf_writer.table(grid, noise, 3, last), rtf_writer.paragraph("下一表。"))
    ]
    reading = read(Payload(rtf_writer.document(parts)), Hints())
    read_as = {figure.indicator: figure.raw or None for figure in reading.figures}
    assert {code: read_as[code] for code in figures} == figures


def test_groups_and_tokens_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableDocumentError, match="deep"):
        rtf.read(Payload(rb"{\rtf1" + b"{" * 5_000), Hints())
    with pytest.raises(UnreadableDocumentError, match="cells"):
        rtf.read(Payload(rb"{\rtf1 \trowd" + rb"\cellx1" * 5_000), Hints())
    with pytest.raises(UnreadableDocumentError, match="rows"):
        rtf.read(Payload(rb"{\rtf1 " + rb"\trowd\cellx1 a\cell\row" * 6_000), Hints())
    monkeypatch.setattr(rtf_text, "MAX_TOKENS", 100)
    with pytest.raises(UnreadableDocumentError, match="tokens"):
        rtf.read(Payload(rb"{\rtf1 " + rb"\b" * 200), Hints())


def test_long_numbers_and_nested_levels_do_no_harm() -> None:
    body = r"\itap999999999 a\par\trowd\cellx99999999999999999999\u99999999999999 \bin99999999 b\par"
    assert rtf.read(Payload(rb"{\rtf1 " + body.encode() + b"}"), Hints()).blocks


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPORTS).parent))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_named(path: Path, data: st.DataObject) -> None:
    damaged = bytearray(path.read_bytes())
    pieces = st.sampled_from(
        [b"{", b"}", b"\\row", b"\\cell", b"\\trowd", b"\\u1", b"\\itap3", b"\\'", b"\xff", b"\\f9"]
    )
    for place, piece in data.draw(st.lists(st.tuples(st.integers(0, len(damaged)), pieces), min_size=1, max_size=12)):
        damaged[place : place + len(piece)] = piece
    stop = data.draw(st.integers(6, len(damaged)))
    try:
        rtf.read(Payload(bytes(damaged[:stop])), Hints())
    except UnreadableDocumentError as error:
        assert error.code == "damaged-rtf"  # noqa: PT017


def test_there_are_recorded_files() -> None:
    assert len(FILES) > 3
