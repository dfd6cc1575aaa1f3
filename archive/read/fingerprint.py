"""The content hash: equal for two copies of one report, different where one figure or word of it changed."""

import hashlib
import re

from archive.read.blocks import Table
from archive.read.words import is_furniture, squash

LONGEST_ABOUT = 8  # rows
INDEX_NUMBER = re.compile(r"[\[【]?(?:信息)?索引号(?!的)")
PUBLISHED = re.compile(r"[\[【]?(?:发布|公开|生成|发文|成文|责任)(?:机构|机关|单位|部门|日期|时间)")


def content_hash(title: str | None, text: str, tables: tuple[Table, ...]) -> str:
    """Gives the SHA-256 of what a reader would call the report: title, prose, cells.

    Folded by NFKC and without white space, so that mark-up, line breaks and full-width forms do not count;
    whole lines of portal furniture (counters, print dates, buttons, page numbers) and the portal's own table about
    the page are left out: a report that moves to another page stays the same.
    Blank cells keep their place: a number that moves to another column is a change.
    """
    name = squash(title or "")  # which a page may print more than once
    lines = [squash(line) for line in text.splitlines() if not is_furniture(line)]
    prose = "".join([name, *(line for line in lines if line != name)])
    cells = "\n".join("\x1f".join(own_cells(table)) for table in tables if not about_page(table))
    return hashlib.sha256(f"{prose}\n{cells}".encode()).hexdigest()


def own_cells(table: Table) -> list[str]:
    """Gives the cells of a table, each once, row by row; a row ends with a mark of its own."""
    parts = []
    for index, row in enumerate(table.rows):
        seen = {id(cell): cell for cell in row if cell is not None and cell.row == index}
        parts += [*(squash(cell.text) for cell in seen.values()), "\x1e"]
    return parts


def about_page(table: Table) -> bool:
    """Tells whether a table is what a portal sets above a page: 索引号, 发布机构, 公开日期 … (政府信息公开目录)."""
    if len(table.rows) > LONGEST_ABOUT:
        return False
    texts = [squash(cell.text) for row in table.rows for cell in row if cell is not None]
    return any(INDEX_NUMBER.match(text) for text in texts) and any(PUBLISHED.match(text) for text in texts)
