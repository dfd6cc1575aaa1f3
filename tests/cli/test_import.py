"""What other crawlers captured, imported: wget's own files, and files in the manner of Browsertrix and Heritrix."""

import csv
import gzip
import shutil
import subprocess
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crawler.demo.pages import qinghe
from crawler.demo.portal_files import portal_files
from crawler.demo.server import DemoServer
from crawler.demo.two import QINGHE
from tests.cli.command import Command
from tests.compose.foreign import record, response
from tests.compose.several import Report, docx, html, paged, report
from tests.recorded.cases import REPORTS

WGET = Path(__file__).parent / "data" / "wget.warc.gz"
HOST = "http://www.example.gov.cn"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def clean(archive: Command) -> int:
    """The stored bytes are as the index says; gives how many captures there are."""
    [told] = archive.json("verify")
    assert (told["bad"], told["orphans"], told["missing"]) == ([], [], [])
    assert told["checked"] == told["captures"]
    return int(told["captures"])


def documents(archive: Command) -> set[tuple[str, int]]:
    return {(found["agency"], found["year"]) for found in archive.json("find")}


def took(archive: Command, *arguments: str, code: int = 0) -> dict[str, Any]:
    """What an import of one path did."""
    [done] = archive.json("import", *arguments, code=code)
    one: dict[str, Any] = done["paths"][0]
    return one | {"import": done["import"], "documents": done["documents"]}


def page(one: Report) -> bytes:
    return paged(html(one, Random(7)), one.title)


def warc(path: Path, *records: bytes) -> str:
    path.write_bytes(b"".join(map(gzip.compress, records)))
    return str(path)


@pytest.fixture
def demo(archive: Command) -> Command:
    """An archive that knows the demo portals."""
    folder = archive.home / "portals"
    folder.mkdir(parents=True)
    portal_files(archive.port, folder)
    archive.more |= {"NIANBAO_PORTALS_DIR": str(folder), "NIANBAO_PROFILE": "test", "NIANBAO_CONTACT": "test"}
    return archive


@pytest.mark.skipif(shutil.which("wget") is None, reason="no wget on this machine")
def test_what_wget_kept_of_a_portal_is_what_a_crawl_finds(demo: Command, tmp_path: Path) -> None:
    """And a crawl after it goes on from there: nothing is new, nothing has changed."""
    truth = QINGHE.truth(1).documents
    (tmp_path / "urls").write_text(
        "\n".join(f"http://{QINGHE.address}:{demo.port}{path}" for path in qinghe.site(1)), encoding="utf-8"
    )
    with DemoServer(demo.port, 1):
        command = ["wget", "-q", "--warc-file=wget", "--delete-after", "-i", "urls"]
        subprocess.run(command, cwd=tmp_path, check=False, timeout=300)
        done = took(demo, str(tmp_path / "wget.warc.gz"))
        assert documents(demo) == truth
        assert done["documents"] == len(truth)
        assert done["captures"] == clean(demo)
        assert demo.json("runs", "list") == []
        [run] = demo.json("crawl", QINGHE.id)
    [portal] = run["portals"]
    assert {name: portal[name] for name in ("new", "changed", "state")} == {
        "new": 0,
        "changed": 0,
        "state": "complete",
    }
    assert portal["found"] == portal["expected"]
    assert documents(demo) == truth
    [shown] = demo.json("show", "青禾县", "2020")
    assert [version["number"] for version in shown["versions"]] == [1]
    assert clean(demo) > done["captures"]


def test_a_file_of_wget_and_the_same_file_again(demo: Command) -> None:
    """It lies here for machines without wget; the documents stand in it before the pages that link to them."""
    done = took(demo, "--portal", QINGHE.id, str(WGET))
    assert {name: done[name] for name in ("captures", "already", "payloads", "reports", "issues")} == {
        "captures": 10,
        "already": 0,
        "payloads": 10,
        "reports": 6,
        "issues": [],
    }
    assert done["left_out"] == {"no-report": 1, "not-a-web-address": 2, "other-record": 2}
    assert documents(demo) == {("青禾县", 2020), ("青禾县", 2021), ("青禾县财政局", 2021), ("青禾县教育局", 2022)}
    [shown] = demo.json("show", "青禾县财政局", "2021")
    sources = {source["role"]: source["url"] for source in shown["sources"]}
    assert sources["attachment"].endswith("/P020220124395817264051.docx")
    assert sources["report"].endswith("/t20220124_29618.html")
    figures = [figure for figure in shown["figures"] if figure["status"] == "number"]
    assert figures
    assert figures[0]["capture"]["time"].startswith("2026-11-21T12:03:")
    assert clean(demo) == 10

    again = took(demo, "--portal", QINGHE.id, str(WGET))
    assert {name: again[name] for name in ("import", "captures", "already", "payloads", "reports")} == {
        "import": None,
        "captures": 0,
        "already": 10,
        "payloads": 0,
        "reports": 6,
    }
    assert clean(demo) == 10
    assert "nothing new" in demo.run("import", "--portal", QINGHE.id, str(WGET)).stdout


