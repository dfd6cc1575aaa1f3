"""XLSX: lxml over the parts of the package; shared strings, styles, merged ranges, hidden rows and columns.

Elements are known by their local names, so that strict OOXML reads the same. Only cells that are there count: the
range a sheet declares (A1:XFD1048576) asks for nothing.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from lxml import etree

from archive.read.formats.sheet_cells import (
    MAX_SHEETS,
    NO_RESULT,
    Sheet,
    Shown,
    Style,
    damaged,
    number_cell,
    style,
    text_cell,
)
from archive.read.formats.sheet_numbers import BUILT_IN, GENERAL

MAX_XML = 64 * 1024 * 1024
MAX_UNPACKED = 256 * 1024 * 1024
MAX_MEMBERS = 10_000
MAX_STRINGS = 200_000
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
NO_RULE = (None, "none")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError, KeyError)


def sheets(data: bytes) -> list[Sheet]:
    """Gives the sheets of a workbook in order. Raises UnreadableDocumentError('damaged-sheet')."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise damaged(f"it unpacks to more than {MAX_UNPACKED} bytes")
            return list(workbook(Parts(archive)))
    except etree.XMLSyntaxError as error:
        raise damaged(str(error)) from error
    except BROKEN as error:
        raise damaged(str(error)) from error


class Parts:
    """The parts of a package; all that is unpacked counts against one allowance."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}
        self.left = MAX_UNPACKED

    def elements(self, name: str, *wanted: str) -> Iterator[etree._Element]:
        """Gives the elements of these local names in a part, each whole as it ends and empty after; none without it."""
        actual = self.names.get(name.lower())
        if actual is None:
            return
        with self.archive.open(actual) as member:
            xml = member.read(min(MAX_XML, self.left) + 1)
        if len(xml) > min(MAX_XML, self.left):
            raise damaged(f"{name} unpacks to more than {MAX_XML} bytes")
        self.left -= len(xml)
        found = etree.iterparse(
            io.BytesIO(xml),
            events=("end",),
            tag=[f"{{*}}{each}" for each in wanted],
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
        )
        for _, element in found:
            yield element
            element.clear()
            while element.getprevious() is not None and (parent := element.getparent()) is not None:
                del parent[0]


def local(node: etree._Element) -> str:
    """Gives an element's name without its namespace."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def attribute(node: etree._Element, name: str) -> str | None:
    """Gives an attribute by its local name."""
    return next((str(value) for key, value in node.attrib.items() if str(key).rpartition("}")[2] == name), None)


