"""`nianbao verify` and `nianbao upload`: whether what is stored is right, and whether it is where it should be."""

import re
from dataclasses import asdict
from typing import Any

import click

from archive.cli.output import json_option, print_json, progress, say
from archive.config import Config
from archive.errors import UsageError


class Sample(click.ParamType[float | int]):
    """A share of the files (`1%`), or so many of them (`20`)."""

    name = "N|N%"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> float | int:
        """Gives a share as a float, a number as an int."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)%|(\d+)", str(value))
        if found is None or not 0 < float(found[1] or found[2]) <= (100 if found[1] else float("inf")):
            self.fail(f"{value!r} is neither a share such as 1% nor a number of files", param, context)
        return float(found[1]) / 100 if found[1] else int(found[2])


@click.command()
@click.option("--here", is_flag=True, help="Leave out records whose WARC file another machine has (docs/operate.md).")
@click.option("--sample", type=Sample(), help="Only so many files, or a share of them such as 1%, drawn by lot.")
@click.option(
    "--repair", is_flag=True, help="Copy what is bad or missing from warc_copy or the object store; index orphans."
)
@json_option
@click.pass_obj
def verify(config: Config, here: bool, sample: float | int | None, repair: bool, as_json: bool) -> int:
    """Re-hash every stored record and compare it with the index.

    Exit code 4 says that a record is bad or missing, and stays so with --repair. Orphans are complete records that no
    row names; --repair and the next crawl index them. Where an object store is set, the files there are checked as
    well. A bad file that is replaced stays beside the copy.

    \b
    Examples:
      nianbao verify
      nianbao verify --sample 1%
      nianbao verify --repair --json
    """
    from archive.operate.fixity import verify as check
    from archive.records.session import open_engine

    with open_engine(config.home, config.database_url) as engine, progress("verifying") as tell:
        report = check(engine, config, tell, here=here, sample=sample, repair=repair)
    if as_json:
        print_json(report.as_json())
    else:
        click.echo(f"{report.captures} captures, {report.checked} records checked")
        for name in ("bad", "missing", "orphans", "elsewhere", "repaired"):
            for found in getattr(report, name):
                click.echo(f"{name.removesuffix('s')}: {found.file} at {found.offset}: {found.reason}")
    if repair and not report.sound and config.warc_copy is None:
        say("no second place is set to repair from: warc_copy in nianbao.toml, or NIANBAO_WARC_COPY")
    return 0 if report.sound else 4


@click.command()
@json_option
@click.pass_obj
def upload(config: Config, as_json: bool) -> int:
    """Bring sealed WARC files that wait in the folder into the object store; every crawl does it at its end as well.

    Each is read back and compared before it counts. Exit code 4 says that an object there has other bytes than the file
    here (nothing is overwritten), 6 that the store is out of reach.

    \b
    Examples:
      nianbao upload
      nianbao upload --json
    """
    from archive.operate import uploads
    from archive.records.session import open_engine

    if config.warc_url is None:
        raise UsageError("no object store is set: warc_url in nianbao.toml, or NIANBAO_WARC_URL")
    with open_engine(config.home, config.database_url) as engine, progress("uploading") as tell:
        done = uploads.upload(engine, config, config.warc_url, tell)
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(f"{len(done.uploaded)} uploaded, {len(done.removed)} removed from the folder")
        for issue in uploads.issues(config.warc_url, done):
            click.echo(issue)
    return 4 if done.differing else 0
