"""The statements of a search, written once for words of a shape and remembered: writing takes as long as answering.

A shape tells in how many ways each word may be written; the ways themselves are parameters.
"""

from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)

from archive.records.filters import Filters, passing
from archive.records.pairs import has_pairs, literally
from archive.records.scope import any_given
from archive.records.tables import agencies, readings, texts

BYTES = 3  # of a Chinese character in UTF-8
SHAPES = 200  # statements of each kind that are remembered
WAYS = 36  # of writing all words that the index is asked for: two words in Latin letters have six each

Ways = Sequence[str]
"""The ways of writing one word."""

Shape = tuple[int, ...]
"""In how many ways each word may be written."""


class By(Enum):
    """How candidates are found: from the texts that the index has, or going through the newest documents.

    Of these those count whose text the index has, or all: for words that are nearly everywhere.
    """

    TEXTS = auto()
    YEARS = auto()
    NEWEST = auto()


def narrows(ways: Ways) -> bool:
    """Tells whether the index narrows by a word: whether it has a pair."""
    return len("".join(ways[0].split())) > 1


def shape_of(words: Sequence[Ways]) -> Shape:
    """Gives the shape of words."""
    return tuple(map(len, words))


def given(words: Sequence[Ways]) -> dict[str, str]:
    """Gives words as the parameters of statements that were written for their shape."""
    return {f"way_{n}_{m}": way for n, ways in enumerate(words) for m, way in enumerate(ways)}


def patterns(words: Sequence[Ways]) -> dict[str, str]:
    """Gives the patterns of names that hold words, as parameters."""
    return {f"like_{key}": f"%{literally(way)}%" for key, way in given(words).items()}


def parameters(shape: Shape) -> list[list[BindParameter[str]]]:
    """Gives the parameters of a shape, the ways of each word."""
    return [[bindparam(f"way_{n}_{m}", type_=Text) for m in range(ways)] for n, ways in enumerate(shape)]


@lru_cache(SHAPES)
def counting(shape: Shape, pairs: tuple[bool, ...], few: int) -> Select[Any]:
    """Gives the statement that counts the texts of words, up to so many."""
    return select(func.count()).select_from(texts_narrowed(shape, pairs).limit(few).subquery())


@lru_cache(SHAPES)
def finding(
    current: FromClause, filters: Filters, by: By, named: bool, shape: Shape, pairs: tuple[bool, ...]
) -> Select[Any]:
    """Gives the statement of `candidates`; `pairs` tells which of the words narrow by the index."""
    statement = passing(filters, current)
    if named:
        names = (in_name(way) for ways in parameters(shape) for way in ways)
        statement = statement.where(current.c.agency_id.in_(select(agencies.c.id).where(or_(*names))))
    newest = (current.c.year.desc(), current.c.document_id.desc())
    most = bindparam("most", type_=Integer)
    if by is By.YEARS:
        # IN … IS true and OFFSET 0 have PostgreSQL look up one document after the other, until there are enough. A hash
        # table of four bytes a text is made sooner than one of digests; whom that takes for another is found out later.
        walked = statement.add_columns(current.c.text_sha256).order_by(*newest).offset(0).subquery("walked")
        short = select(func.hashtext(texts_narrowed(shape, pairs).subquery().c.sha256))
        meets = func.hashtext(walked.c.text_sha256).in_(short).is_(true())
        return select(walked.c.document_id).where(meets).limit(most)
    if by is By.TEXTS:
        # Materialized, or the planner may work out the pairs of every text it meets: 16 s in place of 0.1.
        apart = texts_narrowed(shape, pairs).cte("apart").prefix_with("MATERIALIZED")
        statement = statement.where(current.c.text_sha256.in_(select(apart.c.sha256)))
    return statement.order_by(*newest).limit(most)


@lru_cache(SHAPES)
def naming(shape: Shape, pairs: tuple[bool, ...]) -> Select[Any]:
    """Gives the statement that tells whether an agency has one of the words in its name; most words are in none.

    By pairs, which the planner would be misled by where many names have them: it takes them for another condition.
    """
    some = [
        and_(holds, has_pairs(agencies.c.name, way)) if narrowing else holds
        for ways, narrowing in zip(parameters(shape), pairs, strict=True)
        for way in ways
        for holds in (in_name(way),)
    ]
    return select(exists(select(agencies.c.id).where(or_(*some))))


