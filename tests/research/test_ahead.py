"""Parts of an export that are asked for ahead come in order, with their errors, and no more of them than are needed."""

import threading
from collections.abc import Iterator

import pytest

from archive.research.exports.ahead import ahead


def test_all_parts_come_in_their_order_and_none_of_none() -> None:
    assert list(ahead(iter(range(50)))) == list(range(50))
    assert list(ahead(iter([[], None, 0]))) == [[], None, 0]
    assert list(ahead(iter(()))) == []


def test_the_next_part_is_made_elsewhere_while_one_is_used() -> None:
    made = threading.Event()

    def parts() -> Iterator[int]:
        yield threading.get_ident()
        made.set()
        yield threading.get_ident()

    found = ahead(parts())
    first = next(found)
    assert made.wait(10)
    assert {first, *found} == {first}
    assert first != threading.get_ident()


def test_what_goes_wrong_is_raised_in_its_turn() -> None:
    def parts() -> Iterator[int]:
        yield 1
        raise OSError("the server is gone")

    found = ahead(parts())
    assert next(found) == 1
    with pytest.raises(OSError, match="gone"):
        next(found)


def test_who_stops_early_has_one_part_made_too_many_at_most() -> None:
    made: list[int] = []

    def parts() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    found = ahead(parts())
    assert next(found) == 0
    found.close()
    assert made in ([0], [0, 1])
