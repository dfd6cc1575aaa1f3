"""`nianbao verify` and the digest of a night on a damaged archive: what they say, and with which exit code."""

import shutil
from pathlib import Path

from archive.records.session import open_engine
from tests.cli.command import Command
from tests.warc.kept import keep


def test_damage_is_told_until_it_is_repaired(archive: Command, tmp_path: Path) -> None:
    warcs, copy = archive.home / "warc", tmp_path / "copy"
    with open_engine(archive.home, archive.database_url) as engine:
        bad = keep(engine, warcs, 1, [b"<p>one", b"<p>two"])
        gone = keep(engine, warcs, 2, [b"<p>three"])
    shutil.copytree(warcs, copy)
    good = bad.read_bytes()
    bad.write_bytes(good[:200] + b"\0" + good[201:])
    gone.unlink()
    (archive.home / "portals").mkdir()
    archive.crawls(archive.home / "portals")

    said = archive.run("nightly", code=3).stdout
    assert f"!! bad: {bad.name} at " in said
    assert f"!! missing: {gone.name} at 0: the index names this file, but it is not there" in said
    assert " WARC files read back, " in said
    assert "no second place is set" in archive.run("verify", "--repair", code=4).stderr
    assert "is neither a share" in archive.run("verify", "--sample", "0%", code=2).stderr

    archive.more["NIANBAO_WARC_COPY"] = str(copy)
    [found] = archive.json("verify", "--repair")
    assert {one["file"] for one in found.pop("repaired")} == {bad.name, gone.name}
    assert found == {"captures": 3, "checked": 3, "bad": [], "orphans": [], "missing": [], "elsewhere": []}
    assert bad.read_bytes() == good
    [night] = archive.json("nightly")
    assert (night["loud"], night["verified"]["bad"], night["verified"]["missing"]) == ([], 0, 0)
