"""`nianbao nightly` and `nianbao alerts test`: what a scheduler calls, and what makes sure that it is heard."""

import signal
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import json_option, print_json, print_table, printable, say
from archive.config import Config

if TYPE_CHECKING:
    from archive.operate.nightly import Night


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be crawled and why; ask no portal, write nothing.")
@click.option("--all", "everything", is_flag=True, help="Ask active portals and known addresses that are not due, too.")
@click.option("--spread", is_flag=True, help="Have workers crawl (`nianbao worker`), and wait for them.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Choose portals as on this day.  [default: today]")
@json_option
@click.pass_obj
def nightly(
    config: Config, dry_run: bool, everything: bool, spread: bool, today: datetime | None, as_json: bool
) -> int:
    """Crawl the portals that are due, read what is new, tell of the night once.

    The one line for cron or a systemd timer (docs/operate.md). Portals are due every night from January to April, when
    reports appear, and seldom in summer. A night that was interrupted goes on.

    \b
    Exit codes: 0 all is well, or nothing was due; 3 a portal is not complete, or someone has to look;
    5 another run works on the archive; 6 database or disk are not ready.

    \b
    Examples:
      nianbao nightly
      nianbao nightly --dry-run --today 2027-08-01
    """
    from archive.cli.crawl import Teller
    from archive.cli.portals import load_portals
    from archive.operate.digest import digest_json, digest_text
    from archive.operate.nightly import Night, today_in_china
    from archive.operate.nightly import nightly as work

    portals, errors = load_portals(config)
    night = Night(config, portals, errors, today.date() if today else today_in_china(), everything, spread)
    if dry_run:
        return tell_plan(night, as_json)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stopped service ends in good order, as by Ctrl-C
    digest = work(night, Teller(), say)
    if as_json:
        print_json(digest_json(digest))
    else:
        click.echo(printable(digest_text(digest)), nl=False)
    return digest.exit_code


def tell_plan(night: "Night", as_json: bool) -> int:
    """Prints which portals a night would crawl, and why."""
    from archive.operate.nightly import planned
    from archive.records.session import open_engine

    with open_engine(night.config.home, night.config.database_url) as engine:
        plan = planned(engine, night)
    rows: list[dict[str, Any]] = [
        {"portal": one.portal, "crawl": crawl, "reason": one.reason}
        for crawl, ones in (("yes", plan.chosen), ("another night", plan.left), ("no", plan.resting))
        for one in ones
    ]
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        print_table(tuple(rows[0]), [tuple(row.values()) for row in rows])
    for error in night.errors:
        say(str(error))
    return 0


@click.group()
def alerts() -> None:
    """Make sure that a night's alerts arrive.

    \b
    Examples:
      nianbao alerts test
    """


@alerts.command("test")
@click.pass_obj
def test_alerts(config: Config) -> int:
    """Send a test message through every channel of [alerts] in nianbao.toml; exit code 3 where one fails."""
    from archive.errors import UsageError
    from archive.operate.alerts import Message, send

    found = config.alerts
    names = [name for name in ("mail_server", "webhook", "apprise") if getattr(found, name)]
    if not names:
        raise UsageError("no alert is set: [alerts] in nianbao.toml takes mail_server, webhook, apprise")
    issues = send(found, Message("Nianbao: a test message", "This is how a night will be told of.\n", {"test": True}))
    for issue in issues:
        say(issue)
    click.echo(f"{len(names) - len(issues)} of {len(names)} sent: {', '.join(names)}")
    return 3 if issues else 0
