"""What several tests of the command stand on."""

from collections.abc import Iterator

import pytest

from crawler.demo.server import DemoServer
from tests.cli.command import Command, served


@pytest.fixture
def demo(archive: Command) -> Iterator[DemoServer]:
    """Serves the two quick demo portals; their files are the archive's."""
    with served(archive) as server:
        yield server
