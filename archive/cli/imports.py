"""`nianbao import`: what other crawlers captured, and files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.output import json_option, print_json, print_table, printable, progress, say
from archive.config import Config

if TYPE_CHECKING:
    from archive.operate.imports import Result
    from archive.portals import Portal


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--portal", help="Portal to which all of it belongs; else the one whose host it is.")
@click.option("--url-prefix", help="Address under which the files of a folder are, or were, published.")
@click.option(
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file that says of files: path, url, captured_at, title, published, agency, year, portal.",
)
@json_option
@click.pass_obj
def import_(
    config: Config,
    paths: tuple[Path, ...],
    portal: str | None,
    url_prefix: str | None,
    manifest: Path | None,
    as_json: bool,
) -> int:
    """Take PATHS into the archive: files, folders, WARC and WACZ files made by other crawlers.

    Each capture keeps its own address and time. The same thing is never taken twice. Exit code 3 says that something
    was left out that you may miss; it is named.

    \b
    Examples:
      nianbao import crawl.warc.gz browsertrix.wacz
      nianbao import --url-prefix https://www.example.gov.cn/xxgk/ --portal 360982-zhangshu 年报/
      nianbao import --manifest 年报/list.csv 年报/
    """
    from archive.operate.imports import Options, run
    from archive.reading import waiting_text

    with progress("reading") as tell:
        result = run(config, paths, Options(portal, url_prefix, manifest), known_portals(config), tell)
    if as_json:
        print_json(result.as_json())
    else:
        told(result)
    if result.summary.waiting_for is not None:
        say(waiting_text(result.summary))
    return 3 if result.degraded else 0


def known_portals(config: Config) -> "list[Portal]":
    """Gives the portals whose files can be used; what is wrong with others is said. None need be configured."""
    from archive.cli.portals import load_portals

    if config.portals_dir is None:
        return []
    portals, errors = load_portals(config)
    for error in errors:
        say(str(error))
    return portals


def told(result: "Result") -> None:
    """Prints what an import did."""
    rows = [
        (count.path, count.captures, count.already, count.payloads, count.reports, sum(count.left_out.values()))
        for count in result.counts
    ]
    columns = ("path", "captures", "already there", "new payloads", "reports", "left out")
    print_table(columns, rows, right=columns[1:])
    for count in result.counts:
        for code, number in sorted(count.left_out.items()):
            click.echo(printable(f"{count.path}: left out: {number} {code}"))
        for issue in count.issues:
            click.echo(printable(f"{issue['where']}: {issue['code']}: {issue['message']}"))
    nothing = "" if result.crawl_id else "nothing new; "
    click.echo(f"{nothing}{result.documents} reports of these paths are in the archive, {result.summary.read} read now")
