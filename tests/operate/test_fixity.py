"""Verification of an archive of two files: samples, repairs, orphans, what other machines have, what a night does."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.config import Config
from archive.operate import fixity
from archive.operate.digest import damage, verified_text
from archive.warc.verify import Report
from tests.warc.kept import keep

BODIES = [b"<p>%d" % number * 200 for number in range(9)]


def damaged(path: Path) -> bytes:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    return bytes(data)


class Kept:
    """The archive; `check` gives what a verification finds."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine = engine
        self.config = Config(home=home, warc_copy=str(home / "copy"))
        self.first = keep(engine, self.config.warcs, 1, BODIES[:6])
        self.second = keep(engine, self.config.warcs, 2, BODIES[6:])
        shutil.copytree(self.config.warcs, home / "copy")

    def check(self, here: bool = False, sample: float | int | None = None, repair: bool = False) -> Report:
        return fixity.verify(self.engine, self.config, fixity.silent, here=here, sample=sample, repair=repair)

    def ask(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> Kept:
    return Kept(engine, tmp_path / "home")


def test_what_is_bad_or_missing_is_copied_from_the_second_place(kept: Kept) -> None:
    assert kept.check() == Report(captures=9, checked=9)
    good = kept.first.read_bytes()
    bad = damaged(kept.first)
    kept.second.unlink()
    found = kept.check()
    assert [one.file for one in found.bad] == [kept.first.name]
    assert Counter(one.file for one in found.missing) == {kept.second.name: 3}

    damaged(kept.config.home / "copy" / kept.first.name)  # a copy that is bad itself is not taken
    found = kept.check(repair=True)
    assert [(one.file, one.reason) for one in found.repaired] == [
        (kept.second.name, f"copied from {kept.config.warc_copy}")
    ]
    assert [one.file for one in found.bad] == [kept.first.name]
    assert kept.first.read_bytes() == bad

    (kept.config.home / "copy" / kept.first.name).write_bytes(good)
    found = kept.check(repair=True)
    [beside] = kept.first.parent.glob("*.bad-*")
    assert beside.read_bytes() == bad
    [done] = found.repaired
    assert done.reason == f"copied from {kept.config.warc_copy}; the bad file is kept as {beside.name}"
    assert replace(found, repaired=[]) == kept.check() == Report(captures=9, checked=9)
    assert kept.first.read_bytes() == good
    assert {path.name for path in kept.first.parent.iterdir()} == {kept.first.name, kept.second.name, beside.name}


def test_a_copy_that_ends_before_its_last_request_is_not_taken(kept: Kept) -> None:
    copy = kept.config.home / "copy" / kept.second.name
    with kept.engine.connect() as connection:
        last = max(connection.scalars(text("SELECT request_offset FROM captures WHERE crawl_id = 2")))
    copy.write_bytes(copy.read_bytes()[:last])
    kept.second.unlink()
    found = kept.check(repair=True)
    assert (found.repaired, kept.second.exists()) == ([], False)
    shutil.copyfile(copy, kept.second)
    assert [one.offset for one in kept.check().missing] == [last]


def test_a_sample_is_of_whole_files(kept: Kept) -> None:
    damaged(kept.first)
    damaged(kept.second)
    for sample in (1, 0.01, 0.5):
        found = kept.check(sample=sample)
        assert found.captures in (3, 6)
        assert len({one.file for one in found.bad}) == 1
    assert kept.check(sample=1.0).captures == kept.check(sample=50).captures == 9


def test_what_a_restored_database_does_not_know_is_indexed(kept: Kept) -> None:
    partly = keep(kept.engine, kept.config.warcs, 3, [b"a", b"b", b"c"], indexed=1)
    wholly = keep(kept.engine, kept.config.warcs, 4, [b"d"], indexed=0)
    before = {path: path.read_bytes() for path in (partly, wholly)}
    assert Counter(one.file for one in kept.check().orphans) == {partly.name: 2, wholly.name: 1}
    found = kept.check(repair=True)
    assert [(one.file, one.reason) for one in found.repaired] == [
        (partly.name, "2 captures indexed"),
        (wholly.name, "1 captures indexed"),
    ]
    assert replace(found, repaired=[]) == kept.check(repair=True) == Report(captures=13, checked=13)
    assert {path: path.read_bytes() for path in before} == before


def test_what_a_worker_has_is_elsewhere_and_what_nobody_has_is_missing(kept: Kept, tmp_path: Path) -> None:
    kept.ask("UPDATE crawl_portals SET worker = 'cellar' WHERE crawl_id = 2")
    cellar = tmp_path / "cellar" / "warc" / kept.second.name
    cellar.parent.mkdir(parents=True)
    kept.second.rename(cellar)
    found = kept.check()
    assert [(one.file, one.reason.partition(":")[0]) for one in found.elsewhere] == [
        (kept.second.name, "worker cellar has it")
    ]
    assert replace(found, elsewhere=[]) == kept.check(here=True) == Report(captures=6, checked=6)
    kept.ask("UPDATE crawl_portals SET worker = 'cellar'")  # one of its files is here: they were brought together
    assert {one.file for one in kept.check().missing} == {kept.second.name}
    kept.ask("UPDATE crawl_portals SET worker = NULL WHERE crawl_id = 1")
    kept.first.unlink()
    assert {one.file for one in kept.check().missing} == {kept.first.name}
    kept.config = replace(kept.config, home=tmp_path / "cellar")
    assert kept.check(here=True) == Report(captures=3, checked=3)


def test_a_night_reads_back_what_is_new_and_some_of_what_is_old(kept: Kept) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    late = fixity.verify_by_night(kept.engine, kept.config, datetime.now(UTC))
    assert (late.files, late.waiting) == (0, 2)
    night = fixity.verify_by_night(kept.engine, kept.config, later)
    assert night == fixity.Checked(2, 0, Report(captures=9, checked=9))
    again = fixity.verify_by_night(kept.engine, kept.config, later)
    assert (again.files, again.waiting, again.report.captures in (3, 6)) == (1, 0, True)
    third = keep(kept.engine, kept.config.warcs, 3, [b"new"])
    damaged(third)
    for _ in range(2):  # until it is mended, each night says so
        found = fixity.verify_by_night(kept.engine, kept.config, later)
        assert [one.file for one in found.report.bad] == [third.name]
        assert found.files == 2
    kept.first.unlink()
    found = fixity.verify_by_night(kept.engine, kept.config, later)
    assert {one.file for one in found.report.missing} == {kept.first.name}
    assert {(one.code, one.message.partition(":")[0]) for one in damage(found)} == {
        ("damaged", "bad"),
        ("damaged", "missing"),
    }
    assert verified_text(found).startswith("2 WARC files read back, ")
