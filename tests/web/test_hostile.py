"""Whatever a report prints does nothing: it is text on every page, in every file."""

import csv
import io
import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from archive.model import Status
from archive.records import Engine, versions
from archive.research.layout import laid_out
from archive.web.rendering import UNSEEN, thousands
from tests.cli.command import Command
from tests.records.builder import Builder, reading_of
from tests.research.printed import printed, report_page
from tests.web.conftest import overflow, serving, window

SCRIPT = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"
FORMULA = '=HYPERLINK("http://127.0.0.1/","点此")'
TURNED = "\u202eabc\u2066"
LONG = "年报" * 5_000_000
CELLS = {
    "remedies.review.upheld": escape(SCRIPT),
    "remedies.review.corrected": FORMULA,
    "remedies.review.other": TURNED,
    "remedies.review.pending": "无\x1b[31m",
    "remedies.review.total": "7",
}
ADDRESS = f"/reports/990101/{quote('青石镇')}/2023"


@pytest.fixture
def hostile(archive: Command, tmp_path: Path) -> Iterator[tuple[str, Command]]:
    """The pages over an archive of one hostile report, taken in as a file."""
    folder = tmp_path / "files"
    folder.mkdir()
    title = "青石镇2023年政府信息公开工作年度报告"
    body = printed([laid_out("remedies", "2021")], lambda code: CELLS.get(code, "0"))
    evil = f"<p>{escape(SCRIPT)}{TURNED}{FORMULA}</p>{SCRIPT}<style>body{{display:none}}</style>"
    (folder / "a.html").write_bytes(report_page(title, body + evil))
    (folder / "list.csv").write_text("path,agency,year\na.html,青石镇,2023\n")
    archive.run("import", "--manifest", str(folder / "list.csv"), str(folder))
    with serving(archive.environ) as address:
        yield address, archive


def test_a_hostile_report_is_text_on_every_page(hostile: tuple[str, Command], browser: Any) -> None:
    base, archive = hostile
    [report] = archive.json("show", "青石镇", "2023")
    path = f"/reports/{report['division']}/{quote(report['agency'])}/{report['year']}"
    with window(browser, base, viewport={"width": 360, "height": 700}) as page:
        for suffix in ("", "?cell=remedies.review.other", "?view=text", "/versions"):
            page.goto(path + suffix)
            assert page.title() != "pwned", suffix
            assert overflow(page) == 0, suffix
            assert page.locator("main").is_visible()
            assert not UNSEEN.search(page.locator("main").inner_text()), suffix
            assert page.locator("main script, main img, main style").count() == 0
        for elsewhere in ("/", "/search?q=pwned", "/search?q=HYPERLINK", f"/agencies/990101/{quote('青石镇')}"):
            page.goto(elsewhere)
            assert page.title() != "pwned", elsewhere
            assert not UNSEEN.search(page.locator("main").inner_text()), elsewhere
            assert page.locator("main script, main img, main style").count() == 0
        page.goto("/search?q=pwned")
        assert "pwned" in page.locator(".results mark").first.inner_text()
        page.goto(path + "?cell=remedies.review.upheld")
        assert SCRIPT in page.locator("#cell mark").inner_text()
        assert "原文非数字" in page.locator("section.chosen").inner_text()
    rows = list(csv.DictReader(io.StringIO(read(base + path + ".csv").decode("utf-8-sig"))))
    raw = {row["indicator"]: row["raw"] for row in rows}
    assert raw["remedies.review.corrected"] == "'" + FORMULA
    assert raw["remedies.review.total"] == "7"
    said = {f["indicator"]: f["raw"] for f in json.loads(read(base + path + ".json"))["figures"]}
    assert said["remedies.review.upheld"] == SCRIPT


def read(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())


@pytest.fixture
def enormous(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[str]:
    """The pages over a report whose title, text and cell are far too long."""
    with engine.begin() as connection:
        archive = Builder(connection)
        archive.source()
        archive.seen("a")
        reading = reading_of("\n".join(["一、总体情况", LONG[:2_000_000]]))
        cell = replace(reading.figures[0], status=Status.TEXT, raw=LONG[:100_000])
        archive.read("a", replace(reading, title=LONG + "<script>", figures=(cell, reading.figures[1])))
        versions.derive(connection, 1)
    home = {"NIANBAO_HOME": str(tmp_path), "NIANBAO_DATABASE_URL": database_url}
    with serving({**os.environ, **home}) as address:
        yield address


def test_pages_stay_small_whatever_a_report_holds(enormous: str) -> None:
    for suffix in ("", "?cell=remedies.review.upheld", "/versions"):
        found = read(enormous + ADDRESS + suffix)
        assert len(found) < 100_000, suffix
        assert "10 000 000 字" not in found.decode()
        assert f"共 {thousands(len(LONG) + 8)} 字".encode() in found, "the whole length is told"
    found = read(enormous + ADDRESS + "?view=text")
    assert len(found) < 500_000
    assert f"{ADDRESS}.txt".encode() in found
    assert len(read(enormous + ADDRESS + ".txt").decode()) > 2_000_000
