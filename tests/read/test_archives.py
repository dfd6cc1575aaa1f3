"""Archives: ZIP, RAR, 7z, tar and gzip, whatever their names say and however they are damaged."""

import gzip
import io
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path
from random import Random

import pytest

from archive import files, unpacking
from archive.errors import UnreadableDocumentError
from archive.model import Hints, Issue, Payload, Reading
from archive.read import media, read_all
from archive.read.archives import Budget, limits, members
from archive.read.archives.names import clean
from archive.records.sources import MEMBER_UNKNOWN
from archive.unpacking import unpack
from tests.compose.judge import judge
from tests.compose.several import Report, docx, html, paged, report
from tests.read.rars import rar4, rar5

TOWNS = ("昌傅镇", "大桥街道", "店下镇")
REPORTS = {town: report(town, 2022, Random(town)) for town in TOWNS}


def document(town: str) -> bytes:
    return docx([REPORTS[town]], Random(town))


def page_of(one: Report) -> bytes:
    return paged(html(one, Random(3)))


FILES = {f"附件/{town}.docx": document(town) for town in TOWNS}


def zipped(contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def tarred(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def sevened(folder: Path, contents: dict[str, bytes], *switches: str) -> bytes:
    """A 7z archive, made by the program that the product unpacks with."""
    source = folder / "source"
    for name, data in contents.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(data)
    made = folder / "made.7z"
    command = [unpacking.path_of_program(), "a", "-bd", *switches, str(made), "."]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return made.read_bytes()


def readings(data: bytes, name: str = "年报.zip", **more: str) -> tuple[Reading, ...]:
    return read_all(Payload(data), Hints(file_name=name, **more), unpack)


def error(data: bytes) -> UnreadableDocumentError:
    with pytest.raises(UnreadableDocumentError) as caught:
        readings(data)
    return caught.value


def codes(reading: Reading) -> list[str]:
    return [issue.code for issue in reading.issues]


def of_members(reading: Reading) -> dict[str, str]:
    """The issues about members: path → code."""
    return {i.message.split(": ")[0]: i.code for i in reading.issues if i.code in MEMBER_UNKNOWN}


def assert_three(found: tuple[Reading, ...]) -> None:
    """All three reports with every cell, each at its path."""
    assert {r.agency: r.place for r in found} == {town: f"附件/{town}.docx" for town in TOWNS}
    for reading in found:
        assert reading.agency
        verdict = judge(reading, REPORTS[reading.agency].printed)
        assert (verdict.false, verdict.unreadable) == ((), ())


# ── kinds of archives ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=str
)
def test_zip(method: int) -> None:
    assert_three(readings(zipped(FILES, method)))


@pytest.mark.parametrize("switches", [(), ("-ms=off",), ("-m0=PPMd",), ("-m0=BZip2",), ("-mhc=off", "-m0=Copy")])
def test_7z(tmp_path: Path, switches: tuple[str, ...]) -> None:
    assert_three(readings(sevened(tmp_path, FILES, *switches)))


def test_rar_of_both_generations() -> None:
    assert_three(readings(rar5(FILES)))
    assert_three(readings(rar4({name.replace("/", "\\").encode("gbk"): data for name, data in FILES.items()})))
    assert_three(readings(rar4({name.encode(): data for name, data in FILES.items()})))


def test_tar_and_gzip() -> None:
    assert_three(readings(tarred(FILES)))
    assert_three(readings(gzip.compress(tarred(FILES)), "年报.tar.gz"))
    halves = gzip.compress(page_of(REPORTS["昌傅镇"])[:5000]) + gzip.compress(page_of(REPORTS["昌傅镇"])[5000:])
    [found] = readings(halves, "page.html.gz")
    assert (found.agency, found.place) == ("昌傅镇", "")


def test_a_zip_whose_folder_has_the_name_of_words_own() -> None:
    assert {r.place for r in readings(zipped({f"word/{town}.docx": document(town) for town in TOWNS}))} == {
        f"word/{town}.docx" for town in TOWNS
    }


def test_a_single_report_has_no_place_and_may_be_named_by_the_link() -> None:
    [found] = readings(zipped({"附件/a.docx": document("昌傅镇")}))
    assert (found.agency, found.place, of_members(found)) == ("昌傅镇", "", {})
    untitled = html(REPORTS["昌傅镇"], Random(1), "").encode()
    [named] = readings(zipped({"1.html": untitled}), title="昌傅镇2022年政府信息公开工作年度报告")
    assert (named.agency, named.year) == ("昌傅镇", 2022)
    assert {
        r.agency
        for r in readings(zipped({f"{r.title}.html": html(r, Random(1), "").encode() for r in REPORTS.values()}))
    } == set(TOWNS)


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = zipped({"昌傅镇.docx": document("昌傅镇"), "大桥街道.docx": document("大桥街道")})
    alone = sevened(tmp_path, {"店下镇.docx": document("店下镇")})
    found = readings(zipped({"一.zip": inner, "二.7z": alone}))
    assert {r.agency: r.place for r in found} == {
        "昌傅镇": "一.zip/昌傅镇.docx",
        "大桥街道": "一.zip/大桥街道.docx",
        "店下镇": "二.7z",
    }
    deep = document("昌傅镇")
    for _ in range(limits.MAX_DEPTH):
        deep = zipped({"a.zip": deep})
    assert len(readings(deep)) == 1
    assert error(zipped({"a.zip": deep})).code == "archive-too-large"
    [kept] = readings(zipped({"a.zip": deep, "b.docx": document("店下镇")}))
    assert list(of_members(kept)) == ["a.zip"]


def test_a_page_of_several_reports_in_an_archive() -> None:
    page = paged("".join(html(one, Random(2)) for one in REPORTS.values()))
    assert {r.place for r in readings(zipped({"全部.html": page}))} == {f"全部.html/{town} 2022" for town in TOWNS}


# ── names ────────────────────────────────────────────────────────────────────────────────────────────


def test_names_in_gbk() -> None:
    places = {"附件/昌傅镇.docx", "附件/大桥街道.docx"}
    plain = zipped({"a" * 20: document("昌傅镇"), "b" * 20: document("大桥街道")})
    for old, new in (("a", "附件/昌傅镇.docx"), ("b", "附件/大桥街道.docx")):
        raw = new.encode("gbk")
        plain = plain.replace(old.encode() * 20, raw.rjust(20, b"/"))
    assert {r.place for r in readings(plain)} == places


def test_unicode_path_field() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, town in enumerate(TOWNS):
            info = zipfile.ZipInfo(f"{number}.docx")
            path = f"{town}.docx".encode()
            field = b"\x01" + zlib.crc32(info.filename.encode()).to_bytes(4, "little") + path
            info.extra = b"\x99\x99\x01\x00z" + b"\x75\x70" + len(field).to_bytes(2, "little") + field
            archive.writestr(info, document(town))
    assert {r.place for r in readings(buffer.getvalue())} == {f"{town}.docx" for town in TOWNS}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Windows\\a.docx", "Windows/a.docx"),
        ("a/./b//../c.docx", "a/b/c.docx"),
        ("a\nb\x00c.docx", "a_b_c.docx"),
        ("长" * 400 + ".docx", "长" * 295 + ".docx"),
    ],
)
def test_names_are_labels(name: str, label: str) -> None:
    assert clean(name) == label


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = (f"{tmp_path}/a.docx", "../b.docx", "c.docx")
    contents = {name: document(town) for name, town in zip(names, TOWNS, strict=True)}
    for data in (zipped(contents), rar5(contents), tarred(contents)):
        found = readings(data)
        assert {r.place for r in found} == {f"{tmp_path}/a.docx"[1:], "b.docx", "c.docx"}
    assert list(tmp_path.rglob("*")) == []
    assert not (tmp_path.parent / "b.docx").exists()


