"""`nianbao db`: the embedded PostgreSQL, migrations, the researcher's role, a shell."""

from dataclasses import asdict
from typing import Any

import click

from archive.cli.output import json_option, print_json, say
from archive.config import Config
from archive.errors import DatabaseUnavailableError, GateFailedError, LockHeldError, UsageError


@click.group()
def db() -> None:
    """Start, stop, upgrade and check the database.

    \b
    Examples:
      nianbao db start           keep the embedded PostgreSQL running between commands
      nianbao db upgrade         bring your own server to this version's schema
      nianbao db shell -- -c 'select count(*) from documents'
    """


def require_embedded(config: Config) -> None:
    """Raises UsageError where the settings name a server, which is not ours to start or stop."""
    if config.database_url is not None:
        raise UsageError("the settings name a PostgreSQL server (database_url); only the embedded one is started here")


@db.command()
@click.pass_obj
def start(config: Config) -> int:
    """Start the embedded PostgreSQL and keep it until `nianbao db stop`."""
    from archive.records import server

    require_embedded(config)
    click.echo(server.start(config.home))
    return 0


@db.command()
@click.pass_obj
def stop(config: Config) -> int:
    """Stop the embedded PostgreSQL; while others use it, it stops with the last of them (exit code 5)."""
    from archive.records import server

    require_embedded(config)
    if not server.stop(config.home):
        raise LockHeldError("other processes use the database; it stops when the last of them has ended")
    say("the embedded PostgreSQL is stopped")
    return 0


@db.command()
@json_option
@click.pass_obj
def status(config: Config, as_json: bool) -> int:
    """Say where the database is, whether it answers, and at which migration it is; starts nothing."""
    found = described(config)
    if as_json:
        print_json(found)
        return 0
    for name, value in found.items():
        click.echo(f"{name + ':':<10} {value if value is not None else '–'}")
    return 0


def described(config: Config) -> dict[str, Any]:
    """Gives what `status` prints; `url` is without its password."""
    from archive.records import server

    if config.database_url is not None:
        return {"kind": "server", "running": False, "error": None} | answers(config)
    found = asdict(server.status(config.home))
    found["folder"] = found["folder"] and str(found["folder"])
    return {"kind": "embedded", **found} | (answers(config) if found["running"] else {})


def answers(config: Config) -> dict[str, Any]:
    """Gives what a running database says of itself, or why it does not answer."""
    from archive.records import session

    try:
        with session.open_unmigrated(config.home, config.database_url) as engine:
            return {"running": True, "url": str(engine.url), **session.facts(engine)}
    except DatabaseUnavailableError as error:
        return {"running": False, "error": str(error)}


@db.command()
@click.pass_obj
def upgrade(config: Config) -> int:
    """Bring the database to the schema of this version of Nianbao."""
    from archive.records import migrate, session

    with session.open_unmigrated(config.home, config.database_url) as engine:
        before = session.revision(engine)
        migrate.upgrade(engine)
        click.echo(f"{before or 'empty'} -> {session.revision(engine)}")
    return 0


@db.command()
@click.pass_obj
def check(config: Config) -> int:
    """Compare the database with what this version of Nianbao expects; exit code 4 where they differ."""
    from archive.records import migrate, session

    with session.open_engine(config.home, config.database_url) as engine:
        if found := migrate.drift(engine):
            raise GateFailedError(f"the database differs from the code: {found}")
        click.echo(f"at {session.revision(engine)}, as the code expects")
    return 0


@db.command()
@click.option("--apply", "apply_it", is_flag=True, help="Make the role instead of printing the statements.")
@click.pass_obj
def roles(config: Config, apply_it: bool) -> int:
    """Print, or with --apply run, the statements for a read-only role `researcher` (docs/database.md)."""
    from archive.records import roles, session

    with session.open_engine(config.home, config.database_url) as engine:
        if not apply_it:
            click.echo(roles.researcher_sql(engine), nl=False)
            return 0
        roles.make_researcher(engine)
    say("the role researcher is made; give it a password: nianbao db shell, then \\password researcher")
    return 0


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def shell(config: Config, arguments: tuple[str, ...]) -> int:
    """Open psql on the database; ARGUMENTS go to psql."""
    from archive.records.shell import psql

    return psql(config.home, config.database_url, arguments)
