"""The tables of an RTF while it is read: what \\trowd … \\cellx define, and the cells in between."""

from dataclasses import dataclass, field

from archive.read.blocks import MAX_COLUMNS, MAX_ROWS
from archive.read.formats.edges import Edge, Row
from archive.read.formats.rtf_text import damaged


@dataclass(slots=True)
class Definition:
    """What \\trowd … \\cellx say of a row."""

    left: int = 0
    edges: list[Edge] = field(default_factory=list)
    pending: Edge = field(default_factory=lambda: Edge(0))

    def cellx(self, right: int) -> None:
        """Ends the definition of a cell."""
        if len(self.edges) >= MAX_COLUMNS:
            raise damaged(f"a row has more than {MAX_COLUMNS} cells")
        self.pending.right = right
        self.edges.append(self.pending)
        self.pending = Edge(0)


@dataclass(slots=True)
class Builder:
    """A table while it is read: finished rows and the cells of the one that is open."""

    rows: list[Row] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def end_cell(self) -> None:
        """Ends the open cell."""
        if len(self.texts) >= MAX_COLUMNS:
            raise damaged(f"a row has more than {MAX_COLUMNS} cells")
        self.texts.append("\n".join(self.lines))
        self.lines.clear()

    def end_row(self, definition: Definition) -> None:
        """Ends the open row."""
        if len(self.rows) >= MAX_ROWS:
            raise damaged(f"a table has more than {MAX_ROWS} rows")
        if self.texts:
            self.rows.append(Row(definition.left, tuple(definition.edges), tuple(self.texts)))
            self.texts.clear()
