import errno
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import StorageFailedError
from archive.model import Exchange, Location, Storage
from archive.warc.reader import record_at, walk
from archive.warc.record import exchange_records, parse_warc_fields
from archive.warc.writer import Writer, create, lock, seal

Make = Callable[..., Exchange]
INFO = {"software": "nianbao/0.1.0", "operator": "某大学", "robots": "obeyed"}


def members_of(make: Make, size: int = 2000) -> tuple[bytes, ...]:
    body = os.urandom(size)
    return exchange_records(make(b"HTTP/1.1 200 OK\r\n\r\n" + body), None, False).members


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_appended_is_read_back_open_and_sealed(make: Make, tmp_path: Path) -> None:
    writer = Writer(tmp_path / "deep" / "warc", "demo", INFO)
    folder = tmp_path / "deep" / "warc"
    members = members_of(make)
    places = writer.append(members)
    writer.sync()
    assert [place.length for place in places] == [len(member) for member in members]
    assert names(folder) == [places[0].file + ".open"]
    before = [record_at(Storage(folder), place) for place in places]
    writer.close()
    assert names(folder) == [places[0].file]
    assert [record_at(Storage(folder), place) for place in places] == before
    assert before[0].block.startswith(b"HTTP/1.1 200 OK\r\n\r\n")


def test_a_file_begins_with_who_wrote_it(make: Make, tmp_path: Path) -> None:
    writer = Writer(tmp_path, "demo", INFO)
    (place, *_) = writer.append(members_of(make))
    writer.close()
    first, second, third = walk(tmp_path / place.file)
    assert first[1].type == "warcinfo"
    assert first[1].headers["WARC-Filename"] == place.file
    assert parse_warc_fields(first[1].block) == INFO
    assert [second[0], third[1].type] == [place, "request"]


def test_nothing_appended_leaves_no_file(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "demo", INFO)
    writer.sync()
    writer.close()
    assert names(tmp_path) == []


def test_files_roll_by_size_and_an_exchange_is_never_split(make: Make, tmp_path: Path) -> None:
    writer = Writer(tmp_path, "demo", INFO, roll_bytes=5000)
    places = [writer.append(members_of(make)) for _ in range(9)]
    assert len([name for name in names(tmp_path) if name.endswith(".open")]) == 1
    writer.close()
    files = names(tmp_path)
    assert len(files) == len({place.file for group in places for place in group}) == 5
    assert all(len({place.file for place in group}) == 1 for group in places)
    assert all(record_at(Storage(tmp_path), place) for group in places for place in group)


def test_an_open_file_is_locked_until_it_is_sealed(make: Make, tmp_path: Path) -> None:
    writer = Writer(tmp_path, "demo", INFO)
    writer.append(members_of(make))
    (path,) = tmp_path.iterdir()
    with path.open("rb") as file:
        assert not lock(file.fileno())
        writer.close()
        assert lock(file.fileno())


def write_some(folder: str, member: bytes) -> list[Location]:
    writer = Writer(Path(folder), "demo", INFO, roll_bytes=3000)
    places = [writer.append([member, member])[1] for _ in range(20)]
    writer.close()
    return places


def test_writers_never_share_a_file(make: Make, tmp_path: Path) -> None:
    member = members_of(make)[0]
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(write_some, str(tmp_path), member) for _ in range(3)]
        groups = [job.result(timeout=60) for job in jobs]
    groups.append(write_some(str(tmp_path), member))
    groups.append(write_some(str(tmp_path), member))  # the same process in the same second
    files = [{place.file for place in group} for group in groups]
    assert sum(len(names) for names in files) == len(set().union(*files)) == len(names(tmp_path))
    assert all(record_at(Storage(tmp_path), place) for group in groups for place in group)


def test_a_name_that_was_sealed_is_not_used_again(tmp_path: Path) -> None:
    started = datetime(2024, 3, 1, tzinfo=UTC)
    path, fd = create(tmp_path, "demo", started)
    sealed = seal(path)
    os.close(fd)
    other, fd = create(tmp_path, "demo", started)
    os.close(fd)
    assert other.name != sealed.name + ".open"
    assert [path.name.startswith("demo-20240301T000000Z-") for path in (sealed, other)] == [True, True]


