"""`release build`, `release verify`, `release diff`: frozen folders of everything, for citing and archiving."""

from datetime import datetime
from pathlib import Path

import click

from archive.cli.output import json_option, print_json, print_table, printable, say
from archive.cli.research import archive_of, as_of_option, end_of, revision_option
from archive.config import Config

folder_type = click.Path(path_type=Path, exists=True, file_okay=False)
SHOWN = 50  # changed figures for people; --json has all


@click.group()
def release() -> None:
    """Freeze the archive's data in a folder that can be cited and proved whole."""


@release.command()
@click.argument("version")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A folder that is not there yet; default releases/VERSION in the home.",
)
@click.option("--date", "given", type=click.DateTime(formats=["%Y-%m-%d"]), help="Default: first day of its month.")
@click.option("--since", type=folder_type, help="Folder of the release before, for CHANGES.md.")
@revision_option
@as_of_option
@json_option
@click.pass_obj
def build(
    config: Config,
    version: str,
    output: Path | None,
    given: datetime | None,
    since: Path | None,
    revision: int | None,
    as_of: datetime | None,
    as_json: bool,
) -> int:
    """Write release VERSION (YEAR.MONTH.NUMBER): data in every format, codebook, sources, digests, scripts.

    \b
    Examples:
      nianbao release build 2026.11.0
      nianbao release build 2026.12.0 --since nianbao-2026.11.0 -o nianbao-2026.12.0
    """
    from archive.research.exports.selection import Selection
    from archive.research.find import revision_or_current
    from archive.research.release.building import build as write

    output = output or config.home / "releases" / version
    with archive_of(config) as connection:
        selection = Selection(revision_or_current(connection, revision), end_of(as_of))
        made = write(connection, version, output, selection, given.date() if given else None, since, say)
    if as_json:
        print_json({"folder": str(output), **made.values})
        return 0
    print_table(("table", "rows"), list(made.rows.items()), right=("rows",))
    for line in (*made.left_out, *made.said):
        say(line)
    click.echo(f"release {made.version} in {output}")
    return 0


@release.command()
@click.argument("folder", type=folder_type)
@json_option
def verify(folder: Path, as_json: bool) -> int:
    """Prove the release in FOLDER: digests, numbers of rows, its description, and formats cell for cell.

    \b
    Examples:
      nianbao release verify nianbao-2026.11.0
      nianbao release verify nianbao-2026.11.0 --json
    """
    from archive.research.release.verifying import verify as prove

    found = prove(folder)
    if as_json:
        problems = [{"file": each.file, "cell": each.cell, "what": each.what} for each in found.problems]
        counted = {"files": found.files, "tables": found.tables, "cells": found.cells}
        print_json({"version": found.version, **counted, "problems": problems})
    else:
        for each in found.problems:
            where = f"{each.file} ({each.cell})" if each.cell else each.file
            click.echo(printable(f"{where} {each.what}"))
        click.echo(
            f"release {found.version}: {found.files} files, {found.cells} cells compared with CSV,"
            f" {len(found.problems)} problems"
        )
    return 4 if found.problems else 0


@release.command()
@click.argument("old", type=folder_type)
@click.argument("new", type=folder_type)
@json_option
def diff(old: Path, new: Path, as_json: bool) -> int:
    """Say which reports and figures release NEW has otherwise than release OLD.

    \b
    Examples:
      nianbao release diff nianbao-2026.11.0 nianbao-2026.12.0
      nianbao release diff nianbao-2026.11.0 nianbao-2026.12.0 --json
    """
    from archive.research.release.changes import compare

    found = compare(old, new)
    if as_json:
        print_json(
            {
                "added": [list(key) for key in found.added],
                "gone": [list(key) for key in found.gone],
                "changed": [
                    {"document": list(one.document), "indicator": one.indicator, "old": one.old, "new": one.new}
                    for one in found.figures
                ],
                "columns_added": list(found.columns_added),
                "columns_gone": list(found.columns_gone),
                "figures_added": found.figures_added,
                "figures_gone": found.figures_gone,
            }
        )
        return 0
    for word, keys in (("added", found.added), ("gone", found.gone)):
        for key in keys:
            click.echo(f"{word} {printable(' '.join(key))}")
    rows = [(" ".join(one.document), one.indicator, one.old, one.new) for one in found.figures[:SHOWN]]
    if rows:
        print_table(("report", "indicator", "old", "new"), rows, right=("old", "new"))
    if len(found.figures) > SHOWN:
        say(f"only the first {SHOWN} figures are shown; --json gives all")
    click.echo(
        f"{len(found.added)} reports added, {len(found.gone)} gone,"
        f" {len(found.figures)} figures changed in {len(found.changed)} reports"
    )
    return 0