def test_what_systems_leave_behind_is_no_member() -> None:
    junk = dict.fromkeys(("__MACOSX/附件/._昌傅镇.docx", "Thumbs.db", "附件/.DS_Store", "附件/~$昌傅镇.docx"), b"junk")
    found = readings(zipped({"附件/": b"", **junk, **FILES}))
    assert_three(found)
    assert not any(map(of_members, found))


# ── what is no report, cannot be read, or says otherwise ─────────────────────────────────────────────


def test_other_members_are_named() -> None:
    form = "<html><body><p>政府信息公开申请表</p><table><tr><td>姓名</td><td></td></tr></table></body></html>".encode()
    found = readings(
        zipped({"申请表.html": form, "流程图.bin": b"\x00\x01\x02", **FILES, "坏.docx": b"PK\x03\x04word/"})
    )
    assert_three(found)
    assert of_members(found[0]) == {
        "申请表.html": "member-ignored",
        "流程图.bin": "member-ignored",
        "坏.docx": "member-unreadable",
    }
    assert not any(map(of_members, found[1:]))


def test_an_archive_without_a_report() -> None:
    form = b"<html><body><p>form</p><p>form</p></body></html>"
    [found] = readings(zipped({"a.html": form, "b.html": form}))
    assert "not-a-report" in codes(found)
    assert (found.agency, found.place) == (None, "")
    assert error(zipped({})).code == "empty"
    assert error(zipped({"a.bin": b"\x00\x01"})).code == "unsupported-media-type"
    assert error(zipped({"a.docx": b"PK\x03\x04word/"})).code == "damaged-docx"


