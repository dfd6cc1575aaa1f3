"""`nianbao doctor`: what an archive lacks, a line each, exit code 6 where something is red."""

from tests.cli.command import Command
from tests.cli.test_bad_input import PORTAL, with_portal


def test_every_check_has_a_line(archive: Command) -> None:
    checks = {line["check"]: line for line in archive.json("doctor")}
    assert list(checks) == ["database", "workers", "storage", "portals", "contact", "scans", "archives"]
    assert all(line["ok"] and line["message"] for line in checks.values())
    assert "RAR and 7z by" in checks["archives"]["message"]


def test_red_lines_say_what_to_do(archive: Command) -> None:
    with_portal(archive, PORTAL.replace("status =", "stauts ="))
    archive.more |= {"NIANBAO_PROFILE": "public", "NIANBAO_CONTACT": " "}
    done = archive.run("doctor", code=6)
    red = [line for line in done.stdout.splitlines() if line.startswith("RED")]
    assert [line.split(":")[0] for line in red] == ["RED portals", "RED contact"]
    assert "990301-shi.toml:" in red[0]
    assert "NIANBAO_CONTACT" in red[1]
