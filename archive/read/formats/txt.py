"""Plain text: prose with tables flattened by tabs.

Two layouts are known, both as word processors and extractors leave them:

- a cell a line: every cell starts a line with a tab, further lines of it have none, a blank line ends a row (STREAM);
- a row a line: fields parted by tabs (TABBED).

What stands between tables is prose. A section heading, a long line or a sentence ends a table; a short line inside
a tabbed table is kept as a row of one field, because a label broken over two lines looks like that.
"""

import re
from collections.abc import Iterator

from archive.model import Hints, Issue, Payload
from archive.read.blocks import Block, Document, Layout, Paragraph, Table, fields
from archive.read.charset import decode
from archive.read.words import is_furniture, section, tidy

CELL_LINE = re.compile(r"[ \u3000\xa0]*\t[^\t]*")
LABEL_MAX = 60
MAX_GAP = 4
VERTICAL = 4  # characters a line of vertical writing may have


def read(payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a plain text."""
    text, charset, issues = decode(payload.data, hints.charset)
    return document(text, charset, issues)


def document(text: str, charset: str | None, issues: tuple[Issue, ...]) -> Document:
    """Gives the blocks of a text that is already decoded."""
    lines = re.sub(r"\r\n?|\x0b|\x0c|\u2028|\u2029", "\n", text).split("\n")
    blocks = tuple(blocks_of(lines))
    prose = "\n".join(b.text for b in blocks if not isinstance(b, Table) and not is_furniture(b.text))
    return Document(blocks, prose, charset, issues=issues)


def blocks_of(lines: list[str]) -> Iterator[Block]:
    """Gives paragraphs and tables in order."""
    start = 0
    while start < len(lines):
        if "\t" in lines[start].strip(" \u3000\xa0") and (stop := table_stop(lines, start)):
            yield table(lines[start:stop])
            start = stop
            continue
        if line := tidy(lines[start]):
            yield Paragraph(line)
        start += 1


def table_stop(lines: list[str], start: int) -> int:
    """Gives the line after the last of the table that starts here, 0 where only a line of prose has a tab in it.

    Page numbers and blank lines between tabbed lines belong to the table; so do a few short lines without a tab.
    """
    stop, gap = start, 0
    for index in range(start, len(lines)):
        line = lines[index]
        if "\t" in line.strip(" \u3000\xa0"):
            stop, gap = index + 1, 0
        elif len(tidy(line)) <= VERTICAL or is_furniture(tidy(line)):
            continue
        elif section(line) is not None or len(line) > LABEL_MAX or line.rstrip().endswith("。") or gap == MAX_GAP:
            break
        else:
            gap += 1
    stop = with_tail(lines, stop)
    return stop if is_table(lines[start:stop]) else 0


def with_tail(lines: list[str], stop: int) -> int:
    """Gives the end of a last cell that runs over several lines, one or VERTICAL characters each at most."""
    while stop < len(lines) and 0 < len(tidy(lines[stop])) <= VERTICAL:
        stop += 1
    return stop


def is_table(lines: list[str]) -> bool:
    """Tells whether lines are a table: several, or at least one with three fields."""
    tabbed = [line for line in lines if "\t" in line]
    return len(tabbed) > 1 or any(line.count("\t") > 1 for line in tabbed)


def table(lines: list[str]) -> Table:
    """Gives the table of its lines, by the layout they are in."""
    tabbed = [line for line in lines if "\t" in line]
    in_stream = sum(bool(CELL_LINE.fullmatch(line)) for line in tabbed)
    if in_stream * 2 > len(tabbed):
        return fields(stream_rows(lines), Layout.STREAM)
    rows = [line.split("\t") for line in lines if (tidy(line) and not is_furniture(tidy(line))) or "\t" in line]
    return fields(rows, Layout.TABBED)


def stream_rows(lines: list[str]) -> list[list[str]]:
    """Gives the rows of a cell-a-line table, parted by blank lines."""
    rows: list[list[str]] = [[]]
    for line in lines:
        if line.lstrip(" \u3000\xa0").startswith("\t"):
            rows[-1].extend(line.lstrip(" \u3000\xa0")[1:].split("\t"))
        elif not tidy(line):
            if rows[-1]:
                rows.append([])
        elif rows[-1]:
            rows[-1][-1] += "\n" + line
        elif not is_furniture(tidy(line)):
            rows[-1:] = [[line], []]
    return [row for row in rows if row]
