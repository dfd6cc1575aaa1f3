"""`nianbao coverage`: which reports the archive holds of those that there should be."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import json_option, print_json, print_table
from archive.cli.research import archive_of, revision_option
from archive.config import Config

if TYPE_CHECKING:
    from archive.research.coverage import Matrix, Row

BY = ("division", "level", "portal", "year")


class YearSpan(click.ParamType[tuple[int | None, int | None]]):
    """Years as 2019, 2019-2023, 2019- or -2023."""

    name = "years"

    def convert(
        self, value: object, param: click.Parameter | None, context: click.Context | None
    ) -> tuple[int | None, int | None]:
        """Gives first and last year, None where it is open."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(\d{4})?(-)?(\d{4})?", str(value))
        if not found or not (found[1] or found[3]):
            self.fail(f"{value!r} is no span of years; give 2023, 2019-2023, 2019- or -2023", param, context)
        first = int(found[1]) if found[1] else None
        last = int(found[3]) if found[3] else None if found[2] else first
        if first and last and first > last:
            self.fail(f"{value!r} ends before it begins", param, context)
        return first, last


years_option = click.option("--years", type=YearSpan(), default=(None, None), help="2023, 2019-2023, 2019- or -2023.")


@click.command()
@click.option("--by", type=click.Choice(BY), default="division", show_default=True, help="What the rows are.")
@click.option("--region", help="A division's code or the beginning of one; its rows are what lies right below it.")
@years_option
@click.option("--gaps", "only_gaps", is_flag=True, help="List every agency and year that is expected and not there.")
@revision_option
@json_option
@click.pass_obj
def coverage(
    config: Config,
    by: str,
    region: str | None,
    years: tuple[int | None, int | None],
    only_gaps: bool,
    revision: int | None,
    as_json: bool,
) -> int:
    """Show how many reports are held of those expected, as found/expected by year.

    Expected are the agencies that ever gave a report, each from its first year to the last that is due. What no
    crawl can tell is "not checked"; a report is "not on portal" only where the portal's lists were read whole.

    \b
    Examples:
      nianbao coverage --region 36
      nianbao coverage --gaps --region 360982 --years 2021-
    """
    from archive import divisions
    from archive.research import coverage as research
    from archive.research.expected import day

    table, today = divisions.load(config.divisions_file), day(datetime.now(UTC))
    with archive_of(config) as connection:
        if only_gaps:
            found = research.gaps(connection, table, today, region=region, years=years, revision=revision)
            print_gaps([research.gap_json(gap) for gap in found], as_json)
            return 0
        grouped = "division" if by == "year" else by
        matrix = research.coverage(connection, table, today, by=grouped, region=region, years=years, revision=revision)
    if as_json:
        print_json(research.matrix_json(matrix))
    elif by == "year":
        print_years(matrix)
    else:
        print_matrix(matrix)
    return 0


def print_matrix(matrix: "Matrix") -> None:
    """Prints found/expected by row and year; a year of which nothing is expected stays empty."""
    years = [str(year) for year in matrix.years]
    rows = [row_text(row) for row in matrix.rows]
    if not rows:
        click.echo("no agency has given a report there")
        return
    print_table((matrix.by, "", *years, "all"), [*rows, row_text(matrix.total)], right=(*years, "all"))
    say_total(matrix)


def row_text(row: "Row") -> tuple[str, ...]:
    """Gives a row of the table."""
    cells = [f"{cell.found}/{cell.expected}" if cell.expected else "" for cell in row.cells]
    found, expected = sum(cell.found for cell in row.cells), sum(cell.expected for cell in row.cells)
    return "" if row.kind == "total" else row.key.partition("/")[0], row.name, *cells, f"{found}/{expected}"


def print_years(matrix: "Matrix") -> None:
    """Prints the states of every year."""
    from archive.research.expected import State

    states = [state.value.replace("_", " ") for state in State if state is not State.NOT_EXPECTED]
    rows = [
        (
            cell.year,
            f"{cell.found}/{cell.expected}",
            *(cell.states.get(state, 0) for state in State if state is not State.NOT_EXPECTED),
        )
        for cell in matrix.total.cells
    ]
    print_table(("year", "all", *states), rows, right=("all", *states))
    say_total(matrix)


def say_total(matrix: "Matrix") -> None:
    """Prints how many reports of how many agencies are held, and what "expected" means."""
    *_, all_found = row_text(matrix.total)
    click.echo(
        f"{all_found} reports of {matrix.total.agencies} agencies; expected: those that ever reported, from their first"
        f" year to the last due on {matrix.today} (docs/coverage.md)"
    )


def print_gaps(found: list[dict[str, Any]], as_json: bool) -> None:
    """Prints gaps with their reasons, and how many there are."""
    for gap in found if as_json else ():
        print_json(gap)
    if as_json:
        return
    rows = [
        (
            gap["agency_code"] or gap["division"],
            gap["agency"],
            gap["year"],
            gap["state"].replace("_", " "),
            gap["portal"]["id"] if gap["portal"] else " ".join(gap["portals"]),
            gap["portal"]["last_crawl"][:10] if gap["portal"] else "never",
            gap["reason"],
        )
        for gap in found
    ]
    if rows:
        print_table(("division", "agency", "year", "state", "portal", "last crawl", "reason"), rows)
    click.echo(f"{len(rows)} reports are expected and not there")
