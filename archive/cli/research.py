"""`show`, `history`, `diff`: the researcher's commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import json_option, print_json, print_statements, print_table
from archive.config import Config

if TYPE_CHECKING:
    from archive.records import Connection

revision_option = click.option("--revision", type=click.IntRange(1), help="Answer under this revision of the reader.")
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    help="Answer with what had been captured by then (UTC; a date means its end).",
)


@contextmanager
def archive_of(config: Config) -> Iterator["Connection"]:
    """Gives a connection to the archive that only reads, all at one instant."""
    from archive.records.session import open_engine, snapshot

    with open_engine(config.home, config.database_url) as engine, snapshot(engine) as connection:
        yield connection


def end_of(as_of: datetime | None) -> datetime | None:
    """Gives the instant that --as-of means: the end of a day where no time was given."""
    if as_of is None:
        return None
    if as_of.time() == time():
        as_of = datetime.combine(as_of.date(), time.max)
    return as_of.replace(tzinfo=UTC)


@click.command()
@click.argument("agency")
@click.argument("year", type=click.IntRange(1990, 2100))
@revision_option
@as_of_option
@json_option
@click.pass_obj
def show(config: Config, agency: str, year: int, revision: int | None, as_of: datetime | None, as_json: bool) -> int:
    """Show the report of AGENCY for YEAR: figures, checks, issues, and where its bytes lie.

    \b
    Examples:
      nianbao show 青石镇 2023
      nianbao show 990101/财政局 2022 --json
    """
    from archive.research.document import document_json
    from archive.research.find import one_document

    with archive_of(config) as connection:
        document = one_document(connection, agency, year, revision=revision, as_of=end_of(as_of))
        found = document_json(connection, document, end_of(as_of))
    if as_json:
        print_json(found)
    else:
        print_document(found)
    return 0


def placed(source: dict[str, Any]) -> str:
    """Gives the address of a source, with its place where the file there holds several reports."""
    return f"{source['url']} ({source['place']})" if source["place"] else str(source["url"])


def print_document(found: dict[str, Any]) -> None:
    """Prints a document for people."""
    click.echo(f"{found['title'] or '(no title)'}\n{found['division']} {found['agency']}, {found['year']}")
    if found["withdrawn"]:
        click.echo("The report has gone from its portal; this is what it said.")
    for source in found["sources"]:
        gone = f"; gone since {source['withdrawn']}" if source["withdrawn"] else ""
        click.echo(f"  {source['role']} {placed(source)}{gone}")
        for version in (v for v in found["versions"] if v["source"] == source["id"]):
            click.echo(f"    version {version['number']}: seen {version['first_seen']} to {version['last_seen']}")
    capture = found["capture"]
    click.echo(f"figures from {capture['url']}, captured {capture['time']}, read under revision {found['revision']}")
    click.echo(f"bytes in {capture['warc_file']} at {capture['offset']}, sha256 {found['sha256']}\n")
    rows = [(f["indicator"], f["status"], f["value"], f["unit"], f["raw"]) for f in found["figures"]]
    if rows:
        print_table(("indicator", "status", "value", "unit", "printed"), rows, right=("value",))
    for restatement in found["restatements"]:
        click.echo(f"restated in version {restatement['to']}, seen {restatement['seen']}:")
        print_changes(restatement["figures"])
    for override in found["overrides"]:
        value = override["value"] or "no number"
        click.echo(f"corrected by {override['author']}: {override['indicator']} is {value}: {override['note']}")
    failing = [c for c in found["checks"] if c["verdict"] == "fails"]
    for check in failing:
        click.echo(f"check fails: {check['identity']}: {check['left']} is not {check['right']}")
    across = found["cross_year_checks"]
    if across:
        verdicts = [check["verdict"] for check in across]
        click.echo(f"against the year before: {verdicts.count('holds')} hold, {verdicts.count('fails')} fail")
    for check in (c for c in across if c["verdict"] == "fails"):
        click.echo(f"  differs: {check['identity']}: {check['left']} and {check['right']}")
    print_statements(found["statements"])
    for issue in found["issues"]:
        click.echo(f"issue {issue['code']}: {issue['message']}")


def print_changes(changes: list[dict[str, Any]]) -> None:
    """Prints changed figures, old and new."""
    rows = [(c["indicator"], side_text(c["old"]), side_text(c["new"])) for c in changes]
    print_table(("indicator", "old", "new"), rows, right=("old", "new"))


def side_text(side: dict[str, Any] | None) -> str:
    """Gives one side of a change: the value, else what was printed, else the status."""
    if side is None:
        return "not on form"
    return str(side["value"] or (side["raw"] or "").strip() or f"({side['status']})")


@click.command()
@click.argument("agency")
@click.argument("year", type=click.IntRange(1990, 2100))
@revision_option
@json_option
@click.pass_obj
def history(config: Config, agency: str, year: int, revision: int | None, as_json: bool) -> int:
    """Show when each version of a report was seen, what was restated, and withdrawals.

    \b
    Examples:
      nianbao history 青石镇 2023
      nianbao history 青石镇 2023 --json
    """
    from archive.research.document import history_json
    from archive.research.find import one_document

    with archive_of(config) as connection:
        found = history_json(connection, one_document(connection, agency, year, revision=revision))
    if as_json:
        print_json(found)
        return 0
    urls = {source["id"]: placed(source) for source in found["sources"]}
    rows = [
        (
            "gone" if run["gone"] else f"version {run['version']}",
            run["first_seen"],
            run["last_seen"],
            run["captures"],
            urls[run["source"]],
        )
        for run in found["runs"]
    ]
    print_table(("state", "first seen", "last seen", "captures", "source"), rows, right=("captures",))
    for restatement in found["restatements"]:
        click.echo(f"version {restatement['to']} restates version {restatement['from']}:")
        print_changes(restatement["figures"])
    return 0


@click.command()
@click.argument("agency")
@click.argument("year", type=click.IntRange(1990, 2100))
@click.option("--from", "old", type=click.IntRange(1), help="Version; default the one before the last.")
@click.option("--to", "new", type=click.IntRange(1), help="Version; default the last.")
@revision_option
@json_option
@click.pass_obj
def diff(
    config: Config,
    agency: str,
    year: int,
    old: int | None,
    new: int | None,
    revision: int | None,
    as_json: bool,
) -> int:
    """Show what two versions of a report say differently: figures first, then lines of text.

    \b
    Examples:
      nianbao diff 青石镇 2023
      nianbao diff 青石镇 2023 --from 1 --to 3 --json
    """
    from archive.research.diff import compare
    from archive.research.document import difference_json
    from archive.research.find import one_document

    with archive_of(config) as connection:
        document = one_document(connection, agency, year, revision=revision)
        found = difference_json(compare(connection, document.source_id, document.revision, old, new))
    if as_json:
        print_json(found)
        return 0
    click.echo(f"version {found['from']} → version {found['to']}: {len(found['figures'])} figures differ")
    if found["figures"]:
        print_changes(found["figures"])
    for line in found["text"]:
        click.echo(line)
    return 0
