"""kill -9 at random moments of a night over the ten demo portals: the end is as if nothing had happened."""

from pathlib import Path

from sqlalchemy import URL

from tests.cli.killing import compare

KILLS, SEED = 3, 3  # `python -m tests.cli.killing` kills twenty times


def test_kill_9_changes_nothing_but_the_time_it_takes(tmp_path: Path, server_url: URL, template: str) -> None:
    print(compare(tmp_path, server_url, template, KILLS, SEED))  # noqa: T201 – shown where it fails
