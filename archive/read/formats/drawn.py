"""Tables that a text draws: Markdown and other pipe rows, one pipe a line, boxes of │ ─ ┼ or + - |.

A box says where its cells end, so its spans are exact where the bars stand above each other; pipe rows give fields as
written (TABBED), one pipe a line a stream of cells (STREAM). What merged cells have left is for the forms to tell.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive.read.blocks import MAX_COLUMNS, MAX_ROWS, Layout, Table, fields
from archive.read.formats import edges
from archive.read.formats.marks import inline
from archive.read.words import is_furniture, section, tidy

BARS = "│┃║｜￨╎┆┊"
JOINTS = "├┤┬┴┼┌┐└┘╔╗╚╝╠╣╦╩╬╟╢╤╧╪╫┝┥┠┨┣┫┳┻╋┏┓┗┛┯┷┿┰┸╂╓╖╙╜╒╕╘╛╞╡╭╮╯╰"
LINES = "─━═┄┈"
AS_ASCII = str.maketrans({**dict.fromkeys(BARS, "|"), **dict.fromkeys(JOINTS, "+"), **dict.fromkeys(LINES, "-")})
DRAWN = re.compile(f"[{BARS}{JOINTS}{LINES}]")
BLANKS = " \t\u3000\xa0"
UNESCAPED = re.compile(r"(?<!\\)\|")
RULE_SIGNS = frozenset(" \t\u3000\xa0|+:=-")
CELL_RULE = re.compile(r"\s*:?-{3,}:?\s*|:?-+:?")
FILLED = re.compile(r"\|{2,}$")
"""Pipes that fill up a row of fewer cells than its table has columns."""
CLOSE = re.compile(r"[^ ]\||\|[^ ]")
"""A pipe without a space on both sides, so that blank cells may be nothing but pipes."""
UNIT = 100
"""Units a character is wide in the edges of a box."""
FAR = 4


def starts(line: str) -> bool:
    """Tells whether a line can begin a drawn table."""
    return "|" in line or bool(DRAWN.search(line)) or is_ascii_rule(line)


def is_ascii_rule(line: str) -> bool:
    """Tells whether a line is a rule of a box in ASCII, open in places perhaps: +---+   +."""
    text = line.strip(BLANKS)
    return text[:1] == text[-1:] == "+" and ("--" in text or "==" in text) and RULE_SIGNS.issuperset(text)


def stop_of(lines: Sequence[str], start: int) -> int:
    """Gives the line after the last one with a bar of the table that starts here.

    Blank lines, page numbers and few short lines between (labels that are broken, cells of a pipe a line) belong to it.
    """
    stop, gap = start, 0
    for index in range(start, len(lines)):
        line = lines[index]
        if starts(line):
            stop, gap = index + 1, 0
        elif not tidy(line) or is_furniture(tidy(line)):
            continue
        elif section(line) is not None or len(line) > 60 or line.rstrip().endswith("。") or gap == FAR:
            break
        else:
            gap += 1
    return stop


def tables(lines: Sequence[str]) -> Iterator[Table]:
    """Gives the tables that lines with bars draw; nothing where they are prose with a bar in it."""
    lines = [line for line in lines if not is_furniture(tidy(line)) or starts(line)]
    own = [line for line in lines if starts(line)]
    if sum(bool(DRAWN.search(line)) for line in own) * 2 > len(own) or is_box(own):
        yield from boxes([line.translate(AS_ASCII) for line in lines])
        return
    plain = [line.translate(AS_ASCII) for line in lines]
    pipes = [len(UNESCAPED.findall(unended(line))) for line in plain if UNESCAPED.search(line)]
    if len(pipes) < 2:
        return
    if sum(count == 1 for count in pipes) * 2 > len(pipes) and is_stream(plain):
        yield fields(stream(plain), Layout.STREAM)
    else:
        rows = list(pipe_rows(plain))[:MAX_ROWS]
        if rows:
            yield fields(rows, Layout.TABBED)


def is_box(lines: Sequence[str]) -> bool:
    """Tells whether rules with + enclose the rows."""
    return sum(bool(re.match(r"\s*\+[-=+]+\+\s*$", line)) for line in lines) > 1


# ── pipe rows ──


def unended(line: str) -> str:
    """Gives a line without outer blanks and the pipes that fill it up."""
    return FILLED.sub("", line.strip(BLANKS)).rstrip(BLANKS)


def is_rule(line: str) -> bool:
    """Tells whether a line only rules off others: |---|:--:|, ----+----."""
    if "-" not in line or not RULE_SIGNS.issuperset(line):
        return False
    return all(CELL_RULE.fullmatch(part) for part in re.split(r"[|+]", line.strip().strip("|+")))


def pipe_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """Gives the fields of pipe rows; outer pipes are no fields where the rows have them."""
    rows = unfilled([line.strip(BLANKS) for line in lines if tidy(line) and not is_rule(line)])
    piped = [row for row in rows if UNESCAPED.search(row)]
    left = sum(row.startswith("|") for row in piped) * 2 > len(piped)
    ending = sum(row.endswith("|") for row in piped)
    right = ending == len(piped) or (left and ending * 2 > len(piped))
    for row in rows:
        if UNESCAPED.search(row):
            row = row[1:] if left and row.startswith("|") else row
            row = row[:-1] if right and row.endswith("|") and not row.endswith("\\|") else row
        yield [cell_text(part) for part in UNESCAPED.split(row)[:MAX_COLUMNS]]


def unfilled(rows: list[str]) -> list[str]:
    """Gives rows without the pipes that fill them up; where pipes beside each other are blank cells, as they are.

    A single one looks like a blank cell: it fills up where no row prints a cell in the last place.
    """
    bare = [unended(row) for row in rows]
    if bare == rows or any(CLOSE.search(row) for row in bare):
        return rows
    most = max(row.count("|") for row in bare)
    widest = [row for row in bare if row.count("|") == most]
    last = len(widest) > 1 and all(row.endswith("| |") for row in widest)
    return [row[:-2] if last and row.count("|") == most else row for row in bare]


def cell_text(text: str) -> str:
    """Gives the text of a field without marks."""
    return inline(text).strip(f"{BLANKS}\n")


# ── one pipe a line ──


def is_stream(lines: Sequence[str]) -> bool:
    """Tells whether lines with one pipe have it at one end, so that it only marks a cell."""
    single = [line for line in map(unended, lines) if len(UNESCAPED.findall(line)) == 1]
    return sum(line.startswith("|") or line.endswith("|") for line in single) > 0.9 * len(single)


def stream(lines: Sequence[str]) -> list[list[str]]:
    """Gives the cells of a table with one pipe a line, rows parted by blank lines where a pipe stands beside its text.

    The pipe may stand before its cell, behind it, or on a line of its own between cells. Where it stands behind, a pipe
    on a line of its own above the first cell begins a row, and pipes without a space between fill up its end.
    """
    clean = [line.strip(BLANKS) for line in lines]
    before = sum(line.startswith("|") and len(line) > 1 for line in clean)
    behind = sum(line.endswith("|") and bool(line.strip("| ")) for line in clean)
    alone = next(line for line in clean if line) == "|"
    if before > behind or (before == behind == 0 and alone):
        return led(clean, parted=before > 0)
    return ended(clean, parted=behind > 0, opened=alone)


def led(lines: Sequence[str], *, parted: bool) -> list[list[str]]:
    """Gives the rows of cells with their pipe before them."""
    rows: list[list[str]] = [[]]
    for line in lines:
        if not line and parted and rows[-1]:
            rows.append([])
        elif line.startswith("|"):
            rows[-1] += [cell_text(part) for part in line[1:].split("|")]
        elif line and rows[-1]:
            rows[-1][-1] = f"{rows[-1][-1]}\n{line}".strip()
    return [row for row in rows if row]


def ended(lines: Sequence[str], *, parted: bool, opened: bool) -> list[list[str]]:
    """Gives the rows of cells with their pipe behind them."""
    rows: list[list[str]] = [[]]
    said: list[str] = []
    for line in lines:
        if not line:
            if parted and not said:
                rows.append([])
        elif not line.endswith("|"):
            said.append(line)
        else:
            written = unended(line)
            first, *others = UNESCAPED.split(written)[:MAX_COLUMNS]
            if opened and not said and not first and others:
                rows.append([])
            elif said or first or others:
                rows[-1].append(cell_text("\n".join([*said, first])))
            rows[-1] += map(cell_text, others if others and others[-1].strip() else others[:-1])
            rows += [[]] if written != line else []
            said = []
    if said:
        rows[-1].append(cell_text("\n".join(said)))
    return [row for row in rows if row]


# ── boxes ──


@dataclass(slots=True)
class Drawn:
    """A row of a box: the places of its bars, the lines of its cells, and which continue the cell above."""

    bars: list[int]
    cells: list[list[str]]
    upper: list["Drawn | None"] = field(default_factory=list)


def boxes(lines: Sequence[str]) -> Iterator[Table]:
    """Gives the tables of boxes; a line that is none ends one."""
    rows: list[Drawn] = []
    rule: list[tuple[int, int, str]] | None = None
    several = rows_between_rules(lines)
    for line in lines:
        parts = parts_of(line)
        if parts is None:
            continue
        ruled = [bool(re.fullmatch("[-=]+", text)) for _, _, text in parts]
        if any(ruled) and ("+" in line or all(ruled)):
            if rows:
                continued(rows[-1], parts)
            rule = parts
        elif rows and rule is None and several and len(rows[-1].cells) == len(parts):
            for cell, (_, _, text) in zip(rows[-1].cells, parts, strict=True):
                cell.append(text)
        elif len(rows) < MAX_ROWS and len(parts) <= MAX_COLUMNS:
            rows.append(begun(parts, rule, rows[-1] if rows else None))
            rule = None
    if rows:
        yield built(rows)


def parts_of(line: str) -> list[tuple[int, int, str]] | None:
    """Gives what stands between the bars of a line with the places of the bars, None for a line without two."""
    place = 0
    bars: list[tuple[int, int]] = []
    for index, char in enumerate(line):
        if char in "|+" and (char == "|" or "-" in line or "=" in line):
            bars.append((index, place))
        place += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    if len(bars) < 2:
        return None
    return [
        (bars[i][1], bars[i + 1][1], line[bars[i][0] + 1 : bars[i + 1][0]].strip(BLANKS)) for i in range(len(bars) - 1)
    ]


def rows_between_rules(lines: Sequence[str]) -> bool:
    """Tells whether a rule parts any two rows, so that lines without one between are one row."""
    rules = sum("+-" in line or ("+" in line and "-" in line and RULE_SIGNS.issuperset(line)) for line in lines)
    return rules > 3


def begun(parts: list[tuple[int, int, str]], rule: list[tuple[int, int, str]] | None, above: Drawn | None) -> Drawn:
    """Gives a row by its first line; a cell without a rule over it continues the one above."""
    row = Drawn([parts[0][0], *(stop for _, stop, _ in parts)], [[text] for _, _, text in parts])
    for start, stop, text in parts:
        over = [each for each in rule or () if each[0] < stop and start < each[1]]
        open_above = bool(over) and not any(re.fullmatch("[-=]+", each[2]) for each in over)
        joins = above if open_above and above and start in above.bars[:-1] else None
        row.upper.append(joins)
        if joins:
            owner(joins, start).append(text)
    return row


def owner(row: Drawn, start: int) -> list[str]:
    """Gives the lines of the cell that begins at a bar, in the row where it begins."""
    for _ in range(MAX_ROWS):
        place = row.bars.index(start)
        upper = row.upper[place] if place < len(row.upper) else None
        if upper is None:
            break
        row = upper
    return row.cells[row.bars.index(start)]


def continued(row: Drawn, rule: list[tuple[int, int, str]]) -> None:
    """Adds what a rule that is open in places prints there to the cells that go on under it."""
    for start, _, text in rule:
        if text and not re.fullmatch("[-=]+", text) and start in row.bars[:-1]:
            owner(row, start).append(text)


def built(rows: Sequence[Drawn]) -> Table:
    """Gives the table of a box: by its edges where the bars of all rows stand above each other, else by its fields."""
    texts = [["\n".join(line for line in cell if line) for cell in row.cells] for row in rows]
    places = {bar for row in rows for bar in row.bars}
    if len(places) > 2 * max(len(row.cells) for row in rows):
        return fields(texts, Layout.TABBED)
    made = []
    for row, own in zip(rows, texts, strict=True):
        ends = [
            edges.Edge(bar * UNIT, merged_up=up is not None) for bar, up in zip(row.bars[1:], row.upper, strict=True)
        ]
        made.append(edges.Row(row.bars[0] * UNIT, tuple(ends), tuple(own)))
    return edges.table(made)
