from collections.abc import Callable
from pathlib import Path

import pytest

from archive import divisions
from archive.errors import PortalFileError
from archive.portals import Portal, host_of, load, load_all, selector

GOOD = """\
schema = 1
id = "360982-qinghe"
name = "青禾县人民政府"
division = "360982"
base = "http://www.qinghe.gov.cn"
hosts = ["www.qinghe.gov.cn"]
attachment_hosts = ["file.qinghe.gov.cn:8080"]
status = "active"

[politeness]
delay = 5
window = "23:00-05:30"

[identify]
include = ['述职报告$']

[expect]
reports = 13

[[column]]
key = "nb"
url = "http://www.qinghe.gov.cn/zfxxgk/zfxxgknb/"

[[column]]
key = "nb-zj"
url = "http://www.qinghe.gov.cn:80/zfxxgk/zj/"
family = "listing"
agency = "青禾县教育局"
years = "2019-2023"

[column.override]
item = "ul.list > li"
title = "a@title"
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str = GOOD, name: str = "360982-qinghe.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def trouble(path: Path, profile: str = "public") -> str:
    with pytest.raises(PortalFileError) as raised:
        load(path, profile=profile)
    return str(raised.value)


def test_a_good_file_gives_a_portal(write: Write) -> None:
    path = write()
    portal = load(path)
    assert portal.path == path
    assert portal.hosts == ("www.qinghe.gov.cn",)
    assert (portal.politeness.delay, portal.politeness.window) == (5.0, "23:00-05:30")
    assert portal.politeness.nightly_requests == 150
    assert (portal.expect.reports, portal.expect.min_items) == (13, 1)
    first, second = portal.columns
    assert (first.family, first.fixed_agency, first.max_pages) == ("auto", None, 60)
    assert second.fixed_agency == "青禾县教育局"
    assert (second.override.item, second.override.title, second.override.next) == (
        "ul.list > li",
        "a@title",
        None,
    )
    assert [year for year in (2018, 2019, 2023, 2024) if second.covers(year)] == [2019, 2023]
    assert [year for year in (2007, 2008, 2030) if first.covers(year)] == [2008, 2030]


def test_a_byte_order_mark_is_no_trouble(write: Write) -> None:
    assert load(write("\ufeff" + GOOD)).id == "360982-qinghe"


def test_the_test_profile_takes_loopback_and_only_loopback(write: Write) -> None:
    public = write()
    assert "the test profile takes loopback hosts only" in trouble(public, "test")
    text = GOOD.replace("www.qinghe.gov.cn:80", "127.0.0.11:8801").replace("file.qinghe", "localhost#")
    text = text.replace("www.qinghe.gov.cn", "127.0.0.11:8801").replace('"localhost#.gov.cn:8080"', '"localhost"')
    local = write(text.replace("delay = 5", "delay = 0"))
    assert load(local, profile="test").hosts == ("127.0.0.11:8801",)
    assert ":6: 'hosts' has '127.0.0.11:8801': only hosts under gov.cn are crawled" in trouble(local)
    assert ":11: 'delay' must be at least 1 seconds" in trouble(local)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("delay = 5", "dealy = 5", 11, "unknown key 'dealy' in [politeness]; did you mean 'delay'?"),
        ("window =", "status =", 12, "'status' belongs above the first [table] of the file"),
        ("family =", "famly =", 27, "unknown key 'famly' in [[column]]; did you mean 'family'?"),
        ("item =", "itme =", 32, "unknown key 'itme' in [column.override]; did you mean 'item'?"),
        ("delay = 5", "zzz = 5", 11, "possible: delay, jitter"),
        ("delay = 5", 'delay = "5"', 11, "'delay' must be a number, not '5'"),
        ("delay = 5", "delay = true", 11, "'delay' must be a number, not True"),
        ("delay = 5", "jitter = 2", 11, "'jitter' must be between 0 and 1"),
        ("delay = 5", "timeout = 0", 11, "'timeout' must be more than 0"),
        ("delay = 5", "nightly_requests = 0", 11, "must be at least 1"),
        ("delay = 5", "delay = ", 11, "not TOML"),
        ('"23:00-05:30"', '"25:00-05:30"', 12, "'window' must be as '01:00-05:30'"),
        ('"23:00-05:30"', '"01:00-01:00"', 12, "'window' must be as '01:00-05:30'"),
        ("[politeness]", "[polite]", 10, "unknown key 'polite'; did you mean 'politeness'?"),
        ("reports = 13", "reports = 1.5", 18, "'reports' must be a whole number"),
        ("reports = 13", "min_items = -1", 18, "'min_items' cannot be negative"),
        ("'述职报告$'", "'(述职'", 15, "bad regular expression '(述职'"),
        ("['述职报告$']", "'述职'", 15, "'include' must be a list"),
        ("['述职报告$']", "[7]", 15, "'include' must be a text, not 7"),
        ('name = "青禾县人民政府"\n', "", 1, "missing key 'name'"),
        ('key = "nb-zj"\n', "", 24, "missing key 'key' in [[column]]"),
        ('"nb-zj"', '"nb"', 25, "'key' 'nb' is used by an earlier column"),
        ('"nb-zj"', '"年报"', 25, "'key' must be a-z"),
        ("schema = 1", "schema = 2", 1, "'schema' must be 1"),
        ('division = "360982"', 'division = "9901"', 4, "'division' must be six digits"),
        ('id = "360982-qinghe"', 'id = "990102-qinghe"', 2, "'id' must be the division and a short name"),
        ('id = "360982-qinghe"', 'id = "360982-other"', 2, "they must agree"),
        ('status = "active"', 'status = "on"', 8, "possible: draft, active, paused, blocked, retired"),
        ("cn/zfxxgk/zfxxgknb/", "cn.evil.example/", 22, "which is not in 'hosts' (www.qinghe.gov.cn)"),
        ("http://www.qinghe.gov.cn/zfxxgk/zfx", "ftp://www.qinghe.gov.cn/", 22, "must begin with http"),
        ("gov.cn:80/", "gov.cn:x/", 26, "'url' is not a URL"),
        ('hosts = ["www.qinghe.gov.cn"]', "hosts = []", 6, "'hosts' is empty"),
        ('hosts = ["www', 'hosts = ["http://www', 6, "write a bare host"),
        ('hosts = ["www', 'hosts = ["WWW', 6, "write a bare host"),
        ('hosts = ["www.qinghe.gov.cn"', 'hosts = ["www.gov.cn.evil.example"', 6, "only hosts under gov.cn"),
        ('family = "listing"', 'family = "trss"', 27, "'family' is 'trss'; possible: auto, "),
        ('family = "listing"', 'role = "index"', 27, "'role' is 'index'; possible: annual-report"),
        ('family = "listing"', "max_pages = 0", 27, "'max_pages' must be at least 1"),
        ('"2019-2023"', '"2023-2019"', 29, "'years' must be as"),
        ('"2019-2023"', '"all"', 29, "'years' must be as"),
        ('"青禾县教育局"', '" "', 28, "'agency' is empty"),
        ('"ul.list > li"', '"ul.list >> ["', 32, "'item' is not a CSS selector"),
        ('item = "ul.list > li"', 'link = "a"', 32, "'link' is looked for inside a row"),
        ("[column.override]", "[column.overide]", 31, "unknown key 'overide' in [[column]]"),
    ],
)
def test_each_mistake_is_named_with_file_line_and_key(
    write: Write, old: str, new: str, line: int, message: str
) -> None:
    assert GOOD.count(old) >= 1
    path = write(GOOD.replace(old, new, 1))
    told = trouble(path)
    assert any(part.startswith(f"{path}:{line}: ") and message in part for part in told.splitlines()), told


def test_a_code_that_no_division_has_is_told_with_its_line(write: Write, tmp_path: Path) -> None:
    path = write(GOOD.replace("360982", "360999"), "360999-qinghe.toml")
    assert trouble(path).startswith(f"{path}:4: 'division' 360999 is no division code; ")
    own = tmp_path / "own" / "divisions.toml"
    own.parent.mkdir()
    own.write_text('[[add]]\ncode = "360999"\nname = "青禾县"\nsince = 2026\n', encoding="utf-8")
    assert load(path, table=divisions.load(own)).division == "360999"
    portals, errors = load_all([tmp_path], table=divisions.load(own))
    assert ([portal.division for portal in portals], errors) == (["360999"], [])


def test_the_demo_s_codes_are_for_the_test_profile(write: Write) -> None:
    text = GOOD.replace("360982", "990101").replace("delay = 5", "delay = 0")
    local = text.replace("www.qinghe.gov.cn:80", "127.0.0.11").replace("www.qinghe.gov.cn", "127.0.0.11")
    path = write(local.replace("file.qinghe.gov.cn:8080", "localhost"), "990101-qinghe.toml")
    assert load(path, profile="test").division == "990101"
    assert f"{path}:4: 'division' 990101 is no division code" in trouble(path)
    path.write_text(path.read_text(encoding="utf-8").replace("990101", "360999"), encoding="utf-8")
    assert "'division' 360999 is no division code" in trouble(path, "test")


def test_all_mistakes_of_a_file_are_told_at_once(write: Write) -> None:
    text = GOOD.replace("delay = 5", "dealy = 5").replace("reports", "report")
    assert [line.split(": ")[1] for line in trouble(write(text)).splitlines()] == [
        "unknown key 'dealy' in [politeness]; did you mean 'delay'?",
        "unknown key 'report' in [expect]; did you mean 'reports'?",
    ]


def test_a_file_without_columns_is_refused(write: Write) -> None:
    assert "no [[column]]" in trouble(write(GOOD[: GOOD.index("[[column]]")]))


def test_a_column_that_is_one_table_is_told_to_be_a_list(write: Write) -> None:
    text = GOOD[: GOOD.index("[[column]]")] + '[column]\nkey = "nb"\n'
    assert ":20: 'column' must be a list of [[tables]]" in trouble(write(text))


def test_a_file_in_another_encoding_is_told_with_its_line(write: Write) -> None:
    path = write()
    path.write_bytes(GOOD.encode("gb18030"))
    assert trouble(path) == f"{path}:3: not UTF-8; save the file as UTF-8"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "360982-none.toml: No such file" in trouble(tmp_path / "360982-none.toml")


def test_one_bad_file_does_not_hide_the_others(write: Write, tmp_path: Path) -> None:
    write()
    write(GOOD.replace("delay", "dealy"), "360981-bad.toml")
    again = write(name="other/360982-qinghe.toml")
    portals, errors = load_all([tmp_path, tmp_path / "other", tmp_path / "none"])
    assert [(portal.id, portal.path.parent) for portal in portals] == [("360982-qinghe", tmp_path)]
    told = [str(error) for error in errors]
    assert len(told) == 3
    assert "360981-bad.toml:11: unknown key 'dealy'" in told[0]
    assert told[1] == f"{again}:2: id '360982-qinghe' is taken by {tmp_path / '360982-qinghe.toml'}"
    assert told[2].startswith(f"{tmp_path / 'none'}: not a folder")


def test_the_example_of_the_guide_is_a_good_file(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "add-a-portal.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    path = tmp_path / "360982-zhangshu.toml"
    path.write_text(example, encoding="utf-8")
    portal: Portal = load(path)
    assert portal.status == "draft"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://WWW.A.gov.cn/x", "www.a.gov.cn"),
        ("http://www.a.gov.cn:80/", "www.a.gov.cn"),
        ("https://www.a.gov.cn:443", "www.a.gov.cn"),
        ("https://www.a.gov.cn:80/", "www.a.gov.cn:80"),
        ("http://user@www.a.gov.cn.:8080/", "www.a.gov.cn:8080"),
        ("http://[::1]:8801/", "[::1]:8801"),
        ("/relative", ""),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a@title", ("a", "title")),
        ("td:nth-child(2)", ("td:nth-child(2)", None)),
        ('a[href="x@y.z"]', ('a[href="x@y.z"]', None)),
        ("img@data-src", ("img", "data-src")),
    ],
)
def test_selector(text: str, parts: tuple[str, str | None]) -> None:
    assert selector(text) == parts
