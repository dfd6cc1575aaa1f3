import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive.model import Exchange, Original, Storage
from archive.warc.record import Records, exchange_records, receive
from archive.warc.verify import Finding, Indexed, verify
from archive.warc.writer import Writer

Make = Callable[..., Exchange]
Archive = list[Indexed]


@pytest.fixture
def rows(quirks: dict[str, bytes], make: Make, tmp_path: Path) -> Archive:
    """The index of an archive of several files: all quirks, a revisit of each kind, failures."""
    writer = Writer(tmp_path, "demo", {}, roll_bytes=6000)
    index: Archive = []

    def keep(records: Records) -> None:
        index.append(Indexed(writer.append(records.members)[0], records.facts.payload_sha256))

    first = exchange_records(make(quirks["02-gzip-chunked"]), None, False)
    facts = first.facts
    held = Original(facts.record_id, facts.url, facts.at, facts.payload_digest or "", facts.payload_sha256)
    keep(first)
    keep(exchange_records(make(quirks["08-two-lengths"]), held, False))
    keep(exchange_records(make(quirks["10-not-modified"], validator_sent=True), held, True))
    for block in quirks.values():
        keep(exchange_records(make(block), None, False))
    keep(exchange_records(make(b"", error="timeout"), None, False))
    keep(exchange_records(make(b"", request=b"", error="DNS"), None, False))
    writer.close()
    assert len(list(tmp_path.iterdir())) > 2
    return sorted(index, key=lambda row: (row.location.file, row.location.offset))


def test_a_sound_archive_gives_no_findings(rows: Archive, tmp_path: Path) -> None:
    report = verify(Storage(tmp_path), iter(rows))
    found = report.as_json()
    assert (found.pop("captures"), found.pop("checked")) == (34, 34)
    assert found == {"bad": [], "orphans": [], "missing": [], "elsewhere": [], "repaired": []}
    assert report.clean


def test_any_damaged_stretch_is_found_once_at_its_place(rows: Archive, tmp_path: Path) -> None:
    for row in rows:
        path = tmp_path / row.location.file
        sound = path.read_bytes()
        damaged = bytearray(sound)
        damaged[row.location.offset + row.location.length // 2] ^= 0xFF
        path.write_bytes(damaged)
        report = verify(Storage(tmp_path), rows)
        assert [(bad.file, bad.offset) for bad in report.bad] == [(row.location.file, row.location.offset)]
        assert (report.checked, report.orphans, report.missing) == (33, [], [])
        path.write_bytes(sound)


def test_damage_in_a_request_record_is_found_too(rows: Archive, tmp_path: Path) -> None:
    place = rows[0].location
    path = tmp_path / place.file
    data = bytearray(path.read_bytes())
    at = place.offset + place.length
    data[at + 40] ^= 0xFF
    path.write_bytes(data)
    report = verify(Storage(tmp_path), rows)
    assert [(bad.file, bad.offset) for bad in report.bad] == [(place.file, at)]
    assert report.checked == 34


def test_a_capture_without_a_row_is_an_orphan(rows: Archive, tmp_path: Path) -> None:
    for left_out in rows:
        rest = [row for row in rows if row is not left_out]
        report = verify(Storage(tmp_path), rest)
        assert [(one.file, one.offset) for one in report.orphans] == [
            (left_out.location.file, left_out.location.offset)
        ]
        assert (report.checked, report.bad, report.missing) == (33, [], [])
    assert len(verify(Storage(tmp_path), []).orphans) == 34


def test_rows_without_bytes_are_missing(rows: Archive, tmp_path: Path) -> None:
    last = rows[-1].location
    path = tmp_path / last.file
    with path.open("r+b") as file:
        file.truncate(last.offset)
    report = verify(Storage(tmp_path), rows)
    assert [(one.file, one.offset) for one in report.missing] == [(last.file, last.offset)]
    assert (report.captures, report.checked, report.bad) == (34, 33, [])
    path.unlink()
    gone = [row for row in rows if row.location.file == last.file]
    report = verify(Storage(tmp_path), rows)
    assert [one.offset for one in report.missing] == [row.location.offset for row in gone]
    assert report.checked == 34 - len(gone)


def test_a_payload_other_than_the_index_says_is_bad(rows: Archive, tmp_path: Path) -> None:
    for row in rows:
        wrong = [replace(one, payload_sha256="0" * 64) if one is row else one for one in rows]
        report = verify(Storage(tmp_path), wrong)
        (bad,) = report.bad
        assert (bad.file, bad.offset) == (row.location.file, row.location.offset)
        assert f"the index names payload {'0' * 64}, the" in bad.reason


def test_a_payload_digest_of_the_record_is_not_believed(make: Make, tmp_path: Path) -> None:
    exchange = make(b"HTTP/1.1 200 OK\r\n\r\nab")
    lying = replace(receive(exchange.response), payload_digest=receive(b"").payload_digest)
    writer = Writer(tmp_path, "demo", {})
    (place, _) = writer.append(exchange_records(exchange, None, False, lying).members)
    writer.close()
    report = verify(Storage(tmp_path), [Indexed(place)])
    assert report.bad == [Finding(place.file, place.offset, "the payload does not match WARC-Payload-Digest")]


def test_a_torn_tail_of_a_dead_writer_is_bad(rows: Archive, tmp_path: Path) -> None:
    path = tmp_path / rows[-1].location.file
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\x1f\x8b\x08")
    path.rename(f"{path}.open")
    report = verify(Storage(tmp_path), rows)
    assert [(one.file, one.offset) for one in report.bad] == [(path.name, size)]
    assert report.checked == 34


def test_a_crawl_that_goes_on_makes_no_findings(make: Make, tmp_path: Path) -> None:
    writer = Writer(tmp_path, "alive", {})
    members = exchange_records(make(b"HTTP/1.1 200 OK\r\n\r\nab"), None, False).members
    (place, _) = writer.append(members)
    writer.append(members)  # not committed yet
    assert verify(Storage(tmp_path), [Indexed(place)]).clean
    writer.close()
    assert len(verify(Storage(tmp_path), [Indexed(place)]).orphans) == 1


def test_tails_set_aside_are_not_read(rows: Archive, tmp_path: Path) -> None:
    (tmp_path / f"{rows[0].location.file}.torn-77").write_bytes(b"\x1f\x8b")
    assert verify(Storage(tmp_path), rows).clean


def test_rows_out_of_order_are_refused(rows: Archive, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not sorted"):
        verify(Storage(tmp_path), [rows[1], rows[0]])
    with pytest.raises(ValueError, match="comes twice"):
        verify(Storage(tmp_path), [*rows, rows[0]])


def test_a_report_is_json(rows: Archive, tmp_path: Path) -> None:
    said = json.loads(json.dumps(verify(Storage(tmp_path), rows[1:]).as_json()))
    assert said["orphans"][0]["file"] == rows[0].location.file
