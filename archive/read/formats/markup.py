"""Markup → printed lines and tables, in one pass over the source as an HTML5 parser writes it out again.

lexbor closes what was left open, quotes every attribute and escapes every text, so a few patterns over its output tell
every tag for certain. That is several times as fast as asking the tree node by node, and an element is a slice of it.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

from archive.read.blocks import Span, Table, grid
from archive.read.formats.layout import RAISED, holds_prose, is_data, is_prose, said_across
from archive.read.formats.txt import blocks_of
from archive.read.words import tidy

TABLE_TAGS = ("caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr")
LIST_TAGS = ("dd", "dl", "dt", "li", "ol", "ul")
PAGE_TAGS = ("address", "article", "aside", "body", "footer", "header", "html", "main", "nav", "section")
TEXT_TAGS = ("blockquote", "br", "center", "div", "fieldset", "figure", "form", "hr", "p", "pre")
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BLOCK = HEADINGS.union(TABLE_TAGS, LIST_TAGS, PAGE_TAGS, TEXT_TAGS)
MARKS = frozenset(("a", "sup", "sub", "del", "s", "strike", "img", "input", "textarea"))
VOID = frozenset(("br", "hr", "img", "input"))
GROUPS = ("thead", "tbody", "tfoot")
STRUCK = frozenset(("del", "s", "strike"))

ATTRIBUTES = "[^>]*+"  # lexbor writes > in a value as &gt;
TAG = re.compile(rf"<(/?)([a-z][^\s/>]*)({ATTRIBUTES})>([^<]*)")
NOT_PLAIN = r"/?(?:t[abdfhr]|a[ >]|s[ >]|su[bp]|strike|del|img|input|pre)"
CELL = re.compile(rf"<t[dh]({ATTRIBUTES})>([^<]*(?:<(?!{NOT_PLAIN})[^<]*)*)</t[dh]>")
INLINE = rf"</?(?:span|font|b|strong|u|em|i|o:p)(?=[ >]){ATTRIBUTES}>"
LEAF = (
    rf"<(?P<leaf>p|li|div|h[1-6])(?=[ >]){ATTRIBUTES}>(?P<link><a(?=[ >]){ATTRIBUTES}>)?"
    rf"(?P<said>[^<]*+(?:{INLINE}[^<]*+)*+)(?(link)</a>)</(?P=leaf)>(?P<after>[^<]*)"
)
ROW = (
    rf"<tr(?=[ >]){ATTRIBUTES}>"
    rf"(?P<row>\s*+(?:<t[dh](?=[ >]){ATTRIBUTES}>[^<]*+(?:<(?!{NOT_PLAIN})[^<]*+)*+</t[dh]>\s*+)++)</tr>"
)
TOKEN = re.compile(rf"{ROW}|{CELL.pattern}|{LEAF}|{TAG.pattern}")
ENDS_LINE = re.compile(rf"</?(?:{'|'.join(sorted(BLOCK))})(?![a-z0-9]){ATTRIBUTES}>")
ANY_TAG = re.compile(rf"<{ATTRIBUTES}>")
LINE_END = re.compile(r" ?\n ?")
BLANKS = re.compile(r"[ \t\r\n\f]+")
DATE = re.compile(r"[\s\d年月日/.:：()（）\[\]【】〔〕·•|-]+")
ACROSS, DOWN = (re.compile(rf'\s{name}="\s*\+?(\d{{1,6}})') for name in ("colspan", "rowspan"))
TYPED = re.compile(r'\stype="(?:hidden|submit|button|image|reset|checkbox|radio|file|password)"', re.I)
VALUE = re.compile(r'\svalue="([^"]*)"')
SWALLOWED = re.compile(r'="[^"]*(?:<|&lt;)')
LOST_QUOTE = "a quote is missing: markup and text stand in an attribute"
TINY = re.compile(r'\s(?:width|height)="[0-3](?:px)?"')


@dataclass(slots=True)
class Line:
    """A printed line, or a table instead, with its place in the source (`start` to `stop`).

    `linked`: all of it is a link, as in a menu or a list of other reports, where a date may stand beside it. `data`: a
    table of data, whose cells are not given as lines as well. `depth` is how many tables it stands in, `cell` whether
    in a cell of the innermost.
    """

    text: str
    start: int
    stop: int
    heading: bool = False
    linked: bool = False
    depth: int = 0
    cell: bool = False
    table: Table | None = None
    data: bool = False


@dataclass(frozen=True, slots=True)
class Markup:
    """The lines of a page in order, and the place of every block element that may hold several."""

    source: str
    lines: tuple[Line, ...]
    elements: tuple[tuple[int, int], ...]

    def inside(self, place: tuple[int, int]) -> tuple[Line, ...]:
        """Gives the lines of an element."""
        first, last = (bisect_left(self.lines, at, key=lambda line: line.start) for at in place)
        return self.lines[first:last]


@dataclass(slots=True)
class OpenCell:
    """A cell being read: its attributes, where its lines begin, and what makes its text doubtful."""

    attributes: str
    first: int
    doubt: str | None = None
    picture: bool = False


@dataclass(slots=True)
class OpenTable:
    """A table being read: its rows by group (thead, tbody, tfoot), the cell it stands in, whether it holds others."""

    start: int
    first: int
    outer: OpenCell | None
    groups: list[tuple[str, list[list[Span]]]] = field(default_factory=list)
    nested: bool = False
    plain: list[tuple[int, int]] = field(default_factory=list)  # places of cells whose lines are not yet given


class Reader:
    """Reads one source from its first tag to its last."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: list[Line] = []
        self.elements: list[tuple[int, int]] = []
        self.open: list[tuple[str, int]] = []
        self.tables: list[OpenTable] = []
        self.cell: OpenCell | None = None
        self.parts: list[str] = []
        self.start = 0
        self.links = self.raised = self.kept = 0  # how many <a>, <sup> or <sub>, <pre> are open
        self.linked = self.dated = self.unlinked = self.muted = False  # of the line so far: what it is made of

    def read(self) -> Markup:
        """Gives everything in it."""
        for token in TOKEN.finditer(self.source):
            if token.lastgroup == "row":
                self.row(token)
            elif token.lastgroup == "after":
                self.leaf(token)
            elif token[3] is not None:
                self.plain(token[2], token[3], token.start(), token.end(3))
            else:
                end, tag, attributes, text = token.groups()[-4:]
                self.tag(end, tag, attributes, text, token.start(), token.start(11))
        self.flush(len(self.source))
        lines = [line for line in self.lines if line.table or tidied(line)]
        return Markup(self.source, tuple(lines), tuple(self.elements))

    def tag(self, end: str, tag: str, attributes: str, text: str, start: int, stop: int) -> None:
        """Takes a tag and the text after it."""
        if tag in BLOCK:
            self.block(end, tag, attributes, start, stop)
        elif tag in MARKS:
            self.mark(end, tag, attributes, start)
        if text:
            self.text(text, stop)

    def row(self, token: re.Match[str]) -> None:
        """Takes a whole row of such cells."""
        if self.parts:
            self.flush(token.start())
        start, stop = token.span("row")
        self.elements.append((token.start(), stop))
        if self.tables:
            table = self.tables[-1]
            groups = table.groups = table.groups or [("tbody", [])]
            cells = token["row"].replace("</th>", "</td>").split("</td>")
            groups[-1][1].append(list(map(plain_cell, cells[:-1])))
            table.plain.append((start, stop))

    def plain(self, attributes: str, content: str, start: int, stop: int) -> None:
        """Takes a whole cell in which nothing but text stands; most cells of a report are such."""
        self.flush(start)
        if self.tables and self.tables[-1].groups and self.tables[-1].groups[-1][1]:
            table = self.tables[-1]
            table.groups[-1][1][-1].append(plain_span(attributes, content))
            table.plain.append((start, stop + len("</td>")))

    def leaf(self, token: re.Match[str]) -> None:
        """Takes a whole block element in which nothing but text stands, all or none of it a link."""
        if self.kept or self.raised or self.muted:
            self.tags(token.start(), token.end())
            return
        if self.parts:
            self.flush(token.start())
        name, link, text, after = token.group("leaf", "link", "said", "after")
        if "<" in text:
            text = ANY_TAG.sub("", text)
        if "&" in text:
            text = unescape(text)
        blank, in_cell = not text or text.isspace(), self.cell is not None
        if text and (in_cell or not blank):
            linked = blank or link is not None or self.links > 0
            start, stop = token.span("said")
            self.lines.append(Line(one_line(text), start, stop, name in HEADINGS, linked, len(self.tables), in_cell))
        if after and (in_cell or not after.isspace()):
            self.text(after, token.start("after"))

    def tags(self, start: int, stop: int) -> None:
        """Takes a part of the source tag by tag."""
        for token in TAG.finditer(self.source, start, stop):
            end, tag, attributes, text = token.groups()
            self.tag(end, tag, attributes, text, token.start(), token.start(4))

    def again(self, table: OpenTable, data: bool) -> None:
        """Gives the lines of the plain cells of the innermost table; of a table of data, those of prose alone."""
        depth = len(self.open)
        for cell in (cell for place in table.plain for cell in CELL.finditer(self.source, *place)):
            start, stop = cell.start(), cell.end(2)
            if data and not is_prose(plain_cell(self.source[start:stop]).text):
                continue
            self.tags(start, stop)
            self.flush(stop)
            self.elements.append((start, stop))
            del self.open[depth:]
        self.cell = None
        self.lines[table.first :] = sorted(self.lines[table.first :], key=lambda line: line.start)

    def text(self, text: str, start: int) -> None:
        """Takes characters between two tags."""
        if self.muted:
            return
        if "&" in text:
            text = unescape(text)
        if self.raised:
            text = text.translate(RAISED)
        if not self.parts:
            self.start = start
        self.parts.append(text)
        if not self.unlinked and not text.isspace():
            if self.links:
                self.linked = True
            elif DATE.fullmatch(text):
                self.dated = True
            else:
                self.unlinked = True

    def flush(self, stop: int) -> None:
        """Ends a line."""
        if not self.parts:
            return
        text = "".join(self.parts)
        self.parts.clear()
        depth, cell = len(self.tables), self.cell is not None
        if self.kept and not cell:
            self.preformatted(text, stop)
        elif cell or not text.isspace():
            text = one_line(text)
            heading = bool(self.open) and self.open[-1][0] in HEADINGS
            linked = not self.unlinked and (self.linked or not self.dated)
            self.lines.append(Line(text, self.start, stop, heading, linked, depth, cell))
        self.linked = self.dated = self.unlinked = False

    def preformatted(self, text: str, stop: int) -> None:
        """Takes a text whose line breaks are its own, as a plain text."""
        for block in blocks_of(text.split("\n")):
            if isinstance(block, Table):
                self.lines.append(Line("", self.start, stop, depth=len(self.tables), table=block, data=True))
            else:
                self.lines.append(Line(block.text, self.start, stop, depth=len(self.tables)))

    def block(self, end: str, tag: str, attributes: str, start: int, stop: int) -> None:
        """Takes a tag that ends a line."""
        self.flush(start)
        if tag in VOID:
            return
        if not end:
            self.open.append((tag, start))
            self.kept += tag == "pre"
            if tag in TABLE_TAGS:
                self.opens(tag, attributes, start)
        elif self.open:
            tag, start = self.open.pop()
            self.elements.append((start, stop))
            self.kept -= tag == "pre"
            if tag in TABLE_TAGS and self.tables:
                self.closes(tag, stop)

    def opens(self, tag: str, attributes: str, start: int) -> None:
        """Takes the beginning of a table or of a part of one."""
        if tag == "table":
            if self.tables:
                self.tables[-1].nested = True
            self.tables.append(OpenTable(start, len(self.lines), self.cell))
            self.cell = None
        elif self.tables and tag in GROUPS:
            self.tables[-1].groups.append((tag, []))
        elif self.tables and tag == "tr":
            groups = self.tables[-1].groups
            if not groups:
                groups.append(("tbody", []))
            groups[-1][1].append([])
        elif self.tables and tag in ("td", "th"):
            self.cell = OpenCell(attributes, len(self.lines), LOST_QUOTE if SWALLOWED.search(attributes) else None)

    def closes(self, tag: str, stop: int) -> None:
        """Takes the end of a table or of a part of one."""
        table = self.tables[-1]
        if tag == "table":
            made = grid(rows_of(table.groups))
            prose = holds_prose(made.rows)
            data = not table.nested and is_data(made, prose)
            if table.plain and (prose or not data):
                self.again(table, data)
            self.tables.pop()
            self.cell = table.outer
            self.finish(table, stop, made, data)
        elif self.cell and tag in ("td", "th"):
            if table.groups and table.groups[-1][1]:
                table.groups[-1][1][-1].append(self.span(self.cell))
            self.cell = None

    def span(self, cell: OpenCell) -> Span:
        """Gives a cell that has ended, one line a paragraph, nested tables left out."""
        depth = len(self.tables)
        text = cell_text([x.text for x in self.lines[cell.first :] if x.depth == depth and x.table is None])
        if cell.picture and not text.strip():
            cell.doubt = "a picture stands in the cell"
        return Span(text, *extents(cell.attributes), doubt=cell.doubt)

    def finish(self, table: OpenTable, stop: int, made: Table, data: bool) -> None:
        """Puts a table that has ended among the lines; those of a data table's cells are no prose."""
        inner, depth = self.lines[table.first :], len(self.tables)
        if self.cell and not table.nested and sum(map(len, made.rows)) == 1:
            for line in inner:  # a frame around the text of a cell
                line.depth = depth
            return
        if self.cell and any(line.text.strip() for line in inner):
            self.cell.doubt = "a table of its own stands in the cell"
        if data:
            rows = made.rows if any(line.cell for line in inner) else ()
            said = {part for row in rows if (text := said_across(row)) for part in text.split("\n")}
            inner = [line for line in inner if not line.cell or line.text.strip(" ") in said]
        self.lines[table.first :] = [Line("", table.start, stop, depth=depth, table=made, data=data), *inner]

    def mark(self, end: str, tag: str, attributes: str, start: int) -> None:
        """Takes a tag that changes what its text means."""
        if tag == "a":
            self.links += -1 if end else 1
        elif tag in ("sup", "sub"):
            self.raised += -1 if end else 1
        elif tag == "textarea":
            self.muted = not end and self.cell is None
        elif self.cell is None or end:
            return
        elif tag in STRUCK:
            self.cell.doubt = "text is struck out in the cell"
        elif tag == "img":
            self.cell.picture = self.cell.picture or not TINY.search(attributes)
        elif tag == "input" and not TYPED.search(attributes) and (value := VALUE.search(attributes)):
            self.text(value[1], start)


