from pathlib import Path

import pytest

from archive.sections import heads_sections
from crawler.recognise import classify, confirm

REPORTS = [  # the table of the reference, portals.md §9
    ("张家山街道2020年政府信息公开年度报告", 2020),
    ("昭阳街道 2020 年度政府信息公开 工作年度报告", 2020),
    ("昌傅镇2020年政府信息公开工作年度报告", 2020),
    ("樟树市鹿江街道2023年政府信息公开工作\n年度报告", 2023),
    ("2023年政府信息公开工作年度报告", 2023),
    ("2020年团山子乡人民政府\n信息公开工作年度报告", 2020),
    ("樟树市行政审批局二〇二〇年政府信息公开年报", 2020),
    ("鄂尔多斯市2019年政府信息公开工作年度报告", 2019),
    ("鄂尔多斯市人民政府办公室2019年政府信息公开工作年度报告", 2019),
    ("宿州市人民政府2019年政府信息公开工作年度报告（图片版）", 2019),
    ("二〇一九年度政府信息公开工作年度报告", 2019),
    ("鄂尔多斯市2018年政府信息公开年度报告", 2018),
    ("内蒙古自治区2018年政府信息公开工作年度报告", 2018),
    ("高岭镇_2017年_政府信息公开年报", 2017),
    ("2014奋发镇政府信息公开工作年度报告", 2014),
    ("国家能源局2011年政府信息公开工作年度报告", 2011),
    ("2022年度政府信息公开工作报告", 2022),
    ("上海市黄浦区人民政府2022年政府信息公开工作年度报告（超链版）", 2022),
    ("大庆市住房公积金管理中心2025年政府信息公开工作年度报告", 2025),
    ("关于2024年政府信息公开工作年度报告的公告", 2024),
    # further shapes
    ("铁边城镇2022年度政府信息公开年报", 2022),
    ("樟树市统计局2023年政府信息公开工作年度报告", 2023),
    ("国家统计局樟树调查队2023年政府信息公开工作年度报告", 2023),
    ("市委党校教师培训中心2021年政府信息公开年报", 2021),
    ("县绩效考核办公室2019年政府信息公开年度报告", 2019),
    ("动物卫生监督检查站2016年政府信息公开年度报告", 2016),
    ("政府信息公开2023年年度报告", 2023),
    ("２０２１年政府信息公开工作年度报告", 2021),
    ("二○二一年政府信息公开工作年度报告", 2021),
    ("樟树市教育局政府信息公开年报", None),
    ("樟树市人民政府关于印发2012年政府信息公开工作年度报告的公告", 2012),
]
MAYBE = [
    "阁山镇2021年度政务公开工作年度报告",
    "2023年",
    "2023年度",
    "政府信息公开年报",
    "政府信息公开工作年度报告",
    "樟树市2009年政府信息公开工作情况报告",
    "昌傅镇2010年政府信息公开工作总结",
    "樟树市人力资源和社会保障局2023年政府信息公开工作年…",
    "樟树市人力资源和社会保障局2023年政府信息公开...",
]
REVIEW = [
    "图解：樟树市2023年政府信息公开工作年度报告",
    "一图读懂：青禾县2023年政府信息公开工作年度报告",
    "《樟树市2022年政府信息公开工作年度报告》解读",
    "图解｜云岫区市场监督管理局2023年政府信息公开工作年度报告",
]
NOISE = [
    "恩格贝生态示范区召开2020年度工作会暨党风廉政建设会议",
    "一图读懂示范区2017年重点工作",
    "政府网站工作年度报表公示",
    "政府网站工作年度报表(潍坊市人事考试中心)",
    "樟树市2025年法治政府建设年度报告",
    "2023年度部门决算",
    "全国住房公积金2024年年度报告",
    "关于印发《中华人民共和国政府信息公开工作年度报告格式》的通知",
    "山西省人民政府办公厅政府信息公开年度报告制度(试行)",
    # further shapes
    "关于做好2023年政府信息公开工作年度报告编制和发布工作的通知",
    "青禾县政府信息公开工作年度报告制度",
    "青禾县政府信息公开指南（2022年修订）",
    "云岫区政府信息公开目录",
    "青禾县2021年政府信息公开第三方评估征集意见公告",
    "关于印发《云岫区政府信息公开工作考核办法》的通知",
    "县统计局召开2023年政府信息公开年报编制培训会",
    "关于开展政府信息公开工作年度报告检查的情况",
    "2023年政府工作报告",
    "云岫区2021年国民经济和社会发展统计公报",
    "政府信息公开和企业年报公示",
    "财政金融局2012年政府信息公开工作自查报告",
    "芦汀街道2024年财政预算公开",
    "2023年政务公开工作年度报告编制办法",
    "2023年政务新媒体工作年度报表",
    *("首页", "更多", "上一页", "下一页", "返回", "打印", "关闭", "附件下载", "", " "),
]


