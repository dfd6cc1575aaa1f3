"""`cite`: the reference to a report or a release."""

from pathlib import Path

import click

from archive.cli.output import json_option, print_json, printable
from archive.cli.research import archive_of, revision_option
from archive.config import Config
from archive.errors import UsageError


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="AGENCY YEAR | RELEASE")
@click.option("--style", default="gbt7714", show_default=True, help="gbt7714, apa, bibtex, ris, csl-json.")
@revision_option
@json_option
@click.pass_obj
def cite(config: Config, what: tuple[str, ...], style: str, revision: int | None, as_json: bool) -> int:
    """Give the reference to the report of AGENCY for YEAR as it was captured, or to the release in folder RELEASE.

    \b
    Examples:
      nianbao cite 青石镇 2023
      nianbao cite nianbao-2026.11.0 --style bibtex
    """
    from archive.research.cite import cited, document_work, release_work
    from archive.research.find import one_document

    if len(what) == 2 and what[1].isdecimal():
        with archive_of(config) as connection:
            work = document_work(one_document(connection, what[0], int(what[1]), revision=revision))
    elif len(what) == 1:
        work = release_work(Path(what[0]))
    else:
        raise UsageError("name an agency and a year, as in `nianbao cite 青石镇 2023`, or the folder of a release")
    text = cited(work, style)
    if as_json:
        print_json({"style": style, "reference": text, "version": work.version, "sha256": work.sha256})
    else:
        click.echo("\n".join(printable(line) for line in text.split("\n")))
    return 0
