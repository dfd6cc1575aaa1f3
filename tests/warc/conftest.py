"""Invented responses with the quirks of old government servers, and exchanges made of them."""

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.model import Context, Exchange, Role

AT = datetime(2024, 3, 1, 18, 5, 9, 120034, tzinfo=UTC)
CONTEXT = Context(
    portal="990101-demo",
    role=Role.REPORT,
    column="nianbao",
    title="清河镇2023年政府信息公开工作年度报告\r\nX: y",
    published=date(2024, 1, 25),
    via="http://www.example.gov.cn/zfxxgk/",
)

Make = Callable[..., Exchange]


@pytest.fixture(scope="session")
def quirks() -> dict[str, bytes]:
    """Response blocks by name."""
    return {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "quirks").glob("*.http"))}


@pytest.fixture(scope="session")
def make() -> Make:
    """Makes an exchange out of a response block."""

    def exchange(response: bytes, **fields: object) -> Exchange:
        values: dict[str, object] = {
            "url": "http://www.example.gov.cn/a.html",
            "at": AT,
            "request": b"GET /a.html HTTP/1.1\r\nHost: www.example.gov.cn\r\n\r\n",
            "response": response,
            "context": CONTEXT,
            "ip": "192.0.2.7",
        }
        return Exchange(**(values | fields))  # type: ignore[arg-type]

    return exchange


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a tiny file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