def test_renditions_of_one_report() -> None:
    same = REPORTS["昌傅镇"]
    words = f"<html><body><h1>{same.title}</h1><p>一、总体情况</p><p>见附表。</p></body></html>".encode()
    [found] = readings(zipped({"a.html": words, "a.docx": document("昌傅镇"), "b.html": page_of(same)}))
    assert judge(found, same.printed).false == ()
    assert len(found.forms) == 3
    assert "renditions-differ" not in codes(found)


def test_renditions_that_differ() -> None:
    same = REPORTS["昌傅镇"]
    other = report("昌傅镇", 2022, Random(99))
    found = readings(zipped({"a.docx": document("昌傅镇"), "b.html": page_of(other), "c.docx": document("店下镇")}))
    assert [r.place for r in found] == ["a.docx", "c.docx"]
    [issue] = [i for i in found[0].issues if i.code == "renditions-differ"]
    assert "a.docx" in issue.message
    assert "b.html" in issue.message
    assert "renditions-differ" not in codes(found[1])
    assert judge(found[0], same.printed).false == () or judge(found[0], other.printed).false == ()


# ── passwords, damage, bombs ─────────────────────────────────────────────────────────────────────────


def test_passwords(tmp_path: Path) -> None:
    assert error(sevened(tmp_path / "a", FILES, "-psecret", "-mhe=on")).code == "encrypted"
    assert error(sevened(tmp_path / "b", FILES, "-psecret")).code == "encrypted"
    assert error(rar4({b"a.docx": document("昌傅镇")}, encrypted=True)).code == "encrypted"
    data = bytearray(zipped({"a.docx": document("昌傅镇"), "b.docx": document("店下镇")}))
    entry = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[entry + 8] |= 1
    [found] = readings(bytes(data))
    assert (found.agency, of_members(found)) == ("店下镇", {"a.docx": "encrypted"})


