"""HTML: figures from a DOM as browsers build it (lexbor), prose through trafilatura.

Tables are never taken from trafilatura: it moves later paragraphs of a cell to the end of the document (measured,
reference: formats). Prose is taken from the smallest element that holds all section headings (一、总体情况 …), because
portal menus then never come near it; the whole page serves only where there are no headings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import trafilatura
from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.model import Hints, Payload
from archive.read.blocks import Block, Content, Document, Heading, Paragraph, Span, Table, grid
from archive.read.charset import decode
from archive.read.words import is_furniture, section, squash, tidy

TABLE_TAGS = ("caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr")
LIST_TAGS = ("dd", "dl", "dt", "li", "ol", "option", "select", "ul")
PAGE_TAGS = ("address", "article", "aside", "body", "footer", "header", "html", "main", "nav", "section", "title")
TEXT_TAGS = ("blockquote", "center", "div", "fieldset", "figure", "form", "hr", "p", "pre")
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BLOCK = HEADINGS.union(TABLE_TAGS, LIST_TAGS, PAGE_TAGS, TEXT_TAGS)
CONTROLS = ("button", "embed", "iframe", "input", "object", "select", "svg", "textarea")
SILENT = frozenset(("head", "noscript", "script", "style", "template", "-comment", *CONTROLS))
TITLE_META = ("ArticleTitle", "articletitle", "og:title", "title")
PUBLISHER_META = ("ContentSource", "contentsource", "PublishUnit", "发布机构", "SiteName")
PUBLISHER_LINE = re.compile(r"(?:发布机构|公开主体|发文机关|信息提供单位|责任单位)\s*[:：]\s*(\S{2,30})")
LONG_CELL = 200
PHRASE = 12  # a line longer than this is a sentence or a heading, not a button
MANY_ROWS, MANY_COLUMNS = 2, 2
LAYOUT_TAGS = re.compile(r"<(/?)(?:table|thead|tbody|tfoot|tr|td|th|caption)\b[^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line with the block element it stands in; `table` is set for a data table instead of text.

    `linked`: all of it is a link, as in a menu or a list of other reports.
    """

    text: str
    node: LexborNode
    table: Table | None = None
    linked: bool = False


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a page."""
    source, charset, issues = decode(payload.data, hints.charset or declared(payload.data))
    dom = LexborHTMLParser(source)
    root = dom.body or dom.root
    if root is None:
        return Document((), "", charset, issues=issues)
    lines = tuple(lines_of(root))
    body = report_node(lines)
    return Document(
        blocks=tuple(block(line) for line in lines if not line.linked),
        content=None if body is None else content(body, lines),
        charset=charset,
        titles=tuple(found for name in TITLE_META if (found := meta(dom, name))),
        lesser_titles=tuple(node.text() for node in dom.css("title")),
        publisher=publisher(dom, lines),
        text=prose(source, body, lines),
        issues=issues,
    )


def declared(data: bytes) -> str | None:
    """Gives the charset that the page's own meta element declares."""
    match = re.search(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", data[:4096], re.I)
    return match[1].decode("ascii", "replace") if match else None


def block(line: Line) -> Block:
    """Gives the block of a line."""
    if line.table:
        return line.table
    return Heading(line.text) if line.node.tag in HEADINGS else Paragraph(line.text)


def kids(node: LexborNode) -> list[LexborNode]:
    """Gives the child nodes, text included, in order."""
    return list(node.iter(include_text=True))


def lines_of(root: LexborNode) -> Iterator[Line]:
    """Gives the printed lines and the data tables under an element in document order, without recursion."""
    parts: list[tuple[str, bool]] = []
    stack: list[tuple[LexborNode, bool]] = [(root, False)]
    home, links = root, 0

    def flush() -> Iterator[Line]:
        if text := tidy("".join(part for part, _ in parts)):
            yield Line(text, home, linked=all(linked for part, linked in parts if part.strip()))
        parts.clear()

    while stack:
        node, leaving = stack.pop()
        tag = node.tag or ""
        if tag == "-text":
            parts.append((re.sub(r"[\r\n\t]+", " ", node.text_content or ""), links > 0))
        elif tag == "a" and leaving:
            links -= 1
        elif tag == "br" or leaving:
            yield from flush()
            home = (node.parent or root) if leaving else home
        elif tag not in SILENT:
            if tag == "a":
                links += 1
                stack.append((node, True))
            elif tag in BLOCK:
                yield from flush()
                home = node
                stack.append((node, True))
            if tag == "table":
                table = table_of(node)
                yield Line("", node, table)
                if is_data(node, table):
                    continue
            stack.extend((child, False) for child in reversed(kids(node)))
    yield from flush()


def table_of(node: LexborNode) -> Table:
    """Gives the grid of a table's own cells; what a nested table holds belongs to that one."""
    return grid([[span_of(cell) for cell in cells] for cells in own_rows(node)])


def own_rows(table: LexborNode) -> list[list[LexborNode]]:
    """Gives the cells of a table by row, those of nested tables left out."""
    rows: list[list[LexborNode]] = []
    for child in kids(table):
        if child.tag == "tr":
            rows.append([cell for cell in kids(child) if cell.tag in ("td", "th")])
        elif child.tag in ("tbody", "thead", "tfoot"):
            rows += [[c for c in kids(row) if c.tag in ("td", "th")] for row in kids(child) if row.tag == "tr"]
    return rows


def span_of(cell: LexborNode) -> Span:
    """Gives a declared cell; a span that is no number counts as 1."""
    return Span(cell_text(cell), extent(cell, "colspan") or 1, extent(cell, "rowspan"))


def extent(cell: LexborNode, name: str) -> int:
    """Gives a span attribute as browsers read it: leading digits, 1 where there are none."""
    match = re.match(r"\s*\+?(\d{1,6})", cell.attributes.get(name) or "1")
    return int(match[1]) if match else 1


def cell_text(cell: LexborNode) -> str:
    """Gives the text of a cell, one line a paragraph, nested tables left out."""
    parts: list[str] = []
    stack: list[LexborNode] = list(reversed(kids(cell)))
    while stack:
        node = stack.pop()
        tag = node.tag or ""
        if tag == "-text":
            parts.append(re.sub(r"[ \t\r\n\f]+", " ", node.text_content or ""))
        elif tag == "br":
            parts.append("\n")
        elif tag not in SILENT and tag != "table":
            if tag in BLOCK and any(part.strip() for part in parts):
                parts.append("\n")
            stack.extend(reversed(kids(node)))
    return re.sub(r" ?\n ?", "\n", "".join(parts))


def is_data(node: LexborNode, table: Table) -> bool:
    """Tells a table of data from one that only lays out a page."""
    if len(table.rows) < MANY_ROWS or max(map(len, table.rows)) < MANY_COLUMNS or node.css_first("table table"):
        return False
    texts = [cell.text for row in table.rows for cell in row if cell is not None]
    return all(len(text) < LONG_CELL and section(text) is None for text in texts)


def report_node(lines: tuple[Line, ...]) -> LexborNode | None:
    """Gives the smallest element that holds every section heading found, None for fewer than three.

    Where several do (a page that repeats the headings as a menu), the one with the most text.
    """
    found: dict[int, set[int]] = {}
    nodes: dict[int, LexborNode] = {}
    for line in lines:
        if line.table is None and (number := section(line.text)) is not None:
            for node in ancestors(line.node):
                found.setdefault(node.mem_id, set()).add(number)
                nodes[node.mem_id] = node
    most = max(map(len, found.values()), default=0)
    if most < 3:
        return None
    full = {key for key, numbers in found.items() if len(numbers) == most}
    outer = {node.mem_id for key in full for node in list(ancestors(nodes[key]))[1:]}
    return max((nodes[key] for key in full - outer), key=lambda node: len(node.text_content or ""))


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Gives an element and all around it, innermost first."""
    current: LexborNode | None = node
    while current is not None and current.tag not in (None, "-document"):
        yield current
        current = current.parent


def inside(node: LexborNode, outer: LexborNode) -> bool:
    """Tells whether an element is another or stands in it."""
    return any(each.mem_id == outer.mem_id for each in ancestors(node))


def prose(source: str, body: LexborNode | None, lines: tuple[Line, ...]) -> str:
    """Gives the report's prose by trafilatura; as the DOM has it where trafilatura loses a sentence of it.

    Changes the DOM (data tables are taken out), so it comes last.
    """
    if body is None:
        text = trafilatura.extract(source, include_tables=True, include_comments=False) or ""
        return kept(text.splitlines()) or kept([line.text for line in lines if line.table is None])
    own = own_lines(body, lines)
    for line in lines:
        if line.table and is_data(line.node, line.table) and inside(line.node, body):
            line.node.decompose()
    inner = LAYOUT_TAGS.sub(r"<\1div>", body.html or "")
    page = f"<html><body><article>{inner}</article></body></html>"
    text = kept((trafilatura.extract(page, include_tables=False, include_comments=False) or "").splitlines())
    flat = squash(text)
    return text if all(squash(line) in flat for line in own if len(line) > PHRASE) else "\n".join(own)


def content(body: LexborNode, lines: tuple[Line, ...]) -> Content:
    """Gives what the report's element prints, for the fingerprint."""
    tables = tuple(line.table for line in lines if line.table and inside(line.node, body))
    return Content("\n".join(own_lines(body, lines)), tables)


def own_lines(body: LexborNode, lines: tuple[Line, ...]) -> list[str]:
    """Gives the printed lines of the report's element without furniture."""
    return kept([line.text for line in lines if line.table is None and inside(line.node, body)]).splitlines()


def kept(lines: list[str]) -> str:
    """Gives the lines that are the report's, tidied."""
    clean = (tidy(line) for line in lines)
    return "\n".join(line for line in clean if line and not is_furniture(line))


def meta(dom: LexborHTMLParser, name: str) -> str | None:
    """Gives the content of a meta element."""
    node = dom.css_first(f'meta[name="{name}"], meta[property="{name}"]')
    return node.attributes.get("content") if node else None


def publisher(dom: LexborHTMLParser, lines: tuple[Line, ...]) -> str | None:
    """Gives the body that published the page, by its metadata or the page's table of metadata."""
    for name in PUBLISHER_META[:-1]:
        if found := meta(dom, name):
            return found
    match = next((m for line in lines if (m := PUBLISHER_LINE.search(line.text))), None)
    return match[1] if match else None