@pytest.mark.parametrize(("title", "year"), REPORTS)
def test_reports(title: str, year: int | None) -> None:
    verdict = classify(title)
    assert (verdict.kind, verdict.year) == ("report", year), verdict


@pytest.mark.parametrize(
    ("kind", "title"),
    [(kind, title) for kind, titles in (("maybe", MAYBE), ("review", REVIEW), ("noise", NOISE)) for title in titles],
)
def test_other_titles(kind: str, title: str) -> None:
    verdict = classify(title)
    assert verdict.kind == kind, verdict
    assert all(verdict.reasons)


def test_the_year_of_what_is_no_plain_report() -> None:
    assert classify("图解：樟树市2023年政府信息公开工作年度报告").year == 2023
    assert classify("2023年").year == 2023


def test_a_portal_adds_its_own_rules_and_exclude_wins() -> None:
    title = "昌傅镇2015年 公开述职报告"
    assert classify(title).kind == "noise"
    assert classify(title, include=["公开述职报告$"]).kind == "report"
    assert classify(title, include=["公开述职报告$"], exclude=["^昌傅镇"]).kind == "noise"
    told = classify("昌傅镇2020年政府信息公开工作年度报告", exclude=["2020年政府"])
    assert (told.kind, told.reasons) == ("noise", ("exclude: 2020年政府",))


SECTIONS_2019 = """一、总体情况
二、主动公开政府信息情况
第二十条第（一）项
三、收到和处理政府信息公开申请情况
四、政府信息公开行政复议、行政诉讼情况
五、存在的主要问题及改进情况
六、其他需要报告的事项"""


def test_a_body_with_all_sections_is_confirmed() -> None:
    for year in (2016, 2020, 2023, None):
        assert confirm(SECTIONS_2019, year).confirmed
    assert confirm(SECTIONS_2019).sections == 6
    assert confirm(SECTIONS_2019.replace("\n", "")).sections == 6
    assert confirm(SECTIONS_2019.replace("、", "、 ").replace("情况", "情\u3000况")).sections == 6


def test_headings_as_agencies_reword_them() -> None:
    text = """一、工作基本情况
二、行政机关主动公开政府信息情况
四、因政府信息公开工作被申请行政复议、提起行政诉讼情况
五、存在问题和改进措施"""
    assert confirm(text, 2020).sections == 4


def test_four_of_six_are_needed_from_2019_on_and_two_before() -> None:
    older = "一、概述\n二、主动公开政府信息的情况\n　　截至年底，主动公开政府信息2949条。"
    assert confirm(older, 2012).confirmed
    assert not confirm(older, 2020).confirmed
    assert not confirm(older).confirmed
    assert not confirm("一、概述\n本年度没有新情况。", 2012).confirmed
    three = "\n".join(SECTIONS_2019.splitlines()[:4])
    assert confirm(three, 2020).sections == 3
    assert not confirm(three, 2020).confirmed


def test_the_report_of_a_website_is_refused() -> None:
    text = "网站名称\n独立用户访问总量（单位：个）\n118206\n信息发布总数\n3382\n专栏专题数量\n7\n概述\n主动公开信息情况"
    told = confirm(text, 2016)
    assert not told.confirmed
    assert told.reasons == ("a website's own report: 独立用户访问总量、信息发布、专栏专题",)
    assert confirm(SECTIONS_2019 + "\n网站独立用户访问总量1万，信息发布3千条。", 2020).confirmed


def test_the_real_reports_are_confirmed(reports: list[Path]) -> None:
    for path in reports:
        told = confirm(path.read_text(encoding="utf-8"))
        assert told.confirmed, (path.name, told)


@pytest.fixture
def reports() -> list[Path]:
    found = sorted((Path(__file__).parents[3] / "shared" / "reports").glob("*.txt"))
    if not found:
        pytest.skip("the shared reports are not beside this checkout")
    return found


def test_a_page_that_plainly_heads_its_sections_need_not_be_taken_apart() -> None:
    headed = "".join(f"<p><b>{line}</b></p>\n" for line in SECTIONS_2019.splitlines())
    assert heads_sections(headed, 6)
    assert heads_sections("<h3>总体情况</h3><p>\n 二 、主动公开政府信息情况</p>", 2)
    assert not heads_sections("<h3>一、总体情况</h3><h3>一、总体情况</h3>", 2), "one section twice"
    assert not heads_sections("<p>本年度总体情况良好，主动公开政府信息情况见附表</p>", 1), "words within a text"
