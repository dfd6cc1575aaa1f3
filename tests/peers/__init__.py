"""Tools that others wrote, in an environment of their own (scripts/peers.sh): they judge what we hand out."""

import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv-warc-tools" / "bin"


@cache
def trouble() -> str:
    """Says why the tools are not to be had; nothing where they are."""
    done = subprocess.run(["sh", "scripts/peers.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def run(tool: str, *arguments: str | Path, code: int = 0, cwd: Path | None = None) -> str:
    """Gives what a tool says, both streams; skips the test where the tools cannot be installed."""
    program = found(tool)
    done = subprocess.run(
        [program, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == code, f"{tool} {arguments}: {done.returncode}\n{done.stdout}"
    return done.stdout


def found(tool: str) -> Path:
    """Gives the path of a tool."""
    if why := trouble():
        pytest.skip(f"the tools that judge what we hand out cannot be installed here: {why}")
    return BIN / tool
