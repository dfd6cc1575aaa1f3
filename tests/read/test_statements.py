"""Numbers in sentences: those of the report's year and of the whole, as printed; nothing that may be another number."""

import pytest

from archive.model import Hints, Payload, Reading, Status
from archive.read import read
from archive.read.numerals import number
from archive.read.statements import statements


def said(text: str, year: int | None = 2016, agency: str | None = "青石镇") -> list[tuple[str | None, str]]:
    """Gives what a text says: indicator, and the number or the printed words."""
    found = statements(text, year, agency)
    return [(s.indicator and s.indicator.removeprefix("prose."), str(s.value or s.raw)) for s in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("2016年全区主动公开政府信息3460条。", [("disclosed.total", "3460")]),
        ("青石镇人民政府共主动公开各类政府信息１，２３４条。", [("disclosed.total", "1234")]),
        ("主动公开政府信息26.8万条。", [("disclosed.total", "26.8")]),
        ("青石镇主动公开政府信息约300条。", [("disclosed.total", "约300条")]),
        ("本单位2016年没有收到政府信息公开申请件。", [("requests.received", "没有收到")]),
        ("目前我乡尚未收到政府信息公开申请。", [("requests.received", "尚未收到")]),
        ("全年共受理政府信息公开申请十二件。", [("requests.received", "12")]),
        ("全年收到依申请公开308件。", [("requests.received", "308")]),
        (
            "收到公民、法人和其他组织申请9件，结转上年度政府信息公开申请2件。",
            [("requests.received", "9"), ("requests.carried_in", "2")],
        ),
        ("我镇收到依申请公开的申请3件。", [("requests.received", "3")]),
        ("政府信息公开类行政复议3件，其中结果维持2件。", [("review.total", "3")]),
        (
            "因政府信息依申请公开引起行政复议4件，行政诉讼5件。",
            [("review.total", "4"), ("litigation.total", "5")],
        ),
        (
            "未发生针对本部门政府信息公开事务的行政复议案件和行政诉讼案件。",
            [("review.total", "未发生"), ("litigation.total", "未发生")],
        ),
        ("我局共收到 12 件政府信息公开申请，均已办结。", [("requests.received", "12")]),
        (
            "2016年收到公民、法人和其他组织政府信息公开申请8件，其中当面申请2件、网络申请5件、信函申请1件。",
            [
                ("requests.received", "8"),
                ("requests.received_in_person", "2"),
                ("requests.received_online", "5"),
                ("requests.received_by_letter", "1"),
            ],
        ),
        (
            "新收申请9件，上年结转2件，办结10件，结转下年度继续办理1件。",
            [
                ("requests.received", "9"),
                ("requests.carried_in", "2"),
                ("requests.concluded", "10"),
                ("requests.carried_out", "1"),
            ],
        ),
        (
            "对政府信息公开申请，予以公开5件，部分公开3件，不予公开2件。",
            [("requests.granted", "5"), ("requests.partly_granted", "3"), ("requests.refused", "2")],
        ),
        ("行政复议0件，行政诉讼三件。", [("review.total", "0件"), ("litigation.total", "3")]),
        ("发生行政复议、行政诉讼均为2件。", [("review.total", "2"), ("litigation.total", "2")]),
        (
            "2016年我区未收到有关政府信息公开行政复议、提起行政诉讼的申请。",
            [("review.total", "未收到"), ("litigation.total", "未收到")],
        ),
        ("未收到有关政府信息公开行政复议申请。", [("review.total", "未收到")]),
        ("制发行政规范性文件5件。", [("normative_documents.issued", "5")]),
        ("本年收取政府信息处理费1.5万元。", [("fees.amount", "1.5")]),
        ("未收取任何费用。", [("fees.amount", "未收取")]),
    ],
)
def test_what_a_sentence_says(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert said(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "2015年收到政府信息公开申请99件。",
        "二〇一五年收到政府信息公开申请99件。",
        "与2015年的7件相比，收到政府信息公开申请9件。",
        "去年，收到政府信息公开申请98件。",
        "截至2016年底，累计主动公开政府信息12345条。",
        "自条例施行以来，主动公开政府信息900条。",
        "上半年收到政府信息公开申请3件。",
        "各乡镇主动公开政府信息1638条。",
        "县直各单位收到政府信息公开申请7件。",
        "收到政府信息公开申请同比增长12件。",
        "收到政府信息公开申请增加12件。",
        "主动公开政府信息占53%。",
        "通过政府网站主动公开政府信息131条。",
        "收到人大建议3件，办结3件。",
        "收到政府信息公开申请3至5件。",
        "行政复议、行政诉讼共3件。",
        "其中，区直部门主动公开政府信息1822条。",
        "发布政务微博信息120条。",
        "2016年，主动公开政府信息目录3次。",
        "收到政府信息公开申请12",
        "全年收到自然人申请5件，法人申请2件。",
        "收到企业的政府信息公开申请5件，公民2件。",
        "发生行政复议3件，均与信息公开无关。",
    ],
)
def test_what_is_not_certain_is_left_alone(sentence: str) -> None:
    assert said(sentence) == []


