"""`nianbao serve`: the archive's pages on this machine."""

from typing import TYPE_CHECKING

import click

from archive.config import Config

if TYPE_CHECKING:
    from archive.records import Engine


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.pass_obj
def serve(config: Config, port: int, host: str) -> int:
    """Serve the archive's pages until Ctrl-C.

    \b
    Examples:
      nianbao serve
      nianbao serve --port 9000
    """
    from archive.records.session import open_engine

    with open_engine(config.home, config.database_url) as engine:
        run_pages(engine, config, host, port)
    return 0


def run_pages(engine: "Engine", config: Config, host: str, port: int) -> None:
    """Serves the pages until interrupted. Raises UsageError where the port is taken."""
    import socket

    import uvicorn

    from archive.errors import UsageError
    from archive.web.app import make_app

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise UsageError(f"cannot serve on {host}:{port}: {error.strerror}; choose another --port") from error
        click.echo(f"the archive is at http://{host}:{listener.getsockname()[1]}/  (Ctrl-C ends)", err=True)
        settings = uvicorn.Config(make_app(engine, config.storage), log_level="warning", server_header=False)
        server = uvicorn.Server(settings)
        server.run(sockets=[listener])
