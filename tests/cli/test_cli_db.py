"""`nianbao db` as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import migrations
from archive.records import migrate
from tests.cli.command import PROGRAM


def nianbao(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        env=clean | {"NIANBAO_HOME": str(folder)} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_the_embedded_database_from_start_to_stop(open_folder: Path) -> None:
    home = open_folder / "cli"
    home.mkdir()
    assert json.loads(nianbao(home, "db", "status", "--json").stdout)["running"] is False
    assert not (home / "postgres").exists()
    assert nianbao(home, "db", "start").stdout.startswith("postgresql+psycopg://")
    assert nianbao(home, "db", "upgrade").stdout == f"empty -> {migrations.HEAD}\n"
    status = json.loads(nianbao(home, "db", "status", "--json").stdout)
    assert (status["kind"], status["running"], status["kept"]) == ("embedded", True, True)
    assert status["migration"] == status["head"] == migrations.HEAD
    assert nianbao(home, "db", "shell", "-Atc", "select 6 * 7").stdout == "42\n"
    assert nianbao(home, "db", "shell", "-c", "select nothing").returncode == 1
    assert "CREATE ROLE researcher" in nianbao(home, "db", "roles").stdout
    assert nianbao(home, "db", "check").returncode == 0
    assert nianbao(home, "db", "shell", "-c", "alter table documents drop column year cascade").returncode == 0
    drifted = nianbao(home, "db", "check")
    assert (drifted.returncode, "differs from the code" in drifted.stderr) == (4, True)
    assert nianbao(home, "db", "stop").returncode == 0
    assert json.loads(nianbao(home, "db", "status", "--json").stdout)["running"] is False


def test_a_server_of_ones_own(tmp_path: Path, database_url: str) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return nianbao(tmp_path, "db", *arguments, NIANBAO_DATABASE_URL=database_url)

    engine = create_engine(database_url)
    migrate.downgrade(engine)
    refused = run("check")
    assert (refused.returncode, "nianbao db upgrade" in refused.stderr) == (6, True)
    assert run("upgrade").returncode == 0
    assert run("check").stdout == f"at {migrations.HEAD}, as the code expects\n"
    assert json.loads(run("status", "--json").stdout)["migration"] == migrations.HEAD
    assert run("start").returncode == run("stop").returncode == 2
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '20991231_of_tomorrow'"))
    assert run("upgrade").returncode == 6
    engine.dispose()


@pytest.mark.parametrize("arguments", [["upgrade"], ["check"], ["roles"], ["shell"]])
def test_a_server_that_is_down(tmp_path: Path, arguments: list[str]) -> None:
    url = "postgresql://me:hush@127.0.0.1:1/archive"
    done = nianbao(tmp_path, "db", *arguments, NIANBAO_DATABASE_URL=url)
    assert done.returncode == 6
    assert "127.0.0.1:1" in done.stderr
    assert "hush" not in done.stderr + done.stdout


def test_status_of_a_server_that_is_down(tmp_path: Path) -> None:
    url = "postgresql://me:hush@127.0.0.1:1/archive"
    done = nianbao(tmp_path, "db", "status", "--json", NIANBAO_DATABASE_URL=url)
    assert "hush" not in done.stdout
    assert json.loads(done.stdout)["running"] is False
    assert done.returncode == 0
