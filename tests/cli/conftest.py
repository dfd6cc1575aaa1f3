"""Archives for the tests of the command."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from tests.cli.command import Command, make_archive


@pytest.fixture
def archive(tmp_path: Path, server_url: URL, template: str) -> Iterator[Command]:
    yield from make_archive(tmp_path / "home", server_url, template)


@pytest.fixture(scope="session")
def two_nights(
    tmp_path_factory: pytest.TempPathFactory, server_url: URL, template: str
) -> Iterator[tuple[Command, list[dict[str, Any]]]]:
    """An archive after two nights of the demo, and what the nights printed."""
    for command in make_archive(tmp_path_factory.mktemp("nights"), server_url, template):
        yield command, command.demo(2)
