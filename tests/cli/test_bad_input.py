"""Bad input: a clear line that names what and where, the right exit code, no traceback, nothing lost."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.cli.command import Command

PORTAL = """schema = 1
id = "990301-shi"
name = "试验县人民政府"
division = "990301"
base = "http://127.0.0.31:9"
hosts = ["127.0.0.31:9"]
status = "active"

[[column]]
key = "nb"
url = "http://127.0.0.31:9/list.html"
"""


def with_portal(archive: Command, text: str) -> Path:
    """Puts a portal file into the archive's folder."""
    folder = archive.home / "portals"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "990301-shi.toml"
    path.write_text(text, encoding="utf-8")
    archive.more |= {"NIANBAO_PORTALS_DIR": str(folder), "NIANBAO_PROFILE": "test", "NIANBAO_CONTACT": "test"}
    return path


def test_an_unknown_portal_key_is_named_with_file_and_line(archive: Command) -> None:
    with_portal(archive, PORTAL.replace("status =", "stauts ="))
    for arguments in (("portals", "check"), ("crawl",)):
        done = archive.run(*arguments, code=2)
        assert "990301-shi.toml:7" in done.stderr
        assert "stauts" in done.stderr


def test_an_unknown_portal_is_refused_with_those_there_are(archive: Command) -> None:
    with_portal(archive, PORTAL)
    assert "990301-shi" in archive.run("crawl", "nobody", code=2).stderr


def test_an_unreachable_host_fails_its_portal_and_is_named(archive: Command) -> None:
    with_portal(archive, PORTAL)
    [run] = archive.json("crawl", code=3)
    [portal] = run["portals"]
    assert portal["state"] in ("failed", "blocked")
    assert "127.0.0.31:9" in portal["reason"]


def test_crawling_without_a_contact_is_refused(archive: Command) -> None:
    text = PORTAL.replace("127.0.0.31:9", "www.example.gov.cn").replace("990301", "360982")
    path = with_portal(archive, text)
    path.rename(path.with_name("360982-shi.toml"))
    archive.more |= {"NIANBAO_PROFILE": "public", "NIANBAO_CONTACT": ""}
    assert "NIANBAO_CONTACT" in archive.run("crawl", code=2).stderr


def test_a_database_that_is_down_is_said_without_the_password(archive: Command) -> None:
    archive.database_url = "postgresql://nianbao:geheim@127.0.0.1:1/nianbao"
    for arguments in (("find",), ("runs", "list"), ("verify",), ("reread",)):
        done = archive.run(*arguments, code=6)
        assert "127.0.0.1" in done.stderr
        assert "geheim" not in done.stderr + done.stdout


def test_an_unknown_setting_is_refused(archive: Command, tmp_path: Path) -> None:
    path = tmp_path / "nianbao.toml"
    path.write_text("portal_dir = 'x'\n", encoding="utf-8")
    archive.more["NIANBAO_CONFIG"] = str(path)
    done = archive.run("find", code=2)
    assert "portal_dir" in done.stderr
    assert "portals_dir" in done.stderr


def test_files_that_cannot_be_read_cost_nothing_but_themselves(archive: Command, tmp_path: Path) -> None:
    damaged, empty, good = tmp_path / "a.docx", tmp_path / "b.txt", tmp_path / "c.txt"
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("word/document.xml", "<w:document><w:body>")
    damaged.write_bytes(packed.getvalue())
    empty.write_bytes(b"")
    good.write_text("青石镇2023年政府信息公开工作年度报告\n一、总体情况\n一切正常。\n", encoding="utf-8")
    missing = tmp_path / "d.txt"
    done = archive.run("read", "--json", *map(str, (damaged, empty, good, missing)), code=3)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["file"] for one in found] == [str(one) for one in (damaged, empty, good, missing)]
    assert [one.get("error", {}).get("code") for one in found] == ["damaged-docx", "empty", None, "unreadable-file"]
    assert (found[2]["agency"], found[2]["year"]) == ("青石镇", 2023)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "无此镇", "2023"), "无此镇"),
        (("runs", "show", "99"), "99"),
        (("find", "--revision", "7"), "revision 7"),
        (("export", "--shape", "cube"), "cube"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_a_question_that_cannot_be_answered_is_a_usage_error(
    archive: Command, arguments: tuple[str, ...], said: str
) -> None:
    assert said in archive.run(*arguments, code=2).stderr
