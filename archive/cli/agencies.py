"""`nianbao agencies`: which division each agency is or belongs to, and what a person must settle."""

from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import json_option, print_json, printable, say
from archive.config import Config

if TYPE_CHECKING:
    from archive.operate.agencies import Question


@click.group()
def agencies() -> None:
    """Agencies whose division is not known, and how to settle them in divisions.toml.

    \b
    Examples:
      nianbao agencies queue >> divisions.toml     then take the mark from one code each
      nianbao agencies settle
    """


@agencies.command()
@json_option
@click.pass_obj
def queue(config: Config, as_json: bool) -> int:
    """Print the agencies that did not resolve to a division, as lines to paste into divisions.toml.

    Each with its portals, its years, an address where a report of it stands, and the divisions it may be. Nothing is
    written: put the lines into the file, take the mark # from one code of each, and run `nianbao agencies settle`.

    \b
    Examples:
      nianbao agencies queue
      nianbao agencies queue --json
    """
    from archive import divisions
    from archive.operate import agencies as operate
    from archive.records.session import open_engine

    table = divisions.load(config.divisions_file)
    with open_engine(config.home, config.database_url) as engine, engine.connect() as connection:
        found = operate.queue(connection, table)
    for question in found:
        if as_json:
            print_json(question_json(question))
        else:
            click.echo(printable(question.toml))
    say(f"{len(found)} agencies wait; they are settled in {config.divisions_file}")
    return 0


@agencies.command()
@json_option
@click.pass_obj
def settle(config: Config, as_json: bool) -> int:
    """Read divisions.toml again and resolve every agency with it; nothing else about a report changes.

    \b
    Examples:
      nianbao agencies settle
      nianbao agencies settle --json
    """
    from archive import divisions
    from archive.operate import agencies as operate
    from archive.records.session import open_engine

    table = divisions.load(config.divisions_file)
    with open_engine(config.home, config.database_url) as engine, engine.begin() as connection:
        done = operate.settle(connection, table)
    if as_json:
        print_json({"agencies": done.agencies, "changed": done.changed, "waiting": done.waiting})
    else:
        click.echo(f"{done.agencies} agencies: {done.changed} resolved otherwise than before, {done.waiting} wait")
    return 0


def question_json(question: "Question") -> dict[str, Any]:
    """Gives an agency of the queue."""
    waiting = question.agency
    return {
        "agency": waiting.name,
        "division": waiting.division,
        "portals": list(waiting.portals),
        "years": list(waiting.years),
        "url": waiting.url,
        "candidates": [
            {"code": row.code, "name": row.name, "path": path, "level": row.level, "hint": row.code == question.hint}
            for row, path in question.candidates
        ],
        "toml": question.toml,
    }
