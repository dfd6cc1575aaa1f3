"""`nianbao verify` on an archive of two small files: samples, repairs, what other machines have, what a night says."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from crawler.demo.portal_files import portal_files
from crawler.demo.two import QINGHE
from tests.cli.command import Command
from tests.compose.several import html, paged, report

WGET = Path(__file__).parent / "data" / "wget.warc.gz"


@pytest.fixture
def kept(archive: Command, tmp_path: Path) -> Iterator[Command]:
    """An archive of two imports, thus two WARC files, with a copy of both in `copy`."""
    folder = archive.home / "portals"
    folder.mkdir(parents=True)
    portal_files(archive.port, folder)
    archive.crawls(folder)
    archive.run("import", "--portal", QINGHE.id, str(WGET), code=0)
    one = report("青禾县民政局", 2020, Random(7))
    (tmp_path / "page.html").write_bytes(paged(html(one, Random(7)), one.title))
    prefix = f"http://{QINGHE.address}:{archive.port}/"
    archive.run("import", "--portal", QINGHE.id, "--url-prefix", prefix, str(tmp_path / "page.html"))
    shutil.copytree(archive.home / "warc", tmp_path / "copy")
    assert len(files(archive)) == 2
    archive.more["NIANBAO_WARC_COPY"] = str(tmp_path / "copy")
    yield archive


def files(archive: Command) -> list[Path]:
    return sorted((archive.home / "warc").glob("import*.warc.gz"), key=lambda path: path.stat().st_size)


def damage(path: Path) -> bytes:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    return bytes(data)


def verified(archive: Command, *arguments: str, code: int = 0) -> dict[str, Any]:
    [found] = archive.json("verify", *arguments, code=code)
    return found


def ask(archive: Command, statement: str) -> list[tuple[Any, ...]]:
    engine = create_engine(archive.database_url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def test_what_is_bad_or_missing_is_copied_from_the_second_place(kept: Command, tmp_path: Path) -> None:
    small, large = files(kept)
    sound = verified(kept)
    assert 0 < verified(kept, "--sample", "1")["captures"] < sound["captures"]  # samples are of whole files
    assert verified(kept, "--sample", "100%")["captures"] == sound["captures"]
    assert "is neither a share" in kept.run("verify", "--sample", "0%", code=2).stderr
    good = {path.name: path.read_bytes() for path in (small, large)}
    bad = damage(large)
    small.unlink()
    found = verified(kept, code=4)
    assert {one["file"] for one in found["bad"]} == {large.name}
    assert {one["file"] for one in found["missing"]} == {small.name}
    assert found["repaired"] == []

    damage(tmp_path / "copy" / large.name)  # a copy that is bad itself is not taken
    found = verified(kept, "--repair", code=4)
    assert [one["file"] for one in found["repaired"]] == [small.name]
    assert {one["file"] for one in found["bad"]} == {large.name}
    assert large.read_bytes() == bad

    (tmp_path / "copy" / large.name).write_bytes(good[large.name])
    found = verified(kept, "--repair")
    [done] = found["repaired"]
    [beside] = large.parent.glob("*.bad-*")
    assert done["file"] == large.name
    assert done["reason"] == f"copied from {tmp_path / 'copy'}; the bad file is kept as {beside.name}"
    assert beside.read_bytes() == bad
    assert {path.name: path.read_bytes() for path in files(kept)} == good
    assert verified(kept) == sound
    assert [path.name for path in large.parent.iterdir() if path.name.startswith(".")] == []


def test_what_a_worker_has_is_elsewhere_and_what_nobody_has_is_missing(kept: Command, tmp_path: Path) -> None:
    small, large = files(kept)
    ask(
        kept,
        "INSERT INTO crawl_portals (crawl_id, portal_id, worker) SELECT DISTINCT c.crawl_id, c.portal_id, 'cellar'"
        f" FROM captures c JOIN warc_files w ON w.id = c.warc_file_id WHERE w.name = '{large.name}'"
        " ON CONFLICT (crawl_id, portal_id) DO UPDATE SET worker = 'cellar'",
    )
    cellar = replace(kept, home=tmp_path / "cellar")
    (cellar.home / "warc").mkdir(parents=True)
    large.rename(cellar.home / "warc" / large.name)
    found = verified(kept)
    assert [(one["file"], one["reason"].partition(":")[0]) for one in found["elsewhere"]] == [
        (large.name, "worker cellar has it")
    ]
    assert found["checked"] == found["captures"] == 1
    assert verified(cellar, "--here")["elsewhere"] == []
    small.unlink()
    assert {one["file"] for one in verified(kept, code=4)["missing"]} == {small.name}


def test_a_night_reads_back_what_is_new_and_says_what_is_wrong(kept: Command) -> None:
    small, large = files(kept)
    kept.more["NIANBAO_PORTALS_DIR"] = str(kept.home / "none")
    (kept.home / "none").mkdir()
    [night] = kept.json("nightly")
    assert (night["verified"]["files"], night["verified"]["waiting"]) == (2, 0)
    assert (night["verified"]["bad"], night["verified"]["missing"], night["loud"]) == (0, 0, [])
    [again] = kept.json("nightly")
    assert again["verified"]["files"] == 1  # one of the old ones, by lot
    damage(large)
    ask(kept, f"UPDATE warc_files SET verified_at = NULL WHERE name = '{large.name}'")
    small.unlink()
    said = kept.run("nightly", code=3).stdout
    assert f"!! bad: {large.name} at " in said
    assert f"!! missing: {small.name} at 0: the index names this file, but it is not there" in said
    assert "1 WARC files read back" in said
