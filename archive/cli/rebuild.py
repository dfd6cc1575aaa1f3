"""`nianbao rebuild`: the database anew, from the WARC files."""

from typing import TYPE_CHECKING

import click

from archive.cli.imports import known_portals
from archive.cli.output import json_option, print_json, printable, say
from archive.config import Config

if TYPE_CHECKING:
    from archive.operate.rebuild import Plan, Rebuilt


@click.command()
@click.option("--yes", is_flag=True, help="Do it; without this it is only said what would be done.")
@click.option("--replace", is_flag=True, help="Delete what is in the database before; else it must be empty.")
@json_option
@click.pass_obj
def rebuild(config: Config, yes: bool, replace: bool, as_json: bool) -> int:
    """Make the database anew from the WARC files, their notes and the files of decisions (docs/rebuild.md).

    The WARC files stay as they are. Exit code 3 says that something was damaged or is missing; it is named.

    \b
    Examples:
      nianbao rebuild                  say what there is to rebuild from
      nianbao rebuild --yes            into an empty database
    """
    from archive.cli.crawl import Teller
    from archive.operate import rebuild as operate

    if not yes:
        foretold(operate.planned(config), config, replace)
        return 2
    done = operate.rebuild(config, known_portals(config), Teller(), replace)
    if as_json:
        print_json(done.as_json())
    else:
        told(done)
    if done.summary.away:
        say(f"not all was read: {done.summary.away}")
    return 3 if done.degraded else 0


def foretold(plan: "Plan", config: Config, replace: bool) -> None:
    """Says what a rebuild would do."""
    where = f"{config.warcs} and {config.warc_url}" if config.warc_url else str(config.warcs)
    say(f"{len(plan.files)} WARC files of {where} would be indexed, and all in them that may be a report read again")
    for name in plan.foreign:
        say(printable(f"left out, for it is none of this archive: {name}"))
    rows = ", ".join(f"{count} {name}" for name, count in plan.rows.items())
    if rows:
        say(f"the database is not empty: {rows}")
        say("they would be deleted" if replace else "it would be refused: --replace says that all that is deleted")
    say("nothing was done; --yes does it")


def told(done: "Rebuilt") -> None:
    """Prints what a rebuild did."""
    click.echo(
        f"{done.captures} captures of {done.files} WARC files, {done.notes} notes, {done.decisions} decisions,"
        f" {done.summary.read} payloads read"
    )
    for each in done.damaged:
        click.echo(printable(f"damaged: {each.file} from {each.offset} to {each.end}: {each.reason}"))
    if done.lost:
        click.echo(f"lost: {done.lost} captures stand for a payload that is in no WARC file any more")
    for issue in done.issues:
        click.echo(printable(issue))
