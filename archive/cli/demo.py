"""`nianbao demo`: the whole line on invented portals, in a minute."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from archive.cli.output import json_option, print_json, say
from archive.config import Config

if TYPE_CHECKING:
    from archive.records import Engine

PORTALS_FOLDER = "demo-portals"
ALL_FOLDER = "demo-portals-all"
DIVISIONS_FILE = "demo-divisions.toml"


@click.command()
@click.option("every", "--all", is_flag=True, help="Serve ten other portals, each with traps of its own, instead.")
@click.option(
    "--nights", type=click.IntRange(1), default=1, show_default=True, help="Nights to crawl, one after another."
)
@click.option("--no-serve", is_flag=True, help="End when all is crawled, read and shown.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port of the pages.")
@click.option("--demo-port", type=click.IntRange(1, 65535), help="Port of the demo portals.")
@json_option
@click.pass_obj
def demo(
    config: Config, every: bool, nights: int, no_serve: bool, port: int, demo_port: int | None, as_json: bool
) -> int:
    """Serve two invented counties on loopback, crawl them, read their reports, and show the archive as pages.

    On the second night one report is corrected, one withdrawn and one added. With no terminal on stdin, or --no-serve,
    it ends after printing. With --all it is ten portals, one of every kind that governments use, with what goes wrong
    at them: some nights do not end as complete, and the exit code 3 says so.

    \b
    Examples:
      nianbao demo
      nianbao demo --nights 2 --no-serve --json
      nianbao demo --all --nights 3 --no-serve
    """
    from archive.operate.demo import served_portals
    from archive.records.session import open_engine

    portals = config.home / (ALL_FOLDER if every else PORTALS_FOLDER)
    divisions = config.home / DIVISIONS_FILE
    config = replace(config, profile="test", portals_dir=portals, divisions=divisions, contact="demo")
    say(f"archive: {config.home}")
    with open_engine(config.home, config.database_url, migrate=True) as engine:
        degraded = False
        for night in range(1, nights + 1):
            say(f"night {night}: serving the demo portals")
            with served_portals(portals, divisions, night, demo_port, every):
                degraded = crawl_night(config, night, as_json) or degraded
        if not as_json:
            print_reports(engine)
        if not (no_serve or as_json) and sys.stdin.isatty():
            from archive.cli.serve import run_pages

            run_pages(engine, config, "127.0.0.1", port)
    return 3 if degraded else 0


def crawl_night(config: Config, night: int, as_json: bool) -> bool:
    """Crawls the demo portals and prints what was done; gives whether a portal is not complete."""
    from archive.cli.crawl import Teller, portals_json, print_run
    from archive.cli.portals import chosen_portals
    from archive.operate.crawl import crawl

    portals, _ = chosen_portals(config, ())
    run, _ = crawl(config, portals, Teller())
    if as_json:
        print_json({"night": night, "portals": portals_json(run)})
    else:
        click.echo(f"night {night}")
        print_run(run, as_json=False)
    return any(portal.state != "complete" for portal in run.portals)


def print_reports(engine: "Engine") -> None:
    """Prints what the archive holds as a table: each report with a few of its figures."""
    from archive.cli.output import print_table
    from archive.records import documents, figures
    from archive.research.find import revision_or_current

    shown = ("requests.received.total", "requests.granted.total", "requests.carried_out.total")
    rows = []
    with engine.connect() as connection:
        held = documents.find(connection, revision_or_current(connection, None))
        figures_of = figures.figures_of(connection, [document.reading_id for document in held])
        for document in held:
            found = figures_of.get(document.reading_id, [])
            values = {figure.indicator: figure for figure in found}
            cells = [values.get(code) for code in shown]
            printed = ["" if cell is None else cell.raw if cell.value is None else f"{cell.value:f}" for cell in cells]
            read = sum(figure.status == "number" for figure in found)
            state = "gone" if document.withdrawn else f"version {document.version}"
            rows.append((document.division, document.agency, document.year, *printed, f"{read}/{len(found)}", state))
    columns = ("division", "agency", "year", "received", "granted", "carried out", "numbers", "state")
    print_table(columns, rows, right=("year", "received", "granted", "carried out", "numbers"))
    click.echo(f"{len(rows)} reports")
