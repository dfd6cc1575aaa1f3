"""Works out the next part of an export while the last one is written: PostgreSQL and Python take turns otherwise."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def ahead(parts: Iterator[T]) -> Generator[T, None, None]:
    """Gives the parts; the next is asked for in a thread, which alone uses what `parts` is made from until the end."""
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(some, parts)
        while part := following.result():
            following = thread.submit(some, parts)
            yield from part


def some(parts: Iterator[T]) -> list[T]:
    """Gives the next part in a list, an empty one at the end."""
    return list(islice(parts, 1))
