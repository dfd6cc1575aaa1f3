"""HTML: figures from a DOM as browsers build it (lexbor), prose through trafilatura.

Tables are never taken from trafilatura: it moves later paragraphs of a cell to the end of the document (measured,
reference: formats). Prose is taken from the smallest element that holds all section headings (一、总体情况 …), because
portal menus then never come near it; the whole page serves only where there are no headings. What a browser does not
show is not read, unless all tables are hidden until a script shows them.
"""

import re
from bisect import bisect_left
from html import escape
from itertools import pairwise

import trafilatura
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from archive.model import Hints, Issue, Payload
from archive.read.blocks import MAX_COLUMNS, MAX_ROWS, MAX_SLOTS, Block, Content, Document, Heading, Paragraph, Table
from archive.read.charset import decode
from archive.read.formats import html_limits
from archive.read.formats.markup import Line, Markup, Reader
from archive.read.words import is_furniture, section, squash, tidy

SILENT = ("button", "embed", "noscript", "object", "select", "svg", "template")
"""Elements that print nothing and may hold others; those of SILENT_TEXT hold text alone, up to their end."""
SILENT_TEXT = {"<!--": "-->", "<?": ">"} | {
    f"<{tag}": f"</{tag}>" for tag in ("iframe", "noembed", "noframes", "script", "style", "title", "xmp")
}
SIGN = r"!--|\?|(?:iframe|noembed|noframes|script|style|title|xmp)(?=[ >])"
SILENT_SIGN = re.compile(rf"<(?:{SIGN})")
NESTS = rf"(?:{'|'.join(SILENT)})(?=[ >])"
NESTING = re.compile(f"<{NESTS}")
SILENT_ELEMENT = re.compile(rf"<(?![/pd]|t[dr]|sp)(?:(?P<nests>{NESTS})|{SIGN})")
"""The first of either kind; what most tags of a page begin with is passed over at once."""
UNSEEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
MAY_HIDE = "[hidden], [style*=display i], [style*=mso-hide i]"
TITLE_META = ("ArticleTitle", "articletitle", "og:title", "title")
PUBLISHER_META = ("ContentSource", "contentsource", "PublishUnit", "发布机构")
PUBLISHER = r"发布机构|公开主体|发文机关|信息提供单位|责任单位"
PUBLISHER_LINE = re.compile(rf"(?:{PUBLISHER})\s*[:：]\s*(\S{{2,30}})")
PUBLISHER_CELL = re.compile(rf"(?:{PUBLISHER})[:：]?")
PHRASE = 12  # a line longer than this is a sentence or a heading, not a button
LAYOUT_TAGS = re.compile(r"<(/?)(?:table|thead|tbody|tfoot|tr|td|th|caption)\b[^>]*>")
MANY_ROWS = 20
MANY = 3  # headings that an element must hold to be the report


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a page. Raises UnreadableDocumentError `too-large-html` or `too-deep`."""
    source, charset, issues = decode(payload.data, hints.charset or declared(payload.data))
    dom = parsed(source)
    markup = shown(dom)
    html_limits.check_markup(markup)
    page = Reader(markup).read()
    titles = tuple(node.text() for node in dom.css("title"))
    html_limits.check_text((*texts(page.lines), *titles))
    place = report_place(page)
    own = page.lines if place is None else page.inside(place)
    return Document(
        blocks=tuple(block(line) for line in page.lines if not line.linked),
        content=None if place is None else content(own),
        charset=charset,
        titles=tuple(found for name in TITLE_META if (found := meta(dom, name))),
        lesser_titles=titles,
        links=tuple(line.text for line in page.lines if line.linked and line.text),
        publisher=publisher(dom, page.lines),
        text=whole_prose(source, own) if place is None else prose(page.source, place, own),
        issues=(*issues, *truncated(page.lines)),
    )


def declared(data: bytes) -> str | None:
    """Gives the charset that the page's own meta element declares."""
    match = re.search(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", data[:4096], re.I)
    return match[1].decode("ascii", "replace") if match else None


def parsed(source: str) -> LexborHTMLParser:
    """Gives the DOM of a page. Raises UnreadableDocumentError `too-large-html` or `too-deep`."""
    html_limits.check(source)
    try:
        return LexborHTMLParser(source)
    except SelectolaxError as error:
        raise html_limits.too_large(str(error)) from error


def shown(dom: LexborHTMLParser) -> str:
    """Gives the markup of what a browser shows. Takes the rest out of the DOM."""
    if dom.body is None:
        return ""
    source = dom.raw_html.lower()
    hidden = hidden_in(dom.body) if any(word in source for word in (b"hidden", b"display", b"mso-hide")) else []
    for node in hidden:
        node.decompose()
    rest = without_silent(dom.body)
    if not hidden or "<td" in rest:
        return rest
    whole = LexborHTMLParser(dom.raw_html.decode()).body
    return without_silent(whole) if whole else rest


def hidden_in(body: LexborNode) -> list[LexborNode]:
    """Gives the elements that a browser does not show."""
    return [
        node
        for node in body.css(MAY_HIDE)
        if "hidden" in (said := node.attributes) or UNSEEN.search(said.get("style") or "")
    ]


def without_silent(body: LexborNode) -> str:
    """Gives the markup of a body without comments and what prints nothing; what nests, it takes out of the DOM."""
    markup = body.html or ""
    first = SILENT_ELEMENT.search(markup)
    if first is None:
        return markup
    if first["nests"] or NESTING.search(markup, first.end()):
        body.strip_tags(list(SILENT), recursive=True)
        markup = body.html or ""
    return without_silent_text(markup)


def without_silent_text(markup: str) -> str:
    """Gives markup without comments and elements whose text is no part of the page, whatever stands in them."""
    pieces, kept = [], 0
    while sign := SILENT_SIGN.search(markup, kept):
        end = SILENT_TEXT[sign[0]]
        stop = markup.find(end, sign.end())
        pieces.append(markup[kept : sign.start()])
        kept = stop + len(end) if stop >= 0 else len(markup)
    return "".join((*pieces, markup[kept:])) if pieces else markup


def block(line: Line) -> Block:
    """Gives the block of a line."""
    return line.table or (Heading(line.text) if line.heading else Paragraph(line.text))


def truncated(lines: tuple[Line, ...]) -> tuple[Issue, ...]:
    """Gives an issue where cells of a table were left out."""
    count = sum(line.table is not None and line.table.cut for line in lines)
    said = f"{count} tables have cells past {MAX_COLUMNS} columns, {MAX_ROWS} rows or {MAX_SLOTS} places: left out"
    return (Issue("truncated", said),) if count else ()


def texts(lines: tuple[Line, ...]) -> list[str]:
    """Gives every printed line and the text of every cell."""
    cells = {
        id(cell): cell for line in lines if line.table for row in line.table.rows for cell in row if cell is not None
    }
    return [*(line.text for line in lines), *(cell.text for cell in cells.values())]


def report_place(page: Markup) -> tuple[int, int] | None:
    """Gives the smallest element that holds every section heading found, None for fewer than three.

    Where several do (a page that repeats the headings as a menu), the one with the most text.
    """
    marks = [(line.start, number) for line in page.lines if (number := section(line.text)) is not None]
    if len(marks) < MANY:
        return None
    starts = [start for start, _ in marks]
    held: dict[tuple[int, int], int] = {}
    for place in page.elements:
        first, last = bisect_left(starts, place[0]), bisect_left(starts, place[1])
        if last - first >= MANY:
            held[place] = len({number for _, number in marks[first:last]})
    most = max(held.values(), default=0)
    if most < MANY:
        return None
    full = [place for place in held if held[place] == most]
    inner = [one for one in full if not any(one[0] < other[0] < other[1] <= one[1] for other in full)]
    return max(inner, key=lambda place: sum(len(line.text) for line in page.inside(place)))


def prose(source: str, place: tuple[int, int], own: tuple[Line, ...]) -> str:
    """Gives the report's prose by trafilatura; as the page has it where trafilatura loses a sentence of it."""
    inner = LAYOUT_TAGS.sub(r"<\1div>", without_data(source, place, own))
    page = f"<html><body><article>{inner}</article></body></html>"
    if not html_limits.suits_trafilatura(page):
        return printed(own)
    text = kept((trafilatura.extract(page, include_tables=False, include_comments=False) or "").splitlines())
    flat, said = squash(text), printed(own)
    return text if all(squash(line) in flat for line in said.splitlines() if len(line) > PHRASE) else said


def without_data(source: str, place: tuple[int, int], own: tuple[Line, ...]) -> str:
    """Gives the markup of an element without its data tables, the prose in them kept as paragraphs."""
    pieces: list[str] = []
    at = place[0]
    for line in own:
        if line.data and line.start >= at:
            said = [each.text for each in own if each.table is None and line.start <= each.start < line.stop]
            pieces += [source[at : line.start], *(f"<p>{escape(text)}</p>" for text in said)]
            at = line.stop
    return "".join((*pieces, source[at : place[1]]))


def whole_prose(source: str, lines: tuple[Line, ...]) -> str:
    """Gives the prose of a page whose report cannot be told from it, by trafilatura where that finds some."""
    if not html_limits.suits_trafilatura(source):
        return printed(lines)
    text = trafilatura.extract(source, include_tables=True, include_comments=False) or ""
    return kept(text.splitlines()) or printed(lines)


def content(own: tuple[Line, ...]) -> Content:
    """Gives what the report's element prints, for the fingerprint."""
    return Content(printed(own), tuple(line.table for line in own if line.table))


def printed(lines: tuple[Line, ...]) -> str:
    """Gives the printed lines without furniture."""
    return kept([line.text for line in lines if line.table is None])


def kept(lines: list[str]) -> str:
    """Gives the lines that are the report's, tidied."""
    clean = (tidy(line) for line in lines)
    return "\n".join(line for line in clean if line and not is_furniture(line))


def meta(dom: LexborHTMLParser, name: str) -> str | None:
    """Gives the content of a meta element."""
    node = dom.css_first(f'meta[name="{name}"], meta[property="{name}"]')
    return node.attributes.get("content") if node else None


def publisher(dom: LexborHTMLParser, lines: tuple[Line, ...]) -> str | None:
    """Gives the body that published the page, by its metadata, a line, or a table of metadata on the page."""
    named = (found for name in PUBLISHER_META if (found := meta(dom, name)))
    said = (match[1] for line in lines if (match := PUBLISHER_LINE.search(line.text)))
    listed = (found for line in lines if line.table and (found := publisher_cell(line.table)))
    return next(named, None) or next(said, None) or next(listed, None)


def publisher_cell(table: Table) -> str | None:
    """Gives the cell after one that says 发布机构, None where there is none."""
    for row in table.rows[:MANY_ROWS]:
        for label, cell in pairwise(row):
            if label and cell and cell is not label and PUBLISHER_CELL.fullmatch(squash(label.text)):
                return squash(cell.text) or None
    return None
