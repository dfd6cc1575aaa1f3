"""Every planted report, taken apart by means of its format alone, holds the figures the truth tells."""

import io
import re
import zipfile
from collections.abc import Iterator

import docx
import pytest
from lxml import html as lxml_html

from crawler.demo import plan
from crawler.demo.layout import Grid, disclosure, remedies, requests
from crawler.demo.pages import qinghe, yunxiu
from crawler.demo.pages.resource import Site
from crawler.demo.truth import Planted, expected

SITES = {qinghe.PORTAL: qinghe.site, yunxiu.PORTAL: yunxiu.site}
ENTRIES = {(entry.agency, entry.year): entry for entry in plan.entries()}
HTML = [one for one in expected(2) if one.format == "html"]
DOCX = [one for one in expected(2) if one.format == "docx"]
TXT = [one for one in expected(2) if one.format == "txt"]


def name(planted: Planted) -> str:
    return f"{planted.agency}{planted.year}"


def tables(planted: Planted) -> tuple[Grid, Grid, Grid]:
    return (
        disclosure(planted.form, planted.figures),
        requests(planted.form, planted.figures),
        remedies(planted.figures),
    )


def begun(planted: Planted) -> list[list[list[str]]]:
    """Gives the texts of the cells that begin in each row of each table."""
    return [[[plain(cell.text) for cell in row] for row in grid] for grid in tables(planted)]


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def site(planted: Planted) -> Site:
    return SITES[planted.portal](2)


def html_tables(planted: Planted) -> Iterator[list[list[str]]]:
    found = site(planted)[planted.path]
    tree = lxml_html.fromstring(found.body.decode(found.charset))
    for table in tree.xpath(
        "//table[.//td[contains(., '第二十条') or contains(., '申请人情况') or contains(., '行政复议')]]"
    ):
        yield [[plain(cell.text_content()) for cell in row.xpath("./td")] for row in table.xpath(".//tr")]


@pytest.mark.parametrize("planted", HTML, ids=name)
def test_html_tables_hold_the_figures(planted: Planted) -> None:
    [second, third, fourth] = list(html_tables(planted))
    assert [second, third, fourth] == begun(planted)


@pytest.mark.parametrize("planted", DOCX, ids=name)
def test_docx_tables_hold_the_figures(planted: Planted) -> None:
    assert docx_tables(site(planted)[planted.path].body) == full(planted)


def docx_tables(data: bytes) -> list[list[list[str]]]:
    document = docx.Document(io.BytesIO(data))
    return [[[plain(cell.text) for cell in row.cells] for row in table.rows] for table in document.tables]


def full(planted: Planted) -> list[list[list[str]]]:
    """Gives the grids with every merged cell repeated over all it covers, as python-docx shows them."""
    shown = []
    for grid in tables(planted):
        width = sum(cell.colspan for cell in grid[0])
        texts: list[list[str | None]] = [[None] * width for _ in grid]
        for number, row in enumerate(grid):
            for cell in row:
                start = texts[number].index(None)
                for line in texts[number : number + cell.rowspan]:
                    line[start : start + cell.colspan] = [plain(cell.text)] * cell.colspan
        shown.append([[text for text in line if text is not None] for line in texts])
    return shown


def test_the_article_with_both_renditions_holds_the_same_figures_twice() -> None:
    [planted] = [one for one in expected(1) if one.rendition]
    found = SITES[planted.portal](1)
    assert planted.rendition is not None
    assert docx_tables(found[planted.rendition].body) == full(planted)
    assert planted in HTML


def test_docx_carries_no_clock() -> None:
    for planted in DOCX:
        with zipfile.ZipFile(io.BytesIO(site(planted)[planted.path].body)) as packed:
            assert {member.date_time for member in packed.infolist()} == {(2021, 1, 1, 0, 0, 0)}


def test_articles_above_an_attachment_hold_no_report() -> None:
    apart = [one for one in expected(1) if one.page != one.path]
    assert sorted(one.format for one in apart) == ["docx", "docx", "docx", "txt", "txt"]
    for planted in apart:
        page = SITES[planted.portal](1)[planted.page]
        text = page.body.decode(page.charset)
        assert "总体情况" not in text
        assert planted.path.rpartition("/")[2] in text
        assert "见附件" in text


@pytest.mark.parametrize("planted", TXT, ids=name)
def test_text_holds_the_figures_in_its_layout(planted: Planted) -> None:
    entry = ENTRIES[planted.agency, planted.year]
    found = site(planted)[planted.path]
    assert found.media == "text/plain"
    lines = found.body.decode(entry.charset).replace("\r\n", "\n").split("\n")
    if entry.style == "txt-tabs":
        rows = [[plain(part) for part in line.split("\t")] for line in lines if "\t" in line]
        shown = [[text for text in row if text] for row in rows]
    else:
        blocks = "\n".join(lines).split("\n\n")
        cells = (f"\n{block}".split("\n\t")[1:] for block in blocks if "\t" in block)
        shown = [[plain(part) for part in row] for row in cells]
        shown = [[text for text in row if text] for row in shown]
    wanted = [[text for text in row if text] for grid in begun(planted) for row in grid]
    assert [row[-7:] for row in shown] == [row[-7:] for row in wanted]


def test_both_layouts_and_three_charsets_of_text_are_planted() -> None:
    entries = [ENTRIES[one.agency, one.year] for one in TXT]
    assert {entry.style for entry in entries} == {"txt-cells", "txt-tabs"}
    assert {entry.charset for entry in entries} == {"gb18030", "utf-8", "utf-8-sig"}


def test_word_html_is_as_untidy_as_announced() -> None:
    page = yunxiu.site(1)["/xxgk-show-198876.html"].body.decode("gb18030")
    assert "<o:p></o:p>" in page
    assert "<span>总</span><span>计</span>" in page
    assert re.search(r"<td[^>]*><p[^>]*>.*?</p><p", page)
    assert "mso-" in page
    assert "&nbsp;" in page
