import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import CorruptArchiveError
from archive.model import Exchange, Location, Storage
from archive.warc.reader import TornTailError, content_at, find, payload_at, record_at, walk
from archive.warc.record import exchange_records
from archive.warc.writer import Writer

Make = Callable[..., Exchange]


@pytest.fixture
def places(quirks: dict[str, bytes], make: Make, tmp_path: Path) -> list[Location]:
    writer = Writer(tmp_path, "demo", {})
    names = ["02-gzip-chunked", "20-gzip-cut", "05-http10-close"]
    found = [writer.append(exchange_records(make(quirks[name]), None, False).members) for name in names]
    writer.close()
    return [place for group in found for place in group]


def test_the_payload_is_decoded(places: list[Location], tmp_path: Path) -> None:
    page = payload_at(Storage(tmp_path), places[4])
    assert page.startswith("<html><title>政府信息公开".encode())
    assert payload_at(Storage(tmp_path), places[0]) == page
    assert content_at(Storage(tmp_path), places[0]).flaw is None
    assert content_at(Storage(tmp_path), places[2]).flaw == "coding-incomplete"


def test_a_request_has_no_payload(places: list[Location], tmp_path: Path) -> None:
    with pytest.raises(CorruptArchiveError, match=f"offset {places[1].offset}: a request record holds no payload"):
        payload_at(Storage(tmp_path), places[1])


def test_a_wrong_place_names_file_and_offset(places: list[Location], tmp_path: Path) -> None:
    first = places[0]
    name = first.file
    for wrong in (
        replace(first, offset=first.offset + 1),
        replace(first, length=first.length - 1),
        replace(first, length=first.length + 1),
        replace(first, offset=10**9),
    ):
        with pytest.raises(CorruptArchiveError, match=f"{name}: offset {wrong.offset}: "):
            record_at(Storage(tmp_path), wrong)
    with pytest.raises(CorruptArchiveError, match="1000000000 bytes are indexed, the file has"):
        record_at(Storage(tmp_path), replace(first, length=10**9))
    with pytest.raises(CorruptArchiveError, match=r"other.warc.gz: the index names this file, but it is not there"):
        find(tmp_path, "other.warc.gz")


def test_a_walk_can_start_and_stop_between_records(places: list[Location], tmp_path: Path) -> None:
    path = tmp_path / places[0].file
    assert [place for place, _ in walk(path)][1:] == places
    assert [place for place, _ in walk(path, places[2].offset)] == places[2:]
    assert [place for place, _ in walk(path, places[1].offset, places[3].offset)] == places[1:3]
    assert list(walk(path, path.stat().st_size)) == []


def test_records_larger_than_one_read_are_walked(make: Make, tmp_path: Path) -> None:
    big = make(b"HTTP/1.1 200 OK\r\n\r\n" + os.urandom(3_500_000))
    writer = Writer(tmp_path, "demo", {})
    places = [place for _ in range(3) for place in writer.append(exchange_records(big, None, False).members)]
    writer.close()
    walked = list(walk(tmp_path / places[0].file))
    assert [place for place, _ in walked][1:] == places
    assert [record.block for _, record in walked if record.type == "response"] == [big.response] * 3


def test_a_torn_tail_at_every_byte_is_told_from_the_end(places: list[Location], tmp_path: Path) -> None:
    path = tmp_path / places[0].file
    data = path.read_bytes()
    last = places[-1]
    for size in range(last.offset + 1, len(data)):
        path.write_bytes(data[:size])
        walked: list[Location] = []
        with pytest.raises(TornTailError) as torn:
            walked.extend(place for place, _ in walk(path))
        assert (torn.value.offset, walked[1:]) == (last.offset, places[:-1])
    path.write_bytes(data[: last.offset])
    assert len(list(walk(path))) == len(places)


def test_zeros_after_a_power_cut_are_a_torn_tail(places: list[Location], tmp_path: Path) -> None:
    path = tmp_path / places[0].file
    with path.open("ab") as file:
        file.write(bytes(5000))
    with pytest.raises(TornTailError, match="damaged gzip member"):
        list(walk(path))
