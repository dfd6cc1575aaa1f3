"""Looking for words in the texts of current readings: candidates by index, then every letter decides.

The index holds the overlapping pairs of characters of every text (`zh_grams`); a word of two characters or more narrows
by it, one of a single character cannot. What is common is not counted out: see `candidates`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, prod
from typing import Any

from sqlalchemy import Connection, func, literal, text

from archive.records.filters import Scope, current_of, passing
from archive.records.search_statements import (
    By,
    Ways,
    counting,
    cutting_out,
    finding,
    given,
    identity,
    looking_through,
    naming,
    narrows,
    patterns,
    shape_of,
    shown,
)
from archive.records.tables import agencies

FREQUENT = text("""
    SELECT least(sum(rarest), 1), least(sum(together), 1),
           (SELECT reltuples FROM pg_class WHERE oid = 'texts'::regclass)
    FROM (
        SELECT word, min(coalesce(frequency, 0)) AS rarest,
               CASE WHEN min(coalesce(frequency, 0)) > 0 THEN exp(sum(ln(frequency))) ELSE 0 END AS together
        FROM unnest(CAST(:words AS integer[]), CAST(:ways AS text[])) AS asked (word, way),
             unnest(zh_grams(way)) AS pair
        LEFT JOIN (
            SELECT letters, frequency
            FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS one (letters, frequency)
            WHERE schemaname = current_schema() AND tablename = 'ix_texts_grams'
        ) AS common ON letters = pair
        GROUP BY word, way
    ) AS each_way
    GROUP BY word""")
# Starting other processes takes longer than a search. What a hash table may take decides whether there is one: of the
# texts with a word, up to a quarter of all; without, each document would be compared with them one by one.
SETTINGS = text("""
    SELECT set_config('max_parallel_workers_per_gather', '0', true), set_config('work_mem', '64MB', true)""")


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers, with what it is ranked and counted by.

    `counts` tells how often each word stands in the text, `length` how many Chinese characters are as long as it is.
    `code` is the agency's own division, its portal's where nobody knows it.
    """

    document_id: int
    year: int
    code: str
    division: str
    agency: str
    level: str | None
    title: str | None
    media_type: str | None
    forms: frozenset[str]
    failing: bool
    length: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many documents are alike in all that facets count."""

    year: int
    province: str
    level: str | None
    media_type: str | None
    forms: frozenset[str]
    failing: bool
    documents: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What the statistics of the index say of words: in which part of the texts they are, and in how many.

    As if they met by chance, and no text had two ways of writing one. `share` takes a word to be where the rarest of
    its pairs is; `texts` takes its pairs to meet by chance too, so that there are rather more. 0 where the statistics
    say nothing; all where no word has a pair, so that the index says nothing.
    """

    share: float
    texts: float


def prepare(connection: Connection) -> None:
    """Has the server answer the rest of the transaction as suits a search."""
    connection.execute(SETTINGS)


def expected(connection: Connection, words: Sequence[Ways]) -> Expected:
    """Gives how many texts may hold all the words."""
    asked = [(number, way) for number, ways in enumerate(words) if narrows(ways) for way in ways]
    if not asked:
        return Expected(1.0, inf)
    numbers, ways = zip(*asked, strict=True)
    rows = connection.execute(FREQUENT, {"words": list(numbers), "ways": list(ways)}).all()
    return Expected(prod(row[0] for row in rows), prod(row[1] for row in rows) * rows[0][2])


def are_few(connection: Connection, words: Sequence[Ways], few: int) -> bool:
    """Tells whether the index has fewer texts than so many for all words; counts no further."""
    statement = counting(shape_of(words), tuple(map(narrows, words)), few)
    found: int = connection.execute(statement, given(words)).scalar_one()
    return found < few


def name_agencies(connection: Connection, words: Sequence[Ways]) -> bool:
    """Tells whether an agency has one of the words in its name."""
    statement = naming(shape_of(words), tuple(map(narrows, words)))
    return bool(connection.scalar(statement, given(words) | patterns(words)))


def candidates(scope: Scope, words: Sequence[Ways], *, by: By, named: bool, most: int) -> list[int]:
    """Gives documents that may hold the words, the newest years first, at most so many.

    `named` takes only those of agencies that have one of the words in their name.
    """
    pairs = tuple(map(narrows, words))
    statement = finding(current_of(scope), scope.filters, by, named, shape_of(words), pairs)
    asked = given(words) | {"most": most} | (patterns(words) if named else {})
    return list(scope.connection.scalars(statement, asked))


def verified(scope: Scope, ids: Sequence[int], words: Sequence[Ways], without: Sequence[Ways]) -> list[Hit]:
    """Gives those of the documents whose text holds all words, letter by letter, and none of those to be without."""
    statement = looking_through(current_of(scope), shape_of(words), shape_of(without))
    asked = {"ids": list(ids), **given((*words, *without))}
    return list(map(hit, scope.connection.execute(statement, asked).all()))


def browsed(scope: Scope, limit: int, offset: int) -> list[Hit]:
    """Gives documents that pass the filters, by division, agency and year; no words are counted."""
    current = current_of(scope)
    statement = passing(scope.filters, current)
    order = (agencies.c.division, agencies.c.name, current.c.year)
    columns = (*identity(current), current.c.failing, literal(0))
    part = shown(statement, current).with_only_columns(*columns).order_by(*order).limit(limit).offset(offset)
    return list(map(hit, scope.connection.execute(part)))


def hit(row: Any) -> Hit:
    """Gives a row of `identity`, the length and the counts as a hit."""
    return Hit(*(*row[:8], forms_named(row[8]), *row[9:11], tuple(row[11:])))


@lru_cache(1000)
def forms_named(written: str) -> frozenset[str]:
    """Gives the forms named in the column of a reading, as it is written; few readings differ in it."""
    return frozenset(json.loads(written).values())


def counted(scope: Scope) -> list[Counted]:
    """Gives how many documents pass the filters, by all that facets count."""
    current = current_of(scope)
    statement = passing(scope.filters, current)
    _, year, code, _, _, level, _, media_type, forms = identity(current)
    keys = (year, func.left(code, 2), level, media_type, forms, current.c.failing)
    grouped = shown(statement, current).with_only_columns(*keys, func.count()).group_by(*keys)
    return [Counted(*(*row[:4], forms_named(row[4]), *row[5:])) for row in scope.connection.execute(grouped)]


def bodies(connection: Connection, reading_ids: Sequence[int], ways: Ways, size: int) -> dict[int, str]:
    """Gives of each reading's text so much, from a good way before the first place at which any of the words stands."""
    asked = {"readings": list(reading_ids), "size": size, **given([ways])}
    return {row[0]: row[1] for row in connection.execute(cutting_out(len(ways)), asked)}
