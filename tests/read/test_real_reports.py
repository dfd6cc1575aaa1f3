"""The real reports with hand-checked figures, which lie beside the repository and are not part of it."""

import json
from pathlib import Path

import pytest

from archive.model import Hints, Payload, Status, Verdict
from archive.read import read

REAL = Path(__file__).parents[3] / "shared" / "reports"
GOLD = sorted(
    path
    for path in REAL.glob("*.gold.json")
    if path.name.removesuffix(".gold.json").endswith((".txt", ".html", ".pdf"))
)

pytestmark = pytest.mark.skipif(not GOLD, reason="the real reports are not here: ../shared/reports")


@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.name.removesuffix(".gold.json"))
def test_every_figure_as_printed(gold: Path) -> None:
    expected = json.loads(gold.read_text(encoding="utf-8"))
    source = gold.with_name(gold.name.removesuffix(".gold.json"))
    reading = read(Payload(source.read_bytes()), Hints(file_name=source.name))
    assert (reading.agency, reading.year) == (expected["agency"], expected["year"])
    assert dict(reading.forms) == expected["forms"]
    found = {f.indicator: None if f.status is Status.BLANK else (f.raw or "").strip() for f in reading.figures}
    assert list(found.items()) == list(expected["figures"].items())
    assert not [figure for figure in reading.figures if figure.status is Status.UNREADABLE]
    assert not [check for check in reading.checks if check.verdict is Verdict.FAILS]


def test_what_is_no_number_stays_so() -> None:
    reading = read(Payload((REAL / "001_079ed3c1b799cbd0.txt").read_bytes()), Hints())
    figures = {figure.indicator: figure for figure in reading.figures}
    assert figures["disclosure.fees.change"].status is Status.TEXT
    assert str(figures["disclosure.procurement.amount"].value_wan) == "6324"
    assert figures["requests.received.natural_person"].status is Status.BLANK
    assert "column-inferred" in {issue.code for issue in reading.issues}


def test_the_blank_form_has_two_hundred_blanks() -> None:
    reading = read(Payload((REAL / "form-2021-template.docx").read_bytes()), Hints())
    assert [figure.status for figure in reading.figures] == [Status.BLANK] * 200
    assert {check.verdict for check in reading.checks} == {Verdict.NOT_CHECKABLE}
