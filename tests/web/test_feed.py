"""The feed of restatements: whatever an agency is called, it is text, and the XML is whole."""

from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree as Xml

import pytest

from archive.model import Figure, Status
from archive.records.revised import Revised
from archive.research.diff import FigureChange
from archive.research.restatements import Restated
from archive.web.pages.restatements import change_rows, entry

NAMES = ("青石镇", "<script>alert(1)</script>]]>&amp;", "乱\x0b码\x00\x1b[31m\ufffe", "\u202e镇石青\u2066", "镇" * 5000)


def restated(agency: str, raw: str) -> Restated:
    """Gives a report of which one figure was changed from words to a number, and one has gone."""
    found = Revised(1, 2, agency, "990101", None, None, 2023, "http://127.0.0.1/a", 3, 2, 9, 8, AT, True)
    code = "remedies.review.total"
    words, number = Figure(code, Status.TEXT, raw), Figure(code, Status.NUMBER, "3", Decimal(3))
    return Restated(found, (FigureChange(code, words, number), FigureChange("requests.other.total", number, None)))


AT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize("agency", NAMES)
def test_an_entry_is_whole_xml_and_its_title_is_text(agency: str) -> None:
    written = Xml.tostring(entry(restated(agency, agency), "http://127.0.0.1", "zh"))
    back = Xml.fromstring(written)
    assert [child.tag for child in back] == ["title", "id", "updated", "link", "summary"]
    assert len(back.find("title") or ()) == 0
    title = back.findtext("title")
    assert title is not None
    assert title.startswith(agency[:3].replace("\x0b", "\ufffd"))
    assert "remedies.review.total: " in (back.findtext("summary") or "")
    assert "requests.other.total: 3 → –" in (back.findtext("summary") or "")
    assert back.findtext("updated") == "2026-05-01T00:00:00Z"


def test_a_changed_figure_is_a_row_with_both_sides() -> None:
    rows = list(change_rows(restated("青石镇", "无")))
    sides = ("old", "old_status", "new", "new_status")
    assert [tuple(row[name] for name in sides) for row in rows] == [
        ("无", "text", "3", "number"),
        ("3", "number", None, None),
    ]
