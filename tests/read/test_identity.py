from datetime import date

import pytest

from archive.read.identity import find_title, identify, title_identity


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("樟树市鹿江街道2023年政府信息公开工作\n年度报告", "鹿江街道", 2023),
        ("2020年团山子乡人民政府\n[bookmark: _GoBack]信息公开工作年度报告", "团山子乡", 2020),
        ("2019年上海市人民政府办公厅政府信息公开工作年度报告", "上海市人民政府办公厅", 2019),
        ("淮安市人民政府2024年政府信息公开工作年度报告", "淮安市", 2024),
        ("昭阳街道 2020 年度政府信息公开 工作年度报告", "昭阳街道", 2020),
        ("铁边城镇2022年度政府信息公开年报", "铁边城镇", 2022),
        ("二〇二〇年临江镇政府信息公开工作年度报告", "临江镇", 2020),
        ("政府信息公开工作年度报告（2020年）", None, 2020),
        ("首页 > 政务 > 昌傅镇2020年政府信息公开工作年度报告_樟树市人民政府", "昌傅镇", 2020),
        ("枣庄市市中区龙山路街道2021年政府信息公开工作年度报告", "龙山路街道", 2021),
        ("德清县新市镇人民政府2021年政府信息公开工作年度报告", "新市镇", 2021),
        ("樟阳市鹿汀街办2023年政府信息公开工作年度报告", "鹿汀街道", 2023),
        ("安宁市县街街道办事处2021年政府信息公开工作年度报告", "县街街道", 2021),
        ("三都水族自治县大河镇2021年政府信息公开工作年度报告", "大河镇", 2021),
        ("新市镇2020年政府信息公开年报", "新市镇", 2020),
        ("沭阳县发展和改革局2023年政府信息公开工作年度报告", "沭阳县发展和改革局", 2023),
        ("云岫县人民政府办公室关于2020年度政府信息公开工作的年度报告", "云岫县人民政府办公室", 2020),
        ("我局2020年政府信息公开工作年度报告", None, 2020),
        ("【更正】远垌镇2022年政府信息公开工作年度报告", "远垌镇", 2022),
        ("（更正）石桥镇2022年政府信息公开工作年度报告", "石桥镇", 2022),
        ("【石桥镇】2022年政府信息公开工作年度报告", "石桥镇", 2022),
        ("2022年（石桥镇）政府信息公开工作年度报告", "石桥镇", 2022),
        ("石桥镇2022年政府信息公开工作年度报告（更正版）", "石桥镇", 2022),
        ("云岫县人民政府河埠街道办事处2024年政府信息公开工作年度报告", "河埠街道", 2024),
        ("云岫县政府石桥镇2024年政府信息公开工作年度报告", "石桥镇", 2024),
        ("云岫区人民政府（办公室）2020年政府信息公开工作年度报告", "云岫区人民政府(办公室)", 2020),
        ("名 称：石桥镇2022年政府信息公开工作年度报告", "石桥镇", 2022),
    ],
)
def test_titles(title: str, agency: str | None, year: int | None) -> None:
    assert title_identity(title) == (agency, year)


PERIOD = "所列数据的统计期限自2020年1月1日起至2020年12月31日止。"


def codes(title: str, text: str, url: str | None = None) -> list[str]:
    return [issue.code for issue in identify(title, text, url).issues]


def test_body_gives_what_the_title_lacks() -> None:
    found = identify("政府信息公开工作年度报告", f"本报告由云岫县民政局编制，{PERIOD}", None)
    assert (found.agency, found.year, found.issues) == ("云岫县民政局", 2020, ())
    assert found.period == (date(2020, 1, 1), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("本报告由云岫县信访局结合统计数据编制。", "云岫县信访局"),
        ("由石桥镇人民政府综合全年工作编制而成。", "石桥镇"),
        ("由云岫县综合行政执法局编制。", "云岫县综合行政执法局"),
        ("由会同县审计局会同有关部门编制。", "会同县审计局"),
        ("现编制完成《云岫县石桥镇2022年政府信息公开工作年度报告》（以下简称《年报》）。", "石桥镇"),
        ("特向社会公布2024年云岫县审计局政府信息公开工作年度报告。", "云岫县审计局"),
        ("现将石桥镇2022年政府信息公开工作年度报告进行公开。", "石桥镇"),
        ("现公布我局2022年政府信息公开工作年度报告。", None),
        ("现公布全县各单位2022年政府信息公开工作年度报告。", None),
        ("编制2020年政府信息公开年度报告，特向社会公布本报告。", None),
        ("特编制云岫县审计局2016年政府信息公开年度报告。", "云岫县审计局"),
        ("按照有关要求，石桥镇政府编制2020年政府信息公开年度报告。", "石桥镇"),
        ("根据云岫县人民政府编制2020年年度报告的要求，现予公布。", None),
        ("结合全市工作实际，镇政府编制2020年年度报告。", None),
        ("全年公开预算，云岫县财政局编制2020年预算12份。", None),
        ("石橋鎮人民政府按時公開，由雲岫縣審計局編制。", "云岫县审计局"),
    ],
)
def test_the_body_that_made_the_report(text: str, agency: str | None) -> None:
    assert identify("政府信息公开工作年度报告", text, None).agency == agency


def test_a_row_of_what_a_portal_says_of_a_page_is_no_title() -> None:
    assert find_title((), ["索引号 | 0144/2018-04736 | 分类 | 政府信息公开年报"], ()) == ""


def test_metadata_names_the_agency_last() -> None:
    found = identify("2020年政府信息公开工作年度报告", "由我镇编制。", None, "清河县白沙乡人民政府")
    assert found.agency == "白沙乡"


def test_disagreement_is_an_issue() -> None:
    assert codes("昌傅镇2021年政府信息公开工作年度报告", PERIOD) == ["identity-conflict"]
    assert codes("昌傅镇2020年政府信息公开工作年度报告", "本报告由平潭县经贸局编制。") == ["identity-conflict"]
    assert codes("昌傅镇2020年政府信息公开工作年度报告", f"本报告由昌傅镇人民政府编制。{PERIOD}") == []


def test_a_misprinted_period_is_no_period() -> None:
    found = identify("", "统计期限自2016月1日起至202020年12月31日", None)
    assert (found.period, found.year) == (None, None)
    assert [issue.code for issue in found.issues] == ["agency-unknown", "year-unknown"]


def test_the_url_is_asked_last_and_flagged() -> None:
    url = "http://www.example.gov.cn/zwgk/202101/t20210120_33.html"
    assert identify("临江镇政府信息公开工作年度报告", "", url).year == 2020
    assert codes("临江镇政府信息公开工作年度报告", "", url) == ["year-from-url"]


def test_the_title_that_names_most_wins() -> None:
    lines = [
        "附件1",
        "樟树市",
        "昌傅镇2020年",
        "政府信息公开工作年度报告",
        "我镇编制本报告，现予公布。",
        "一、总体情况",
        "三湖镇2019年政府信息公开年报",
    ]
    assert find_title((), lines, ()) == "昌傅镇2020年政府信息公开工作年度报告"
    assert find_title((), ["政府信息公开年报"], ("昌傅镇2020年政府信息公开年报",)) == "昌傅镇2020年政府信息公开年报"
    assert find_title((), ["通知公告"], (None,)) == ""
