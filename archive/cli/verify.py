"""`nianbao verify` and `nianbao upload`: whether what is stored is right, and whether it is where it should be."""

from dataclasses import asdict

import click

from archive.cli.output import json_option, print_json, progress
from archive.config import Config
from archive.errors import UsageError


@click.command()
@click.option("--here", is_flag=True, help="Leave out records whose WARC file another machine has (docs/operate.md).")
@json_option
@click.pass_obj
def verify(config: Config, here: bool, as_json: bool) -> int:
    """Re-hash every stored record and compare it with the index.

    Exit code 4 says that a record is bad or missing. Orphans are complete records that no row names; the next crawl
    indexes them. Where an object store is set, the files there are checked as well.

    \b
    Examples:
      nianbao verify
      nianbao verify --json
    """
    from archive.operate.fixity import verify as check
    from archive.records.session import open_engine

    with open_engine(config.home, config.database_url) as engine, progress("verifying") as tell:
        report = check(engine, config.storage, tell, here)
    if as_json:
        print_json(report.as_json())
    else:
        click.echo(f"{report.captures} captures, {report.checked} records checked")
        for name, findings in (("bad", report.bad), ("missing", report.missing), ("orphan", report.orphans)):
            for found in findings:
                click.echo(f"{name}: {found.file} at {found.offset}: {found.reason}")
    return 4 if report.bad or report.missing else 0


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
