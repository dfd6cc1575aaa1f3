"""Characters that PostgreSQL cannot keep never leave the reader."""

from archive.model import Hints, Payload
from archive.read import read
from archive.read.blocks import Content, Document, Paragraph, Span, grid
from archive.read.storable import storable


def test_a_nul_in_a_file_is_replaced_and_said() -> None:
    words = "临江镇2020年政府信息公开工作年度报告\n"
    reading = read(Payload((words + words + "a\0b").encode("utf-16")), Hints())
    assert "\0" not in reading.text
    assert "a\ufffdb" in reading.text
    assert "charset-replacements" in {issue.code for issue in reading.issues}


def test_every_text_is_cleaned_and_spans_stay_one_cell() -> None:
    table = grid([[Span("a\0", colspan=2)], [Span("b"), Span("\ud800")]])
    dirty = Document(
        (Paragraph("x\0"), table), "y\0", titles=("t\0",), publisher="p\0", content=Content("\0", (table,))
    )
    found = storable(dirty)
    assert not {"\0", "\ud800"} & set(repr(found).replace("\\x00", "\0").replace("\\ud800", "\ud800"))
    first, second = found.tables[0].rows[0]
    assert first is second
    assert [issue.code for issue in found.issues] == ["charset-replacements"]


def test_nothing_changes_without_need() -> None:
    sound = Document((Paragraph("一"),), "一")
    assert storable(sound) is sound
