"""Looking for words in the texts of current readings: candidates by index, then every letter decides.

The index holds the overlapping pairs of characters of every text (`zh_grams`); a word of two characters or more narrows
by it, one of a single character cannot. What is common is not counted out: see `candidates`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Text,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)

from archive.records.filters import Scope, chosen, fails, of_agencies, one_fails
from archive.records.scope import any_of
from archive.records.tables import agencies, documents, readings, texts

BYTES = 3  # of a Chinese character in UTF-8

Ways = Sequence[str]
"""The ways of writing one word."""

RAREST = text("""
    SELECT min(coalesce(frequency, 0)) FROM unnest(CAST(:words AS text[])) AS word, unnest(zh_grams(word)) AS pair
    LEFT JOIN (
        SELECT letters, frequency
        FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (letters, frequency)
        WHERE schemaname = current_schema() AND tablename = 'ix_texts_grams'
    ) AS common ON letters = pair""")


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


def by_one_process(connection: Connection) -> None:
    """Has the server answer the rest of the transaction by one process: starting others takes longer than a search."""
    connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))


def share_of(connection: Connection, words: Sequence[Ways]) -> float:
    """Gives which part of the texts may hold all the words, as the statistics of the index say; 0 where unknown.

    1 where no word has two characters, so that the index says nothing.
    """
    asked = [ways[0] for ways in paired(words)]
    share = connection.scalar(RAREST, {"words": asked}) if asked else None
    return 1.0 if share is None else float(share)


class By(Enum):
    """How candidates are found: from the texts that the index has, or going through the newest documents.

    Of these those count whose text the index has, or all: for words that are nearly everywhere.
    """

    TEXTS = auto()
    YEARS = auto()
    NEWEST = auto()


def are_few(connection: Connection, words: Sequence[Ways], few: int) -> bool:
    """Tells whether the index has fewer texts than so many for one of the words; counts no further."""
    some = (texts_narrowed(ways).limit(few).subquery() for ways in paired(words))
    return any(connection.execute(select(func.count()).select_from(each)).scalar_one() < few for each in some)


def paired(words: Sequence[Ways]) -> list[Ways]:
    """Gives the words by which the index narrows: those of two characters or more."""
    return [ways for ways in words if len("".join(ways[0].split())) > 1]


def candidates(scope: Scope, words: Sequence[Ways], *, by: By, named: bool, most: int) -> list[int]:
    """Gives documents that may hold the words, the newest years first, at most so many.

    `named` takes only those of agencies that have one of the words in their name.
    """
    statement, current = chosen(scope)
    if named:
        names = (agencies.c.name.contains(way, autoescape=True) for ways in words for way in ways)
        statement = statement.where(of_agencies(current, select(agencies.c.id).where(or_(*names))))
    newest = (current.c.year.desc(), current.c.document_id.desc())
    # Materialized, or the planner may work out the pairs of every text it meets: 16 s in place of 0.1.
    found = [texts_narrowed(ways).cte(f"texts_{n}").prefix_with("MATERIALIZED") for n, ways in enumerate(paired(words))]
    if by is By.YEARS:
        # IN … IS true and OFFSET 0 have PostgreSQL look up one document after the other, until there are enough.
        walked = statement.add_columns(current.c.text_sha256).order_by(*newest).offset(0).subquery("walked")
        held = (walked.c.text_sha256.in_(select(texts_of.c.sha256)).is_(true()) for texts_of in found)
        return list(scope.connection.scalars(select(walked.c.document_id).where(*held).limit(most)))
    if by is By.TEXTS:
        statement = statement.where(*(current.c.text_sha256.in_(select(texts_of.c.sha256)) for texts_of in found))
    return list(scope.connection.scalars(statement.order_by(*newest).limit(most)))


def texts_narrowed(ways: Ways) -> Select[tuple[str]]:
    """Gives the texts that hold all pairs of one way of writing a word, those of several ways as often.

    As a union, which keeps to the index; one that looked for doubles would have to sort what may be a quarter of all.
    """
    each = [select(texts.c.sha256).where(func.zh_grams(texts.c.body).op("@>")(func.zh_grams(way))) for way in ways]
    return each[0] if len(each) == 1 else select(union_all(*each).subquery().c.sha256)


def verified(scope: Scope, ids: Sequence[int], words: Sequence[Ways], without: Sequence[Ways]) -> list[Hit]:
    """Gives those of the documents whose text holds all words, letter by letter, and none of those to be without.

    A text is unpacked once and gone through once for each way of writing a word: that is most of what a search costs.
    Its length is that of as many Chinese characters, since bytes are known without counting.
    """
    statement, current = chosen(scope)
    packed = select(func.concat(texts.c.body, "").label("body")).where(texts.c.sha256 == current.c.text_sha256)
    body = packed.offset(0).correlate(current).lateral("unpacked").c.body
    counts = [occurrences(body, ways).label(f"count_{number}") for number, ways in enumerate((*words, *without))]
    length = (bytes_of(body) // BYTES).label("length")
    found = select(length, *counts).offset(0).correlate(current).lateral("found")
    wanted, unwanted = list(found.c)[1 : 1 + len(words)], list(found.c)[1 + len(words) :]
    statement = (
        shown(statement, current)
        .join(found, true())
        .with_only_columns(*identity(), one_fails(current), found.c.length, *wanted)
        .where(
            current.c.document_id == any_of(ids), *(count > 0 for count in wanted), *(count == 0 for count in unwanted)
        )
    )
    return list(map(hit, scope.connection.execute(statement).all()))


def occurrences(body: ColumnElement[str], ways: Ways) -> ColumnElement[int]:
    """Gives how often a word stands in a text, however written."""
    each = [(bytes_of(body) - bytes_of(func.replace(body, way, ""))) // len(way.encode()) for way in ways]
    return sum(each[1:], each[0])


def bytes_of(body: ColumnElement[str]) -> ColumnElement[int]:
    """Gives the bytes of a text. Told that they are an integer, they are divided as integers, not as doubles."""
    return func.octet_length(body, type_=Integer)


def browsed(scope: Scope, limit: int, offset: int) -> list[Hit]:
    """Gives documents that pass the filters, by division, agency and year; no words are counted."""
    statement, current = chosen(scope)
    order = (agencies.c.division, agencies.c.name, documents.c.year)
    part = shown(statement, current).order_by(*order).limit(limit).offset(offset)
    return list(map(hit, scope.connection.execute(part.with_only_columns(*identity(), one_fails(current), literal(0)))))


def hit(row: Any) -> Hit:
    """Gives a row of `identity`, the length and the counts as a hit."""
    return Hit(*(*row[:8], forms_named(row[8]), *row[9:11], tuple(row[11:])))


@lru_cache(1000)
def forms_named(written: str) -> frozenset[str]:
    """Gives the forms named in the column of a reading, as it is written; few readings differ in it."""
    return frozenset(json.loads(written).values())


def counted(scope: Scope) -> list[Counted]:
    """Gives how many documents pass the filters, by all that facets count."""
    statement, current = chosen(scope)
    _, year, code, _, _, level, _, media_type, forms = identity()
    keys = (year, func.left(code, 2), level, media_type, forms, fails(current))
    grouped = shown(statement, current).with_only_columns(*keys, func.count()).group_by(*keys)
    return [Counted(*(*row[:4], forms_named(row[4]), *row[5:])) for row in scope.connection.execute(grouped)]


def bodies(connection: Connection, reading_ids: Sequence[int], ways: Ways, size: int) -> dict[int, str]:
    """Gives of each reading's text so much, from a good way before the first place at which any of the words stands."""
    places = [func.nullif(func.strpos(texts.c.body, way), 0) for way in ways]
    first = func.coalesce(func.least(*places), 1)
    start = func.greatest(first - size // 2, 1)
    statement = (
        select(readings.c.id, func.substring(texts.c.body, start, size))
        .join(texts, texts.c.sha256 == readings.c.text_sha256)
        .where(readings.c.id.in_(reading_ids))
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def shown(statement: Select[Any], current: FromClause) -> Select[Any]:
    """Gives the documents joined to what `identity` shows of them."""
    return (
        statement.join(documents, documents.c.id == current.c.document_id)
        .join(agencies, agencies.c.id == documents.c.agency_id)
        .join(readings, readings.c.id == current.c.reading_id)
    )


def identity() -> tuple[ColumnElement[Any], ...]:
    """Gives the first columns of a hit, up to whether a check fails."""
    own = func.coalesce(agencies.c.code, agencies.c.division)
    of_agency = (own, agencies.c.division, agencies.c.name, agencies.c.level)
    of_reading = (readings.c.title, readings.c.media_type, cast(readings.c.forms, Text))
    return (documents.c.id, documents.c.year, *of_agency, *of_reading)
