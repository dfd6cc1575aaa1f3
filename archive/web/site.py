"""What the pages are made over: the archive, and how they are reached."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request

from archive.divisions import Table, load
from archive.model import Storage
from archive.records import Engine

HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]")


@dataclass(frozen=True, slots=True)
class Site:
    """An archive, the divisions its agencies lie in, and the second origin from which its foreign bytes are sent.

    `raw_origin` is that origin as browsers reach it; None: this host at `raw_port`. `releases` is the folder of frozen
    ones.
    """

    engine: Engine
    storage: Storage
    raw_port: int | None = None
    raw_origin: str | None = None
    contact: str | None = None
    releases: Path | None = None
    divisions: Table = field(default_factory=load)


def site_of(request: Request) -> Site:
    """Gives what a request is answered from."""
    site: Site = request.app.state.site
    return site


def raw_origin(request: Request) -> str | None:
    """Gives the second origin, None where there is none: never the page's own."""
    site, host = site_of(request), request.url.hostname or ""
    if site.raw_origin or site.raw_port is None:
        return site.raw_origin
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{site.raw_port}" if HOST.fullmatch(host) else None
