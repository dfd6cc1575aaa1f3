"""`nianbao serve`: the archive's pages on this machine."""

import gc
import re
import socket
from typing import TYPE_CHECKING

import click

from archive.config import NO_CONTACT, Config
from archive.errors import UsageError

if TYPE_CHECKING:
    from archive.records import Engine

PAGEFUL = 50_000  # things that pages make before they are looked through for garbage: each needs its own to its end
LONGEST = 60  # seconds of one question to the database, as for the role researcher; a page has up to a few dozen
ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--raw-port", type=click.IntRange(0, 65535), help="Port of the archived bytes; default the one after.")
@click.option("--raw-origin", help="How browsers reach that port, behind a proxy: https://raw.example.org.")
@click.pass_obj
def serve(config: Config, port: int, host: str, raw_port: int | None, raw_origin: str | None) -> int:
    """Serve the archive's pages until Ctrl-C.

    Archived bytes are foreign: they are shown from a second origin, another port of this host, where no page of ours
    lives.

    \b
    Examples:
      nianbao serve
      nianbao serve --port 9000 --raw-origin https://raw.example.org
    """
    from archive.records.session import open_engine

    if raw_origin and not ORIGIN.fullmatch(raw_origin := raw_origin.rstrip("/")):
        raise UsageError(f"--raw-origin {raw_origin!r} is no origin; write https://host or http://host:port")
    with open_engine(config.home, config.database_url) as engine:
        run_pages(engine, config, host, port, raw_port, raw_origin)
    return 0


def run_pages(
    engine: "Engine",
    config: Config,
    host: str,
    port: int,
    raw_port: int | None = None,
    raw_origin: str | None = None,
) -> None:
    """Serves the pages until interrupted. Raises UsageError where a port is taken."""
    import uvicorn

    from archive.divisions import load
    from archive.records.session import give_up_after
    from archive.web.app import make_app
    from archive.web.raw import by_port, make_raw_app
    from archive.web.site import Site

    if raw_port is None:
        raw_port = port + 1 if 0 < port < 65535 else 0
    give_up_after(engine, LONGEST)
    with listening(host, port, "--port") as pages, listening(host, raw_port, "--raw-port") as raw:
        shown = f"[{host}]" if ":" in host else host
        own, other = pages.getsockname()[1], raw.getsockname()[1]
        contact = None if config.contact == NO_CONTACT else config.contact
        releases = config.home / "releases"
        site = Site(engine, config.storage, other, raw_origin, contact, releases, load(config.divisions_file))
        click.echo(f"the archive is at http://{shown}:{own}/  (Ctrl-C ends)", err=True)
        app = by_port(make_app(site), make_raw_app(site), other)
        gc.set_threshold(PAGEFUL)
        gc.freeze()  # what is imported stays; to look through it for garbage holds up a page for a tenth of a second
        uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run(sockets=[pages, raw])


def listening(host: str, port: int, option: str) -> socket.socket:
    """Gives a socket bound to an address. Raises UsageError naming the option that would choose another."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # whoever reads the address may ask at once
    except OSError as error:
        listener.close()
        raise UsageError(f"cannot serve on {host}:{port}: {error.strerror}; choose another {option}") from error
    return listener
