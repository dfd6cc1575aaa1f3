"""DOCX: lxml over word/document.xml, spans from gridSpan and vMerge.

What Word does not print is skipped: deleted revisions, moved-from text, field codes, hidden runs, and the fallback
copies of drawings. Elements are known by their local names, so that strict OOXML reads the same.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Issue, Payload
from archive.read.blocks import MAX_COLUMNS, Block, Cell, Document, Heading, Layout, Paragraph, Slots, Table
from archive.read.formats.docx_chunks import chunks
from archive.read.formats.layout import RAISED, holds_prose, is_data, said_across
from archive.read.words import is_furniture, tidy

MAX_XML = 64 * 1024 * 1024
MAX_MEMBERS = 10_000
MAX_DEPTH = 40
SKIPPED = frozenset(("del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "sectPr", "tblPr", "trPr"))
SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
STRUCK = ("strike", "dstrike")
WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice"))


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a DOCX. Raises UnreadableDocumentError('damaged-docx') where there is no document in it."""
    body = next((node for node in root(payload.data) if local(node) == "body"), None)
    if body is None:
        raise damaged("word/document.xml has no body")
    blocks = tuple(blocks_of(body, 0))
    names = [value(node, "id") or "" for node in body.iter("{*}altChunk")]
    taken = chunks(payload.data, names) if names else []
    lines = [b.text for b in blocks if not isinstance(b, Table) and not is_furniture(b.text)]
    prose = "\n".join((*lines, *(each.text for each in taken if each)))
    issues = tuple(Issue("part-unread", "a document taken in (altChunk) cannot be read") for each in taken if not each)
    return Document((*blocks, *(block for each in taken if each for block in each.blocks)), prose, issues=issues)


def damaged(why: str) -> UnreadableDocumentError:
    """Gives the error of a DOCX that cannot be opened."""
    return UnreadableDocumentError("damaged-docx", f"the DOCX cannot be opened: {why}")


def root(data: bytes) -> etree._Element:
    """Gives the root of the main part, unpacked to at most MAX_XML bytes, entities unresolved."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()[:MAX_MEMBERS]
            name = next((n for n in names if n.startswith("word/document") and n.endswith(".xml")), None)
            if name is None:
                raise damaged("it has no word/document.xml")
            with archive.open(name) as member:
                xml = member.read(MAX_XML + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError) as error:
        raise damaged(str(error)) from error
    if len(xml) > MAX_XML:
        raise damaged(f"word/document.xml unpacks to more than {MAX_XML} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise damaged(f"word/document.xml: {error}") from error


def local(node: etree._Element) -> str:
    """Gives an element's name without its namespace, an empty string for an entity or instruction."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def value(node: etree._Element | None, name: str = "val") -> str | None:
    """Gives an attribute by its local name."""
    if node is None:
        return None
    return next((str(v) for k, v in node.attrib.items() if str(k).rpartition("}")[2] == name), None)


def children(node: etree._Element) -> Iterator[etree._Element]:
    """Gives the children that are printed, wrappers (content controls, insertions) opened."""
    stack = list(reversed(node))
    while stack:
        child = stack.pop()
        name = local(child)
        if name in WRAPPERS:
            stack.extend(reversed(child))
        elif name and name not in SKIPPED:
            yield child


def prop(node: etree._Element, properties: str, name: str) -> etree._Element | None:
    """Gives one property of a paragraph, run, row or cell."""
    holder = next((child for child in node if local(child) == properties), None)
    return None if holder is None else next((child for child in holder if local(child) == name), None)


def is_on(node: etree._Element | None) -> bool:
    """Tells whether a switch property is there and not turned off."""
    return node is not None and value(node) not in ("0", "false", "off")


def blocks_of(container: etree._Element, depth: int) -> Iterator[Block]:
    """Gives paragraphs and tables of a body, a cell or a text box in order."""
    if depth > MAX_DEPTH:
        return
    for child in children(container):
        if local(child) == "p":
            yield from paragraph(child, depth)
        elif local(child) == "tbl":
            yield from tabular(child, depth)


def tabular(node: etree._Element, depth: int) -> Iterator[Block]:
    """Gives a table; after one that only lays out the page, also what its cells hold; of data, its rows of prose."""
    made = table(node)
    yield made
    if next(node.iterdescendants("{*}tbl"), None) is None and is_data(made, holds_prose(made.rows)):
        said = [text for row in made.rows if (text := said_across(row))]
        yield from (
            Paragraph(clean) for text in dict.fromkeys(said) for part in text.split("\n") if (clean := tidy(part))
        )
        return
    for row in (child for child in children(node) if local(child) == "tr"):
        for cell in (child for child in children(row) if local(child) == "tc"):
            yield from blocks_of(cell, depth + 1)


def paragraph(node: etree._Element, depth: int) -> Iterator[Block]:
    """Gives the lines of a paragraph and what its text boxes hold."""
    style = value(prop(node, "pPr", "pStyle")) or ""
    outline = prop(node, "pPr", "outlineLvl") is not None or style.lower().startswith(("heading", "title"))
    for line in text_of(node).split("\n"):
        if clean := tidy(line):
            yield Heading(clean) if outline else Paragraph(clean)
    for box in node.iter("{*}txbxContent"):
        if not in_fallback(box):
            yield from blocks_of(box, depth + 1)


