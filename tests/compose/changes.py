"""What agencies and their software do to a table before it becomes markup; every change keeps the figures."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.compose.sheets import HEADINGS, Box, Rows, Sheet

Change = Callable[[Sheet, Random], Sheet]
BLANK = Box("")
OTHER_SIGNS = "子千止法了士己未末日"


def placed(rows: Rows) -> list[list[Box | None]]:
    """Gives the grid of a table, a box at its first place and None where it reaches further."""
    width = sum(box.across for box in rows[0])
    slots: list[list[Box | str | None]] = [["free"] * width for _ in rows]
    for index, row in enumerate(rows):
        for box in row:
            place = slots[index].index("free")
            for down in range(box.down):
                slots[index + down][place : place + box.across] = [None] * box.across
            slots[index][place] = box
    return [[None if slot == "free" else slot for slot in row] for row in slots]  # type: ignore[misc]


def merged_left_blank(sheet: Sheet, rng: Random) -> Sheet:
    """Draws no merged cell: blank ones stand where it reached (or only across, or only down)."""
    down, across = rng.choice(((True, True), (True, False), (False, True)))
    grid = placed(sheet.rows)
    held = [list(row) for row in grid]
    for index, row in enumerate(grid):
        for place, box in enumerate(row):
            if box is None:
                continue
            shape = Box("", 1 if across else box.across, 1 if down else box.down)
            for below in range(0, box.down, shape.down):
                for beside in range(0, box.across, shape.across):
                    held[index + below][place + beside] = shape
            held[index][place] = replace(shape, text=box.text, code=box.code)
    return replace(sheet, rows=[[box for box in row if box is not None] for row in held])


def finer_columns(sheet: Sheet, rng: Random) -> Sheet:
    """Draws the table on a finer grid, as word processors do where borders are a little apart."""
    width = sum(box.across for box in sheet.rows[0])
    sizes = [rng.choice((1, 1, 2, 3)) for _ in range(width)]
    rows = [
        [replace(box, across=sum(sizes[p : p + box.across])) for p, box in enumerate(row) if box]
        for row in placed(sheet.rows)
    ]
    return replace(sheet, rows=rows)


def blank_rows(sheet: Sheet, rng: Random) -> Sheet:
    """Adds a row of blank cells at the end, now and then one after the head."""
    width = sum(box.across for box in sheet.rows[0])
    rows = [*sheet.rows, [BLANK] * rng.choice((width, width, 1, 5))]
    return replace(sheet, rows=rows)


def blank_column(sheet: Sheet, rng: Random) -> Sheet:
    """Adds a blank column at the right or the left."""
    left = rng.random() < 0.4
    return replace(sheet, rows=[[BLANK, *row] if left else [*row, BLANK] for row in sheet.rows])


def stray_cell(sheet: Sheet, rng: Random) -> Sheet:
    """Adds a blank cell too many to the end of one to three rows."""
    rows = list(sheet.rows)
    for _ in range(rng.randint(1, 3)):
        index = rng.randrange(len(rows))
        rows[index] = [*rows[index], BLANK]
    return replace(sheet, rows=rows)


def group_repeated(sheet: Sheet, rng: Random) -> Sheet:
    """Prints 三、本年度办理结果 once more in the middle of its rows."""
    start = next((i for i, row in enumerate(sheet.rows) if row[0].text.startswith("三、本年度")), None)
    if start is None or sheet.rows[start][0].down == 1:
        return sheet
    group = sheet.rows[start][0]
    starts = [i for i in range(start + 1, start + group.down) if sheet.rows[i][0].text.startswith("（")]
    cut = rng.choice(starts)
    rows = list(sheet.rows)
    rows[start] = [replace(group, down=cut - start), *rows[start][1:]]
    rows[cut] = [replace(group, down=group.down - (cut - start)), *rows[cut]]
    return replace(sheet, rows=rows)


def first_item_lost(sheet: Sheet, rng: Random) -> Sheet:
    """Leaves out the first row of table 2, 第二十条第（一）项."""
    del rng
    return replace(sheet, rows=sheet.rows[1:]) if sheet.part == "disclosure" else sheet


def caption_row(sheet: Sheet, rng: Random) -> Sheet:
    """Puts the section's heading or an instruction of the template into a first row of its own."""
    name = HEADINGS[sheet.part]
    text = rng.choice((name, "该部分以表格形式报告。表格如下:", name[2:]))
    width = sum(box.across for box in sheet.rows[0])
    return replace(sheet, rows=[[Box(text, width)], *sheet.rows], heads=sheet.heads + 1)


def relabel(sheet: Sheet, change: Callable[[str], str]) -> Sheet:
    """Changes every label."""
    rows = [
        [box if box.code or not box.text else replace(box, text=change(box.text)) for box in row] for row in sheet.rows
    ]
    return replace(sheet, rows=rows)


def wrong_signs(sheet: Sheet, rng: Random) -> Sheet:
    """Misprints or loses one character of a few long labels."""

    def change(text: str) -> str:
        chinese = [i for i, sign in enumerate(text) if "一" <= sign <= "龥" and i > 2]
        if len(text) < 6 or len(chinese) < 4 or rng.random() > 0.15:
            return text
        place = rng.choice(chinese)
        return text[:place] + rng.choice((rng.choice(OTHER_SIGNS), "")) + text[place + 1 :]

    return relabel(sheet, change)


def half_width(sheet: Sheet, rng: Random) -> Sheet:
    """Writes brackets, colons and commas in half width, dots in full width."""
    del rng
    return relabel(sheet, lambda text: text.translate(str.maketrans("（）：，、", "():,,")))


def other_numbering(sheet: Sheet, rng: Random) -> Sheet:
    """Writes 1、, 1．, 1) or no number before a label; or 一. for 一、; or loses (一)."""
    style = rng.choice(("、", "．", "）", " ", ""))

    def change(text: str) -> str:
        if len(text) > 2 and text[0].isdigit() and text[1] == ".":
            return (text[0] + style + text[2:]) if style else text[2:]
        if not style and text[0] == "（" and text[2] == "）":
            return text[3:]
        if not style and len(text) > 2 and text[1] == "、":
            return text[2:]
        return text

    return relabel(sheet, change)


def broken_lines(sheet: Sheet, rng: Random) -> Sheet:
    """Breaks labels over lines, short ones a character a line; pads with blanks."""

    def change(text: str) -> str:
        if rng.random() < 0.5:
            return text
        if len(text) <= 4:
            return rng.choice(("\n", " ", "\u3000", "\u00a0\u00a0")).join(text)
        place = rng.randrange(1, len(text))
        return text[:place] + rng.choice(("\n", "\n\u00a0\u00a0", " ")) + text[place:]

    return relabel(sheet, change)


def head_cut(sheet: Sheet, rng: Random) -> Sheet:
    """Loses what stood after a line break in headers of three columns: 本年新｜本年新."""
    if sheet.part != "disclosure" or rng.random() < 0.3:
        return sheet
    ends = ("制作数量", "公开数量", "开总数量", "目数量", "定数量")
    return relabel(sheet, lambda text: next((text.removesuffix(end) for end in ends if text.endswith(end)), text))


CHANGES: tuple[Change, ...] = (
    merged_left_blank, finer_columns, blank_rows, blank_column, stray_cell, group_repeated, first_item_lost,
    caption_row, wrong_signs, half_width, other_numbering, broken_lines, head_cut,
)  # fmt: skip