def count(text: str | None, default: int = 0) -> int:
    """Gives a whole number from an attribute."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def is_on(text: str | None) -> bool:
    """Tells whether a switch is on."""
    return text in ("1", "true", "on")


def workbook(parts: Parts) -> Iterator[Sheet]:
    """Gives the sheets that the workbook names."""
    main = next((name for name in parts.names if re.fullmatch(r"(?:.*/)?workbook\d*\.xml", name)), None)
    if main is None:
        raise damaged("it has no workbook.xml")
    folder, base = posixpath.split(main)
    targets: dict[str | None, str] = {}
    for relation in parts.elements(f"{folder}/_rels/{base}.rels", "Relationship"):
        target = attribute(relation, "Target") or ""
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        targets[attribute(relation, "Id")] = path
    named: list[tuple[Sheet, str]] = []
    from_1904 = False
    for node in parts.elements(main, "sheet", "workbookPr"):
        if local(node) == "workbookPr":
            from_1904 = is_on(attribute(node, "date1904"))
        elif len(named) < MAX_SHEETS:
            hidden = attribute(node, "state") in ("hidden", "veryHidden")
            named.append((Sheet(attribute(node, "name") or "", hidden), targets.get(attribute(node, "id"), "")))
    if not named:
        raise damaged("its workbook names no sheet")
    strings = shared(parts, f"{folder}/sharedstrings.xml")
    styles = styles_of(parts, f"{folder}/styles.xml")
    for sheet, path in named:
        if not sheet.hidden:
            if path.lower() not in parts.names:
                raise damaged(f"the sheet {sheet.name} is missing")
            fill(sheet, parts, path, strings, styles, from_1904)
        yield sheet


def shared(parts: Parts, name: str) -> list[str]:
    """Gives the shared strings."""
    strings: list[str] = []
    for node in parts.elements(name, "si"):
        if len(strings) >= MAX_STRINGS:
            raise damaged(f"it has more than {MAX_STRINGS} strings")
        strings.append(text_of(node))
    return strings


def text_of(node: etree._Element) -> str:
    """Gives the text of a string, how it is to be pronounced (rPh) left out."""
    texts = (t.text or "" for t in node.iter("{*}t") if (p := t.getparent()) is None or local(p) != "rPh")
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), "".join(texts))


def styles_of(parts: Parts, name: str) -> Mapping[int, Style]:
    """Gives the cell styles by index."""
    codes = dict(BUILT_IN)
    ruled: list[bool] = []
    styles: dict[int, Style] = {}
    for node in parts.elements(name, "numFmt", "border", "cellXfs"):
        if local(node) == "numFmt":
            codes[count(attribute(node, "numFmtId"))] = attribute(node, "formatCode") or GENERAL
        elif local(node) == "border":
            ruled.append(any(attribute(side, "style") not in NO_RULE for side in node))
        else:
            for index, xf in enumerate(node):
                border = count(attribute(xf, "borderId"))
                code = codes.get(count(attribute(xf, "numFmtId")), "?unknown")
                styles[index] = Style(code, border < len(ruled) and ruled[border])
    return styles


def fill(
    sheet: Sheet, parts: Parts, path: str, strings: list[str], styles: Mapping[int, Style], from_1904: bool
) -> None:
    """Puts the cells, merges and hidden rows and columns of a sheet's part into it."""
    next_row = 0
    for node in parts.elements(path, "row", "mergeCell", "col"):
        if local(node) == "row":
            row = count(attribute(node, "r"), next_row + 1) - 1
            next_row = row + 1
            if is_on(attribute(node, "hidden")):
                sheet.hidden_rows.add(row)
            next_column = 0
            for cell in node:
                if local(cell) != "c":
                    continue
                place = position(attribute(cell, "r") or "")
                column = place[1] if place else next_column
                next_column = column + 1
                how = style(styles, count(attribute(cell, "s")))
                sheet.put(row, column, shown_cell(cell, strings, how, from_1904))
        elif local(node) == "col" and is_on(attribute(node, "hidden")):
            first, last = count(attribute(node, "min"), 1), count(attribute(node, "max"), 1)
            sheet.hidden_columns.update(range(first - 1, min(last, 20_000)))
        elif local(node) == "mergeCell":
            first_cell, _, last_cell = (attribute(node, "ref") or "").partition(":")
            start, stop = position(first_cell), position(last_cell)
            if start and stop:
                sheet.merge(*start, *stop)


def position(reference: str) -> tuple[int, int] | None:
    """Gives (row, column) of a reference like B12, None where it is none."""
    match = REFERENCE.fullmatch(reference)
    if not match:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def shown_cell(node: etree._Element, strings: list[str], how: Style, from_1904: bool) -> Shown:
    """Gives a cell as it shows."""
    kind = attribute(node, "t") or "n"
    if kind == "inlineStr":
        return text_cell(text_of(node), how)
    value = next((child.text or "" for child in node if local(child) == "v"), None)
    if value is None or (value == "" and kind != "str"):
        formula = any(local(child) == "f" for child in node)
        return Shown("", how.ruled, NO_RESULT if formula else None)
    if kind == "s":
        index = count(value.strip(), len(strings))
        if index >= len(strings):
            return Shown("", how.ruled, "a text that the workbook has lost")
        return text_cell(strings[index], how)
    if kind == "b":
        return Shown("TRUE" if value.strip() == "1" else "FALSE", how.ruled)
    if kind != "n":
        return text_cell(ESCAPED.sub(lambda match: chr(int(match[1], 16)), value), how)
    try:
        return number_cell(float(value), how, from_1904)
    except ValueError:
        return Shown(value, how.ruled, "a number that is none")
