import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from archive.errors import CorruptArchiveError, LockHeldError, StorageFailedError
from archive.model import CaptureKind, Exchange, Location, Storage
from archive.warc.facts import facts_of
from archive.warc.reader import record_at, walk
from archive.warc.record import exchange_records
from archive.warc.recover import Recovered, examine, held, in_use, recover, recoverable, settle
from archive.warc.writer import Writer

Make = Callable[..., Exchange]
KILLS = 30

WRITER = """
import os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from archive.model import Context, Exchange, Role
from archive.warc import writer as module
from archive.warc.record import exchange_records
pwrite = os.pwrite


def slowly(fd, data, at):  # short writes, to be killed between them
    time.sleep(0.0003)
    return pwrite(fd, data[:512], at)


module.os.pwrite = slowly
writer = module.Writer(Path(sys.argv[1]), "kill", {"crawl": "7"}, roll_bytes=60_000)
for number in range(100_000):
    exchange = Exchange(
        url=f"http://www.example.gov.cn/{number}",
        at=datetime.now(UTC),
        request=b"GET / HTTP/1.1\\r\\n\\r\\n",
        response=b"HTTP/1.1 200 OK\\r\\n\\r\\n%d " % number + os.urandom(3000),
        context=Context(portal="p", role=Role.LIST),
    )
    place = writer.append(exchange_records(exchange, None, False).members)[0]
    if number % 3 == 2:
        writer.sync()
    os.write(1, f"{place.file} {place.offset} {place.length} {number}\\n".encode())
"""


def killed_writer(folder: Path, after: float) -> list[tuple[Location, int]]:
    """Gives what a writer had said was appended when kill -9 met it."""
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(after)
    child.send_signal(signal.SIGKILL)
    lines = (first + child.stdout.read()).decode().split("\n")
    child.stdout.close()
    child.wait(timeout=60)
    said = [line.split() for line in lines[:-1]]
    return [(Location(name, int(at), int(length)), int(number)) for name, at, length, number in said]


