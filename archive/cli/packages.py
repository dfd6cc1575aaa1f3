"""`nianbao wacz` and `nianbao cdxj`: parts of the archive for the tools of other web archives."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import json_option, print_json
from archive.cli.research import archive_of
from archive.config import Config
from archive.errors import UsageError

if TYPE_CHECKING:
    from archive.research.packages import Wanted

OPTIONS = (
    click.option("--portal", help="All that was captured of a portal; with --year, of its reports of that year."),
    click.option("--document", nargs=2, metavar="AGENCY YEAR", help="A report: its addresses, in all their states."),
    click.option("--year", type=click.IntRange(1990, 2100), help="The reports of a year."),
    click.option(
        "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write."
    ),
    json_option,
    click.pass_obj,
)


def selecting(command: Callable[..., int]) -> Callable[..., int]:
    """Gives a command the options by which captures are selected."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def wanted(portal: str | None, document: tuple[str, str] | None, year: int | None) -> "Wanted":
    """Gives what the options ask for. Raises UsageError where they contradict each other."""
    from archive.research.packages import Wanted

    if document is None:
        return Wanted(portal, None, year)
    agency, of = document
    if portal or year:
        raise UsageError("--document says it all: leave out --portal and --year")
    if not of.isdigit():
        raise UsageError(f"--document takes an agency and a year; {of!r} is no year")
    return Wanted(document=(agency, int(of)))


@click.command()
@selecting
def wacz(config: Config, output: Path, as_json: bool, **options: Any) -> int:
    """Write a WACZ package: records, requests and what revisits refer to, byte for byte, with an index.

    ReplayWeb.page and pywb show it, `wacz validate` checks it (docs/warc.md). Without a selection it is the whole
    archive. Exit code 4 names a record that is damaged; nothing is written then.

    \\b
    Examples:
      nianbao wacz --document 青石镇 2023 -o qingshi-2023.wacz
      nianbao wacz --portal 360982-zhangshu --year 2023 -o zhangshu-2023.wacz
    """
    from dataclasses import asdict

    from archive.indexing import SOFTWARE
    from archive.research.packages import write_wacz

    with archive_of(config) as connection:
        packed = write_wacz(connection, config.storage, wanted(**options), output, SOFTWARE, datetime.now(UTC))
    if as_json:
        print_json({"file": str(output), "bytes": output.stat().st_size, **asdict(packed)})
    else:
        click.echo(f"{output}: {packed.captures} captures, {packed.pages} states of reports")
    return 0


@click.command()
@selecting
def cdxj(config: Config, output: Path, as_json: bool, **options: Any) -> int:
    """Write a CDXJ index of the archive's own WARC files, sorted, for pywb and its like.

    \\b
    Examples:
      nianbao cdxj -o index.cdxj
      nianbao cdxj --year 2023 -o 2023.cdxj
    """
    from archive.research.packages import write_cdxj

    with archive_of(config) as connection:
        lines = write_cdxj(connection, wanted(**options), output)
    if as_json:
        print_json({"file": str(output), "lines": lines})
    else:
        click.echo(f"{output}: {lines} captures that can be replayed")
    return 0
