"""The `nianbao` command as its users run it: a process with its own home, database and demo portals."""

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text

from crawler.demo.portal import DemoPortal
from crawler.demo.portal_files import portal_files
from crawler.demo.server import DemoServer
from crawler.demo.ten import TEN
from crawler.demo.two import TWO
from tests.scratch import administer, scratch_name

PROGRAM = "from archive.cli import main; main()"
SECONDS = 900  # however busy the machine
FIRST_PORT, PORTS = 20_000, 1_000


@dataclass
class Command:
    """Runs `nianbao` against one archive."""

    home: Path
    database_url: str
    port: int
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """Gives the variables of the process."""
        own = {"NIANBAO_HOME": str(self.home), "NIANBAO_DATABASE_URL": self.database_url, "NIANBAO_WORKERS": "1"}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
        return clean | own | self.more

    def run(self, *arguments: str, code: int = 0, **more: Any) -> subprocess.CompletedProcess[str]:
        """Gives the finished process, whose exit code must be `code` and which must not show a traceback."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=self.environ,
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
            **more,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    def json(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Gives the JSON objects that a command prints."""
        return [json.loads(line) for line in self.run(*arguments, "--json", code=code).stdout.splitlines()]

    def crawls(self, portals: Path) -> None:
        """Makes the portal files of a folder the archive's."""
        self.more |= {"NIANBAO_PORTALS_DIR": str(portals), "NIANBAO_PROFILE": "test", "NIANBAO_CONTACT": "test"}

    def demo(self, nights: int, code: int = 0) -> list[dict[str, Any]]:
        """Gives what the nights of the demo did."""
        return self.json("demo", "--nights", str(nights), "--no-serve", "--demo-port", str(self.port), code=code)


def ask(archive: Command, statement: str, **values: Any) -> list[Any]:
    """Gives the rows of a statement in an archive's database, none of one that changes something."""
    engine = create_engine(archive.database_url)
    with engine.begin() as connection:
        done = connection.execute(text(statement), values)
        rows = list(done.all()) if done.returns_rows else []
    engine.dispose()
    return rows


def free_port() -> int:
    """Gives a port that is free on the addresses of the demo portals.

    It lies below those that the system hands out, and no two processes of one test run draw from the same ones.
    """
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST_PORT + process * PORTS
    for port in random.sample(range(first, first + PORTS), PORTS):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for portal in (*TWO, *TEN):
                stack.enter_context(socket.create_server((portal.address, port)))
            return port
    raise AssertionError(f"no port from {first} on is free on every address of the demo portals")


def make_archive(folder: Path, server_url: URL, template: str) -> Iterator[Command]:
    """Gives a command on a fresh archive, dropped afterwards."""
    name = scratch_name("cli")
    administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield Command(folder, server_url.set(database=name).render_as_string(hide_password=False), free_port())
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def served(archive: Command, portals: Sequence[DemoPortal] = TWO) -> Iterator[DemoServer]:
    """Serves demo portals, whose files are the archive's."""
    folder = archive.home / "portals"
    folder.mkdir(parents=True)
    with DemoServer(archive.port, portals=portals) as server:
        portal_files(server.port, folder, portals)
        archive.crawls(folder)
        yield server
