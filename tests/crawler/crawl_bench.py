"""A home, the crawler as a child process, and what it did."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from archive.portals import load_all
from archive.records import crawls

PORTAL = "990301-shiyan"


@dataclass
class Run:
    """What a crawler process did."""

    code: int
    events: list[dict[str, Any]]
    log: str


@dataclass
class Bench:
    """A home with portal files, and the means to crawl them."""

    home: Path
    database_url: str
    engine: Engine
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def warcs(self) -> Path:
        return self.home / "warc"

    @property
    def portals(self) -> Path:
        return self.home / "portals"

    def open_crawl(self) -> int:
        """Opens a crawl of all portals of the home, as the archive's command does."""
        found, errors = load_all([self.portals], profile="test")
        assert not errors, errors
        places = [crawls.Place(p.id, p.name, p.division, p.base, p.expect.reports) for p in found]
        with self.engine.begin() as connection:
            return crawls.open_crawl(connection, places, "tests")

    def popen(self, crawl_id: int, *more: str, prefix: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
        """Starts the crawler over all portals of the home."""
        ids = [path.stem for path in sorted(self.portals.glob("*.toml"))]
        environ = os.environ | {
            "NIANBAO_HOME": str(self.home),
            "NIANBAO_DATABASE_URL": self.database_url,
            "NIANBAO_PORTALS_DIR": str(self.portals),
            "NIANBAO_PROFILE": "test",
        }
        return subprocess.Popen(
            [*prefix, sys.executable, "-W", "error", "-m", "crawler", str(crawl_id), *ids, *more],
            env=environ | self.extra,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, child: "subprocess.Popen[str]") -> Run:
        """Gives what the process said, once it has ended; its stdin stays open until then."""
        assert child.stdout is not None
        assert child.stderr is not None
        said, log = child.stdout.read(), child.stderr.read()
        code = child.wait()
        assert child.stdin is not None
        child.stdin.close()
        child.stdout.close()
        child.stderr.close()
        events = [json.loads(line) for line in said.splitlines()]
        told = [event["message"] for event in events if event["event"] == "error"]
        return Run(code, events, "\n".join([log, *told]))

    def crawl(self, crawl_id: int | None = None, *more: str, prefix: tuple[str, ...] = ()) -> Run:
        """Crawls to the end."""
        return self.finish(self.popen(crawl_id or self.open_crawl(), *more, prefix=prefix))

    def ask(self, statement: str, **values: Any) -> list[Any]:
        """Gives the rows of a query."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement), values).all())

    def state(self) -> tuple[str, str | None]:
        """Gives state and reason of the latest crawl of the only portal."""
        row = self.ask("SELECT state, reason FROM crawl_portals ORDER BY crawl_id DESC LIMIT 1")[0]
        return row.state, row.reason
