"""`nianbao compare`: indicators of a few agencies or divisions over the years."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from archive.cli.coverage import years_option
from archive.cli.output import json_option, print_json, print_table
from archive.cli.research import archive_of, revision_option
from archive.config import Config

if TYPE_CHECKING:
    from archive.research.comparison import Comparison


@click.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--indicator", "indicators", multiple=True, required=True, help="Code of an indicator; may be repeated.")
@click.option("--per", help="Divide by this indicator; nothing is shown where it is below 5.")
@click.option("--divisions", is_flag=True, help="NAMES are codes of divisions: sums over their agencies.")
@click.option("--measure", type=click.Choice(("sum", "median")), default="sum", show_default=True, help="Of divisions.")
@years_option
@revision_option
@json_option
@click.pass_obj
def compare(
    config: Config,
    names: tuple[str, ...],
    indicators: tuple[str, ...],
    per: str | None,
    divisions: bool,
    measure: str,
    years: tuple[int | None, int | None],
    revision: int | None,
    as_json: bool,
) -> int:
    """Show indicators of up to 8 agencies over the years; what is missing says why, and is never a zero.

    \b
    Examples:
      nianbao compare 青石镇 苇渡镇 --indicator requests.received.total
      nianbao compare 3609 3601 --divisions --indicator requests.received.total --measure median
      nianbao compare 青禾县 --indicator requests.granted.total --per requests.concluded.total
    """
    from archive.divisions import load
    from archive.research import compare as research
    from archive.research.comparison import comparison_json
    from archive.research.expected import day

    span = research.Years(*years)
    if divisions and per:
        raise click.UsageError("--per is for agencies; divisions are compared by sum or median")
    with archive_of(config) as connection:
        if divisions:
            table, today = load(config.divisions_file), day(datetime.now(UTC))
            found = research.compare_divisions(connection, table, today, names, indicators, measure, span, revision)
        else:
            found = research.compare(connection, names, indicators, span, per, revision)
    if as_json:
        print_json(comparison_json(found))
    else:
        print_comparison(found)
    return 0


def print_comparison(found: "Comparison") -> None:
    """Prints a table for each indicator, agencies by years."""
    from archive.read.forms.wording import label_en, labels_zh
    from archive.research.comparison import shown

    years = [str(year) for year in found.years]
    for code in found.indicators:
        per = f" ÷ {found.per}" if found.per else ""
        click.echo(f"{labels_zh()[code]} | {label_en(code)}\n{found.measure or ''} {code}{per}".rstrip())
        rows = []
        for series in (each for each in found.series if each.indicator == code):
            cells = []
            for point in series.points:
                of = f" ({point.n}/{point.expected})" if found.measure else ""
                cells.append((shown(point, found) or f"({point.status})") + of)
            rows.append((series.division, series.name, *cells))
        print_table(("division", "", *years), rows, right=years)
    for year, form in found.breaks.items():
        click.echo(f"from {year} on: form of {form}")
