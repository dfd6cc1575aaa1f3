"""Serves the demo portals from a child process, as the archive never imports the crawler."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import EnvironmentNotReadyError

STOP_SECONDS = 10


@contextmanager
def served_portals(folder: Path, divisions: Path, night: int, port: int | None, every: bool = False) -> Iterator[None]:
    """Serves the demo portals at a virtual night, their portal files written into a folder, their divisions as a file.

    `every`: the ten with traps in place of the two without.
    Raises EnvironmentNotReadyError where they cannot listen.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "crawler.demo", "--night", str(night), "--portals", str(folder)]
    command += ["--divisions", str(divisions)]
    if every:
        command.append("--all")
    if port is not None:
        command += ["--port", str(port)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            if not child.stdout.readline():
                raise EnvironmentNotReadyError(child.stderr.read().strip() or "the demo portals did not start")
            yield
        finally:
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