def test_browsertrix_and_heritrix_and_what_is_wrong_with_their_files(archive: Command, tmp_path: Path) -> None:
    town, other, third = (report(name, 2023, Random(name)) for name in ("昌傅镇", "大桥街道", "店下镇"))
    stale = "Content-Encoding: br\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n"
    listed = f"<ul><li><a href='/town.html'>{town.title}</a></li></ul>".encode()
    browser = [
        record("warcinfo", b"software: Browsertrix-Crawler 1.5.0", warc_target_uri=""),
        # the revisit stands before its original, which lies in the other file
        record(
            "revisit",
            response(b"", said=stale),
            warc_target_uri=f"{HOST}/store.html",
            warc_date="2024-03-02T00:00:00.125Z",
            warc_profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
            warc_refers_to_target_uri=f"{HOST}/store.html",
            warc_refers_to_date="2024-02-01T00:00:00Z",
        ),
        record("response", response(page(town), said=stale), warc_target_uri=f"{HOST}/town.html"),
        record("resource", b"\x89PNG", warc_target_uri=f"urn:view:{HOST}/town.html", content_type="image/png"),
        record("response", response(b"body{}", "text/css"), warc_target_uri=f"{HOST}/a.css"),
        record("response", response(b"gone", status="404 Not Found"), warc_target_uri=f"{HOST}/gone.html"),
    ]
    with zipfile.ZipFile(tmp_path / "b.wacz", "w") as packed:
        packed.writestr("datapackage.json", "{}")
        packed.writestr("archive/rec-1.warc.gz", b"".join(map(gzip.compress, browser)))
    at, identical = {"warc_date": "2024-02-01T00:00:00Z"}, "/revisit/identical-payload-digest"
    heritrix = [
        record("response", b"\n1.2.3.4", warc_target_uri="dns:www.example.gov.cn", content_type="text/dns"),
        record("response", response(page(other)), warc_target_uri=f"{HOST}/store.html", warc_record_id="<urn:1>", **at),
        record(
            "request", b"GET / HTTP/1.0\r\n\r\n", warc_target_uri=f"{HOST}/store.html", warc_concurrent_to="<urn:1>"
        ),
        record("metadata", b"via: http://www.example.gov.cn/"),
        record(
            "response", response(page(third)), warc_target_uri=f"{HOST}/bad", warc_payload_digest="sha1:" + "A" * 32
        ),
        record(
            "revisit",
            response(b""),
            warc_target_uri=f"{HOST}/elsewhere.html",
            warc_profile="http://netpreserve.org/warc/1.0" + identical,
            warc_payload_digest="sha1:" + "B" * 32,
        ),
        record("response", response(page(third), said="Content-Length: 999999\r\n"), warc_target_uri=f"{HOST}/cut"),
        record("response", response(listed), warc_target_uri=f"{HOST}/list.html"),
    ]
    path = tmp_path / "h.warc.gz"
    path.write_bytes(b"".join(map(gzip.compress, heritrix)) + gzip.compress(heritrix[1])[:200])
    (tmp_path / "x.warc.zst").write_bytes(b"\x28\xb5\x2f\xfd" + b"\0" * 20)

    [done] = archive.json("import", *(str(tmp_path / name) for name in ("b.wacz", "h.warc.gz", "x.warc.zst")), code=3)
    wacz, crawl, packed_otherwise = done["paths"]
    assert (wacz["captures"], wacz["reports"], wacz["issues"]) == (4, 1, [])
    assert wacz["left_out"] == {"not-a-web-address": 1, "other-record": 1}
    assert (crawl["captures"], crawl["reports"]) == (3, 1)
    assert crawl["left_out"] == {
        "broken-end": 1,
        "no-report": 1,
        "not-a-web-address": 1,
        "not-whole": 1,
        "other-record": 1,
        "revisit-of-elsewhere": 1,
        "wrong-digest": 1,
    }
    assert {issue["code"] for issue in crawl["issues"]} == {
        "broken-end",
        "not-whole",
        "revisit-of-elsewhere",
        "wrong-digest",
    }
    assert packed_otherwise["left_out"] == {"unsupported": 1}
    assert documents(archive) == {("昌傅镇", 2023), ("大桥街道", 2023)}
    [history] = archive.json("history", "大桥街道", "2023")
    assert len(history["runs"]) == 1
    assert clean(archive) == 7


