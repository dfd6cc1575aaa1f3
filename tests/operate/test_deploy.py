"""What lies in deploy/: the container's scheduler, and settings and commands that exist."""

import os
import re
import signal
import subprocess
import time
import tomllib
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from archive.cli import COMMANDS
from archive.cli.setup import TEMPLATE
from archive.config import Alerts, Config, load

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def deploy(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.rootpath / "deploy"


def every_night(deploy: Path, folder: Path, script: str, *arguments: str, **environ: str) -> "subprocess.Popen[str]":
    """Starts the scheduler with a `nianbao` that is this script."""
    program = folder / "nianbao"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    given = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "NIGHT_SPREAD": "0", **environ}
    return subprocess.Popen([deploy / "every-night.sh", *arguments], env=given, stderr=subprocess.PIPE, text=True)


def soon() -> str:
    return f"{datetime.now(UTC).astimezone(CHINA) + timedelta(seconds=2):%H:%M:%S}"


def test_the_container_s_scheduler_waits_for_its_hour_and_survives_a_bad_night(deploy: Path, tmp_path: Path) -> None:
    script = f"echo $1 $(date +%s) >> {tmp_path}/log; exit 3"
    begun = time.time()
    with every_night(deploy, tmp_path, script, "--once", NIGHT_AT=soon()) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "exit code 3" in said
    word, at = (tmp_path / "log").read_text(encoding="utf-8").split()
    assert word == "nightly"
    assert int(at) >= int(begun) + 1


def test_a_stop_ends_the_wait_at_once_and_reaches_a_night(deploy: Path, tmp_path: Path) -> None:
    hour = f"{datetime.now(UTC).astimezone(CHINA) + timedelta(hours=3):%H:%M}"
    with every_night(deploy, tmp_path, "exit 0", NIGHT_AT=hour) as process:
        assert process.stderr
        assert "next at" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 143
    script = f"trap 'echo stopped > {tmp_path}/told; exit 130' TERM; touch {tmp_path}/runs; while :; do sleep 0.1; done"
    with every_night(deploy, tmp_path, script, NIGHT_AT=soon()) as process:
        for _ in range(600):
            if (tmp_path / "runs").exists():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 143
    assert (tmp_path / "told").read_text(encoding="utf-8") == "stopped\n"


def locked(path: Path) -> dict[str, str]:
    """Gives what a lock says of each package: version, where it is needed, hashes."""
    entries = re.split(r"\n(?=[a-z])", path.read_text(encoding="utf-8").partition("make lock\n")[2].strip())
    return {entry.partition(" \\")[0]: entry for entry in entries}


def test_the_image_installs_what_was_tested_and_no_tools(deploy: Path) -> None:
    ours, image = locked(deploy.parent / "requirements.lock"), locked(deploy / "requirements.lock")
    assert image.items() <= ours.items()
    names = {package.partition("==")[0] for package in image}
    project = tomllib.loads((deploy.parent / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    extras = [each for extra in ("exports", "ocr", "s3") for each in project["project"]["optional-dependencies"][extra]]
    assert set(map(named, [*project["project"]["dependencies"], *extras, *groups["build"]])) <= names
    assert not {named(each) for each in groups["dev"] if isinstance(each, str)} & names - {"cryptography"}  # scrapy's


def named(requirement: str) -> str:
    """Gives the name of a required package as locks write it."""
    return re.split(r"[\[~>=]", requirement)[0].replace("_", "-")


def test_every_setting_and_command_that_is_named_exists(deploy: Path) -> None:
    names = {f.name for f in fields(Config)} | {f"alerts_{f.name}" for f in fields(Alerts)} | {"config"}
    found = 0
    for path in [path for path in deploy.rglob("*") if path.is_file()]:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"NIANBAO_([A-Z_]*[A-Z])\b", text):
            assert name.lower() in names, (path, name)
            found += 1
        for command in re.findall(r"(?:bin/nianbao|^ *nianbao) ([a-z]+)", text, re.MULTILINE):
            assert command in COMMANDS, (path, command)
            found += 1
    assert found > 10


def test_the_settings_that_init_writes_can_be_read_with_every_line_in_force(tmp_path: Path) -> None:
    path = tmp_path / "nianbao.toml"
    path.write_text(re.sub(r"^# (?=[a-z_]+ = )", "", TEMPLATE, flags=re.MULTILINE), encoding="utf-8")
    found = load({"NIANBAO_CONFIG": str(path)})
    assert found.night_hours == 6.0
    assert all(getattr(found.alerts, f.name) for f in fields(Alerts) if f.name != "mail_password")
