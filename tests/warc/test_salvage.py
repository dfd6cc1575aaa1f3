"""Sound records around damage, and notes as records."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from archive.warc.member import unpack
from archive.warc.notes import is_notes, lines_of, notes_record
from archive.warc.salvage import Damage, salvage
from archive.warc.writer import Writer

AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_notes_come_back_line_by_line() -> None:
    lines = ['{"a": "一\u2028\x85 \\n"}', "{}"]
    member = notes_record(lines, AT)
    record = unpack(member)
    assert is_notes(record)
    assert lines_of(record) == lines
    for theirs in ArchiveIterator(BytesIO(member), check_digests=True):
        assert (theirs.rec_type, theirs.content_stream().read().decode()) == ("metadata", "\n".join(lines) + "\n")


def test_each_byte_that_goes_wrong_costs_one_record_and_is_named(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "notes", {})
    places = writer.append([notes_record([f'{{"n": {n}}}'], AT) for n in range(3)])
    writer.close()
    path = tmp_path / places[0].file
    whole = path.read_bytes()
    starts = [0, *(place.offset for place in places), len(whole)]
    assert [each[0].offset for each in salvage(path) if not isinstance(each, Damage)] == starts[:-1]
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 0xFF
        path.write_bytes(data)
        start, end = next((start, end) for start, end in pairwise(starts) if start <= at < end)
        found = list(salvage(path))
        damaged = [(each.file, each.offset, each.end) for each in found if isinstance(each, Damage)]
        kept = [each[0].offset for each in found if not isinstance(each, Damage)]
        if damaged:
            assert damaged == [(path.name, start, end)]
            assert kept == [each for each in starts[:-1] if each != start]
        else:  # the header of gzip has bytes that say nothing
            assert at - start in (4, 5, 6, 7, 8, 9)
            assert kept == starts[:-1]


def test_what_breaks_off_is_named_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    first, second = (notes_record(["{}"], AT) for _ in range(2))
    path.write_bytes(first + second[:-9])
    [_, damage] = salvage(path)
    assert isinstance(damage, Damage)
    assert (damage.offset, damage.end) == (len(first), len(first) + len(second) - 9)
