"""Paragraphs → headings, lines and tables in order."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.read.blocks import Block, Heading, Table
from archive.read.blocks import Paragraph as Line
from archive.read.formats.doc.grids import Row, table_of
from archive.read.formats.doc.paragraphs import Paragraph
from archive.read.words import tidy


@dataclass(slots=True)
class Open:
    """A table that is being read: rows done, the row's cells done, the cell's lines, tables nested in its cells."""

    rows: list[Row] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    nested: list[Table] = field(default_factory=list)

    def add(self, paragraph: Paragraph, text: str) -> None:
        """Takes a paragraph with its text; a row that prints nothing and whose end is hidden or deleted is none."""
        if paragraph.ends_row:
            self.end_cell()
            if not paragraph.hidden or any(cell.strip() for cell in self.cells):
                self.rows.append(Row(tuple(self.cells), paragraph.shape))
            self.cells.clear()
            return
        self.lines.append(text)
        if paragraph.ends_cell:
            self.cells.append("\n".join(self.lines))
            self.lines.clear()

    def end_cell(self) -> None:
        """Takes lines that no cell mark ended as a cell, so that nothing printed is lost."""
        if any(line.strip() for line in self.lines):
            self.cells.append("\n".join(self.lines))
        self.lines.clear()

    def tables(self) -> list[Table]:
        """Gives the table, then those nested in it."""
        self.end_cell()
        if self.cells:
            self.rows.append(Row(tuple(self.cells), None))
        return [table_of(self.rows), *self.nested] if self.rows else self.nested


def blocks_of(paragraphs: Iterable[Paragraph]) -> list[Block]:
    """Gives the blocks of a story; a table stands where it begins, tables nested in it come after it."""
    blocks: list[Block] = []
    tables: list[Open] = []

    def close(depth: int) -> None:
        while len(tables) > depth:
            done = tables.pop().tables()
            (tables[-1].nested if tables else blocks).extend(done)

    carried = ""
    for paragraph in paragraphs:
        close(paragraph.depth)
        while len(tables) < paragraph.depth:
            tables.append(Open())
        text, carried = carried + paragraph.text, ""
        if paragraph.hidden and not (paragraph.ends_cell or paragraph.ends_row):
            carried = text  # where a paragraph's mark is hidden or deleted, the next one goes on in its line
        elif tables:
            tables[-1].add(paragraph, text)
        else:
            blocks += lines_of(text, Heading if paragraph.heading else Line)
    close(0)
    return blocks + lines_of(carried, Line)


def lines_of(text: str, kind: type[Heading] | type[Line]) -> list[Block]:
    """Gives the lines of a paragraph that print something."""
    return [kind(clean) for line in text.split("\n") if (clean := tidy(line))]
