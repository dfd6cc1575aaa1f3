"""What readers answer is stored while they read on; what goes wrong in storing is told in its turn."""

import threading
from collections.abc import Iterator

import pytest

from archive import answers
from archive.answers import batches, meanwhile
from archive.errors import StoreUnavailableError
from archive.model import Hints, Location
from archive.records.waiting import Stored

SECONDS = 10
ANSWER = Stored(1, "0" * 64, Location("a.warc.gz", 0, 1), Hints()), StoreUnavailableError("away")


def test_what_comes_quickly_is_stored_together_and_what_comes_slowly_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [len(batch) for batch in batches(iter([ANSWER] * 45))] == [20, 20, 5]
    monkeypatch.setattr(answers, "SECONDS", 0)
    assert [len(batch) for batch in batches(iter([ANSWER] * 3))] == [1, 1, 1]


def test_every_part_comes_once_in_its_order_with_what_was_made_of_it() -> None:
    assert list(meanwhile(iter(range(5)), lambda part: part * 2)) == [(n, 2 * n) for n in range(5)]
    assert list(meanwhile(iter(()), str)) == []


def test_the_next_part_is_waited_for_while_one_is_taken() -> None:
    asked = threading.Event()

    def parts() -> Iterator[str]:
        yield "first"
        asked.set()
        yield "second"

    def take(part: str) -> bool:
        return asked.wait(SECONDS)

    assert list(meanwhile(parts(), take)) == [("first", True), ("second", True)]


def test_what_storing_raises_ends_it_and_nothing_after_it_is_taken() -> None:
    taken: list[int] = []

    def take(part: int) -> None:
        taken.append(part)
        if part == 1:
            raise OSError("the database is gone")

    found = meanwhile(iter(range(10)), take)
    assert next(found) == (0, None)
    with pytest.raises(OSError, match="gone"):
        next(found)
    assert taken == [0, 1]


def test_who_stops_early_has_nothing_taken_that_was_not_begun() -> None:
    taken: list[int] = []
    found = meanwhile(iter(range(10)), taken.append)
    assert next(found) == (0, None)
    found.close()
    assert taken == [0]
