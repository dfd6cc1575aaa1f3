"""OFD (GB/T 33190): characters and drawn lines by place, templates included → pages → blocks.

Lengths in the file are millimetres. Annotations, seals and attachments are no part of the report.
"""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Issue, Payload
from archive.read.blocks import Document
from archive.read.formats.ofd_objects import UNKNOWN, Budget, Seen, Units, walk
from archive.read.formats.ofd_package import Package, child, children, damaged, local, numbers, opened
from archive.read.formats.pdf_paths import Matrix, inside, middle
from archive.read.page.document import read_pages
from archive.read.page.model import Page

POINT = 72 / 25.4
"""Points in a millimetre."""
A4 = (0.0, 0.0, 210.0, 297.0)
MAX_PAGES = 300
MAX_SIDE = 7_000.0
ENOUGH = 30
"""Characters that make a page one of text, though pictures cover much of it."""
PICTURED = 0.3
GARBLED = 0.1
"""Share of characters without a meaning that spoils a page."""

Box = tuple[float, float, float, float]


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of an OFD.

    Raises UnreadableDocumentError `damaged-ofd`, `encrypted`, `too-large-ofd`, or `needs-ocr` where no page has text.
    """
    package = opened(payload.data)
    pages = list(pages_of(package))
    if not pages:
        raise damaged("it has no pages")
    troubled = {number: why for number, page in enumerate(pages) if (why := trouble(page))}
    if troubled and all(number in troubled or not page.glyphs for number, page in enumerate(pages)):
        number, why = next(iter(troubled.items()))
        raise UnreadableDocumentError("needs-ocr", f"the OFD must be read by OCR: page {number + 1}: {why}")
    kept = [replace(page, glyphs=(), rules=()) if n in troubled else page for n, page in enumerate(pages)]
    made = read_pages(kept)
    issues = [Issue("needs-ocr", f"page {number + 1} was not read: {why}") for number, why in troubled.items()]
    return replace(made, issues=(*made.issues, *issues))


def pages_of(package: Package) -> Iterator[Page]:
    """Gives the pages of all documents of a package in order."""
    start = package.find("OFD.xml")
    if start is None:
        raise damaged("it has no OFD.xml")
    roots = [node.text or "" for node in package.xml(start).iter("{*}DocRoot")]
    if not roots:
        raise damaged("OFD.xml names no document")
    budget, count = Budget(), 0
    for path in roots:
        name = package.find(path, start)
        if name is None:
            raise damaged(f"its document {path} is missing")
        document = package.xml(name)
        common = child(document, "CommonData")
        units = units_of(package, common, name)
        templates = {node.get("ID"): node for node in children(common) if local(node) == "TemplatePage"}
        for entry in children(child(document, "Pages")):
            if local(entry) != "Page":
                continue
            count += 1
            if count > MAX_PAGES:
                raise UnreadableDocumentError("too-large-ofd", f"the OFD has more than {MAX_PAGES} pages")
            yield page_of(package, name, entry, common, templates, units, budget)


def page_of(
    package: Package,
    base: str,
    entry: etree._Element,
    common: etree._Element | None,
    templates: dict[str | None, etree._Element],
    units: Units,
    budget: Budget,
) -> Page:
    """Gives one page with what its templates print."""
    name = package.find(entry.get("BaseLoc") or "", base)
    if name is None:
        raise damaged(f"its page {entry.get('BaseLoc')} is missing")
    root = package.xml(name)
    wanted = [node.get("TemplateID") for node in root if local(node) == "Template"]
    used = [templates[key] for key in wanted if key in templates]
    parts = [package.xml(found) for node in used if (found := package.find(node.get("BaseLoc") or "", base))]
    areas = (area_of(root), *map(area_of, parts), area_of(common, "PageArea"))
    area = next(filter(None, areas), A4)
    matrix: Matrix = (POINT, 0, 0, POINT, -area[0] * POINT, -area[1] * POINT)
    seen = Seen()
    for part in (*parts, root):
        content = child(part, "Content")
        if content is not None:
            walk(content, matrix, units, seen, budget)
    return shown(seen, area[2] * POINT, area[3] * POINT)


def shown(seen: Seen, width: float, height: float) -> Page:
    """Gives the page of what is seen on it."""
    glyphs = tuple(g for g in seen.shown() if 0 <= (g.x0 + g.x1) / 2 <= width and 0 <= (g.y0 + g.y1) / 2 <= height)
    covered = sum(
        max(0.0, min(x1, width) - max(x0, 0.0)) * max(0.0, min(y1, height) - max(y0, 0.0))
        for x0, y0, x1, y1 in seen.drawn.pictures
    )
    rules = (*seen.drawn.rules, *(rule for rule in seen.drawn.pale if inside(middle(rule), seen.drawn.areas)))
    return Page(width, height, glyphs, rules, min(1.0, covered / (width * height)))


def area_of(node: etree._Element | None, name: str = "Area") -> Box | None:
    """Gives the physical box of a page in millimetres: place of the upper left corner, width, height."""
    found = child(node, name, "PhysicalBox")
    box = numbers(found.text) if found is not None else []
    if len(box) != 4 or not (0 < box[2] <= MAX_SIDE and 0 < box[3] <= MAX_SIDE):
        return None
    return (box[0], box[1], box[2], box[3])


def units_of(package: Package, common: etree._Element | None, base: str) -> Units:
    """Gives the composite graphic units of the document's resources by ID: their contents."""
    units: Units = {}
    for node in children(common):
        if local(node) not in ("PublicRes", "DocumentRes") or not (name := package.find(node.text or "", base)):
            continue
        for unit in package.xml(name).iter("{*}CompositeGraphicUnit", "{*}CompositeGraphUnit"):
            units[unit.get("ID") or ""] = unit
    return units


def trouble(page: Page) -> str | None:
    """Gives why the text of a page cannot be used, None where it can or where the page is empty."""
    known = sum(glyph.text != UNKNOWN for glyph in page.glyphs)
    if len(page.glyphs) - known > GARBLED * len(page.glyphs):
        return "its font does not say what its characters mean"
    if known < ENOUGH and page.pictures > PICTURED:
        return "it is a picture"
    return None
