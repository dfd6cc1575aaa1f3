"""The content hash: equal for two copies of one report, different where one figure or word of it changed."""

import hashlib

from archive.read.blocks import Table
from archive.read.words import is_furniture, squash


def content_hash(title: str | None, text: str, tables: tuple[Table, ...]) -> str:
    """Gives the SHA-256 of what a reader would call the report: title, prose, cells.

    Folded by NFKC and without white space, so that mark-up, line breaks and full-width forms do not count;
    whole lines of portal furniture (counters, print dates, buttons, page numbers) are left out.
    Blank cells keep their place: a number that moves to another column is a change.
    """
    lines = [squash(title or "")]
    lines += [squash(line) for line in text.splitlines() if not is_furniture(line)]
    prose = "".join(lines)
    cells = "\n".join("\x1f".join(own_cells(table)) for table in tables)
    return hashlib.sha256(f"{prose}\n{cells}".encode()).hexdigest()


def own_cells(table: Table) -> list[str]:
    """Gives the cells of a table, each once, row by row; a row ends with a mark of its own."""
    parts = []
    for index, row in enumerate(table.rows):
        seen = {id(cell): cell for cell in row if cell is not None and cell.row == index}
        parts += [*(squash(cell.text) for cell in seen.values()), "\x1e"]
    return parts
