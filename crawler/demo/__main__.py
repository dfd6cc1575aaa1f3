"""`python -m crawler.demo`: serves the demo portals until it is told to stop."""

import argparse
import signal
import sys
import threading
from importlib.resources import files
from pathlib import Path

from archive.errors import NianbaoError
from crawler.demo.portal_files import PORT, portal_files
from crawler.demo.server import DemoServer
from crawler.demo.ten import TEN
from crawler.demo.two import TWO


def main() -> int:
    """Serves until SIGTERM or Ctrl-C; prints each portal's id and base URL once it answers."""
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description="Serve the demo portals on loopback.")
    parser.add_argument("--port", type=int, default=PORT, help="port on both addresses; 0 takes a free one")
    parser.add_argument("--night", type=int, default=1, help="virtual night: from 2 on one report is corrected, "
                        "one withdrawn, one added")  # fmt: skip
    parser.add_argument("--portals", type=Path, metavar="FOLDER", help="write the portal files for this port here")
    parser.add_argument("--divisions", type=Path, metavar="FILE", help="write the demo's invented divisions here")
    parser.add_argument("--all", action="store_true", dest="every", help="ten other portals, with traps")
    arguments = parser.parse_args()
    portals = TEN if arguments.every else TWO
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with DemoServer(arguments.port, arguments.night, portals) as server:
            if arguments.portals:
                portal_files(server.port, arguments.portals, portals)
            if arguments.divisions:
                arguments.divisions.write_bytes(files("crawler.demo").joinpath("data", "divisions.toml").read_bytes())
            for portal, base in server.bases.items():
                sys.stdout.write(f"{portal} {base}\n")
            sys.stdout.flush()
            stop.wait()
    except NianbaoError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
