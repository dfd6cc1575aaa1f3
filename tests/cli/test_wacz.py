"""Packages and indexes of an archive of two nights, judged by the tools that others would open them with."""

import gzip
import json
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from archive.model import Location, Storage
from archive.warc.reader import payload_at, record_at, walk
from tests.cli.command import Command
from tests.peers import found, run

Nights = tuple[Command, list[dict[str, Any]]]
AGENCY, YEAR, PORTAL = "青禾县财政局", "2023", "990101-qinghe"


def lines_of(path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt") as file:
        for line in file:
            key, stamp, said = line.split(" ", 2)
            yield key, stamp, json.loads(said)


@contextmanager
def replayed(folder: Path) -> Iterator[str]:
    """Serves the collection `kept` of a folder; gives the beginning of its addresses."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(found("wayback")), "-b", "127.0.0.1", "-p", str(port), "-d", str(folder)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server:
        try:
            for _ in range(600):
                try:
                    urlopen(f"http://127.0.0.1:{port}/").close()
                    break
                except URLError:
                    assert server.poll() is None, (folder / "log").read_text()
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/kept/"
        finally:
            server.terminate()


def unpacked(path: Path, to: Path) -> Path:
    """Gives the folder of a package that py-wacz calls valid, and whose WARC files have no fault for warcio."""
    assert "the passed WACZ is valid" in run("wacz", "validate", "-f", path)
    with zipfile.ZipFile(path) as package:
        package.extractall(to)
    for packed in (to / "archive").iterdir():
        assert run("warcio", "check", packed) == ""
    return to


def test_a_report_is_packed_with_all_its_states(two_nights: Nights, tmp_path: Path) -> None:
    archive, _ = two_nights
    path = tmp_path / "report.wacz"
    [told] = archive.json("wacz", "--document", AGENCY, YEAR, "-o", str(path))
    [shown] = archive.json("show", AGENCY, YEAR)
    assert told["bytes"] == path.stat().st_size
    folder = unpacked(path, tmp_path / "out")
    pages = [json.loads(line) for line in (folder / "pages" / "pages.jsonl").read_text().splitlines()[1:]]
    assert told["pages"] == len(pages) > 0
    assert {source["url"] for source in shown["sources"]} == {page["url"] for page in pages}
    kept = {sha256(payload).hexdigest() for payload in payloads(folder / "archive")}
    assert {version["sha256"] for version in shown["versions"]} <= kept


def test_a_portal_is_packed_byte_for_byte_and_replayed(two_nights: Nights, tmp_path: Path) -> None:
    archive, _ = two_nights
    path = tmp_path / "portal.wacz"
    [told] = archive.json("wacz", "--portal", PORTAL, "-o", str(path))
    folder = unpacked(path, tmp_path / "out")
    assert told["files"] == len(list((folder / "archive").iterdir())) == 2
    for packed in (folder / "archive").iterdir():
        whole, part = (archive.home / "warc" / packed.name).read_bytes(), packed.read_bytes()
        members = [part[place.offset : place.offset + place.length] for place, _ in walk(packed)]
        assert b"".join(members) == part
        assert all(member in whole for member in members)
    index = list(lines_of(folder / "indexes" / "index.cdx.gz"))
    revisits = [one for one in index if one[2]["mime"] == "warc/revisit"]
    assert revisits

    run("wb-manager", "init", "kept", cwd=tmp_path)
    run("wb-manager", "add", "--unpack-wacz", "kept", path, cwd=tmp_path)
    originals = {said["digest"]: said for _, _, said in index if said["mime"] != "warc/revisit"}
    some = [one for one in index if one[2]["mime"] != "warc/revisit" and one[2]["status"] == "200"][::4]
    with replayed(tmp_path) as address:
        for _, stamp, said in [*revisits, *some]:
            held = originals[said["digest"]]
            place = Location(held["filename"], int(held["offset"]), int(held["length"]))
            body = payload_at(Storage(folder / "archive"), place)
            expected = (304, b"") if said["status"] == "304" else (int(said["status"]), body)
            assert (said["url"], *replay(f"{address}{stamp}id_/{said['url']}")) == (said["url"], *expected)
    assert {said["status"] for _, _, said in revisits} >= {"200", "304"}


def replay(address: str) -> tuple[int, bytes]:
    """Gives status and body with which a capture is shown again."""
    try:
        with urlopen(address) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def payloads(folder: Path) -> Iterator[bytes]:
    for path in folder.iterdir():
        for place, record in walk(path):
            if record.type == "response":
                yield payload_at(Storage(folder), place)


def test_the_index_is_that_of_cdxj_indexer(two_nights: Nights, tmp_path: Path) -> None:
    archive, _ = two_nights
    kept = archive.home / "warc"
    [told] = archive.json("cdxj", "-o", str(tmp_path / "index.cdxj"))
    own = list(lines_of(tmp_path / "index.cdxj"))
    assert told["lines"] == len(own) > 100
    text = (tmp_path / "index.cdxj").read_bytes().splitlines()
    assert text == sorted(text)

    run("cdxj-indexer", "-o", tmp_path / "theirs.cdxj", *sorted(kept.glob("crawl*.warc.gz")))
    theirs, ours = ({shown(*one) for one in some} for some in (lines_of(tmp_path / "theirs.cdxj"), own))
    assert ours <= theirs
    for left in theirs - ours:  # what cannot be replayed: no exchange, or a body that broke off
        name, offset, length = json.loads(left)[-3:]
        record = record_at(Storage(kept), Location(name, int(offset), int(length)))
        assert record.type == "metadata" or '"error"' in record.headers["Nianbao-Context"]


def shown(key: str, stamp: str, said: dict[str, str]) -> str:
    """Gives what both indexes say of a capture; digests of chunked bodies differ (docs/decisions)."""
    same = ("url", "mime", "status", "filename", "offset", "length")
    return json.dumps([key, stamp, *(said.get(name) for name in same)])


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--portal", "990199-nowhere"], 2, "nothing is kept of 990199-nowhere"),
        (["--year", "1999"], 2, "nothing is kept of reports of 1999"),
        (["--document", AGENCY, "last"], 2, "'last' is no year"),
        (["--document", AGENCY, YEAR, "--year", "2023"], 2, "leave out --portal and --year"),
    ],
)
def test_what_cannot_be_packed_is_told(
    two_nights: Nights, tmp_path: Path, options: list[str], code: int, said: str
) -> None:
    archive, _ = two_nights
    assert said in archive.run("wacz", *options, "-o", str(tmp_path / "x.wacz"), code=code).stderr
    assert list(tmp_path.iterdir()) == []