def text_of(node: etree._Element) -> str:
    """Gives the printed text of a paragraph, text boxes left out; raised and lowered digits are no plain digits."""
    parts: list[str] = []
    stack = list(reversed(node))
    while stack:
        child = stack.pop()
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in SIGNS:
            parts.append(SIGNS[name])
        elif name == "sym":
            parts.append(symbol(child))
        elif name == "r" and value(prop(child, "rPr", "vertAlign")) in ("superscript", "subscript"):
            parts += [(text.text or "").translate(RAISED) for text in child.iter("{*}t")]
        elif name not in SKIPPED and name != "txbxContent" and not is_on(prop(child, "rPr", "vanish")):
            stack.extend(reversed(child))
    return "".join(parts)


def symbol(node: etree._Element) -> str:
    """Gives a sign of a symbol font; which one it is only the font knows."""
    return "\ufffd" if value(node, "char") else ""


def cell_of(cell: etree._Element) -> tuple[str, str | None]:
    """Gives the text of a cell, one line a paragraph, and why it cannot be relied on.

    What a text box or a table of one cell holds belongs to it; a larger table in it makes it doubtful.
    """
    lines = [text_of(child) for child in children(cell) if local(child) == "p"]
    inner = [child for child in cell.iterdescendants("{*}txbxContent") if not in_fallback(child)]
    inner += [child for child in cell.iterdescendants("{*}tbl") if len(list(child.iter("{*}tc"))) == 1]
    lines += [text_of(each) for box in inner for each in box.iter("{*}p")]
    text = "\n".join(lines)
    if any(len(list(child.iter("{*}tc"))) > 1 for child in cell.iterdescendants("{*}tbl")):
        return text, "a table of its own stands in the cell"
    if any(is_on(prop(run, "rPr", name)) for run in cell.iter("{*}r") for name in STRUCK):
        return text, "text is struck out in the cell"
    if not text.strip() and next(cell.iter("{*}blip", "{*}imagedata"), None) is not None:
        return text, "a picture stands in the cell"
    return text, None


def in_fallback(node: etree._Element) -> bool:
    """Tells whether an element belongs to the copy of a drawing for older programs."""
    return any(local(parent) == "Fallback" for parent in node.iterancestors())


def table(node: etree._Element) -> Table:
    """Gives the grid of a table: gridSpan and hMerge across, vMerge down, gridBefore and gridAfter as empty slots."""
    rows: list[Slots] = []
    open_down: frozenset[int] = frozenset()
    merged = False
    for row in (child for child in children(node) if local(child) == "tr"):
        if is_on(prop(row, "trPr", "del")) or is_on(prop(row, "trPr", "hidden")):
            continue
        above = rows[-1] if rows else ()
        slots, open_down = row_slots(row, len(rows), above, open_down)
        merged = merged or any(slots.count(cell) > 1 or cell in above for cell in slots if cell)
        rows.append(slots)
    return Table(with_extents(rows), Layout.SPANS if merged else Layout.TABBED)


def row_slots(row: etree._Element, index: int, above: Slots, open_down: frozenset[int]) -> tuple[Slots, frozenset[int]]:
    """Gives the slots of one row, and the columns from which a merged cell may reach further down.

    A continuation without a beginning above it is a cell of its own.
    """
    slots: list[Cell | None] = [None] * number(value(prop(row, "trPr", "gridBefore")), 0)
    reaching: set[int] = set()
    for cell in (child for child in children(row) if local(child) == "tc"):
        span = min(number(value(prop(cell, "tcPr", "gridSpan")), 1), MAX_COLUMNS - len(slots))
        down, across = prop(cell, "tcPr", "vMerge"), prop(cell, "tcPr", "hMerge")
        start = len(slots)
        covering: Cell | None = None
        if down is not None:
            reaching.add(start)
        if down is not None and value(down) != "restart" and start < len(above) and start in open_down:
            covering = above[start]
        elif across is not None and value(across) != "restart" and slots:
            covering = slots[-1]
        text, doubt = cell_of(cell)
        slots += [covering or Cell(text, index, start, 1, max(span, 1), None, doubt)] * max(span, 0)
    slots += [None] * min(number(value(prop(row, "trPr", "gridAfter")), 0), MAX_COLUMNS - len(slots))
    return tuple(slots), frozenset(reaching)


def number(text: str | None, default: int) -> int:
    """Gives a count from an attribute, at most MAX_COLUMNS."""
    return min(int(text), MAX_COLUMNS) if text and text.isascii() and text.isdigit() else default


def with_extents(rows: list[Slots]) -> tuple[Slots, ...]:
    """Gives the same grid with every cell knowing how many rows and columns it covers."""
    extents: dict[int, tuple[int, int]] = {}
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                extents[id(cell)] = (index - cell.row + 1, max(column - cell.column + 1, cell.colspan))
    made: dict[int, Cell] = {}

    def sized(cell: Cell | None) -> Cell | None:
        if cell is None:
            return None
        if id(cell) not in made:
            made[id(cell)] = Cell(cell.text, cell.row, cell.column, *extents[id(cell)], None, cell.doubt)
        return made[id(cell)]

    return tuple(tuple(sized(cell) for cell in row) for row in rows)
