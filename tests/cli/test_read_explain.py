"""`nianbao read --explain`: what a maintainer looks at first."""

from pathlib import Path

from tests.cli.command import Command
from tests.recorded.cases import REPORTS, Case


def test_grid_label_and_reason_are_shown(tmp_path: Path) -> None:
    run = Command(tmp_path / "home", "postgresql://nobody@localhost:1/none", 0).run
    case = Case(REPORTS / "2021" / "txt" / "digits-run-together")
    broken = tmp_path / "broken\x1b[31m.docx"
    broken.write_bytes(b"PK\x03\x04word/")
    page = Case(REPORTS / "2021" / "html" / "clean")
    said = run("read", "--explain", str(page.source), str(case.source), str(broken), code=3).stdout
    assert "table 1: 28 rows × 10 columns, spans; requests of form 2021" in said
    received = page.expected["figures"]["requests.received.natural_person"]
    assert f"↳ requests.received: natural_person={received} " in said
    assert "requests.received.total is unreadable" in said
    assert "issue columns-unknown: " in said
    assert "damaged-docx: " in said
    assert "\x1b" not in said
    assert "--json" in run("read", "--explain", "--json", str(page.source), code=2).stderr
