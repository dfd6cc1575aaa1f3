"""What changed in a text: the paragraphs, and inside them the characters."""

from hypothesis import given
from hypothesis import strategies as st

from archive.research.diff import changed_lines, changed_paragraphs

LINES = st.lists(st.text("甲乙丙丁戊0123 ", max_size=12), max_size=8).map("\n".join)


def test_only_changed_paragraphs_are_given_with_what_stays_in_them() -> None:
    old = "一、总体情况\n全年收到申请57件。\n二、问题"
    new = "一、总体情况\n全年收到申请60件。\n二、问题\n三、其他"
    first, second = changed_paragraphs(old, new)
    assert first == ((0, "全年收到申请"), (-1, "57"), (1, "60"), (0, "件。"))
    assert second == ((1, "三、其他"),)
    assert changed_lines(old, new) == ["- 全年收到申请57件。", "+ 全年收到申请60件。", "+ 三、其他"]


def test_a_text_of_two_megabytes_is_compared_in_bounded_work() -> None:
    old, new = "甲乙丙\n" * 200_000 + "丁" * 500_000, "甲乙丙\n" * 199_999 + "戊" * 500_000
    changes = changed_paragraphs(old, new)
    assert any(op == 1 and "戊" in text for change in changes for op, text in change)


@given(LINES, LINES)
def test_changes_tell_both_texts_apart_and_nothing_else(old: str, new: str) -> None:
    changes = changed_paragraphs(old, new)
    said = [[line for line in text.splitlines() if line] for text in (old, new)]
    assert changes or said[0] == said[1]
    assert not changes or old.splitlines() != new.splitlines()
    for change in changes:
        assert any(op for op, _ in change)
        assert "".join(text for op, text in change if op <= 0).replace("\n", "") in old.replace("\n", "")
        assert "".join(text for op, text in change if op >= 0).replace("\n", "") in new.replace("\n", "")
