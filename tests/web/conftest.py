"""The pages as people meet them: a real process over a real archive, a real browser."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import URL, create_engine

from archive.research.exports import Selection
from archive.research.release.building import build
from tests.cli.command import PROGRAM, Command, make_archive
from tests.research.panels import small_panel

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@contextmanager
def serving(environ: Mapping[str, str], *arguments: str, program: str = PROGRAM) -> Iterator[str]:
    """Serves an archive's pages; gives their address. No request may have ended in a traceback."""
    with subprocess.Popen(
        [sys.executable, "-c", program, "serve", "--port", "0", *arguments],
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://[\d.:]+/", line)
        assert found, line
        try:
            yield found[0].rstrip("/")
        finally:
            process.terminate()
        assert "Traceback" not in process.stderr.read()


@pytest.fixture(scope="session")
def base(two_nights: tuple[Command, list[dict[str, Any]]]) -> Iterator[str]:
    """The address of the pages over the archive of two demo nights."""
    command, _ = two_nights
    with serving(command.environ) as address:
        yield address


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, server_url: URL, template: str) -> Iterator[Command]:
    """An archive of a small panel, with a release."""
    for archive in make_archive(tmp_path_factory.mktemp("data") / "home", server_url, template):
        engine = create_engine(archive.database_url)
        with engine.begin() as connection:
            small_panel(connection)
            build(connection, "2026.11.0", archive.home / "releases" / "2026.11.0", Selection(1))
        engine.dispose()
        yield archive


@pytest.fixture(scope="session")
def pages(home: Command) -> Iterator[str]:
    """The address of the pages over that archive."""
    with serving(home.environ) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real browser."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@contextmanager
def window(browser: Any, base: str, **options: Any) -> Iterator[Any]:
    """Gives a page of the browser in which nothing may be reported as an error."""
    context = browser.new_context(base_url=base, **options)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []


@pytest.fixture
def page(browser: Any, base: str) -> Iterator[Any]:
    """A window over the demo's archive."""
    with window(browser, base) as opened:
        yield opened


@pytest.fixture(params=["script", "no script"])
def either_page(request: pytest.FixtureRequest, browser: Any, base: str) -> Iterator[Any]:
    """A window with JavaScript, and one without."""
    with window(browser, base, java_script_enabled=request.param == "script") as opened:
        yield opened


def follow(target: Any) -> None:
    """Clicks what leads to another page, and waits until that page is there whole.

    A click by itself returns as soon as the browser sets out, and what is counted then is counted on half a page.
    """
    with target.page.expect_navigation():
        target.click()


def accessible(opened: Any) -> list[str]:
    """Gives what axe finds on the open page: nothing, it is hoped."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(opened).response["violations"]
    return [f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes'][:3]]}" for each in found]


def overflow(opened: Any) -> int:
    """Gives by how many pixels the open page is wider than its window."""
    return int(opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