def tidied(line: Line) -> bool:
    """Tidies a line; tells whether anything is left of it."""
    line.text = tidy(line.text)
    return bool(line.text)


def one_line(text: str) -> str:
    """Gives a text with every run of blanks as one, as browsers print it; NBSP and the ideographic space stay."""
    return BLANKS.sub(" ", text) if "\n" in text or "\t" in text or "  " in text or "\r" in text else text


@lru_cache(maxsize=4096)
def plain_cell(markup: str) -> Span:
    """Gives a cell in which nothing but text stands, of its markup up to the end tag."""
    return plain_span(*markup.split(">", 1))


def plain_span(attributes: str, content: str) -> Span:
    """Gives a cell in which nothing but text stands."""
    pieces = [content]
    if "<" in content:
        pieces = [ANY_TAG.sub("", piece) for piece in ENDS_LINE.split(content)]
    lines = [one_line(unescape(piece) if "&" in piece else piece) for piece in pieces if piece]
    doubt = LOST_QUOTE if SWALLOWED.search(attributes) or SWALLOWED.search(content) else None
    return Span(cell_text(lines), *extents(attributes), doubt=doubt)


def cell_text(lines: Sequence[str]) -> str:
    """Gives the text of a cell of its lines: without blank ones, unless all are."""
    printed = [line for line in lines if line and not line.isspace()]
    if len(printed) > 1:
        return LINE_END.sub("\n", "\n".join(printed))
    return printed[0] if printed else "".join(lines)


def extents(attributes: str) -> tuple[int, int]:
    """Gives how many columns and rows a cell covers; 0 rows reach to the last."""
    if "span" not in attributes:
        return 1, 1
    return extent(attributes, ACROSS) or 1, extent(attributes, DOWN)


def extent(attributes: str, pattern: re.Pattern[str]) -> int:
    """Gives a span attribute as browsers read it: leading digits, 1 where there are none."""
    match = pattern.search(attributes)
    return int(match[1]) if match else 1


def rows_of(groups: Sequence[tuple[str, list[list[Span]]]]) -> list[list[Span]]:
    """Gives the rows of a table as browsers show them: thead first, tfoot last, no cell longer than its group."""
    if len(groups) == 1:
        return groups[0][1]  # no cell of a grid is longer than the table
    rows: list[list[Span]] = []
    for _, own in sorted(groups, key=lambda group: GROUPS.index(group[0])):
        for left, row in zip(range(len(own), 0, -1), own, strict=True):
            rows.append([span if 0 < span.rowspan <= left else span._replace(rowspan=left) for span in row])
    return rows
