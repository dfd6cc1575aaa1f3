"""A cell in its place → a figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.model import Figure, Issue, Status
from archive.read.blocks import Cell
from archive.read.cells import header_unit, in_wan, parse
from archive.read.forms.lines import Line

INFERRED = "column inferred: this report fills 总计 alone, and the page's columns contradict the form"


@dataclass(frozen=True, slots=True)
class PartReading:
    """What one table gave: its form, figures by indicator, and issues."""

    part: str
    form: str
    figures: dict[str, Figure]
    issues: tuple[Issue, ...]
    total_only: bool = False  # every row of certain columns fills 总计 alone


def figure(code: str, cell: Cell | None, line: Line, note: str | None = None) -> Figure:
    """Gives the figure of a cell without money; None is a place where the row shows that nothing is printed."""
    if cell is None:
        return Figure(code, Status.BLANK, raw="", note=note, table=line.table, row=line.row)
    if cell.doubt:
        return doubtful(code, cell, line)
    parsed = parse(cell.text)
    note = ", ".join(part for part in (parsed.note, note) if part) or None
    return Figure(
        indicator=code,
        status=parsed.status,
        raw=cell.text,
        value=parsed.value,
        unit=parsed.unit,
        note=note,
        table=line.table,
        row=cell.row,
        column=cell.column,
        confidence=cell.confidence,
    )


def doubtful(code: str, cell: Cell, line: Line) -> Figure:
    """Gives the figure of a cell whose text cannot be relied on."""
    return Figure(
        indicator=code,
        status=Status.UNREADABLE,
        raw=cell.text,
        note=cell.doubt,
        table=line.table,
        row=cell.row,
        column=cell.column,
        confidence=cell.confidence,
    )


def money(code: str, cell: Cell | None, line: Line, header: str) -> Figure:
    """Gives the figure of a cell of money: its unit from the cell, else from the printed header (said in `note`)."""
    plain = figure(code, cell, line)
    if plain.value is None:
        return plain
    printed = header_unit(header)
    unit = plain.unit or printed
    note = "unit from the header" if unit and not plain.unit else None
    return replace(plain, unit=unit, value_wan=in_wan(plain.value, unit), note=note)


def covers_rows(cell: Cell | None, label: Cell) -> bool:
    """Tells whether a printed cell covers rows that its row's label does not, so that it is no row's own.

    On a printed page a row may be cut in two by the border of a merged cell beside it; label and cells then cover both.
    """
    if cell is None or cell.rowspan == 1 or not cell.text.strip():
        return False
    return cell.row < label.row or cell.row + cell.rowspan > label.row + label.rowspan


def unreadable(code: str, line: Line | None, why: str) -> Figure:
    """Gives the figure of a cell that should be there and cannot be determined; the row stands in the note."""
    if line is None:
        return Figure(code, Status.UNREADABLE, note=why)
    return Figure(code, Status.UNREADABLE, note=f"{why}: {line.shown}", table=line.table, row=line.row)


def complete(codes: Sequence[str], found: dict[str, Figure], why: str) -> dict[str, Figure]:
    """Gives a figure for every code in order, unreadable where none was found."""
    return {code: found.get(code) or unreadable(code, None, why) for code in codes}
