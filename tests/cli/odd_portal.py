"""A portal of pages that a test puts down as it goes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.cli.command import Command

PAGES: dict[str, tuple[str, bytes]] = {}


class Odd(BaseHTTPRequestHandler):
    """Answers from PAGES."""

    def do_GET(self) -> None:
        """Sends a page, else 404."""
        kind, body = PAGES.get(self.path, ("text/html", b"not found"))
        self.send_response(200 if self.path in PAGES else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


@contextmanager
def serving(archive: Command, address: str, portal: str, reports: int) -> Iterator[str]:
    """Serves PAGES, whose list is `/list.html`; the portal's file is the archive's only one. Gives the base URL."""
    with ThreadingHTTPServer((address, 0), Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"{address}:{server.server_port}"
        folder = archive.home / "portals"
        folder.mkdir(parents=True)
        (folder / f"{portal}.toml").write_text(
            f'schema = 1\nid = "{portal}"\nname = "试验县"\ndivision = "{portal[:6]}"\nbase = "http://{host}"\n'
            f'hosts = ["{host}"]\nstatus = "active"\n[politeness]\ndelay = 0.0\n[expect]\nreports = {reports}\n'
            f'[[column]]\nkey = "nb"\nurl = "http://{host}/list.html"\nfamily = "listing"\n',
            encoding="utf-8",
        )
        archive.crawls(folder)
        yield f"http://{host}"
        server.shutdown()
