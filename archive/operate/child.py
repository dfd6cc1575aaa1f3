"""The crawler as a child process: the archive's only way to it (docs/crawler.md)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from archive.config import Config
from archive.errors import EnvironmentNotReadyError, NianbaoError


def run_crawler(
    config: Config,
    arguments: Sequence[str],
    hear: Callable[[dict[str, Any]], None],
    hold: Callable[[subprocess.Popen[str]], None] | None = None,
) -> None:
    """Runs `python -m crawler` and hands on its events; it stops when we die, for its stdin closes then.

    `hold` is given the process by a caller who will stop it himself; a terminal's Ctrl-C does not reach it then.
    Raises EnvironmentNotReadyError or NianbaoError with what it said of its end, KeyboardInterrupt where it was
    stopped.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "crawler", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | config.environ(),
        process_group=0 if hold else None,
    ) as child:
        if hold:
            hold(child)
        assert child.stdout is not None
        message = ""
        for line in child.stdout:
            event: dict[str, Any] = json.loads(line)
            if event["event"] == "error":
                message = event["message"]
            else:
                hear(event)
        code = child.wait()
    if code == EnvironmentNotReadyError.exit_code:
        raise EnvironmentNotReadyError(message or "the crawler stopped: its environment failed")
    if code < 0 or code == 130:
        raise KeyboardInterrupt
    if code or message:
        raise NianbaoError(message or f"the crawler ended with exit code {code}")