def test_parts_after_a_whole_are_no_whole() -> None:
    text = "2016年主动公开政府信息226条，其中主动公开政府信息131条。其中，青石镇主动公开政府信息95条。"
    assert said(text) == [("disclosed.total", "226")]


def test_two_numbers_for_one_thing_leave_both_without_an_indicator() -> None:
    text = "全年收到政府信息公开申请12件。\n一年来受理政府信息公开申请10件。\n行政复议3件。"
    assert said(text) == [(None, "12"), (None, "10"), ("review.total", "3")]


def test_a_number_of_which_no_year_is_known_is_taken_only_where_the_text_names_none() -> None:
    assert said("2016年收到政府信息公开申请12件。", year=None) == []
    assert said("全年收到政府信息公开申请12件。", year=None) == [("requests.received", "12")]


def test_the_sentence_is_kept_whole_and_the_number_as_printed() -> None:
    [found] = statements("一、概述\n 2016年，我镇收到政府信息公开申请 １２ 件，已办理。\n二、其他", 2016, None)
    assert found.context == "2016年，我镇收到政府信息公开申请 １２ 件，已办理。"
    assert (found.raw, found.unit, found.status) == ("１２ 件", "件", Status.NUMBER)


def test_a_sentence_over_two_lines() -> None:
    assert said("2016年，青石镇依法收到公民提出的政府信息公开\n申请12件，均已答复。") == [("requests.received", "12")]
    assert said("自2008年施行政府信息公开条例以来，我镇坚持\n主动公开政府信息500条。") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("三", "3"), ("十", "10"), ("十二", "12"), ("二十", "20"), ("一百零五", "105"), ("两千三百", "2300")),
        *(("1,234", "1234"), ("〇", "0"), ("二三", None), ("一百二", None), ("十百", None)),
    ],
)
def test_numerals(text: str, value: str | None) -> None:
    found = number(text)
    assert (None if found is None else str(found)) == value


def test_filling_words_do_not_make_the_search_long() -> None:
    assert said("我县政府" * 20 + "全部" * 10 + "收到" + "对的和" * 10 + "3件。") == []


REPORT = """<h1>青石镇2023年政府信息公开工作年度报告</h1><p>统计期限自2023年1月1日至2023年12月31日。</p>
<p>{said}</p><table><tr><td colspan=15>行政复议、行政诉讼</td></tr>
<tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr>
<tr><td colspan=5></td><td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>
<tr>{heads}</tr><tr>{cells}</tr></table>"""
HEADS = "<td>结果维持</td><td>结果纠正</td><td>其他结果</td><td>尚未审结</td><td>总计</td>" * 3


def report(sentence: str, cells: list[str]) -> Reading:
    """Gives the reading of a report with a sentence and table 4."""
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    page = REPORT.format(said=sentence, heads=HEADS, cells=body)
    return read(Payload(page.encode()), Hints(media_type="text/html"))


def messages(reading: Reading, code: str) -> list[str]:
    return [issue.message for issue in reading.issues if issue.code == code]


CELLS = ["2", "1", "0", "1", "4", "1", "0", "0", "0", "1", "0", "2", "0", "0", "2"]


def test_prose_that_differs_from_the_table_is_an_issue_and_changes_nothing() -> None:
    reading = report("2023年，行政复议3件，行政诉讼3件。", CELLS)
    [message] = messages(reading, "prose-differs")
    assert message == (
        "prose.review.total: the text says 3件, the table 4 (remedies.review.total): 2023年，行政复议3件，行政诉讼3件。"
    )
    assert {f.indicator: str(f.value) for f in reading.figures}["remedies.review.total"] == "4"


def test_none_in_words_differs_from_a_number_but_not_from_a_zero_or_a_blank() -> None:
    assert len(messages(report("未发生行政复议。", CELLS), "prose-differs")) == 1
    assert messages(report("未发生行政复议。", ["0"] * 15), "prose-differs") == []
    assert messages(report("未发生行政复议。", [""] * 15), "prose-differs") == []
    assert [s.status for s in report("未发生行政复议。", CELLS).statements] == [Status.TEXT]


def test_an_identity_suggests_what_a_cell_without_columns_may_be() -> None:
    text = (
        "青石镇2023年政府信息公开工作年度报告\n行政复议行政诉讼未经复议直接起诉复议后起诉"
        + "结果维持结果纠正其他结果尚未审结总计" * 3
        + "21317000001324019\n"
    )
    reading = read(Payload(text.encode()), Hints(media_type="text/plain"))
    [message] = messages(reading, "identity-suggests")
    assert message.endswith("2 1 3 1 7 0 0 0 0 0 13 2 4 0 19")
    assert {f.status for f in reading.figures} == {Status.UNREADABLE}
