"""A row that a merged cell's border cuts in two on a printed page; a value merged over two rows of the form."""

from archive.model import Figure, Status
from archive.read.blocks import Span, Table, grid
from archive.read.forms.match import match
from crawler.demo import layout

CUT = "requests.rejected_reconfirmation."
CODES = tuple(layout.codes("2021"))
FIGURES = {code: str(place + 1) for place, code in enumerate(CODES)}


def table_3(rowspan: int, own: str) -> Table:
    """Gives table 3 with cells of one row reaching over the next line of the grid; `own` begins those that do."""
    rows = [[Span(cell.text, cell.colspan, cell.rowspan) for cell in row] for row in layout.requests("2021", FIGURES)]
    place = next(i for i, row in enumerate(layout.requests("2021", FIGURES)) if (row[-1].code or "").startswith(CUT))
    texts = [cell.text for cell in layout.requests("2021", FIGURES)[place]]
    for column, text in enumerate(texts):
        if own == "row" or (own == "value" and column == len(texts) - 1):
            rows[place][column] = Span(text, 1, rowspan)
    if own == "row":
        rows.insert(place + 1, [Span("")])
    else:
        rows[place + 1].pop()
    return grid(rows)


def read(table: Table) -> dict[str, Figure]:
    return {figure.indicator: figure for figure in match([table], [], 2022).figures}


def test_cells_as_high_as_their_label_are_the_rows_own() -> None:
    found = read(table_3(2, "row"))
    wanted = {code: FIGURES[code] for code in CODES if code.startswith("requests.")}
    assert {code: figure.raw for code, figure in found.items()} == wanted


def test_a_value_over_two_labels_is_nobodys() -> None:
    found = read(table_3(2, "value"))
    assert found[f"{CUT}total"].status is Status.UNREADABLE
    assert found[f"{CUT}enterprise"].raw == FIGURES[f"{CUT}enterprise"]
