"""Agencies and the divisions they are, on the shipped list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.divisions import HOWS, LEVELS, Resolved, Table, load, named, resolve
from archive.divisions.table import areas, under

TABLE = load()
ZHANGSHU = "360982"


def code_of(agency: str, portal: str) -> str | None:
    return resolve(agency, portal, TABLE).code


@pytest.mark.parametrize(
    ("agency", "portal", "code"),
    [
        ("樟树市鹿江街道", ZHANGSHU, "360982002000"),
        ("樟树市鹿江街道办事处", ZHANGSHU, "360982002000"),
        ("鹿江街道", ZHANGSHU, "360982002000"),
        ("鹿江街办", ZHANGSHU, "360982002000"),
        ("鹿江街道办", ZHANGSHU, "360982002000"),
        ("张家山街道", ZHANGSHU, "360982005000"),
        ("张家山街道", "340202", "340202013000"),
        ("昌傅镇", ZHANGSHU, "360982104000"),
        ("阁山镇", ZHANGSHU, "360982106000"),
        ("团山子乡", "230123", "230123200000"),
        ("团山子乡人民政府", "230123", "230123200000"),
        ("昭阳街道", "321281", "321281001000"),
        ("昭阳街道", "350781", "350781001000"),
        ("昭阳街道", "370826", "370826002000"),
        ("江西省宜春市樟树市阁山镇人民政府", ZHANGSHU, "360982106000"),
        ("江西樟树阁山镇政府", ZHANGSHU, "360982106000"),
        ("阁山镇党政办公室", ZHANGSHU, "360982106000"),
        ("阁山镇人民政府党政综合办公室", ZHANGSHU, "360982106000"),
        ("阁 山\u3000镇", ZHANGSHU, "360982106000"),
        ("樟树市工业园区管理委员会", ZHANGSHU, "360982400000"),
        ("工业园区管委会", ZHANGSHU, "360982400000"),
        ("张镇", "110113", "110113110000"),
        ("南磨房地区办事处", "110105", "110105021000"),
        ("樟树市昌傅镇", "360900", "360982104000"),
        ("樟树市", "360900", ZHANGSHU),
        ("东莞市", "441900", "441900"),
    ],
)
def test_a_name_under_its_portal_is_one_division(agency: str, portal: str, code: str) -> None:
    found = resolve(agency, portal, TABLE)
    division = named(TABLE, code)
    assert division
    assert found.code == code
    assert found.level == division.level


def test_levels_and_ways() -> None:
    known = {
        ("昌傅镇", ZHANGSHU): Resolved("360982104000", "township", "high", "exact"),
        ("樟树市工业园区", ZHANGSHU): Resolved("360982400000", "unit", "high", "exact"),
        ("樟树市", ZHANGSHU): Resolved(ZHANGSHU, "county", "high", "self"),
        ("樟树市人民政府", ZHANGSHU): Resolved(ZHANGSHU, "county", "high", "self"),
        ("樟树市人民政府办公室", ZHANGSHU): Resolved(ZHANGSHU, "county", "medium", "office"),
        ("宜春市", ZHANGSHU): Resolved("360900", "prefecture", "high", "above"),
        ("江西省", ZHANGSHU): Resolved("360000", "province", "high", "above"),
        ("樟树市财政局", ZHANGSHU): Resolved(ZHANGSHU, "department", "medium", "department"),
        ("临江街道", ZHANGSHU): Resolved("360982100000", "township", "medium", "renamed"),
        ("大柴旦行政委员会", "632857"): Resolved("632857", "county", "high", "self"),
        ("江西省人民政府办公厅", "360000"): Resolved("360000", "province", "medium", "office"),
        ("新建县人民政府", "360112"): Resolved("360112", "county", "medium", "renamed"),
        ("新建县", "360100"): Resolved("360112", "county", "medium", "renamed"),
        ("南昌县", "360100"): Resolved("360121", "county", "high", "exact"),
        ("团山子乡", ""): Resolved("230123200000", "township", "medium", "alone"),
        ("昭阳街道", ""): Resolved(None, None, None, "unmatched"),
    }
    assert {asked: resolve(*asked, TABLE) for asked in known} == known


@pytest.mark.parametrize(
    ("agency", "portal", "code"),
    [
        ("财政局", ZHANGSHU, ZHANGSHU),
        ("樟树财政局", ZHANGSHU, ZHANGSHU),
        ("市发展和改革委员会", ZHANGSHU, ZHANGSHU),
        ("樟树市委办公室", ZHANGSHU, ZHANGSHU),
        ("樟树市公安局交通警察大队", ZHANGSHU, ZHANGSHU),
        ("樟树市融媒体中心", ZHANGSHU, ZHANGSHU),
        ("樟树市人民法院", ZHANGSHU, ZHANGSHU),
        ("国家税务总局樟树市税务局", ZHANGSHU, ZHANGSHU),
        ("宜春市财政局", ZHANGSHU, "360900"),
        ("樟树市财政局", "360900", ZHANGSHU),
        ("江西省教育厅", "360000", "360000"),
        ("昌傅镇便民服务中心", ZHANGSHU, "360982104000"),
        ("依兰县林业局", "230123", "230123"),
        ("玉屏侗族自治县财政局", "520622", "520622"),
        ("玉屏县财政局", "520622", "520622"),
        ("自然资源局", "990177", "990177"),
        ("宜春市樟树生态环境局", ZHANGSHU, ZHANGSHU),
        ("中共樟树市委宣传部办公室", ZHANGSHU, ZHANGSHU),
        ("国有资产监督管理委员会", ZHANGSHU, ZHANGSHU),
        ("新建县财政局", "360112", "360112"),
    ],
)
def test_a_department_is_of_the_last_place_in_its_name(agency: str, portal: str, code: str) -> None:
    assert resolve(agency, portal, TABLE) == Resolved(code, "department", "medium", "department")


@pytest.mark.parametrize(
    ("agency", "portal"),
    [
        ("丰城市", ZHANGSHU),
        ("丰城市财政局", ZHANGSHU),
        ("丰城财政局", ZHANGSHU),
        ("国家税务总局丰城市税务局", ZHANGSHU),
        ("南昌市青云谱区财政局", ZHANGSHU),
        ("团山子乡", ZHANGSHU),
        ("街道", "130273"),
        ("街道办事处", "130273"),
        ("樟树自来水公司", ZHANGSHU),
        ("书院镇", ZHANGSHU),
        ("丰城市昌傅镇", "360900"),
        ("鼓楼区", "320000"),
        ("青禾县", "990177"),
        ("樟树高新区管委会", ZHANGSHU),
        ("邯郸县", "130400"),
        ("", ZHANGSHU),
        ("。", ZHANGSHU),
        ("市", ZHANGSHU),
    ],
)
def test_what_is_elsewhere_or_says_too_little_is_unmatched(agency: str, portal: str) -> None:
    assert resolve(agency, portal, TABLE) == Resolved(None, None, None, "unmatched")


def test_what_is_no_more_resolves_after_what_is() -> None:
    assert code_of("江北区", "500000") == "500105"
    assert code_of("江北区", "500105") == "500105"
    assert code_of("两江新区财政局", "500000") == "500157"
    assert code_of("和安县", "653200") == "653229"


def test_every_township_of_the_country_is_found_under_its_county_by_its_own_name() -> None:
    """Not those of two characters that say no kind, and not what the list calls a bureau."""
    missed = []
    asked = 0
    for county in [row for row in areas(TABLE) if row.level == "county"][::11]:
        for row in under(TABLE, county.code):
            if row.level == "township" and len(row.name) >= 3:
                asked += 1
                found = resolve(row.name, county.code, TABLE)
                if found.code != row.code:
                    missed.append((row, found))
    assert asked > 3000
    assert missed == []


def test_with_its_county_before_it_and_its_office_behind_it_as_well() -> None:
    missed = []
    asked = 0
    for county in [row for row in areas(TABLE) if row.level == "county"][::31]:
        for row in under(TABLE, county.code):
            if row.level == "township" and row.name.endswith(("镇", "乡", "街道")) and len(row.name) >= 3:
                office = "办事处" if row.name.endswith("街道") else "人民政府"
                asked += 1
                found = resolve(f"{county.name}{row.name}{office}", county.code, TABLE)
                if found.code != row.code:
                    missed.append((row, found))
    assert asked > 900
    assert missed == []


def test_every_county_is_the_division_of_its_own_portal_and_found_under_its_prefecture() -> None:
    for county in [*areas(TABLE)][::3] + [found for found in areas(TABLE) if found.name == "金门县"]:
        assert resolve(county.name + "人民政府", county.code, TABLE).code == county.code
    for county in [row for row in areas(TABLE) if row.level == "county" and named(TABLE, row.code[:4] + "00")][::40]:
        assert code_of(county.name, county.code[:4] + "00") == county.code


@given(
    st.text(max_size=30) | st.text(alphabet="樟树市昌傅镇街道办事处局人民政府()中心", max_size=20),
    st.sampled_from(["", ZHANGSHU, "360900", "990101", "000000"]),
)
def test_any_name_gives_an_answer_that_holds_together(agency: str, portal: str) -> None:
    found = resolve(agency, portal, TABLE)
    assert found.how in HOWS
    assert (found.code is None) == (found.level is None) == (found.confidence is None) == (found.how == "unmatched")
    if found.code:
        assert found.level in LEVELS
        assert found.code == portal or named(TABLE, found.code)


def test_without_a_list_only_the_portal_is_known() -> None:
    assert resolve("财政局", "990177", Table()).code == "990177"
