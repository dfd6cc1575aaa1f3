"""Reports made up by chance read as printed: no false number, and nothing unreadable but what is lost."""

from random import Random

import pytest

from archive.model import Hints, Payload, Reading
from archive.read import read
from tests.compose.judge import judge
from tests.compose.page import page
from tests.compose.report import sheets
from tests.compose.sheets import Sheet
from tests.compose.word import document

SEEDS = range(20)
EACH = 4  # reports a seed


def check(reading: Reading, made: list[Sheet], lost: set[str]) -> int:
    """Checks every cell; gives how many are right."""
    verdict = judge(reading, {code: printed for sheet in made for code, printed in sheet.printed.items()})
    assert verdict.false == ()
    assert [code for code in verdict.unreadable if code.split(".")[0] not in lost] == []
    assert (reading.agency, reading.year) == ("临江镇", 2022)
    assert "公开的深度还不够。" in reading.text
    assert "信访举报" not in reading.text
    return verdict.right


@pytest.mark.parametrize("seed", SEEDS)
def test_pages(seed: int) -> None:
    rng = Random(seed)
    right = 0
    for _ in range(EACH):
        made, lost = sheets(rng)
        right += check(read(Payload(page(made, rng).source.encode()), Hints()), made, lost)
    assert right > EACH * 150


@pytest.mark.parametrize("seed", SEEDS)
def test_word_documents(seed: int) -> None:
    rng = Random(1_000 + seed)
    right = 0
    for _ in range(EACH):
        made, lost = sheets(rng)
        right += check(read(Payload(document(made, rng)), Hints()), made, lost)
    assert right > EACH * 150
