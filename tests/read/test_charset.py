import pytest

from archive.read.charset import decode

TEXT = "石㙟镇政府信息公开工作年度报告，镶黄旗镕基路。" * 30


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("declared", [None, "utf-8", "gb2312", "big5", "iso-8859-1", "nonsense"])
def test_bytes_decide_whatever_is_declared(charset: str, declared: str | None) -> None:
    text, _, issues = decode(TEXT.encode(charset), declared)
    assert (text, issues) == (TEXT, ())


def test_traditional_chinese() -> None:
    text = "政府資訊公開工作年度報告，說明機關資訊公開之情形。" * 30
    assert decode(text.encode("big5"), None)[:2] == (text, "big5")


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_one_damaged_byte_costs_one_place_and_is_counted(charset: str) -> None:
    data = TEXT.encode(charset) + b"\xff\n" + TEXT.encode(charset)
    text, name, issues = decode(data, None)
    assert name == charset
    assert text.replace("\ufffd", "") == f"{TEXT}\n{TEXT}"
    assert [issue.code for issue in issues] == ["charset-replacements"]


def test_a_cut_character_is_counted() -> None:
    text, name, issues = decode(TEXT.encode()[:-1], None)
    assert (name, text[:-1]) == ("utf-8", TEXT[:-1])
    assert len(issues) == 1


def test_a_short_text_follows_its_declaration() -> None:
    assert decode("昌傅镇".encode("gbk"), "gb2312")[:2] == ("昌傅镇", "gb18030")
    assert decode("資訊".encode("big5"), "Big5")[:2] == ("資訊", "big5")
    assert decode("昌傅镇".encode(), "gb2312")[:2] == ("昌傅镇", "utf-8")
