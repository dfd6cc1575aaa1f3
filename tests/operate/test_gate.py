"""The gate before a promotion: its file, and what it refuses."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.model import Figure, Status, Verdict
from archive.operate.gate import Gate, false_numbers, load, refusals
from archive.records.comparison import Corrected, Pair
from archive.research.revisions import Cell, Change, Effect, Rate, Stand

PAIR = Pair(
    *(1, 2, "a" * 64, "", "990101", "青石镇", 2023, "青石镇", 2023, "青石镇", 2023, None, None, "text/html"),
    *("990101-test", "http://127.0.0.1/a.html", "a.warc.gz", 1000),
)
UPHELD = Figure("remedies.review.upheld", Status.NUMBER, raw="3", value=Decimal(3))


def number(value: str) -> Figure:
    return Figure("remedies.review.total", Status.NUMBER, raw=value, value=Decimal(value))


def gate(folder: Path, said: str) -> Gate:
    path = folder / "gate.toml"
    path.write_text(said, encoding="utf-8")
    return load(path)


def test_what_is_lost_needs_a_reason(tmp_path: Path) -> None:
    found = Effect(1, 2, cells=[Cell(Change.LOST, UPHELD.indicator, "2021", UPHELD, None, PAIR)])
    [said] = refusals(Gate(), found)
    assert said == f"remedies.review.upheld: 1 figures lost without a reason: 青石镇 2023 ({'a' * 12})"
    for pattern, refused in (("remedies.*", 0), ("remedies.review.total", 1), ("disclosure.*", 1)):
        reasons = gate(tmp_path, f'[[lost]]\nindicator = "{pattern}"\nform = "2021"\nreason = "r"\n')
        assert len(refusals(reasons, found)) == refused
    found.cells = [Cell(Change.CHANGED, UPHELD.indicator, "2021", UPHELD, number("4"), PAIR)]
    assert refusals(Gate(), found) == []


def test_an_identity_must_not_fail_more_often(tmp_path: Path) -> None:
    before, worse = {Verdict.HOLDS: 9, Verdict.FAILS: 1}, {Verdict.HOLDS: 8, Verdict.FAILS: 1, Verdict.NOT_CHECKABLE: 1}
    found = Effect(1, 2, rates=[Rate("requests.balance.total", before, worse)])
    assert refusals(Gate(), found) == ["requests.balance.total: it held in 9 of 10 reports, now in 8 of 9"]
    assert refusals(gate(tmp_path, '[[failing]]\nidentity = "requests.*"\nreason = "r"\n'), found) == []
    found.rates = [Rate("requests.balance.total", worse, before)]
    assert refusals(Gate(), found) == []


def test_a_number_that_a_person_denies_is_refused_where_it_is_new() -> None:
    said = Corrected("青石镇", "990101", 2023, "remedies.review.total", Decimal(7), "by phone", "a", 1)
    cases = (("5", "6", "contradicts", 1), ("5", "5", "contradicts", 0), ("5", "7", "agrees", 0))
    for old, new, stands, refused in cases:
        stand = Stand(said, number(old), number(new), moved=False)
        assert stand.says == stands
        assert len(refusals(Gate(), Effect(1, 2, overrides=[stand]))) == refused


def test_recorded_cases_must_give_no_false_number(tmp_path: Path) -> None:
    case = Path(__file__).parents[1] / "recorded/reports/2019/html/gb18030-without-charset"
    copy = tmp_path / "cases" / "one"
    copy.mkdir(parents=True)
    (copy / "page.html").write_bytes((case / "page.html").read_bytes())
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    code = next(code for code, printed in expected["figures"].items() if printed and code not in expected["status"])
    (copy / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    demanded = gate(tmp_path, 'recorded = ["cases"]')
    assert false_numbers(demanded, workers=1) == []
    right, expected["figures"][code] = expected["figures"][code], "987654"
    (copy / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    assert false_numbers(demanded, workers=1) == [f"{copy}: {code}: read as {right}, printed is '987654'"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("lost = 1", r"written \[\[lost\]\]"),
        ("[[lost]]\nindicator = 'a'", "needs a reason"),
        ("[[lost]]\nreason = 'r'", "one of indicator"),
        ("[[lost]]\ncell = 'a'\nreason = 'r'", "'cell' is not known"),
        ("[[failing]]\nidentity = 1\nreason = 'r'", "every value is a text"),
        ("loss = 1", "'loss' is not known"),
        ("recorded = ['nowhere']", "no recorded cases"),
        ("unread = ''", "unread is the reason"),
        ("lost = [", "gate.toml"),
    ],
)
def test_a_bad_gate_is_refused_with_its_place(tmp_path: Path, said: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        gate(tmp_path, said)
