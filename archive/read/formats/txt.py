"""Plain text: prose with tables flattened by tabs, drawn with pipes or boxes, or set in columns by spaces.

Two layouts of tabs are known, both as word processors and extractors leave them:

- a cell a line: every cell starts a line with a tab, further lines of it have none, a blank line ends a row (STREAM);
- a row a line: fields parted by tabs (TABBED).

What stands between tables is prose. A section heading, a long line or a sentence ends a table; a short line inside
a tabbed table is kept as a row of one field, because a label broken over two lines looks like that.
Runs of spaces count as tabs in a text without any; a row that prints fewer numbers than the others of its kind has
lost the places of its blanks, and its cells are doubtful.
"""

import re
from collections import Counter
from collections.abc import Iterator

from archive.model import Hints, Issue, Payload, Status
from archive.read.blocks import MAX_COLUMNS, MAX_ROWS, Block, Cell, Document, Layout, Paragraph, Table, fields
from archive.read.cells import parse
from archive.read.charset import decode
from archive.read.formats import drawn, marks, ruled
from archive.read.words import is_furniture, section, tidy

CELL_LINE = re.compile(r"[ \u3000\xa0]*\t[^\t]*")
LABEL_MAX = 60
MAX_GAP = 4
SPREAD = 12  # lines around one with columns where two fields are a row as well
VERTICAL = 4  # characters a line of vertical writing may have
COLUMN_GAP = re.compile(r"(?<![ \u3000\xa0])(?:[ \u3000\xa0]{2,}+|\u3000)(?=\S)")
FEW = 3  # numbers that every row of a table may print
LOST = "a blank may be lost between the columns of this row"


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
    by_spaces = not any("\t" in line for line in lines)
    written, lines = lines, spaced(lines) if by_spaces else lines
    while start < len(lines):
        if beneath := ruled.table_at(written, start):
            made, start = beneath
            yield made
            continue
        if (drawn.starts(lines[start]) or before_bar(lines, start)) and (
            found := tuple(drawn.tables(lines[start : (stop := drawn_stop(lines, start))]))
        ):
            yield from found
            start = stop
            continue
        if "\t" in lines[start].strip(" \u3000\xa0") and (stop := table_stop(lines, start)):
            made = table(lines[start:stop])
            yield doubted(made) if by_spaces else made
            start = stop
            continue
        yield from (Paragraph(line) for part in marks.line(lines[start]).split("\n") if (line := tidy(part)))
        start += 1


def before_bar(lines: list[str], start: int) -> bool:
    """Tells whether a short line is the first cell of a table whose bars stand on lines of their own."""
    own = tidy(lines[start])
    bare = start + 1 < len(lines) and lines[start + 1].strip(" \u3000\xa0") in ("|", "｜")
    return bare and 0 < len(own) <= LABEL_MAX and section(own) is None and not own.endswith("。")


def drawn_stop(lines: list[str], start: int) -> int:
    """Gives the line after a drawn table, its last cell included where that stands under its bar."""
    stop = drawn.stop_of(lines, start)
    bare = lines[stop - 1].strip(" \u3000\xa0") in ("|", "｜")
    return with_tail(lines, stop) if bare else stop


def spaced(lines: list[str]) -> list[str]:
    """Gives lines with a tab for each run of spaces, where several near each other set columns that way."""
    split = [COLUMN_GAP.sub("\t", line.strip(" \u3000\xa0")) if not drawn.starts(line) else line for line in lines]
    wide = [index for index, line in enumerate(split) if line.count("\t") > 1 and not drawn.starts(line)]
    if len(wide) < 2:
        return lines
    near = {index for one in wide for index in range(one - SPREAD, one + SPREAD + 1)}
    return [split[index] if index in near else line for index, line in enumerate(lines)]


def doubted(table: Table) -> Table:
    """Gives a table set by spaces with its doubtful rows marked: more than FEW numbers, but fewer than most rows."""
    tails = [tail(row) for row in table.rows]
    usual = Counter(count for count in tails if count > FEW).most_common(1)
    if not usual:
        return table
    rows = (
        tuple(Cell(c.text, c.row, c.column, doubt=LOST) if c and FEW < count < usual[0][0] else c for c in row)
        for row, count in zip(table.rows, tails, strict=True)
    )
    return Table(tuple(rows), table.layout)


def tail(row: tuple[Cell | None, ...]) -> int:
    """Gives how many numbers or dashes end a row."""
    count = 0
    for cell in reversed(row):
        if cell is None or parse(cell.text).status not in (Status.NUMBER, Status.DASH):
            break
        count += 1
    return count


def table_stop(lines: list[str], start: int) -> int:
    """Gives the line after the last of the table that starts here, 0 where only a line of prose has a tab in it.

    Page numbers and blank lines between tabbed lines belong to the table; so do a few short lines without a tab. What
    is longer than MAX_ROWS goes on as another table.
    """
    stop, gap = start, 0
    for index in range(start, min(start + MAX_ROWS, len(lines))):
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
    rows = [fields_of(line) for line in lines if (tidy(line) and not is_furniture(tidy(line))) or "\t" in line]
    return fields(rows, Layout.TABBED)


def fields_of(line: str) -> list[str]:
    """Gives the fields of a line, MAX_COLUMNS at most: no form has as many."""
    return line.split("\t", MAX_COLUMNS)[:MAX_COLUMNS]


def stream_rows(lines: list[str]) -> list[list[str]]:
    """Gives the rows of a cell-a-line table, parted by blank lines."""
    rows: list[list[str]] = [[]]
    for line in lines:
        if line.lstrip(" \u3000\xa0").startswith("\t"):
            rows[-1].extend(fields_of(line.lstrip(" \u3000\xa0")[1:])[: MAX_ROWS - len(rows[-1])])
        elif not tidy(line):
            if rows[-1]:
                rows.append([])
        elif rows[-1]:
            rows[-1][-1] += "\n" + line
        elif not is_furniture(tidy(line)):
            rows[-1:] = [[line], []]
    return [row for row in rows if row]
