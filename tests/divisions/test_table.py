"""The shipped list, asked by code and by name."""

import pytest

from archive.divisions import Division, Table, load, named, trimmed
from archive.divisions.table import FILES, areas, everywhere, lineage, rows, shipped_file, under

TABLE = load()


@pytest.mark.parametrize("file", FILES)
def test_the_files_are_sorted_and_whole(file: str) -> None:
    lines = shipped_file(file).decode().split("\n")
    assert lines[0] == "code,name"
    assert lines[-1] == ""
    codes = [line.partition(",")[0] for line in lines[1:-1]]
    assert codes == sorted(set(codes))
    assert {len(code) for code in codes} == {6 if file == "areas.csv" else 9}
    assert all(line.count(",") == 1 and line.partition(",")[2].strip() for line in lines[1:-1])


def test_the_list_has_the_divisions_of_mid_2023() -> None:
    counts = {file: shipped_file(file).count(b"\n") - 1 for file in FILES}
    assert counts["townships.csv"] == 41352
    assert counts["areas.csv"] == 31 + 333 + 2978 - 3  # 东莞, 中山, 儋州 are prefecture and county in one
    assert sum(row.level == "province" for row in areas(Table())) == 31
    for code, name in {"360982": "樟树市", "360981": "丰城市", "540581": "错那市", "659012": "白杨市"}.items():
        assert named(TABLE, code) == Division(code, name)


def test_later_changes_are_laid_over_it() -> None:
    assert named(TABLE, "653229") == Division("653229", "和安县", since=2024)
    assert named(TABLE, "500112") == Division("500112", "渝北区", until=2024, successor="500157")
    assert named(Table(), "653229") is None


def test_what_lies_under_a_division_is_one_slice() -> None:
    assert len(under(TABLE, "360982")) == 1 + 22
    whole = [*rows("")]
    assert len(whole) == len({code for code, _ in whole}) == 41352 + 3339
    for prefix in ("11", "36", "3609", "360982", "360982104", "659012", "82"):
        assert [row for row in whole if row[0].startswith(prefix)] == list(rows(prefix))
    assert list(rows("99")) == []


def test_levels_follow_from_codes() -> None:
    levels = {
        "360000": "province",
        "360900": "prefecture",
        "441900": "prefecture",
        "360982": "county",
        "110101": "county",
        "360982104000": "township",
        "360982400000": "unit",
        "360982500000": "unit",
    }
    assert {code: Division(code, "x").level for code in levels} == levels
    assert [trimmed(code) for code in ("360000", "360900", "360982", "360982104000", "36")] == [
        "36", "3609", "360982", "360982104", "36",
    ]  # fmt: skip


def test_lineage_leaves_out_what_has_no_name() -> None:
    assert [row.name for row in lineage(TABLE, "360982")] == ["江西省", "宜春市", "樟树市"]
    assert [row.name for row in lineage(TABLE, "110101")] == ["北京市", "东城区"]
    assert [row.name for row in lineage(TABLE, "441900")] == ["广东省", "东莞市"]
    assert lineage(TABLE, "990101") == ()


def test_a_name_is_found_in_the_whole_country_letter_by_letter() -> None:
    assert [row.code for row in everywhere(TABLE, "昭阳街道")] == ["321281001000", "350781001000", "370826002000"]
    assert [row.code for row in everywhere(TABLE, "樟树市")] == ["360982"]
    assert [row.code for row in everywhere(TABLE, "和康县")] == ["653228"]
    assert everywhere(TABLE, "阳街道") == ()
    assert everywhere(TABLE, "") == ()
