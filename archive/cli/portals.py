"""`nianbao portals`: propose portal files, list and check them, pause a portal that is known to be broken."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.output import json_option, print_json, print_table, printable, say
from archive.config import Config
from archive.errors import PortalError, UsageError

if TYPE_CHECKING:
    from archive.errors import PortalFileError
    from archive.portals import Portal


def load_portals(config: Config) -> "tuple[list[Portal], list[PortalFileError]]":
    """Gives the portals of the configured folder, and what is wrong with files that cannot be used."""
    from archive import divisions
    from archive.portals import load_all

    if config.portals_dir is None:
        raise UsageError("no portal files are configured: set portals_dir in nianbao.toml or NIANBAO_PORTALS_DIR")
    return load_all([config.portals_dir], profile=config.profile, table=divisions.load(config.divisions_file))


def chosen_portals(config: Config, ids: Sequence[str]) -> "tuple[list[Portal], list[PortalFileError]]":
    """Gives the named portals, else all active ones, and what is wrong with other files.

    Raises UsageError for a name that no usable file has, and where nothing is left to crawl.
    """
    portals, errors = load_portals(config)
    known = {portal.id: portal for portal in portals}
    problems = "".join(f"\n{error}" for error in errors)
    if unknown := [name for name in ids if name not in known]:
        there = ", ".join(known) or "none"
        raise UsageError(f"no portal {unknown[0]!r} in {config.portals_dir}; there are: {there}{problems}")
    if ids:
        return [known[name] for name in ids], []
    active = [portal for portal in portals if portal.status == "active"]
    if not active:
        raise UsageError(f"no portal in {config.portals_dir} is active{problems}")
    return active, errors


@click.group()
def portals() -> None:
    """Propose, list and check portal files; pause a portal and resume it.

    \b
    Examples:
      nianbao portals probe http://www.zhangshu.gov.cn/ -o portals
      nianbao portals list
      nianbao portals pause 360982-zhangshu --reason "moves to a new system" --until 2027-03-01
      nianbao portals check portals/360982-zhangshu.toml
    """


@portals.command("list")
@json_option
@click.pass_obj
def list_portals(config: Config, as_json: bool) -> int:
    """List portals with their last crawl, and why one is paused."""
    from archive.operate.due import pause_text
    from archive.operate.nightly import today_in_china
    from archive.records.pauses import in_force
    from archive.records.runs import last_run_of
    from archive.records.session import open_engine

    found, errors = load_portals(config)
    with open_engine(config.home, config.database_url) as engine, engine.connect() as connection:
        last = {portal.id: last_run_of(connection, portal.id) for portal in found}
        paused = in_force(connection, today_in_china())
    rows = []
    for portal in found:
        at, run = last[portal.id] or (None, None)
        rows.append(
            {
                "id": portal.id,
                "name": portal.name,
                "division": portal.division,
                "status": portal.status,
                "expected": portal.expect.reports,
                "found": run.found if run else None,
                "last_crawl": f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None,
                "state": run.state if run else None,
                "paused": pause_text(paused[portal.id]) if portal.id in paused else None,
            }
        )
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        print_table(tuple(rows[0]), [tuple(row.values()) for row in rows], right=("expected", "found"))
    for error in errors:
        say(str(error))
    return UsageError.exit_code if errors else 0


@portals.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def check(config: Config, files: tuple[Path, ...], as_json: bool) -> int:
    """Check portal FILES, by default all configured ones; name file, line and key of what is wrong."""
    from archive import divisions
    from archive.errors import PortalFileError
    from archive.portals import load

    if not files and config.portals_dir is None:
        raise UsageError("name portal files, or set portals_dir")
    table = divisions.load(config.divisions_file)
    bad = 0
    for file in files or sorted(Path(config.portals_dir or ".").glob("*.toml")):
        try:
            load(file, profile=config.profile, table=table)
        except PortalFileError as error:
            bad += 1
            message = str(error)
        else:
            message = ""
        if as_json:
            print_json({"file": str(file), "ok": not message, "error": message or None})
        elif message:
            say(message)
        else:
            click.echo(f"{file}: ok")
    return UsageError.exit_code if bad else 0


@portals.command()
@click.argument("url")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write the file here: a folder, or a name such as 360982-zhangshu.toml.",
)
@json_option
@click.pass_obj
def probe(config: Config, url: str, output: Path | None, as_json: bool) -> int:
    """Take one polite look at URL and propose a portal file.

    URL is a site's home page, its column of annual reports, or one report. At most a dozen requests are made, as gently
    as a crawl makes them; nothing is stored, and no database is needed.

    \b
    Examples:
      nianbao portals probe http://www.zhangshu.gov.cn/
      nianbao portals probe http://www.zhangshu.gov.cn/zfxxgk/zfxxgknb/ -o portals/360982-zhangshu.toml
    """
    from archive import divisions
    from archive.operate.look import look
    from archive.operate.proposal import free_path, own_id, propose, write

    table = divisions.load(config.divisions_file)
    chosen = own_id(output)
    found = look(config, url, tell_request)
    if found["trouble"] or found["column"] is None:
        if as_json:
            print_json({**found, "file": None, "proposal": None, "problems": []})
        raise PortalError(f"nothing to propose: {found['trouble']}")
    made = propose(found, config.profile, table, chosen)
    file = free_path(output, made.id)
    if file:
        write(file, made.text)
    if as_json:
        said = {"file": str(file) if file else None, "proposal": made.text, "problems": list(made.problems)}
        print_json({**found, **said})
    elif file:
        click.echo(printable("\n".join((*made.seen, f"{file}: written"))))
    else:
        click.echo(printable(made.text), nl=False)
    for problem in made.problems:
        say(f"to do: {problem}")
    return PortalError.exit_code if found["flaw"] else 0


def tell_request(url: str, status: int | None, trouble: str | None) -> None:
    """Tells of a request that a look has made."""
    say(printable(f"asked {url}: {trouble or status}"))


@portals.command()
@click.argument("portal")
@click.option("--reason", required=True, help="Why; the digest of each night repeats it.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="From this day it is crawled again by itself.")
@click.pass_obj
def pause(config: Config, portal: str, reason: str, until: datetime | None) -> int:
    """Have the nights leave PORTAL alone; `nianbao crawl PORTAL` still asks it."""
    from archive.operate.decisions import keep_decisions
    from archive.operate.due import pause_text
    from archive.operate.nightly import today_in_china
    from archive.records import pauses
    from archive.records.session import open_engine

    today = today_in_china()
    if until is not None and until.date() <= today:
        raise UsageError(f"--until must be after today, {today}")
    if not reason.strip():
        raise UsageError("--reason is empty: the next who looks will want to know why")
    made = pauses.Pause(known_portal(config, portal), reason.strip(), today, until.date() if until else None)
    with open_engine(config.home, config.database_url) as engine:
        with engine.begin() as connection:
            pauses.begin(connection, made)
        keep_decisions(engine, config.warcs)
    click.echo(f"{portal}: {pause_text(made)}")
    return 0


@portals.command()
@click.argument("portal")
@click.pass_obj
def resume(config: Config, portal: str) -> int:
    """Have the nights crawl a paused PORTAL again."""
    from archive.operate.decisions import keep_decisions
    from archive.operate.nightly import today_in_china
    from archive.records import pauses
    from archive.records.session import open_engine

    today = today_in_china()
    with open_engine(config.home, config.database_url) as engine:
        with engine.begin() as connection:
            if portal not in pauses.in_force(connection, today):
                raise UsageError(f"{portal} is not paused; `nianbao portals list` says which are")
            pauses.end(connection, portal, today)
        keep_decisions(engine, config.warcs)
    click.echo(f"{portal}: crawled again from the next night on that it is due")
    return 0


def known_portal(config: Config, portal_id: str) -> str:
    """Gives the id. Raises UsageError where no usable file has it."""
    found, _ = load_portals(config)
    if portal_id not in (ids := [portal.id for portal in found]):
        raise UsageError(f"no portal {portal_id!r} in {config.portals_dir}; there are: {', '.join(ids) or 'none'}")
    return portal_id
