"""`export`: the archive as files for Excel, Stata, SPSS, R, Python."""

from datetime import datetime
from pathlib import Path

import click

from archive.cli.output import json_option, print_json, progress, say
from archive.cli.research import archive_of, as_of_option, end_of, revision_option
from archive.config import Config

years_option = click.option("--years", help="Years of reports: 2021, 2019-2023 or 2019,2021-2023; all without it.")
division_option = click.option("--division", help="Code or the beginning of one: 36, 3609, 360982, 360982104000.")
indicators_option = click.option(
    "--indicators", help="Codes with commas, * for any: requests.received.*; all of the forms in use without it."
)


@click.command()
@click.option(
    "--shape",
    "shapes",
    default="wide",
    show_default=True,
    help="wide: a row a report; long: a row a figure; documents, versions, checks, codebook, crosswalk; with commas.",
)
@click.option(
    "--format", "formats", default="csv", show_default=True, help="csv, xlsx, parquet, dta, sav; with commas."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("export"), show_default=True)
@years_option
@division_option
@indicators_option
@click.option("--balanced", is_flag=True, help="wide: a row also for years without a report, which says so.")
@revision_option
@as_of_option
@json_option
@click.pass_obj
def export(
    config: Config,
    shapes: str,
    formats: str,
    output: Path,
    years: str | None,
    division: str | None,
    indicators: str | None,
    balanced: bool,
    revision: int | None,
    as_of: datetime | None,
    as_json: bool,
) -> int:
    """Write the archive as files into a folder: figures as a panel, one by one, documents, versions, checks.

    \b
    Examples:
      nianbao export --shape wide --format xlsx,dta -o figures
      nianbao export --shape long --years 2021-2023 --division 36 --as-of 2026-11-01 -o figures
    """
    from archive.research.exports import export as write
    from archive.research.exports.selection import Selection, years_of
    from archive.research.find import revision_or_current

    with archive_of(config) as connection:
        selection = Selection(
            revision=revision_or_current(connection, revision),
            as_of=end_of(as_of),
            division=division,
            years=None if years is None else years_of(years),
            indicators=tuple(filter(None, (code.strip() for code in (indicators or "").split(",")))),
            balanced=balanced,
        )
        for shape in shapes.split(","):
            with progress(f"rows of {shape.strip()}") as tell:
                written = write(connection, shape.strip(), named(formats), output, selection, tell)
            for one in written:
                if as_json:
                    print_json({"file": str(one.path), "rows": one.rows, "notes": list(one.said)})
                else:
                    click.echo(f"{one.path}: {one.rows} rows")
                for note in one.said:
                    say(f"{one.path.name}: {note}")
    return 0


def named(formats: str) -> list[str]:
    """Gives the formats of a list with commas."""
    return [form.strip() for form in formats.split(",")]
