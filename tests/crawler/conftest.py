"""Real crawls over loopback: a server, a portal file, the crawler as a child process, a real PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.crawler.crawl_bench import PORTAL, Bench
from tests.crawler.raw_server import RawServer


@pytest.fixture
def bench(tmp_path: Path, database_url: str, engine: Engine) -> Bench:
    """A home without portals yet."""
    made = Bench(tmp_path, database_url, engine)
    made.portals.mkdir()
    return made


@pytest.fixture
def server() -> Iterator[RawServer]:
    """A server that sends what it is told to."""
    with RawServer() as running:
        yield running


@pytest.fixture
def portal(bench: Bench, server: RawServer) -> Callable[..., None]:
    """Writes the file of the one portal, whose column is `/list.html` of the server."""

    def write(politeness: str = "", hosts: tuple[str, ...] = (), column: str = "", more: str = "") -> None:
        listed = ", ".join(f'"{host}"' for host in (server.host, *hosts))
        bench.portals.joinpath(f"{PORTAL}.toml").write_text(
            f"""schema = 1
id = "{PORTAL}"
name = "试验县人民政府"
division = "990301"
base = "{server.base}"
hosts = [{listed}]
status = "active"
{more}
[politeness]
delay = 0.0
jitter = 0.0
{politeness}

[[column]]
key = "nb"
url = "{server.base}/list.html"
family = "listing"
{column}
""",
            encoding="utf-8",
        )

    return write


@pytest.fixture
def list_page() -> Callable[..., str]:
    """Makes a list page of rows (href, title) and perhaps a link to the next page."""

    def make(rows: list[tuple[str, str]], following: str | None = None) -> str:
        items = "".join(f'<li><a href="{url}">{title}</a><span>2024-01-18</span></li>' for url, title in rows)
        pager = f'<a href="{following}">下一页</a>' if following else ""
        return f"<html><head><title>年报</title></head><body><ul class=list>{items}</ul><p>{pager}</p></body></html>"

    return make
