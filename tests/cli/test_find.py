"""`nianbao find` over the archive of two demo nights: words with passages, filters, agencies by pinyin, totals."""

import json
from typing import Any

import pytest

from archive.cli.find import print_passage
from archive.research.passages import passages_of
from crawler.demo.truth import expected
from tests.cli.command import Command

Nights = tuple[Command, list[dict[str, Any]]]
KEYS = {"agency", "division", "agency_code", "level", "year", "title", "portal", "url", "place"} | {
    *("version", "versions_seen", "withdrawn"),
    *("media_type", "forms", "checks_failing", "hits", "passages", "total", "total_truncated"),
}


def test_words_are_shown_in_their_passages(two_nights: Nights) -> None:
    command, _ = two_nights
    rows = command.json("find", "申请", "--limit", "1000")
    assert len(rows) == rows[0]["total"] > 20
    assert {row["total_truncated"] for row in rows} == {False}
    assert all(set(row) == KEYS for row in rows)
    for row in rows:
        assert isinstance(row["hits"][0], int)
        assert row["hits"][0] >= 1
        marked = [passage["text"][start:end] for passage in row["passages"] for start, end in passage["marks"]]
        assert set(marked) == {"申请"}
    assert any(passage["section"] for row in rows for passage in row["passages"])
    printed = command.run("find", "申请", "--year", "2023", "--limit", "2").stdout
    assert "【申请】" in printed
    assert printed.splitlines()[-1].endswith(" reports")


def test_pages_of_the_answer_make_it_whole(two_nights: Nights) -> None:
    command, _ = two_nights
    whole = command.json("find", "公开", "--limit", "1000")
    parts = [command.json("find", "公开", "--limit", "15", "--offset", str(first)) for first in (0, 15, 30, 45)]
    assert [row for part in parts for row in part] == whole
    past = command.run("find", "公开", "--offset", "5000", "--json")
    assert past.stdout == ""
    assert f"of {whole[0]['total']} reports none is shown" in past.stderr


def test_what_narrows_a_search(two_nights: Nights) -> None:
    command, _ = two_nights
    everything = command.json("find", "--limit", "1000")
    failing = command.json("find", "--checks", "failing", "--limit", "1000")
    holding = command.json("find", "--checks", "holding", "--limit", "1000")
    assert len(failing) + len(holding) == len(everything)
    assert {row["checks_failing"] for row in failing} <= {True}
    assert {row["year"] for row in command.json("find", "--years", "2022-", "--limit", "1000")} == {
        one.year for one in expected(2) if one.year >= 2022
    }
    docx = command.json("find", "--type", "docx", "--limit", "1000")
    assert {row["agency"] for row in docx} == {one.agency for one in expected(2) if one.format == "docx"}
    without = command.json("find", "公开", "--without", "镇", "--limit", "1000")
    assert 0 < len(without) < len(everything)


def test_agencies_are_found_as_people_type_them(two_nights: Nights) -> None:
    command, _ = two_nights
    named = {(row["agency"], row["year"]) for row in command.json("find", "--agency", "青禾县财政局")}
    assert named
    for typed in ("青禾县财政局", "qinghexiancaizhengju", "qhxczj", "qinghe czj"):
        found = command.json("find", "--in", "agency", typed, "--limit", "500")
        assert {(row["agency"], row["year"]) for row in found} >= named, typed
    assert command.json("find", "--in", "agency", "990101", "--limit", "500")
    assert command.json("find", "--in", "agency", "zzzz") == []


def test_what_cannot_be_asked_is_said(two_nights: Nights) -> None:
    command, _ = two_nights
    for arguments, word in (
        (("--level", "city"), "level"),
        (("--years", "2023-2019"), "ends before it begins"),
        (("--limit", "0"), "--limit"),
        (("长" * 101,), "too long"),
    ):
        assert word in command.run("find", *arguments, code=2).stderr
    assert json.loads(command.run("find", "申请", "--limit", "1", "--json").stdout)["hits"]


def test_stored_text_does_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "前\x1b[31m公开\x07\u202e后\u2066"
    for passage in passages_of(f"一、总体情况\x1b]0;x\x07\n{hostile}", [["公开"]]):
        print_passage(passage)
    shown = capsys.readouterr().out
    assert "【公开】" in shown
    assert not any(letter in shown for letter in "\x1b\x07\u202e\u2066")
    assert r"\u001b[31m" in shown
