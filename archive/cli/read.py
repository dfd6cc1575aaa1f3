"""`nianbao read`: what the reading code makes of files, without an archive."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import json_option, print_json, print_statements, print_table, printable
from archive.config import Config
from archive.errors import UsageError

if TYPE_CHECKING:
    from archive.sandbox import Failure  # imported where it is used, for a quick --help


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--explain", is_flag=True, help="Show the tables as seen, which row each label took, and odd cells.")
@json_option
@click.pass_obj
def read(config: Config, files: tuple[Path, ...], explain: bool, as_json: bool) -> int:
    """Read FILES and print what they say, report by report; no database, no network.

    \b
    Examples:
      nianbao read report.docx
      nianbao read *.html --json | jq '.figures | length'
      nianbao read --explain strange.pdf | less
    """
    from archive.files import explain_files, read_files

    if explain:
        if as_json:
            raise UsageError("--explain is for people; use it without --json")
        return print_explained(explain_files(files))
    failed = False
    for found in read_files(files, workers=config.workers):
        failed = failed or "error" in found
        if as_json:
            print_json(found)
        else:
            print_reading(found)
    return 3 if failed else 0


def print_explained(explained: Iterable[tuple[Path, list[str] | Failure]]) -> int:
    """Prints what the reader saw in each file; gives the exit code."""
    failed = False
    for path, said in explained:
        if not isinstance(said, list):
            failed, said = True, [f"{said.code}: {said.message}"]
        click.echo("\n".join(map(printable, (f"{path}:", *said))))
    return 3 if failed else 0


def print_reading(found: dict[str, Any]) -> None:
    """Prints a reading for people."""
    if "error" in found:
        click.echo(printable(f"{found['file']}: {found['error']['code']}: {found['error']['message']}"))
        return
    forms = ", ".join(f"{part} {form}" for part, form in found["forms"].items()) or "no statutory form"
    name = f"{found['file']} ({found['place']})" if found["place"] else found["file"]
    click.echo(printable(f"{name}: {found['agency'] or 'agency unknown'}, {found['year'] or 'year unknown'}; {forms}"))
    printed = [f for f in found["figures"] if f["status"] not in ("blank", "not_on_form")]
    rows = [(f["indicator"], f["status"], f["value"], f["raw"]) for f in printed]
    if rows:
        print_table(("indicator", "status", "value", "printed"), rows, right=("value",))
    blank = sum(f["status"] == "blank" for f in found["figures"])
    holds = [check["verdict"] for check in found["checks"]]
    counts = ", ".join(f"{holds.count(v)} {v}" for v in ("holds", "fails", "not_checkable") if v in holds)
    click.echo(f"{len(rows)} cells with something in them, {blank} blank; checks: {counts or 'none'}")
    print_statements(found["statements"])
    for issue in found["issues"]:
        click.echo(printable(f"  issue {issue['code']}: {issue['message']}"))
