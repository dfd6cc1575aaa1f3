"""`nianbao init` and `nianbao doctor`: making an archive, and finding out what it lacks."""

from collections.abc import Callable
from pathlib import Path

import click

from archive.cli.output import json_option, print_json, say
from archive.config import Config
from archive.errors import EnvironmentNotReadyError, NianbaoError, UsageError

TEMPLATE = """\
# Settings of this archive. Each can be overridden by a variable: NIANBAO_<NAME>, for instance NIANBAO_HOME.
# Relative paths count from this file's folder.

# Where the WARC files and the embedded PostgreSQL live.
home = "archive"

# Your portal files, one a portal (docs/add-a-portal.md).
portals_dir = "portals"

# What you know better about divisions and agencies (docs/divisions.md); the file need not be there.
# divisions = "divisions.toml"

# Who crawls, and where a portal's webmaster can reach you. Named in every request.
operator = "nianbao"
contact = "operator-contact-not-configured"

# A PostgreSQL server of your own instead of the embedded one (15 or newer); `nianbao db upgrade` prepares it.
# database_url = "postgresql://nianbao@localhost/nianbao"

# An object store (S3 or alike) for sealed WARC files; endpoint and keys are variables, AWS_… (docs/operate.md).
# warc_url = "s3://bucket/prefix"
# warc_local = "keep"                    # or "remove": the local copy goes once its upload is verified
# warc_copy = "/backup/warc"             # where `nianbao verify --repair` takes good copies from; also s3://…

# Processes that read documents.
workers = 2

# What one `nianbao nightly` may use at all portals together; what is left waits for the next night.
night_requests = 20000
night_hours = 6

# Whom a night tells that something is wrong; try it with `nianbao alerts test`. Remove the # of what you use.
[alerts]
# when = "trouble"                       # or "always"
# mail_server = "mail.example.org:587"
# mail_security = "starttls"             # or "tls", or "none" for a relay on this machine
# mail_user = "nianbao"                  # the password: NIANBAO_ALERTS_MAIL_PASSWORD
# mail_from = "nianbao@example.org"
# mail_to = "operator@example.org"
# webhook = "https://example.org/hook"   # the digest as JSON
# apprise = "dingtalk://token"           # and many more services: pip install 'nianbao[alerts]'
# healthcheck = "https://hc.example.org/ping/uuid"
# textfile = "/var/lib/prometheus/node-exporter/nianbao.prom"
"""
FREE_BYTES = 1 << 30


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def init(folder: Path) -> int:
    """Write a commented nianbao.toml into FOLDER (default: here), make the portals folder, prepare the database.

    \b
    Examples:
      nianbao init
      nianbao init /srv/nianbao
    """
    from archive.config import load
    from archive.records.session import open_engine

    path = folder / "nianbao.toml"
    if path.exists():
        say(f"{path} is there already; it stays as it is")
    else:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(TEMPLATE, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from error
        click.echo(f"{path}: written; put your contact into it")
    import os

    config = load(os.environ | {"NIANBAO_CONFIG": str(path)})
    for made in (config.home, config.warcs, config.portals_dir):
        if made is not None:
            made.mkdir(parents=True, exist_ok=True)
    with open_engine(config.home, config.database_url, migrate=True):
        click.echo("the database is ready")
    say(f"next: put a portal file into {config.portals_dir} (docs/add-a-portal.md), then run `nianbao doctor`")
    return 0


@click.command()
@json_option
@click.pass_obj
def doctor(config: Config, as_json: bool) -> int:
    """Check database, storage, portal files and identification; exit code 6 says that something is red.

    \b
    Examples:
      nianbao doctor
      nianbao doctor --json
    """
    checks: dict[str, Callable[[Config], str]] = {
        "database": check_database,
        "workers": check_workers,
        "storage": check_storage,
        "portals": check_portals,
        "contact": check_contact,
        "scans": check_scans,
        "archives": check_archives,
    }
    red = False
    for name, check in checks.items():
        try:
            message, ok = check(config), True
        except NianbaoError as error:
            message, ok, red = str(error), False, True
        if as_json:
            print_json({"check": name, "ok": ok, "message": message})
        else:
            click.echo(f"{'ok ' if ok else 'RED'} {name}: {message}")
    return EnvironmentNotReadyError.exit_code if red else 0


def check_database(config: Config) -> str:
    """Says which database answers. Raises DatabaseUnavailableError."""
    from archive.records.session import described, open_engine

    with open_engine(config.home, config.database_url) as engine:
        kind = "embedded" if config.database_url is None else "own server"
        return f"{kind}, {described(engine.url)}, migrated"


def check_workers(config: Config) -> str:
    """Says how many workers are alive. Raises DatabaseUnavailableError."""
    from archive.records import jobs
    from archive.records.session import open_engine

    if config.database_url is None:
        return "none: the embedded database cannot be shared; a night on this machine needs none"
    with open_engine(config.home, config.database_url) as engine, engine.connect() as connection:
        return f"{jobs.alive(connection)} alive; `nianbao nightly --spread` hands portals to them"


def check_storage(config: Config) -> str:
    """Says where WARC files go and how much room there is. Raises EnvironmentNotReadyError."""
    import shutil
    import tempfile

    from archive.operate.uploads import described

    try:
        config.warcs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=config.warcs):
            free = shutil.disk_usage(config.warcs).free
    except OSError as error:
        raise EnvironmentNotReadyError(f"{config.warcs} cannot be written: {error.strerror}") from error
    if free < FREE_BYTES:
        raise EnvironmentNotReadyError(f"{config.warcs} has only {free >> 20} MiB free")
    store = "" if config.warc_url is None else f"; {described(config.warcs, config.warc_url)}"
    return f"{config.warcs}, {free >> 30} GiB free{store}"


def check_portals(config: Config) -> str:
    """Says how many portal files are usable. Raises UsageError naming what is wrong with one."""
    from archive.cli.portals import load_portals

    if config.portals_dir is None:
        return "none yet: `nianbao init` makes a folder for their files"
    portals, errors = load_portals(config)
    if errors:
        raise UsageError("; ".join(str(error) for error in errors))
    active = sum(portal.status == "active" for portal in portals)
    return f"{len(portals)} in {config.portals_dir}, {active} active"


def check_contact(config: Config) -> str:
    """Says how we identify ourselves. Raises UsageError where portals could not reach whoever crawls them."""
    if config.portals_dir is not None:
        config.require_contact()
    return config.user_agent


def check_scans(config: Config) -> str:
    """Says whether scans can be read; an installation that only crawls does without."""
    from archive.read.ocr import how_to_install, missing

    return how_to_install() if missing() else "read by OCR on this machine"


def check_archives(config: Config) -> str:
    """Says what unpacks RAR and 7z; where nothing does, ZIP is read all the same."""
    from archive.errors import UnreadableDocumentError
    from archive.unpacking import path_of_program

    try:
        return f"ZIP, tar, gzip; RAR and 7z by {path_of_program()}"
    except UnreadableDocumentError as error:
        return f"ZIP, tar, gzip; RAR and 7z are not read: {error}"
