"""Which sources a derivation looks at: all there are, or those that something changed for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Select, any_, bindparam, cast, select

from archive.records.tables import sources

TOGETHER = 5000  # keys in a question: so it is planned the same in an archive of any size

Scope = Sequence[int] | None  # keys of sources; None: all
Within = Select[tuple[int]] | None


def parts(scope: Scope) -> Iterator[Within]:
    """Gives the sources of a scope as selections, some thousands at a time; all of them as one that selects none."""
    if scope is None:
        yield None
    else:
        yield from map(some, in_turn(scope))


def chosen(
    connection: Connection, wanted: Callable[[Within], Select[tuple[int]]], scope: Scope
) -> Iterator[Select[tuple[int]]]:
    """Gives the sources of a scope that a query chooses, in the order of their keys, some thousands at a time."""
    for within in parts(scope):
        for ids in in_turn(set(connection.scalars(wanted(within).distinct()))):
            yield some(ids)


def some(ids: Sequence[int]) -> Select[tuple[int]]:
    """Gives sources by their keys."""
    return select(sources.c.id).where(sources.c.id == any_of(ids))


def in_turn(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    """Gives keys in their order, some thousands at a time."""
    ordered = sorted(ids)
    for first in range(0, len(ordered), TOGETHER):
        yield ordered[first : first + TOGETHER]


def any_of(ids: Sequence[int]) -> ColumnElement[Any]:
    """Gives what one of the keys equals, as one parameter."""
    return any_(cast(list(ids), ARRAY(BigInteger)))


def any_given(name: str) -> ColumnElement[Any]:
    """Gives the same for keys that a statement is asked with, as its parameter `name`.

    A statement that is written once takes half of the time of one that is put together for every question.
    """
    return any_(bindparam(name, type_=ARRAY(BigInteger)))