@pytest.mark.parametrize("made", ["zip", "rar4", "rar5", "7z", "tar", "gz"])
def test_damage_at_every_place_is_named(tmp_path: Path, made: str) -> None:
    """Cut or changed anywhere, an archive gives only cells that are right, or an error with a code of its own."""
    data = {
        "zip": lambda: zipped(FILES),
        "rar4": lambda: rar4({name.encode(): data for name, data in FILES.items()}),
        "rar5": lambda: rar5(FILES),
        "7z": lambda: sevened(tmp_path, FILES),
        "tar": lambda: tarred(FILES),
        "gz": lambda: gzip.compress(tarred(FILES)),
    }[made]()
    rng = Random(made)
    named = set()
    for turn in range(24):
        place = rng.choice((rng.randrange(len(data)), rng.randrange(8, 80), len(data) - rng.randrange(1, 60)))
        broken = data[:place] if turn % 2 else data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        try:
            found = readings(broken)
        except UnreadableDocumentError as caught:
            named.add(caught.code)
            continue
        named.update(code for reading in found for code in codes(reading))
        for reading in found:
            if made != "tar" and reading.agency in REPORTS:
                assert judge(reading, REPORTS[reading.agency].printed).false == ()
    assert "damaged-archive" in named


def test_a_member_with_a_wrong_checksum() -> None:
    for data in (rar5(FILES), zipped(FILES, zipfile.ZIP_STORED)):
        place = data.index(document("大桥街道")) + 300
        found = readings(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert {r.agency for r in found} == {"昌傅镇", "店下镇"}
        assert of_members(found[0]) == {"附件/大桥街道.docx": "damaged-archive"}


BLANKS = b" " * (limits.MAX_MEMBER + 1)


def test_bombs(tmp_path: Path) -> None:
    bomb = {"bomb.txt": BLANKS}
    for data in (zipped(bomb), gzip.compress(BLANKS), sevened(tmp_path, bomb)):
        assert error(data).code == "archive-too-large"
    [found] = readings(zipped({**bomb, "a.docx": document("昌傅镇")}))
    assert (found.agency, of_members(found)) == ("昌傅镇", {"bomb.txt": "archive-too-large"})


def test_a_size_that_lies() -> None:
    data = bytearray(zipped({"bomb.txt": BLANKS}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    assert error(bytes(data)).code in ("archive-too-large", "damaged-archive")


def test_limits_hold_over_all_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = {f"{number}.txt": bytes(Random(number).randbytes(1000)).hex().encode() for number in range(40)}
    assert error(zipped({f"{n}.txt": b"x" for n in range(limits.MAX_MEMBERS + 1)})).code == "archive-too-large"
    for data, kind in ((zipped(contents), media.ZIP), (sevened(tmp_path, contents), media.SEVEN_ZIP)):
        found = list(members(data, kind, "", Budget(total=10_000), unpack))
        assert len(found) == 40
        assert sum(len(member.data) for member in found) <= 10_000
        assert {m.trouble.code for m in found if isinstance(m.trouble, Issue)} == {"archive-too-large"}
        nested = zipped({f"{n}.zip": data for n in range(3)})
        with pytest.raises(UnreadableDocumentError, match="more than"):
            list(members(nested, media.ZIP, "", Budget(members=2), unpack))


def test_without_a_program() -> None:
    with pytest.raises(UnreadableDocumentError) as caught:
        read_all(Payload(rar5(FILES)), Hints())
    assert caught.value.code == "unsupported-media-type"


def test_files_are_read_in_a_limited_process(tmp_path: Path) -> None:
    for name, data in (("a.7z", sevened(tmp_path, FILES)), ("b.rar", rar5(FILES)), ("c.zip", zipped(FILES))):
        (tmp_path / name).write_bytes(data)
    found = list(files.read_files([tmp_path / name for name in ("a.7z", "b.rar", "c.zip")], workers=2))
    assert all("error" not in one for one in found)
    assert [Path(one["file"]).name for one in found] == ["a.7z"] * 3 + ["b.rar"] * 3 + ["c.zip"] * 3
    assert {one["place"] for one in found} == set(FILES)
