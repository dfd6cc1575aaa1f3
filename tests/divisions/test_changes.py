"""The operator's divisions.toml: what it lays over the list, and what is wrong with it, told line by line."""

from pathlib import Path

import pytest

from archive.divisions import Division, Resolved, load, named, resolve
from archive.errors import PortalFileError

GOOD = """\
# what changed here since
[[add]]
code = "360982006"
name = "新城街道"
since = 2025

[[rename]]
code = "360982100000"
name = "临江街道"
since = 2024

[[merge]]
code = "360982203"
into = "360982202"
since = 2022

[[abolish]]
code = "360982401"
since = 2025

[[agency]]
portal = "360982"
name = "樟树自来水公司"
code = "360982"
level = "department"

[[agency]]
portal = "360982"
name = "某某学会"
code = "none"

[[agency]]
portal = "360982"
name = "昌傅镇"
code = "360982105"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "divisions.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_changes_are_laid_over_the_list(tmp_path: Path) -> None:
    table = load(written(tmp_path, GOOD))
    assert named(table, "360982006000") == Division("360982006000", "新城街道", since=2025)
    assert table.changed["360982100000"] == (
        Division("360982100000", "临江镇", until=2023),
        Division("360982100000", "临江街道", since=2024),
    )
    assert named(table, "360982203000") == Division("360982203000", "吴城乡", until=2021, successor="360982202000")
    assert named(table, "360982401000") == Division("360982401000", "滨江新城", until=2024)
    assert named(table, "653228") == Division("653228", "和康县", since=2024)


def test_names_that_were_and_names_that_are_both_resolve(tmp_path: Path) -> None:
    table = load(written(tmp_path, GOOD))
    codes = {
        "新城街道": "360982006000",
        "临江镇": "360982100000",
        "临江街道": "360982100000",
        "吴城乡": "360982203000",
        "滨江新城": "360982401000",
    }
    assert {name: resolve(name, "360982", table).code for name in codes} == codes
    assert {resolve(name, "360982", table).how for name in codes} == {"exact"}


def test_a_new_county_takes_its_townships_in_any_order_of_the_codes(tmp_path: Path) -> None:
    text = '[[add]]\ncode = "990101"\nname = "青禾县"\n\n[[add]]\ncode = "990101100"\nname = "苇渡镇"\n'
    table = load(written(tmp_path, text))
    assert resolve("青禾县", "990101", table) == Resolved("990101", "county", "high", "self")
    assert resolve("青禾县苇渡镇人民政府", "990101", table).code == "990101100000"


def test_what_the_operator_says_of_an_agency_comes_first(tmp_path: Path) -> None:
    table = load(written(tmp_path, GOOD))
    assert resolve("樟树自来水公司", "360982", table) == Resolved("360982", "department", "high", "settled")
    assert resolve("樟树 自来水公司", "360982", table).how == "settled"
    assert resolve("某某学会", "360982", table) == Resolved(None, None, "high", "settled")
    assert resolve("昌傅镇", "360982", table) == Resolved("360982105000", "township", "high", "settled")
    assert resolve("樟树自来水公司", "360981", table).how == "unmatched"


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert load(tmp_path / "divisions.toml") is load()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('"360982006"', '"36098200"', 3, "'code' must have 6, 9 or 12 digits"),
        ('"360982006"', '"360982006001"', 3, "'code' must have 6, 9 or 12 digits"),
        ('"360982006"', '"360982104"', 3, "'code' 360982104 is 昌傅镇 already"),
        ('"360982006"', '"360999006"', 3, "lies in 360999, which is no division"),
        ('"新城街道"', '" "', 4, "'name' is empty"),
        ("since = 2025", 'since = "2025"', 5, "'since' must be a whole number"),
        ("since = 2024", "", 7, "missing key 'since' in [[rename]]"),
        ('"360982100000"', '"360982999"', 8, "'code' 360982999 is no division"),
        ('"360982202"', '"360982299"', 14, "'into' 360982299 is no division"),
        ('"360982202"', '"360982203"', 14, "'into' is 360982203 itself"),
        ('"360982401"', '"x"', 18, "'code' must have"),
        ('code = "360982"\n', 'code = "360900x"\n', 24, "'code' must have"),
        ('code = "360982"\n', 'code = "369999"\n', 24, "'code' 369999 is no division"),
        ('level = "department"', 'level = "bureau"', 25, "'level' is 'bureau'; possible: province"),
        (
            'level = "department"',
            'leval = "department"',
            25,
            "unknown key 'leval' in [[agency]]; did you mean 'level'?",
        ),
        ('portal = "360982"', 'portal = "3609"', 22, "'portal' must be the six digits"),
        ("某某学会", "樟树自来水公司", 29, "'name' 樟树自来水公司 is settled above already"),
        ("[[abolish]]", "[[abolished]]", 17, "unknown key 'abolished'; did you mean 'abolish'?"),
        ("[[merge]]", "[[merge]", 12, "not TOML"),
    ],
)
def test_each_mistake_is_named_with_file_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(PortalFileError) as raised:
        load(path)
    told = str(raised.value).splitlines()
    assert any(part.startswith(f"{path}:{line}: ") and message in part for part in told), told
