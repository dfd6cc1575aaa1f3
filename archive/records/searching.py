"""Looking for words in the texts of current readings: candidates by index, then every letter decides.

The index holds the overlapping pairs of characters of every text (`zh_grams`); a word of two characters or more narrows
by it, one of a single character cannot. What is common is not counted out: see `candidates`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    true,
    union,
)

from archive.model import Verdict
from archive.records.agencies import under_division
from archive.records.current import current_readings
from archive.records.revisions import placing
from archive.records.tables import VERDICT_CODES, agencies, documents, figures, readings, sources, texts

BYTES = 3  # of a Chinese character in UTF-8

Ways = Sequence[str]
"""The ways of writing one word."""

FREQUENCIES = text("""
    SELECT letters, frequency
    FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (letters, frequency)
    WHERE schemaname = current_schema() AND tablename = 'ix_texts_grams' AND letters = ANY(:grams)""")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents: first and last year, the beginning of a division's code, agencies, and what the report is.

    `form` is one of any of its parts; `failing`: a check fails, or none does; None asks nothing.
    """

    years: tuple[int, int] | None = None
    division: str | None = None
    agency_ids: tuple[int, ...] | None = None
    level: str | None = None
    form: str | None = None
    media_type: str | None = None
    portal: str | None = None
    failing: bool | None = None


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
    forms: dict[str, str]
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
    forms: dict[str, str]
    failing: bool
    documents: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Which archive is asked: the revision, what was captured by an instant, and which documents of it."""

    connection: Connection
    revision: int
    as_of: datetime | None
    filters: Filters


def share_of(connection: Connection, words: Sequence[Ways]) -> float:
    """Gives which part of the texts may hold all the words, as the statistics of the index say; 0 where unknown.

    1 where no word has two characters, so that the index says nothing.
    """
    asked = paired(words)
    if not asked:
        return 1.0
    grams = {pair for ways in asked for pair in connection.scalars(select(func.unnest(func.zh_grams(ways[0]))))}
    known = {letters: float(share) for letters, share in connection.execute(FREQUENCIES, {"grams": sorted(grams)})}
    return min((known.get(pair, 0.0) for pair in grams), default=1.0)


class By(Enum):
    """How candidates are found: from the texts that the index has, or going through the newest documents.

    Of these those count whose text the index has, or all: for words that are nearly everywhere.
    """

    TEXTS = auto()
    YEARS = auto()
    NEWEST = auto()


def are_few(connection: Connection, words: Sequence[Ways], few: int) -> bool:
    """Tells whether the index has fewer texts than so many for one of the words; counts no further."""
    return any(len(connection.execute(texts_narrowed(ways).limit(few)).all()) < few for ways in paired(words))


def paired(words: Sequence[Ways]) -> list[Ways]:
    """Gives the words by which the index narrows: those of two characters or more."""
    return [ways for ways in words if len("".join(ways[0].split())) > 1]


def candidates(scope: Scope, words: Sequence[Ways], *, by: By, named: bool, most: int) -> list[int]:
    """Gives documents that may hold the words, the newest years first, at most so many.

    `named` takes only those of agencies that have one of the words in their name.
    """
    statement, _ = chosen(scope)
    if named:
        names = (agencies.c.name.contains(way, autoescape=True) for ways in words for way in ways)
        statement = statement.where(or_(*names))
    newest = (documents.c.year.desc(), documents.c.id.desc())
    # Materialized, or the planner may work out the pairs of every text it meets: 16 s in place of 0.1.
    found = [texts_narrowed(ways).cte(f"texts_{n}").prefix_with("MATERIALIZED") for n, ways in enumerate(paired(words))]
    if by is By.YEARS:
        # IN … IS true and OFFSET 0 have PostgreSQL look up one document after the other, until there are enough.
        walked = statement.add_columns(readings.c.text_sha256).order_by(*newest).offset(0).subquery("walked")
        held = (walked.c.text_sha256.in_(select(texts_of.c.sha256)).is_(true()) for texts_of in found)
        return list(scope.connection.scalars(select(walked.c.id).where(*held).limit(most)))
    if by is By.TEXTS:
        statement = statement.where(*(readings.c.text_sha256.in_(select(texts_of.c.sha256)) for texts_of in found))
    return list(scope.connection.scalars(statement.order_by(*newest).limit(most)))


def texts_narrowed(ways: Ways) -> Select[tuple[str]]:
    """Gives the texts that hold all pairs of one way of writing a word; as a union, which keeps to the index."""
    each = [select(texts.c.sha256).where(func.zh_grams(texts.c.body).op("@>")(func.zh_grams(way))) for way in ways]
    return each[0] if len(each) == 1 else select(union(*each).subquery().c.sha256)


def verified(scope: Scope, ids: Sequence[int], words: Sequence[Ways], without: Sequence[Ways]) -> list[Hit]:
    """Gives those of the documents whose text holds all words, letter by letter, and none of those to be without.

    A text is unpacked once and gone through once for each way of writing a word: that is most of what a search costs.
    Its length is that of as many Chinese characters, since bytes are known without counting.
    """
    statement, reading = chosen(scope)
    packed = select(func.concat(texts.c.body, "").label("body")).where(texts.c.sha256 == readings.c.text_sha256)
    unpacked = packed.offset(0).correlate(readings).lateral("unpacked")
    body = unpacked.c.body
    counts = [occurrences(body, ways).label(f"count_{number}") for number, ways in enumerate((*words, *without))]
    size = (func.octet_length(body) // BYTES).label("length")
    found = select(size, *counts).offset(0).correlate(unpacked).lateral("found")
    wanted, unwanted = list(found.c)[1 : 1 + len(words)], list(found.c)[1 + len(words) :]
    statement = (
        statement.join(unpacked, true())
        .join(found, true())
        .with_only_columns(*identity(reading), found.c.length, *wanted)
        .where(documents.c.id.in_(ids), *(count > 0 for count in wanted), *(count == 0 for count in unwanted))
    )
    return list(map(hit, scope.connection.execute(statement)))


def occurrences(body: ColumnElement[str], ways: Ways) -> ColumnElement[int]:
    """Gives how often a word stands in a text, however written."""
    size = func.octet_length
    each = [(size(body) - size(func.replace(body, way, ""))) // len(way.encode()) for way in ways]
    return sum(each[1:], each[0])


def browsed(scope: Scope, limit: int, offset: int) -> list[Hit]:
    """Gives documents that pass the filters, by division, agency and year; no words are counted."""
    statement, reading = chosen(scope)
    order = (agencies.c.division, agencies.c.name, documents.c.year)
    part = statement.order_by(*order).limit(limit).offset(offset)
    return list(map(hit, scope.connection.execute(part.with_only_columns(*identity(reading), literal(0)))))


def hit(row: Any) -> Hit:
    """Gives a row of `identity`, the length and the counts as a hit."""
    return Hit(*(*row[:11], tuple(row[11:])))


def counted(scope: Scope) -> list[Counted]:
    """Gives how many documents pass the filters, by all that facets count."""
    statement, reading = chosen(scope)
    _, year, code, _, _, level, _, media_type, forms, _ = identity(reading)
    keys = (year, func.left(code, 2), level, media_type, forms, fails(reading))
    grouped = statement.with_only_columns(*keys, func.count()).group_by(*keys)
    return [Counted(*row) for row in scope.connection.execute(grouped)]


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


def chosen(scope: Scope) -> tuple[Select[Any], FromClause]:
    """Gives the documents that pass the filters, and what of the statement is their current reading."""
    placed = placing(scope.connection, scope.revision)
    current = current_readings(placed, scope.as_of)
    filters = scope.filters
    statement = (
        select(documents.c.id)
        .join(current, current.c.document_id == documents.c.id)
        .join(agencies, agencies.c.id == documents.c.agency_id)
        .join(readings, readings.c.id == current.c.reading_id)
    )
    if filters.portal is not None:
        of_portal = sources.c.portal_id == filters.portal
        statement = statement.join(sources, and_(sources.c.id == current.c.source_id, of_portal))
    return statement.where(*conditions(filters, current)), current


def conditions(filters: Filters, current: FromClause) -> list[ColumnElement[bool]]:
    """Gives what documents must fulfil to pass."""
    found: list[ColumnElement[bool]] = []
    if filters.years is not None:
        found.append(documents.c.year.between(*filters.years))
    if filters.division is not None:
        found.append(documents.c.agency_id.in_(under_division(filters.division)))
    if filters.agency_ids is not None:
        found.append(documents.c.agency_id.in_(filters.agency_ids))
    if filters.level is not None:
        found.append(agencies.c.level == filters.level)
    if filters.form is not None:
        of_parts = func.jsonb_each_text(readings.c.forms).table_valued("key", "value")
        found.append(exists(select(literal(1)).select_from(of_parts).where(of_parts.c.value == filters.form)))
    if filters.media_type is not None:
        found.append(readings.c.media_type == filters.media_type)
    if filters.failing is not None:
        failing = fails(current)
        found.append(failing if filters.failing else not_(failing))
    return found


def identity(current: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Gives the first columns of a hit."""
    own = func.coalesce(agencies.c.code, agencies.c.division)
    of_agency = (own, agencies.c.division, agencies.c.name, agencies.c.level)
    of_reading = (readings.c.title, readings.c.media_type, readings.c.forms)
    return (documents.c.id, documents.c.year, *of_agency, *of_reading, one_fails(current))


FAILED = literal(VERDICT_CODES[Verdict.FAILS]) == any_(figures.c.verdicts)


def fails(current: FromClause) -> ColumnElement[bool]:
    """Tells whether a check of a reading fails; of many readings at a time."""
    return exists(select(literal(1)).where(figures.c.reading_id == current.c.reading_id, FAILED))


def one_fails(current: FromClause) -> ColumnElement[bool]:
    """Tells the same, looked up for each row that is given: an EXISTS would be worked out for the whole archive."""
    failed = select(func.bool_or(FAILED)).where(figures.c.reading_id == current.c.reading_id)
    return func.coalesce(failed.scalar_subquery(), false())
