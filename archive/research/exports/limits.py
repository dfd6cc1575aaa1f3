"""How much the formats hold that have a limit; CSV and Parquet have none."""

SHEET = 1_048_575
"""Rows of a sheet of Excel below the names."""

CELLS = 80_000_000
"""Cells that are written to Stata or SPSS at once, about 1 GiB in memory: 300,000 reports of 260 columns."""


def fits(form: str, rows: int, columns: int) -> bool:
    """Tells whether a format holds so many rows."""
    if form == "xlsx":
        return rows <= SHEET
    return form not in ("dta", "sav") or rows * columns <= CELLS