def test_a_folder_of_files_and_what_its_manifest_says(archive: Command, tmp_path: Path) -> None:
    folder = tmp_path / "年报"
    (folder / "乡镇").mkdir(parents=True)
    town, office = report("昌傅镇", 2023, Random(1)), report("樟树市财政局", 2022, Random(2))
    (folder / "乡镇" / "昌傅镇 2023.docx").write_bytes(docx([town], Random(1)))
    (folder / "office.html").write_bytes(page(office))
    shutil.copy(REPORTS / "2021" / "pdf" / "word-processor" / "report.pdf", folder / "report.pdf")
    (folder / "program.bin").write_bytes(b"\x00\x01\x02")
    (folder / "empty.docx").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"x")
    manifest = folder / "list.csv"
    with manifest.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "url", "captured_at", "agency", "year"])
        rows.writerow(["report.pdf", f"{HOST}/r.pdf", "2023-02-03T08:00:00+08:00", "某某局", "2022"])
    done = took(archive, "--manifest", str(manifest), str(folder), code=3)
    assert {name: done[name] for name in ("captures", "payloads", "reports")} == {
        "captures": 3,
        "payloads": 3,
        "reports": 3,
    }
    assert done["left_out"] == {"empty": 1, "hidden": 1, "not-a-document": 2}
    found = documents(archive)
    assert {("昌傅镇", 2023), ("樟树市财政局", 2022)} < found
    [(agency, year)] = found - {("昌傅镇", 2023), ("樟树市财政局", 2022)}
    assert agency == "某某局"
    [shown] = archive.json("show", agency, str(year))
    assert [source["url"] for source in shown["sources"]] == [f"{HOST}/r.pdf"]
    assert shown["versions"][0]["first_seen"].startswith("2023-02-03T00:00:00")
    [local] = archive.json("show", "昌傅镇", "2023")
    [source] = local["sources"]
    assert source["url"] == (folder / "乡镇" / "昌傅镇 2023.docx").as_uri()
    assert took(archive, "--manifest", str(manifest), str(folder), code=3)["captures"] == 0
    assert clean(archive) == 3


def test_an_older_state_that_comes_late_takes_its_place_in_time(archive: Command, tmp_path: Path) -> None:
    """Numbers tell in what order the archive saw the versions, runs in what order the world did."""
    now, before = report("昌傅镇", 2023, Random(1)), report("昌傅镇", 2023, Random(2))
    url = f"{HOST}/town.html"

    def at(month: str, one: Report) -> bytes:
        return record("response", response(page(one)), warc_target_uri=url, warc_date=f"2024-{month}-01T00:00:00Z")

    took(archive, warc(tmp_path / "new.warc.gz", at("06", now)))
    [first] = archive.json("history", "昌傅镇", "2023")
    assert [run["version"] for run in first["runs"]] == [1]
    late = took(archive, warc(tmp_path / "old.warc.gz", at("03", before)))
    assert {name: late[name] for name in ("captures", "payloads")} == {"captures": 1, "payloads": 1}
    [told] = archive.json("history", "昌傅镇", "2023")
    assert [run["version"] for run in told["runs"]] == [2, 1]
    [restated] = told["restatements"]
    assert (restated["from"], restated["to"], restated["seen"][:7]) == (2, 1, "2024-06")
    [difference] = archive.json("diff", "昌傅镇", "2023")
    assert (difference["from"], difference["to"]) == (2, 1)

    later = took(archive, warc(tmp_path / "older.warc.gz", at("02", now)))
    assert {name: later[name] for name in ("captures", "payloads")} == {"captures": 1, "payloads": 0}
    [told] = archive.json("history", "昌傅镇", "2023")
    assert [run["version"] for run in told["runs"]] == [1, 2, 1]
    assert told["runs"][0]["first_seen"].startswith("2024-02-01")
    [shown] = archive.json("show", "昌傅镇", "2023")
    assert {v["number"]: v["first_seen"][:7] for v in shown["versions"]} == {1: "2024-02", 2: "2024-03"}
    given = {figure["indicator"]: figure["value"] for figure in shown["figures"]}
    meant = {code: None if m.value is None else format(m.value, "f") for code, m in now.printed.items()}
    assert given == meant
    clean(archive)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no file or folder nowhere"),
        (["--portal", "360982-nowhere", "."], "no portal '360982-nowhere'"),
        (["--url-prefix", "xxgk/", "."], "--url-prefix must be a web address"),
        (["--manifest", "{wrong}", "."], "unknown column 'file'"),
        (["--manifest", "{year}", "."], "2: year 'last' is not a year"),
    ],
)
def test_what_cannot_be_understood_is_told(archive: Command, tmp_path: Path, arguments: list[str], words: str) -> None:
    archive.home.mkdir(parents=True, exist_ok=True)
    (tmp_path / "wrong.csv").write_text("path,file\na,b\n", encoding="utf-8")
    (tmp_path / "year.csv").write_text("path,year\nyear.csv,last\n", encoding="utf-8")
    named = [each.format(wrong=tmp_path / "wrong.csv", year=tmp_path / "year.csv") for each in arguments]
    assert words in archive.run("import", *named, code=2).stderr
