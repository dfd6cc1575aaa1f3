"""Suggestions for agencies that did not resolve."""

from archive.divisions import Resolved, candidates, hinted, load, path_of

TABLE = load()
ZHAOYANG = ["321281001000", "350781001000", "370826002000"]


def codes(agency: str, portal: str) -> list[str]:
    return [row.code for row in candidates(agency, portal, TABLE)]


def test_who_has_the_name_elsewhere() -> None:
    assert codes("昭阳街道办事处", "") == ZHAOYANG
    assert codes("丰城市财政局", "360982") == ["360981", "360982"]
    assert codes("团山子乡", "360982") == ["230123200000", "360982"]


def test_who_has_a_name_like_it() -> None:
    assert codes("昌付镇", "360982")[0] == "360982104000"


def test_several_of_one_name() -> None:
    assert codes("鼓楼区", "320000")[:2] == ["320106", "320302"]


def test_an_unknown_portal_has_none() -> None:
    assert codes("青禾县", "990177") == []


def test_what_a_report_speaks_of_is_a_hint() -> None:
    found = candidates("昭阳街道", "", TABLE)
    said = "在县委、县政府的领导下，县政协委员参加了全市会议。"
    assert hinted(found, said, TABLE) == Resolved("370826002000", "township", "low", "hint")
    assert hinted(found, said.replace("县", "市"), TABLE) is None
    assert hinted(found, "街道党工委", TABLE) is None
    assert hinted([], said, TABLE) is None


def test_paths_are_for_people() -> None:
    assert path_of(TABLE, "360982104000") == "江西省宜春市樟树市昌傅镇"
    assert path_of(TABLE, "110101") == "北京市东城区"
