"""`codebook`: what each indicator measures, where it stands, why it is missing."""

from datetime import datetime
from pathlib import Path

import click

from archive.cli.exports import indicators_option, named
from archive.cli.output import json_option, print_json, print_table
from archive.cli.research import archive_of, as_of_option, end_of, revision_option
from archive.config import Config


@click.command()
@click.argument("indicator", required=False)
@click.option("--format", "formats", help="With -o: md, csv, json, xlsx, parquet, dta, sav; with commas.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder into which codebook.<format> is written.")
@indicators_option
@revision_option
@as_of_option
@json_option
@click.pass_obj
def codebook(
    config: Config,
    indicator: str | None,
    formats: str | None,
    output: Path | None,
    indicators: str | None,
    revision: int | None,
    as_of: datetime | None,
    as_json: bool,
) -> int:
    """Say what INDICATOR measures, or list all: labels, position on each form, crosswalk, identities, missing values.

    \b
    Examples:
      nianbao codebook requests.received.total
      nianbao codebook --format md,xlsx -o codebook
    """
    from archive.research.codebook import writing
    from archive.research.codebook.counts import missing_by_year, totals
    from archive.research.codebook.entries import one_entry
    from archive.research.codebook.render import entry_json, entry_lines
    from archive.research.exports.selection import Selection
    from archive.research.find import revision_or_current

    with archive_of(config) as connection:
        patterns = tuple(filter(None, (code.strip() for code in (indicators or "").split(","))))
        selection = Selection(revision_or_current(connection, revision), end_of(as_of), indicators=patterns)
        if formats or output:
            for one in writing.write(connection, named(formats or "md"), output or Path("codebook"), selection):
                told = {"file": str(one.path), "indicators": one.rows}
                print_json(told) if as_json else click.echo(f"{one.path}: {one.rows} indicators")
            return 0
        chosen = [one_entry(indicator)] if indicator else writing.wanted(selection)
        counted = missing_by_year(connection, chosen, selection.revision, selection.as_of)
    for each in chosen if as_json else ():
        print_json(entry_json(each, counted[each.code]))
    if not as_json and indicator:
        click.echo("\n".join(entry_lines(chosen[0], counted[chosen[0].code])).strip())
    elif not as_json:
        rows = [
            (each.code, each.label_zh, each.unit, ", ".join(p.form for p in each.positions), numbers["number"])
            for each in chosen
            for numbers in [totals(counted[each.code])]
        ]
        print_table(("indicator", "label", "unit", "forms", "numbers"), rows, right=("numbers",))
        click.echo(f"{len(rows)} indicators")
    return 0
