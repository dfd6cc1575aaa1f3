"""`nianbao verify`: fixity of what is stored."""

import click

from archive.cli.output import json_option, print_json, progress
from archive.config import Config


@click.command()
@json_option
@click.pass_obj
def verify(config: Config, as_json: bool) -> int:
    """Re-hash every stored record and compare it with the index.

    Exit code 4 says that a record is bad or missing. Orphans are complete records that no row names; the next crawl
    indexes them.

    \b
    Examples:
      nianbao verify
      nianbao verify --json
    """
    from archive.operate.fixity import verify as check
    from archive.records.session import open_engine

    with open_engine(config.home, config.database_url) as engine, progress("verifying") as tell:
        report = check(engine, config.warcs, tell)
    if as_json:
        print_json(report.as_json())
    else:
        click.echo(f"{report.captures} captures, {report.checked} records checked")
        for name, findings in (("bad", report.bad), ("missing", report.missing), ("orphan", report.orphans)):
            for found in findings:
                click.echo(f"{name}: {found.file} at {found.offset}: {found.reason}")
    return 4 if report.bad or report.missing else 0
