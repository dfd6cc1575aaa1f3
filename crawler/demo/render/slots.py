"""Rows of a grid with the cells that reach into them from above."""

from crawler.demo.layout import Cell, Grid

Slot = tuple[Cell, bool]  # the cell, and whether it begins in this row


def slots(grid: Grid) -> list[list[Slot]]:
    """Gives for each row the cells that begin in it or reach into it, from left to right."""
    width = sum(cell.colspan for cell in grid[0])
    rows: list[list[Slot]] = []
    above: dict[int, tuple[Cell, int]] = {}  # column → cell that reaches down, rows it still covers
    for row in grid:
        fresh = iter(row)
        line: list[Slot] = []
        below: dict[int, tuple[Cell, int]] = {}
        column = 0
        while column < width:
            cell, rest = above[column] if column in above else _begun(next(fresh))
            line.append((cell, column not in above))
            if rest > 1:
                below[column] = (cell, rest - 1)
            column += cell.colspan
        rows.append(line)
        above = below
    return rows


def _begun(cell: Cell) -> tuple[Cell, int]:
    return cell, cell.rowspan
