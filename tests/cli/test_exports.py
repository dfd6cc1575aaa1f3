"""Exports, codebook, releases and references as commands: what they print, write and end with."""

from pathlib import Path

from sqlalchemy import create_engine

from tests.cli.command import Command
from tests.research.panels import small_panel


def test_export_codebook_release_and_cite(archive: Command, tmp_path: Path) -> None:
    engine = create_engine(archive.database_url)
    with engine.begin() as connection:
        small_panel(connection)
    engine.dispose()

    done = archive.run("export", "--format", "csv,dta", "--years", "2021-2023", "-o", str(tmp_path / "out"))
    assert [line.rpartition("/")[2] for line in done.stdout.splitlines()] == [
        "wide.csv: 3 rows",
        "wide_status.csv: 3 rows",
        "wide.dta: 3 rows",
    ]
    assert "wide.dta: 1 numbers of more than 15 digits are rounded" in done.stderr
    assert "is no year" in archive.run("export", "--years", "21", "-o", str(tmp_path / "no"), code=2).stderr
    assert not (tmp_path / "no").exists()

    [entry] = archive.json("codebook", "req_rec_tot")
    assert (entry["indicator"], entry["reports"]["number"]) == ("requests.received.total", 1)

    folder = tmp_path / "nianbao-2026.11.0"
    [built] = archive.json("release", "build", "2026.11.0", "-o", str(folder))
    assert built["rows"]["wide"] == 5
    assert "[DS/OL]" in archive.run("cite", str(folder)).stdout
    assert "\x1b" not in archive.run("cite", "青石镇", "2023", "--style", "ris").stdout
    (folder / "README.md").write_text("x", encoding="utf-8")
    assert "README.md has changed" in archive.run("release", "verify", str(folder), code=4).stdout
