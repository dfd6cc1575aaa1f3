"""A portal that serves a ZIP with three reports and a page with two years, crawled for three nights."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.cli.command import Command
from tests.cli.odd_portal import PAGES, serving
from tests.compose.several import Report, docx, html, paged, report

TOWNS = ("昌傅镇", "大桥街道", "店下镇")


def files(*reports: Report) -> bytes:
    """A ZIP with a member for each report, the same bytes for the same reports."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for one in reports:
            archive.writestr(zipfile.ZipInfo(f"{one.agency}.docx"), docx([one], Random(one.agency)))
    return buffer.getvalue()


def reports(seed: str) -> list[Report]:
    return [report(town, 2023, Random(seed + town)) for town in TOWNS]


@pytest.fixture
def portal(archive: Command) -> Iterator[str]:
    """Serves the portal, whose file is the archive's only one; gives its base URL."""
    years = [report("观上镇", year, Random(year)) for year in (2023, 2022)]
    rows = {"/1.zip": "试验县各乡镇2023年政府信息公开工作年度报告", "/2.html": "观上镇政府信息公开工作年度报告"}
    items = "".join(f"<li><a href='{path}'>{title}</a><span>2024-01-18</span></li>" for path, title in rows.items())
    PAGES.clear()
    PAGES["/list.html"] = ("text/html", paged(f"<ul>{items}</ul>", "年报"))
    PAGES["/1.zip"] = ("application/zip", files(*reports("a")))
    PAGES["/2.html"] = ("text/html", paged("".join(html(one, Random(7)) for one in years)))
    with serving(archive, "127.0.0.33", "990303-xiang", 2) as base:
        yield base


def crawl(archive: Command) -> dict[str, object]:
    [run] = archive.json("crawl")
    [found] = run["portals"]
    return {name: found[name] for name in ("found", "new", "changed", "unchanged", "withdrawn", "failed", "state")}


def value(archive: Command, town: str, one: Report) -> None:
    """What `show` gives of a town is what its report printed."""
    [found] = archive.json("show", town, "2023")
    given = {figure["indicator"]: figure["value"] for figure in found["figures"]}
    meant = {code: None if m.value is None else format(m.value, "f") for code, m in one.printed.items()}
    assert given == meant


def test_three_nights(archive: Command, portal: str) -> None:
    quiet = {"withdrawn": 0, "failed": 0, "state": "complete", "found": 2}
    first, second = reports("a"), reports("b")
    assert crawl(archive) == {"new": 2, "changed": 0, "unchanged": 0, **quiet}
    found = {(d["agency"], d["year"]): d for d in archive.json("find")}
    assert set(found) == {*((town, 2023) for town in TOWNS), ("观上镇", 2023), ("观上镇", 2022)}
    assert found["昌傅镇", 2023]["place"] == "昌傅镇.docx"
    assert found["观上镇", 2022]["place"] == "观上镇 2022"
    for town, one in zip(TOWNS, first, strict=True):
        value(archive, town, one)
    assert crawl(archive) == {"new": 0, "changed": 0, "unchanged": 2, **quiet}

    PAGES["/1.zip"] = ("application/zip", files(second[0], first[1]))
    assert crawl(archive) == {"new": 0, "changed": 1, "unchanged": 1, **quiet, "withdrawn": 1}
    value(archive, TOWNS[0], second[0])
    value(archive, TOWNS[1], first[1])
    value(archive, TOWNS[2], first[2])
    told = [archive.json("history", town, "2023")[0] for town in TOWNS]
    assert [[run["version"] for run in one["runs"]] for one in told] == [[1, 2], [1], [1, None]]
    assert [one["withdrawn"] for one in told] == [False, False, True]
    [restated] = told[0]["restatements"]
    assert restated["figures"]
    assert told[1]["restatements"] == []
    [difference] = archive.json("diff", TOWNS[0], "2023")
    assert (difference["from"], difference["to"]) == (1, 2)
    assert f"{portal}/1.zip (昌傅镇.docx)" in archive.run("show", TOWNS[0], "2023").stdout
    assert_exported(archive)

    [again] = archive.json("reread")
    assert (again["read"], again["failed"]) == (0, 0)
    assert [archive.json("history", town, "2023")[0] for town in TOWNS] == told
    assert len(archive.json("find")) == 5

    PAGES["/1.zip"] = ("application/zip", files(*first))
    assert crawl(archive) == {"new": 0, "changed": 0, "unchanged": 2, **quiet}
    told = [archive.json("history", town, "2023")[0] for town in TOWNS]
    assert [[run["version"] for run in one["runs"]] for one in told] == [[1, 2, 1], [1], [1, None, 1]]
    assert not any(one["withdrawn"] for one in told)


def assert_exported(archive: Command) -> None:
    """A row a document, the gone one with what it said."""
    folder = archive.home / "out"
    archive.run("export", "--shape", "wide", "--format", "csv", "-o", str(folder))
    lines = (folder / "wide.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 6
    assert sum("店下镇.docx" in line for line in lines) == 1


def test_read_prints_an_object_a_report(archive: Command, tmp_path: Path) -> None:
    path = tmp_path / "年报.zip"
    path.write_bytes(files(*reports("a")))
    single = tmp_path / "一.zip"
    single.write_bytes(files(reports("a")[0]))
    printed = [json.loads(line) for line in archive.run("read", str(path), str(single), "--json").stdout.splitlines()]
    assert [(one["agency"], one["place"]) for one in printed] == [
        *((town, f"{town}.docx") for town in TOWNS),
        ("昌傅镇", ""),
    ]
    assert len({one["sha256"] for one in printed}) == 2
    told = archive.run("read", str(path)).stdout
    for town in TOWNS:
        assert f"{path} ({town}.docx): {town}, 2023" in told