def in_name(way: BindParameter[str]) -> ColumnElement[bool]:
    """Tells whether the name of an agency holds a way of writing a word, whose pattern is a parameter too."""
    return agencies.c.name.like(bindparam(f"like_{way.key}"))


def texts_narrowed(shape: Shape, pairs: tuple[bool, ...]) -> CompoundSelect[tuple[str]]:
    """Gives the texts that hold all pairs of every word, once for each of the ways of writing them that a text has.

    Each way is asked for with all other words: the index goes through the rarest, and looks up the others. Of ways that
    one condition has between them the planner makes a filter that works out the pairs of every text, for minutes. To
    find doubles it would have to sort what may be a quarter of all. Words with so many ways that there were more
    questions than `WAYS` narrow nothing: every letter decides afterwards.
    """
    narrowing = [ways for ways, narrow in zip(parameters(shape), pairs, strict=True) if narrow]
    few: list[list[BindParameter[str]]] = []
    for ways in sorted(narrowing, key=len):
        if prod(map(len, few)) * len(ways) <= WAYS:
            few.append(ways)
    each = (select(texts.c.sha256).where(*(has_pairs(texts.c.body, way) for way in one)) for one in product(*few))
    return union_all(*each)


@lru_cache(SHAPES)
def looking_through(current: FromClause, words: Shape, without: Shape) -> Select[Any]:
    """Gives the statement of `verified`.

    A text is unpacked once and gone through once for each way of writing a word: that is most of what a search costs.
    Its length is that of as many Chinese characters, since bytes are known without counting.
    """
    packed = select(func.concat(texts.c.body, "").label("body")).where(texts.c.sha256 == current.c.text_sha256)
    body = packed.offset(0).correlate(current).lateral("unpacked").c.body
    asked = parameters((*words, *without))
    counts = [occurrences(body, ways).label(f"count_{number}") for number, ways in enumerate(asked)]
    length = (bytes_of(body) // BYTES).label("length")
    found = select(length, *counts).offset(0).correlate(current).lateral("found")
    wanted, unwanted = list(found.c)[1 : 1 + len(words)], list(found.c)[1 + len(words) :]
    return (
        shown(select(current.c.document_id), current)
        .join(found, true())
        .with_only_columns(*identity(current), current.c.failing, found.c.length, *wanted)
        .where(current.c.document_id == any_given("ids"))
        .where(*(count > 0 for count in wanted), *(count == 0 for count in unwanted))
    )


def occurrences(body: ColumnElement[str], ways: Sequence[BindParameter[str]]) -> ColumnElement[int]:
    """Gives how often a word stands in a text, however written."""
    each = [(bytes_of(body) - bytes_of(func.replace(body, way, ""))) // bytes_of(way) for way in ways]
    return sum(each[1:], each[0])


def bytes_of(body: ColumnElement[str]) -> ColumnElement[int]:
    """Gives the bytes of a text. Told that they are an integer, they are divided as integers, not as doubles."""
    return func.octet_length(body, type_=Integer)


@lru_cache(SHAPES)
def cutting_out(ways: int) -> Select[Any]:
    """Gives the statement of `bodies`, for so many ways."""
    [words] = parameters((ways,))
    size = bindparam("size", type_=Integer)
    first = func.coalesce(func.least(*(func.nullif(func.strpos(texts.c.body, way), 0) for way in words)), 1)
    return (
        select(readings.c.id, func.substring(texts.c.body, func.greatest(first - size // 2, 1), size))
        .join(texts, texts.c.sha256 == readings.c.text_sha256)
        .where(readings.c.id == any_given("readings"))
    )


def shown(statement: Select[Any], current: FromClause) -> Select[Any]:
    """Gives the documents joined to what `identity` shows of them."""
    return statement.join(agencies, agencies.c.id == current.c.agency_id).join(
        readings, readings.c.id == current.c.reading_id
    )


def identity(current: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Gives the first columns of a hit, up to whether a check fails."""
    own = func.coalesce(agencies.c.code, agencies.c.division)
    of_agency = (own, agencies.c.division, agencies.c.name, agencies.c.level)
    of_reading = (readings.c.title, readings.c.media_type, cast(readings.c.forms, Text))
    return (current.c.document_id, current.c.year, *of_agency, *of_reading)
