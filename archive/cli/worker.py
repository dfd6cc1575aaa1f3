"""`nianbao worker`: one of several machines that crawl what a night spreads over them."""

import socket
from typing import Any

import click

from archive.cli.output import json_option, print_json, printable, say
from archive.config import Config

WORDS = {
    "ready": "ready for {portals} portals at a time",
    "recovered": "recovered {exchanges} exchanges from {file}, {torn_bytes} torn bytes set aside",
    "begun": "{portal}: begun",
    "ended": "{portal}: {state}, {requests} requests",
    "given_back": "{portal}: given back, another worker goes on with it",
    "broken_off": "{portal}: broken off: {message}",
    "read": "read {payloads} payloads, {unreadable} of them not readable",
    "share_read": "read {payloads} payloads of {file} again, {unreadable} of them not readable",
    "share_given_back": "{file}: given back, another worker goes on with it",
    "share_broken_off": "{file}: broken off: {message}",
    "not_read": "not read: the archive is read under revision {current}, this code reads under {revision}",
    "uploaded": "uploaded {files} WARC files",
    "away": "not all was read: {message}",
    "not_uploaded": "not uploaded: {message}",
    "stopped": "stopped",
}


@click.command()
@click.option("--name", default=socket.gethostname, help="By which `runs show` knows it.  [default: this machine's]")
@click.option("--portals", type=click.IntRange(1, 8), default=4, show_default=True, help="Crawled at a time.")
@json_option
@click.pass_obj
def worker(config: Config, name: str, portals: int, as_json: bool) -> int:
    """Crawl what `nianbao nightly --spread` hands out and read what `nianbao reread --spread` does, until told to stop.

    On as many machines as wanted, each with its own home and the same database_url. It needs no portal files: they come
    with the work. SIGTERM or Ctrl-C give back what is being crawled. With --json each event is a line.

    \b
    Exit codes: 0 it was told to stop; 2 no shared database or no contact is set; 6 database or disk are not ready.

    \b
    Examples:
      nianbao worker
      nianbao worker --name cellar --portals 8
    """
    from archive.operate.workers import work

    work(config, name, portals, print_json if as_json else tell)
    return 0


def tell(event: dict[str, Any]) -> None:
    """Says on stderr what a worker does."""
    reason = f": {event['reason']}" if event.get("reason") else ""
    say(printable(f"{event['worker']}: {WORDS[event['event']].format(**event)}{reason}"))
