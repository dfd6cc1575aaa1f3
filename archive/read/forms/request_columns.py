"""Table 3: which cell of a row belongs to which applicant, by layout. A row that cannot be told stays None."""

from collections import Counter
from collections.abc import Sequence

from archive.read.blocks import Cell, Layout
from archive.read.forms.align import (
    Aligned,
    Header,
    agreed,
    all_blank,
    by_order,
    by_place,
    by_printed,
    only_total,
)
from archive.read.forms.request_rows import ENOUGH, Found, Matcher, Row, printed

MOST = 0.9
"""Share of rows with exactly seven cells after the label that shows a tabbed table to leave no blank fields."""


def align(matcher: Matcher, found: Found) -> tuple[dict[int, Aligned | None], set[int], bool]:
    """Gives the cells of every row by its id, the rows whose column is inferred, and whether only 总计 is filled."""
    aligned: dict[int, Aligned | None] = {id(row): None for row in found.rows}
    for layout in Layout:
        rows = [row for row in found.rows if row.line.layout is layout and not matcher.run_together(row.values)]
        by_layout = {Layout.SPANS: spans, Layout.TABBED: tabbed, Layout.STREAM: stream}[layout]
        aligned |= by_layout(matcher, found, rows)
    certain = [cells for cells in aligned.values() if cells and any(filled(cells))]
    total_only = len(certain) >= ENOUGH and all(filled(cells) == ["total"] for cells in certain)
    inferred: set[int] = set()
    if total_only and found.header:
        for row in found.rows:
            if aligned[id(row)] is None and (cells := only_total(row.line, row.values, found.header, ["total"])):
                aligned[id(row)] = cells
                inferred.add(id(row))
    return aligned, inferred, total_only


def filled(cells: Aligned) -> list[str]:
    """Gives the columns that print something."""
    return [key for key, cell in cells.items() if cell is not None and cell.text.strip()]


def spans(matcher: Matcher, found: Found, rows: Sequence[Row]) -> dict[int, Aligned | None]:
    """Gives the cells of rows whose spans the document declares: by order and by place, where they agree.

    The place of a row whose label stands elsewhere than those of its depth tells nothing: a merged cell got lost.
    """
    keys = matcher.keys
    places = Counter((matcher.depth(row.label), row.label.column) for row in rows)
    usual = {depth: column for (depth, column), _ in reversed(places.most_common())}
    result: dict[int, Aligned | None] = {}
    for row in rows:
        order = by_order(row.values, keys) if found.in_order else None
        stands = usual[matcher.depth(row.label)] == row.label.column
        place = by_place(row.line, row.values, found.header, keys) if found.header and stands else None
        full = by_printed(row.values, keys) if found.in_order else None
        result[id(row)] = agreed(order, place) or full or all_blank(row.values, keys)
    return result


def stream(matcher: Matcher, found: Found, rows: Sequence[Row]) -> dict[int, Aligned | None]:
    """Gives the cells of rows flattened to a cell a line: by order, padding at the end of every row left out."""
    keys = matcher.keys
    if not found.in_order:
        return {id(row): all_blank(row.values, keys) for row in rows}
    usual, padding = padding_of(rows, len(keys))
    result: dict[int, Aligned | None] = {}
    for row in rows:
        own = row.values[: len(row.values) - padding]
        order = by_order(own, keys) if len(row.values) == usual else None
        result[id(row)] = order or by_printed(row.values, keys) or blank_as_usual(row.values, usual, keys)
    return result


def blank_as_usual(values: Sequence[Cell], usual: int, keys: Sequence[str]) -> Aligned | None:
    """Gives blanks for a row that prints nothing and lacks no cell that other rows have."""
    return all_blank(values, keys) if len(values) >= usual else None


def padding_of(rows: Sequence[Row], count: int) -> tuple[int, int]:
    """Gives how many cells rows of a table usually have, and how many blank ones of them only pad the end.

    Padding is known only where it ends every usual row and such rows do not all begin with blanks, too.
    """
    lengths = Counter(len(row.values) for row in rows)
    usual = lengths.most_common(1)[0][0] if lengths else count
    padding = usual - count

    def blank(cells: Sequence[Cell]) -> bool:
        return not any(cell.text.strip() for cell in cells)

    whole = [row for row in rows if len(row.values) == usual]
    ends = all(blank(row.values[usual - padding :]) for row in whole)
    begins = all(blank(row.values[:padding]) for row in whole)
    return usual, padding if padding > 0 and ends and not begins else 0


def tabbed(matcher: Matcher, found: Found, rows: Sequence[Row]) -> dict[int, Aligned | None]:
    """Gives the cells of rows flattened to a row a line.

    If nearly all rows have seven cells after the label, merged cells left no blank fields and order decides. Else
    merged cells are written out as blank fields, and rows of one width form one page's grid: its label columns are
    those that carry labels. Its columns are known where the header has the same width and no label stands under one
    of its columns, or where the form's three label columns and seven more make up the width. On any other page
    columns and rows contradict each other.
    """
    keys = matcher.keys
    sevens = sum(len(row.values) == len(keys) for row in rows)
    plain = sevens >= MOST * len(rows)
    result: dict[int, Aligned | None] = {}
    for row in rows:
        if plain:
            cells = by_order(row.values, keys) if found.in_order else None
        else:
            cells = on_page(matcher, found, row, page_of(row, rows))
        full = by_printed(row.values, keys) if found.in_order else None
        result[id(row)] = cells or full or blank_row(matcher, found, row)
    return result


def page_of(row: Row, rows: Sequence[Row]) -> list[Row]:
    """Gives the rows of the same width around a row without one of another width between: its page."""
    place = next(i for i, other in enumerate(rows) if other is row)
    start = stop = place
    while start and rows[start - 1].line.width == row.line.width:
        start -= 1
    while stop < len(rows) and rows[stop].line.width == row.line.width:
        stop += 1
    return list(rows[start:stop])


def on_page(matcher: Matcher, found: Found, row: Row, page: Sequence[Row]) -> Aligned | None:
    """Gives the cells of a row by the grid of its page.

    Where header and rows contradict each other, a page without a header must have several rows: a single row of
    another width has lost or gained a field, and so have rows narrower than the head.
    """
    header, keys, width = found.header, matcher.keys, row.line.width
    label_columns = max(other.label_end for other in page)
    if header and all_labels_end_before(header, found.rows):
        return by_place(row.line, row.values, header, keys)
    if len(page) < ENOUGH or width < found.head_width or not found.in_order:
        return None
    if label_columns == matcher.table.label_columns == width - len(keys):
        skipped = row.values[: -len(keys)]
        return None if any(cell.text.strip() for cell in skipped) else by_order(row.values[-len(keys) :], keys)
    return None


def all_labels_end_before(header: Header, rows: Sequence[Row]) -> bool:
    """Tells whether no row as wide as the header has its label under one of the header's columns."""
    return all(row.label_end <= header.first for row in rows if row.line.width == header.width)


def blank_row(matcher: Matcher, found: Found, row: Row) -> Aligned | None:
    """Gives blanks for a row that prints nothing and is as wide as it should be."""
    if printed(row) or (found.header and row.line.width < found.header.width):
        return None
    if found.header and row.line.width == found.header.width:
        return dict.fromkeys(matcher.keys)
    return all_blank(row.values, matcher.keys)
