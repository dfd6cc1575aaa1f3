"""Faults at random moments of crawling, reading and promoting; `python -m tests.faults` does it a thousand times."""

import os
import subprocess
import sys

from sqlalchemy import URL


def test_an_archive_that_is_hurt_loses_nothing_and_keeps_nothing_twice(server_url: URL) -> None:
    environ = os.environ | {"NIANBAO_DATABASE_URL": server_url.render_as_string(hide_password=False)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--faults", "24", "--seed", "5"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "24 faults" in done.stdout
    for stage in ("crawl", "read", "promote"):
        assert f"\n{stage}" in done.stdout
