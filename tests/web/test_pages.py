"""The pages in a real browser, over the archive of two demo nights."""

import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from crawler.demo.truth import changes, expected
from tests.cli.command import Command

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def base(two_nights: tuple[Command, list[dict[str, Any]]]) -> Iterator[str]:
    """Serves the archive's pages; gives their address."""
    command, _ = two_nights
    with subprocess.Popen(
        [sys.executable, "-c", "from archive.cli import main; main()", "serve", "--port", "0"],
        env=command.environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://[\d.:]+/", line)
        assert found, line
        yield found[0].rstrip("/")
        process.terminate()


@pytest.fixture(scope="module")
def page(base: str) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        opened = browser.new_page(base_url=base)
        problems: list[str] = []
        opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        yield opened
        browser.close()
        assert problems == []


def test_a_researcher_finds_a_report_and_sees_its_figures(page: Any) -> None:
    planted = next(one for one in expected(2) if one.format == "docx")
    page.goto("/en/")
    page.get_by_label("Agency").fill(planted.agency)
    page.get_by_label("Year").fill(str(planted.year))
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=planted.agency, exact=True).click()
    assert planted.agency in page.locator("main").inner_text()
    for code, value in planted.figures.items():
        cell = page.locator(f'[id="{code}"]').inner_text().strip()
        assert cell == (value if value is not None else "␣"), code
    assert page.get_by_role("link", name="download the payload").count() == 1


def test_a_corrected_report_shows_what_changed(page: Any) -> None:
    [one] = changes(2).corrected
    page.goto(f"/en/reports/{one.after.portal[:6]}/{quote(one.after.agency)}/{one.after.year}")
    page.get_by_role("link", name="What the last version changed").click()
    text = page.locator("table").inner_text()
    for code, (old, new) in one.figures.items():
        assert re.search(rf"{re.escape(code)}\s+{old}\s+{new}", text), code


def test_a_withdrawn_report_says_so(page: Any) -> None:
    [gone] = changes(2).withdrawn
    page.goto(f"/en/reports/{gone.portal[:6]}/{quote(gone.agency)}/{gone.year}")
    assert "has gone from its portal" in page.locator("main").inner_text()


def test_what_is_not_there_is_a_page_that_says_so(base: str) -> None:
    for path in ("/reports/990101/nobody/2023", "/payloads/" + "0" * 64):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(base + "/en" + path)
        assert caught.value.code == 404
        assert "That is not here" in caught.value.read().decode()


def test_foreign_bytes_are_only_ever_a_download(base: str) -> None:
    planted = expected(2)[0]
    address = f"{base}/en/reports/{planted.portal[:6]}/{quote(planted.agency)}/{planted.year}"
    with urllib.request.urlopen(address) as answer:
        found = re.search(r"/payloads/[0-9a-f]{64}", answer.read().decode())
        assert found
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    with urllib.request.urlopen(base + found[0]) as answer:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.read()
