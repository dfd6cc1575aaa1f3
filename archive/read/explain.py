"""What the reader saw, for a person: each grid, the rows that labels took, and why a cell has its status."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive.model import Figure, Reading, Status
from archive.read.blocks import Slots, Table
from archive.read.words import squash

CELL = 16  # characters of a cell that are shown; a label is known by fewer
GRID = 60  # rows of a table without figures that are shown

Places = Mapping[tuple[int, int], Sequence[Figure]]


def explain(reading: Reading, tables: Sequence[Table]) -> Iterator[str]:
    """Gives lines: what the report is, every table row by row with what it was read as, odd cells, issues."""
    yield f"{reading.media_type}, {reading.charset or 'no charset'}, revision {reading.revision}"
    yield f"title {reading.title!r}, agency {reading.agency!r}, year {reading.year}, period {shown_period(reading)}"
    places: defaultdict[tuple[int, int], list[Figure]] = defaultdict(list)
    for figure in reading.figures:
        if figure.table is not None and figure.row is not None:
            places[figure.table, figure.row].append(figure)
    for number, table in enumerate(tables):
        yield ""
        yield from shown_table(number, table, places, reading.forms)
    yield ""
    yield from odd_cells(reading.figures)
    yield from (f"issue {issue.code}: {issue.message}" for issue in reading.issues)


def shown_period(reading: Reading) -> str:
    """Gives the period (统计期限) that the report names."""
    return "not named" if reading.period is None else f"{reading.period[0]} to {reading.period[1]}"


def shown_table(number: int, table: Table, places: Places, forms: Mapping[str, str]) -> Iterator[str]:
    """Gives the heading of a table and its rows; of a table that no figure came from the first GRID."""
    parts = sorted({f.indicator.partition(".")[0] for (n, _), own in places.items() if n == number for f in own})
    named = ", ".join(f"{part} of form {forms[part]}" for part in parts) or "no figure was taken from it"
    width = max(map(len, table.rows), default=0)
    yield f"table {number}: {len(table.rows)} rows × {width} columns, {table.layout.value}; {named}"
    for row, slots in enumerate(table.rows[: None if parts else GRID]):
        yield f"  {row:>3}  {shown_row(row, slots)}"
        if own := places.get((number, row)):
            yield f"       ↳ {shown_figures(own)}"
    if not parts and len(table.rows) > GRID:
        yield f"       … {len(table.rows) - GRID} more rows"


def shown_row(row: int, slots: Slots) -> str:
    """Gives the slots of a row: a cell's text where it begins, ← and ↑ where a cell beside or above reaches."""
    return " | ".join(shown_slot(row, column, slots) for column in range(len(slots)))


def shown_slot(row: int, column: int, slots: Slots) -> str:
    """Gives one slot of the grid; `·` is a blank cell, an empty slot belongs to no cell."""
    cell = slots[column]
    if cell is None:
        return ""
    if cell.row < row:
        return "↑"
    if cell.column < column:
        return "←"
    text = squash(cell.text)
    return (text[:CELL] + "…" if len(text) > CELL else text) or "·"


def shown_figures(own: Iterable[Figure]) -> str:
    """Gives the indicators a row was read as: the label's key, then what each column got."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for figure in own:
        key, _, column = figure.indicator.rpartition(".")
        said = format(figure.value, "f") if figure.value is not None else figure.status.value
        rows[key].append(f"{column}={said}")
    return "; ".join(f"{key}: {' '.join(cells)}" for key, cells in rows.items())


def odd_cells(figures: Iterable[Figure]) -> Iterator[str]:
    """Gives the cells that are neither a plain number nor blank, each with the reason."""
    for figure in figures:
        if figure.status not in (Status.NUMBER, Status.BLANK) or figure.note:
            why = f": {figure.note}" if figure.note else ""
            printed = f" {figure.raw!r}" if figure.raw else ""
            yield f"{figure.indicator} is {figure.status.value}{printed}{why}"