def test_a_name_is_not_used_again_once_its_file_has_left_the_folder(tmp_path: Path) -> None:
    started = datetime(2024, 3, 1, tzinfo=UTC)
    names = set()
    for _ in range(3):
        path, fd = create(tmp_path, "demo", started)
        os.close(fd)
        path.unlink()
        names.add(path.name)
    assert len(names) == 3


def test_an_interrupted_append_leaves_no_bytes_behind(make: Make, tmp_path: Path) -> None:
    writer = Writer(tmp_path, "demo", INFO)
    (first, *_) = writer.append(members_of(make))
    path = tmp_path / (first.file + ".open")
    with path.open("ab") as file:  # as if KeyboardInterrupt had come between two short writes
        file.write(b"\x1f\x8b torn " * 400)
    (second, *_) = writer.append(members_of(make, 100))
    writer.close()
    assert [place for place, _ in walk(tmp_path / first.file)].count(second) == 1
    assert len(list(walk(tmp_path / first.file))) == 5


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from archive.errors import StorageFailedError
from archive.warc.writer import Writer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
writer = Writer(Path(sys.argv[1]), "full", {"software": "test"})
member = sys.stdin.buffer.read()
for number in range(1000):
    try:
        writer.append([member])
    except StorageFailedError as error:
        print(number, error)
        break
for later in (lambda: writer.append([member]), writer.sync, writer.close):
    try:
        later()
    except StorageFailedError as error:
        print("again", error)
"""


def test_a_full_disk_is_named_and_the_records_before_stay_whole(make: Make, tmp_path: Path) -> None:
    member = members_of(make)[0]
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], input=member, capture_output=True, check=True, timeout=60
    )
    first, *later = done.stdout.decode().splitlines()
    (path,) = tmp_path.iterdir()
    written = int(first.split()[0])
    assert written > 5
    assert f"{path}: cannot be written: {os.strerror(errno.EFBIG)}" in first
    assert len(later) == 3
    assert all(os.strerror(errno.EFBIG) in line for line in later)
    assert len(list(walk(path))) == written + 1  # no torn tail: it was cut off at once


def test_no_space_left_on_device(make: Make, tiny_disk: Path) -> None:
    writer = Writer(tiny_disk, "full", INFO)
    places: list[Location] = []
    with pytest.raises(StorageFailedError, match="No space left on device"):
        places.extend(place for _ in range(100) for place in writer.append(members_of(make)))
    with pytest.raises(StorageFailedError, match="No space left on device"):
        writer.sync()
    (path,) = tiny_disk.iterdir()
    assert len(places) > 10
    assert [place for place, _ in walk(path)][1:] == places


def test_a_folder_that_cannot_be_made_is_named(make: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    writer = Writer(tmp_path / "file" / "warc", "demo", INFO)
    with pytest.raises(StorageFailedError, match=r"file/warc: cannot be written: Not a directory"):
        writer.append(members_of(make))


def test_what_is_made_durable_and_when(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy of docs/warc.md: records by `sync`, names in the folder when a file is made and when it is sealed."""
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def what(fd: int) -> str:
        return "folder" if Path(f"/proc/self/fd/{fd}").resolve() == tmp_path else "file"

    def synced(fd: int) -> None:
        done.append(what(fd))
        fsync(fd)

    def renamed(path: Path, to: Path) -> Path:
        done.append("rename")
        return rename(path, to)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    writer = Writer(tmp_path, "demo", INFO, roll_bytes=5000)
    writer.append(members_of(make))
    writer.append(members_of(make))
    assert done == ["folder"]
    writer.sync()
    assert done[1:] == ["file"]
    writer.append(members_of(make))  # the file is full: sealed, and the next is begun
    assert done[2:] == ["file", "rename", "folder", "folder"]
    writer.close()
    assert done[6:] == ["file", "rename", "folder"]


def test_after_a_failed_fsync_nothing_counts_and_nothing_more_is_written(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(tmp_path, "demo", INFO)
    writer.append(members_of(make))
    writer.sync()
    writer.append(members_of(make))
    fsync = os.fsync
    failed: list[int] = []

    def fails_once(fd: int) -> None:
        if not failed:
            failed.append(fd)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(fd)

    monkeypatch.setattr(os, "fsync", fails_once)
    for step in (writer.sync, writer.sync, writer.close, lambda: writer.append(members_of(make))):
        with pytest.raises(StorageFailedError, match="Input/output error"):
            step()
    [path] = tmp_path.iterdir()
    assert path.name.endswith(".open")  # recovery reads it back
    assert len(list(walk(path))) == 5