def test_kill_9_at_any_moment_loses_no_record(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    torn = 0
    for run in range(KILLS):
        folder = tmp_path / str(run)
        folder.mkdir()
        appended = killed_writer(folder, moments.uniform(0, 0.1))
        last_file = appended[-1][0].file
        indexed = [place for place, _ in appended if place.file == last_file][: moments.randrange(3)]
        indexed_end = defaultdict(int, {place.file: place.offset + place.length for place in indexed})
        seen: list[Recovered] = []
        done = recover(folder, indexed_end.__getitem__, seen.append)
        assert done == seen
        assert sorted(folder.glob("*.open")) == [], seed
        found = {place: record for path in folder.glob("*.gz") for place, record in walk(path)}
        for place, number in appended:
            assert found[place].block.startswith(b"HTTP/1.1 200 OK\r\n\r\n%d " % number), seed
        captures = [place for place, record in found.items() if record.type == "response"]
        assert len(captures) - len(appended) in (0, 1), seed
        for one in done:
            in_file = {place for place in captures if place.file == one.name and place.offset >= indexed_end[one.name]}
            assert {orphan.location for orphan in one.orphans} == in_file
            assert one.info == {"crawl": "7"} or one.good_end == 0
            torn += bool(one.torn_bytes)
            asides = [path.stat().st_size for path in folder.glob(f"{one.name}.torn-{one.good_end}")]
            assert asides == ([one.torn_bytes] if one.torn_bytes else [])
    assert torn > 0, "no kill hit an append: the test tests nothing"


@pytest.fixture
def dead(quirks: dict[str, bytes], make: Make, tmp_path: Path) -> tuple[Path, list[list[Location]]]:
    """An open file whose writer has gone, and the places of its exchanges."""
    writer = Writer(tmp_path, "dead", {"crawl": "12"})
    exchanges = [
        make(quirks["02-gzip-chunked"]),
        make(b"", error="timeout"),
        make(b"", request=b"", error="DNS"),
        make(quirks["01-gbk-reason"], request=b""),
        make(quirks["11-robots"]),
    ]
    places = [writer.append(exchange_records(exchange, None, False).members) for exchange in exchanges]
    writer.close()
    sealed = tmp_path / places[0][0].file
    path = sealed.rename(f"{sealed}.open")
    return path, places


def test_orphans_come_with_all_that_the_index_needs(dead: tuple[Path, list[list[Location]]], tmp_path: Path) -> None:
    path, places = dead
    found = examine(path, 0)
    assert [orphan.location for orphan in found.orphans] == [group[0] for group in places]
    assert [orphan.request_location for orphan in found.orphans] == [
        group[1] if len(group) > 1 else None for group in places
    ]
    kinds = [orphan.facts.kind for orphan in found.orphans]
    assert kinds == [CaptureKind.RESPONSE, *[CaptureKind.ERROR] * 2, *[CaptureKind.RESPONSE] * 2]
    assert [orphan.facts.error for orphan in found.orphans] == [None, "timeout", "DNS", None, None]
    assert all(facts_of(record_at(Storage(tmp_path), o.location)) == o.facts for o in found.orphans)
    assert (found.name, found.info, found.torn_bytes) == (path.name.removesuffix(".open"), {"crawl": "12"}, 0)


def test_what_is_indexed_is_no_orphan(dead: tuple[Path, list[list[Location]]]) -> None:
    path, places = dead
    end = places[1][-1].offset + places[1][-1].length
    assert [orphan.location for orphan in examine(path, end).orphans] == [group[0] for group in places[2:]]


def test_every_length_of_a_torn_tail_is_set_aside(dead: tuple[Path, list[list[Location]]], tmp_path: Path) -> None:
    path, places = dead
    data = path.read_bytes()
    response, request = places[-1]
    for size in range(response.offset, len(data)):
        path.write_bytes(data[:size])
        found = examine(path, places[3][0].offset)
        whole = size >= request.offset
        good_end = request.offset if whole else response.offset
        assert (found.good_end, found.torn_bytes) == (good_end, size - good_end)
        assert len(found.orphans) == (2 if whole else 1)
        assert found.orphans[-1].request_location is None
        sealed = settle(found)
        assert sealed is not None
        assert sealed.read_bytes() == data[:good_end]
        asides = {aside.name: aside.read_bytes() for aside in tmp_path.glob("*.torn-*")}
        assert asides == ({f"{found.name}.torn-{good_end}": data[good_end:size]} if size > good_end else {})
        for aside in tmp_path.glob("*.torn-*"):
            aside.unlink()
        sealed.rename(path)


@pytest.mark.parametrize("killed_after", ["copy", "cut"])
def test_recovery_that_was_killed_itself_is_done_again(
    dead: tuple[Path, list[list[Location]]], tmp_path: Path, killed_after: str
) -> None:
    path, places = dead
    data = path.read_bytes()
    path.write_bytes(data[:-5])
    good_end = places[-1][1].offset
    aside = tmp_path / f"{path.name.removesuffix('.open')}.torn-{good_end}"
    aside.write_bytes(data[good_end:-5])
    if killed_after == "cut":
        path.write_bytes(data[:good_end])
    (found,) = recover(tmp_path, lambda name: good_end, lambda one: None)
    assert found.orphans == ()
    assert (tmp_path / found.name).read_bytes() == data[:good_end]
    assert aside.read_bytes() == data[good_end:-5]
    assert recover(tmp_path, lambda name: good_end, lambda one: None) == []


def test_a_file_is_sealed_only_after_it_is_indexed(dead: tuple[Path, list[list[Location]]], tmp_path: Path) -> None:
    path, places = dead

    def index(found: Recovered) -> None:
        assert path.exists()
        with pytest.raises(LockHeldError), held(path):
            pass
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        recover(tmp_path, lambda name: 0, index)
    (again,) = recover(tmp_path, lambda name: 0, lambda one: None)
    assert len(again.orphans) == len(places)
    assert not path.exists()


def test_an_index_beyond_the_end_is_corruption(dead: tuple[Path, list[list[Location]]], tmp_path: Path) -> None:
    path, _ = dead
    size = path.stat().st_size
    with pytest.raises(CorruptArchiveError, match=f"index reaches to offset {size + 1}, the file ends at {size}"):
        recover(tmp_path, lambda name: size + 1, lambda one: None)
    assert path.stat().st_size == size


def test_a_file_with_nothing_whole_in_it_is_only_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz.open").write_bytes(b"")
    (tmp_path / "b.warc.gz.open").write_bytes(b"\x1f\x8b\x08")
    found = recover(tmp_path, lambda name: 0, lambda one: None)
    assert [(one.name, one.torn_bytes) for one in found] == [("a.warc.gz", 0), ("b.warc.gz", 3)]
    assert [path.name for path in tmp_path.iterdir()] == ["b.warc.gz.torn-0"]


def test_the_beginning_of_a_sealed_file_that_a_backup_left_beside_it_goes(
    dead: tuple[Path, list[list[Location]]], tmp_path: Path
) -> None:
    path, places = dead
    data = path.read_bytes()
    (tmp_path / path.name.removesuffix(".open")).write_bytes(data)
    path.write_bytes(data[:-7])
    end = places[-1][1].offset + places[-1][1].length
    assert recover(tmp_path, lambda name: end, lambda one: None) == []
    assert [left.name for left in tmp_path.iterdir()] == [path.name.removesuffix(".open")]
    path.write_bytes(data[:-7] + b"other b")
    with pytest.raises(CorruptArchiveError, match="not the beginning of"):
        recover(tmp_path, lambda name: end, lambda one: None)
    assert (path.stat().st_size, (tmp_path / path.name.removesuffix(".open")).read_bytes()) == (len(data), data)


def test_on_a_full_disk_a_torn_end_waits_until_there_is_room(
    dead: tuple[Path, list[list[Location]]], tmp_path: Path, tiny_disk: Path
) -> None:
    path, places = dead
    data = path.read_bytes()
    good_end = places[-1][0].offset
    torn = data[good_end:] + os.urandom(20_000)
    (tiny_disk / path.name).write_bytes(data[:good_end] + torn)
    filler = tiny_disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"0" * 1024)
    whole = (tiny_disk / path.name).read_bytes()
    seen: list[Recovered] = []
    with pytest.raises(StorageFailedError, match="No space left on device"):
        recover(tiny_disk, lambda name: good_end, seen.append)
    assert (tiny_disk / path.name).read_bytes() == whole
    filler.unlink()
    recover(tiny_disk, lambda name: good_end, seen.append)
    [sealed] = tiny_disk.glob("*.gz")
    [aside] = tiny_disk.glob("*.torn-*")
    assert sealed.read_bytes() + aside.read_bytes() == whole
    assert seen[0] == seen[1]


def test_a_living_writer_is_left_alone(make: Make, tmp_path: Path) -> None:
    writer = Writer(tmp_path, "alive", {})
    exchange = make(b"HTTP/1.1 200 OK\r\n\r\nab")
    writer.append(exchange_records(exchange, None, False).members)
    (path,) = tmp_path.iterdir()
    assert in_use(path)
    assert recoverable(tmp_path) == []
    assert recover(tmp_path, lambda name: 0, lambda one: None) == []
    (place, _) = writer.append(exchange_records(exchange, None, False).members)
    writer.close()
    assert record_at(Storage(tmp_path), place).block == exchange.response
    assert not os.path.lexists(path)
