"""Fixity of files in an object store: each copy is read where it lies, and what is missing or altered is named."""

import itertools
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import obstore
import pytest

from archive.model import Exchange, Storage
from archive.warc import store
from archive.warc.mend import mend
from archive.warc.record import exchange_records
from archive.warc.verify import Indexed, Report, verify
from archive.warc.writer import Writer
from tests.object_store import ObjectStore

Make = Callable[..., Exchange]
numbers = itertools.count()


class Archive:
    """Two files with some captures, uploaded; `check` gives what a verification finds."""

    def __init__(self, folder: Path, running: ObjectStore) -> None:
        self.folder = folder
        self.prefix = f"verify/{next(numbers)}"
        self.url = f"s3://warcs/{self.prefix}"
        self.client = running.client(self.prefix)
        self.rows: list[Indexed] = []
        self.uploaded: dict[str, str] = {}

    @property
    def paths(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    def upload(self) -> None:
        for path in self.paths:
            store.put(self.url, path)
            self.uploaded[path.name] = sha256(path.read_bytes()).hexdigest()

    def check(self) -> Report:
        return verify(Storage(self.folder, self.url), iter(self.rows), self.uploaded)


@pytest.fixture
def kept(
    quirks: dict[str, bytes], make: Make, tmp_path: Path, running_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Archive]:
    for name, value in running_store.more.items():
        monkeypatch.setenv(name, value)
    store.opened.cache_clear()
    archive = Archive(tmp_path / "warc", running_store)
    for _ in range(2):
        writer = Writer(archive.folder, "demo", {})
        for block in quirks.values():
            records = exchange_records(make(block), None, False)
            archive.rows.append(Indexed(writer.append(records.members)[0], records.facts.payload_sha256))
        writer.close()
    archive.rows.sort(key=lambda row: (row.location.file, row.location.offset))
    archive.upload()
    yield archive
    store.opened.cache_clear()


def test_what_is_right_gives_no_findings_wherever_it_lies(kept: Archive) -> None:
    count = len(kept.rows)
    sound = Report(captures=count, checked=count)
    assert kept.check() == sound
    kept.paths[0].unlink()
    assert kept.check() == sound
    kept.paths[0].unlink()
    assert kept.check() == sound
    assert not kept.paths


@pytest.mark.parametrize("local", [True, False])
def test_an_altered_object_is_bad(kept: Archive, local: bool) -> None:
    path = kept.paths[1]
    row = next(row for row in kept.rows if row.location.file == path.name)
    data = bytearray(path.read_bytes())
    data[row.location.offset + row.location.length // 2] ^= 0xFF
    obstore.put(kept.client, path.name, bytes(data))
    if not local:
        path.unlink()
    report = kept.check()
    places = {(bad.file, bad.offset) for bad in report.bad}
    assert places == ({(path.name, 0)} if local else {(path.name, 0), (path.name, row.location.offset)})
    assert (report.checked, report.missing, report.orphans) == (len(kept.rows) - (not local), [], [])
    assert all("/tmp" not in bad.reason and str(kept.folder) not in bad.reason for bad in report.bad)


@pytest.mark.parametrize("local", [True, False])
def test_a_deleted_object_is_missing(kept: Archive, local: bool) -> None:
    path = kept.paths[0]
    obstore.delete(kept.client, path.name)
    if not local:
        path.unlink()
    report = kept.check()
    named = [found for found in report.missing if found.reason == f"not in {kept.url}, to which it was uploaded"]
    assert [(found.file, found.offset) for found in named] == [(path.name, 0)]
    lost = sum(row.location.file == path.name for row in kept.rows)
    assert len(report.missing) == (1 if local else 1 + lost)
    assert report.checked == len(kept.rows) - (0 if local else lost)


def test_a_truncated_object_is_missing_from_where_it_ends(kept: Archive) -> None:
    path = kept.paths[0]
    last = max((row.location for row in kept.rows if row.location.file == path.name), key=lambda place: place.offset)
    obstore.put(kept.client, path.name, path.read_bytes()[: last.offset + 5])
    path.unlink()
    report = kept.check()
    assert [(found.file, found.offset) for found in report.missing] == [(path.name, last.offset)]
    assert [(found.file, found.offset) for found in report.bad] == [(path.name, 0)]


def test_what_no_row_names_is_an_orphan_in_the_store_too(kept: Archive) -> None:
    path = kept.paths[1]
    path.unlink()
    lost = [row for row in kept.rows if row.location.file == path.name]
    kept.rows = [row for row in kept.rows if row.location.file != path.name]
    report = kept.check()
    assert {(found.file, found.offset) for found in report.orphans} == {
        (path.name, row.location.offset) for row in lost
    }
    assert (report.checked, report.bad, report.missing) == (len(kept.rows), [], [])


def test_other_objects_are_none_of_our_business(kept: Archive) -> None:
    obstore.put(kept.client, "notes.txt", b"not a WARC file")
    assert kept.check().clean


def test_a_file_that_waits_for_its_upload_is_no_finding(kept: Archive) -> None:
    path = kept.paths[0]
    obstore.delete(kept.client, path.name)
    del kept.uploaded[path.name]
    assert kept.check().clean
    obstore.put(kept.client, path.name, b"other bytes under its name")
    assert [(bad.file, bad.offset) for bad in kept.check().bad] == [(path.name, 0)]


def test_a_bad_file_is_mended_from_the_store_and_a_good_one_left_alone(kept: Archive) -> None:
    path, other = kept.paths
    rows = [row for row in kept.rows if row.location.file == path.name]
    good = path.read_bytes()
    assert mend(kept.folder, path.name, rows, [kept.url]) is None
    path.write_bytes(good[: len(good) // 2])
    done = mend(kept.folder, path.name, rows, [kept.folder / "nowhere", kept.url])
    assert done is not None
    assert done.reason.startswith(f"copied from {kept.url}; the bad file is kept as {path.name}.bad-")
    assert path.read_bytes() == good
    obstore.delete(kept.client, other.name)
    other.unlink()
    assert mend(kept.folder, other.name, [row for row in kept.rows if row not in rows], [kept.url]) is None
