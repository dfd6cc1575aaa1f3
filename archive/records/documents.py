"""Documents as researchers ask for them: who, when, which version is current, where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    select,
)

from archive.records.agencies import under_division
from archive.records.current import current_readings
from archive.records.pairs import has_pairs
from archive.records.revisions import Placing, placed, placing
from archive.records.scope import any_given
from archive.records.sources import of_source, source_keys
from archive.records.tables import (
    RESPONSE,
    agencies,
    captures,
    documents,
    payloads,
    readings,
    sources,
    texts,
    version_payloads,
    versions,
    warc_files,
    withdrawals,
)
from archive.records.tables import current_readings as kept


@dataclass(frozen=True, slots=True)
class Agency:
    """A reporting body and the division of the portal that publishes for it."""

    id: int
    name: str
    division: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its current reading and the record in which that reading's bytes lie.

    `agency_code` and `level` say which division the agency is or belongs to, None where nobody knows; `place` tells
    which report of the file it is, empty where the file is one report. `media_type` is what the reading found in the
    bytes, whatever their server claimed.
    """

    id: int
    agency: str
    division: str
    agency_code: str | None
    level: str | None
    year: int
    title: str | None
    media_type: str | None
    portal: str
    url: str
    place: str
    version: int
    versions: int
    withdrawn: bool
    forms: dict[str, str]
    reading_id: int
    source_id: int
    sha256: str
    revision: int
    captured_url: str
    captured_at: datetime
    warc_file: str
    warc_offset: int
    warc_length: int


@dataclass(frozen=True, slots=True)
class Source:
    """An address at which a document is published, and its place in a file of several reports."""

    id: int
    portal: str
    url: str
    place: str
    role: str
    title: str | None
    published: date | None
    aliases: tuple[str, ...]
    withdrawn_at: datetime | None


# A statement that is written once takes half of the time of one that is put together for every question.
LISTED = select(agencies.c.id, agencies.c.name, agencies.c.division).order_by(agencies.c.division, agencies.c.name)
OF_CODE = [LISTED.where(column == bindparam("code")) for column in (agencies.c.division, agencies.c.code)]
NAMED = LISTED.where(agencies.c.name == bindparam("name"))
NAMED_OF_CODE = [each.where(agencies.c.name == bindparam("name")) for each in OF_CODE]

CONDITIONS = {
    "ids": documents.c.id == any_given("ids"),  # as one array: hundreds of parameters take longer than the answer
    "agency_ids": documents.c.agency_id.in_(bindparam("agency_ids", expanding=True)),  # one is most often asked for
    "year": documents.c.year == bindparam("year"),
}
"""What documents must fulfil, by the parameters of `find`."""

OWN = documents.alias("own")
YEAR_BEFORE = (
    select(documents.c.id)
    .join(OWN, and_(OWN.c.agency_id == documents.c.agency_id, OWN.c.year == documents.c.year + 1))
    .where(OWN.c.id == bindparam("document"))
)
READING_BEFORE = select(kept.c.reading_id).where(kept.c.document_id.in_(YEAR_BEFORE))
YEARS_HELD = (
    select(documents.c.year)
    .join(kept, kept.c.document_id == documents.c.id)
    .where(documents.c.agency_id == select(OWN.c.agency_id).where(OWN.c.id == bindparam("document")).scalar_subquery())
    .distinct()
    .order_by(documents.c.year)
)


def agencies_named(connection: Connection, name: str) -> list[Agency]:
    """Gives the agencies of a name, a division code, or `code/name`; those that contain it where none is exact.

    A code is first its portal's division, then the agency's own.
    """
    code, _, rest = name.rpartition("/")
    by_name = [(each, {"name": rest, "code": code}) for each in NAMED_OF_CODE] if code else [(NAMED, {"name": rest})]
    by_code = [(each, {"code": name}) for each in OF_CODE]
    similar = LISTED.where(agencies.c.name.contains(rest, autoescape=True))
    for statement, asked in (*by_name, *by_code, (similar, {})):
        if found := [Agency(*row) for row in connection.execute(statement, asked)]:
            return found
    return []


def find(
    connection: Connection,
    revision: int,
    *,
    ids: Sequence[int] | None = None,
    agency_ids: Sequence[int] | None = None,
    division: str | None = None,
    year: int | None = None,
    words: Sequence[str] = (),
    as_of: datetime | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Document]:
    """Gives documents by division, agency, year; `words` must all stand in the current text.

    `division` is the beginning of codes: an agency's own, or its portal's where its own is not known.
    """
    placed = placing(connection, revision)
    given = {"ids": ids and list(ids), "agency_ids": agency_ids and list(agency_ids), "year": year}
    asked = {name: value for name, value in given.items() if value is not None}
    under = [] if division is None else [documents.c.agency_id.in_(under_division(division))]
    if placed.current and as_of is None:
        statement = documents_now(*asked)
        statement = statement.where(*under) if under else statement
    else:
        wanted = wanted_documents(placed, [*(CONDITIONS[name] for name in asked), *under], words)
        statement = documents_by(current_readings(placed, as_of, wanted), placed.payloads)
    for word in words:
        statement = statement.where(readings.c.text_sha256.in_(texts_with(word)))
    if limit is not None or offset:
        statement = statement.limit(limit).offset(offset or None)
    rows = connection.execute(statement, asked)
    return list({row[0]: Document(*row) for row in reversed(rows.all())}.values())[::-1]


def reading_before(connection: Connection, document: Document, as_of: datetime | None = None) -> int | None:
    """Gives the current reading, under a document's revision, of its agency's document of the year before."""
    placed = placing(connection, document.revision)
    statement = READING_BEFORE
    if not placed.current or as_of is not None:
        statement = select(current_readings(placed, as_of, YEAR_BEFORE).c.reading_id)
    return connection.scalar(statement, {"document": document.id})


def years_held(connection: Connection, document_id: int) -> list[int]:
    """Gives the years for which there is a report of the agency of a document, in order."""
    return list(connection.scalars(YEARS_HELD, {"document": document_id}))


@cache  # making so large a statement takes longer than answering it
def documents_now(*asked: str) -> Select[Any]:
    """Gives what is known of documents as they are kept that fulfil some of CONDITIONS; rows as of `documents_by`."""
    return documents_by(kept, version_payloads).where(*(CONDITIONS[name] for name in asked))


def documents_by(current: FromClause, payloads_shown: FromClause) -> Select[Any]:
    """Gives what is known of documents by their current readings, a row for each record that holds the bytes."""
    held = captures.alias("held")
    shown = payloads_shown.alias("counted")
    count = select(func.count(shown.c.version_id.distinct())).where(shown.c.source_id == current.c.source_id)
    return (
        select(
            documents.c.id,
            agencies.c.name,
            agencies.c.division,
            agencies.c.code,
            agencies.c.level,
            documents.c.year,
            readings.c.title,
            readings.c.media_type,
            sources.c.portal_id,
            sources.c.url,
            sources.c.place,
            versions.c.number,
            count.scalar_subquery(),
            current.c.gone,
            readings.c.forms,
            readings.c.id,
            sources.c.id,
            payloads.c.sha256,
            readings.c.revision,
            held.c.url,
            held.c.captured_at,
            warc_files.c.name,
            held.c.warc_offset,
            held.c.warc_length,
        )
        .join(agencies, agencies.c.id == documents.c.agency_id)
        .join(current, current.c.document_id == documents.c.id)
        .join(sources, sources.c.id == current.c.source_id)
        .join(versions, versions.c.id == current.c.version_id)
        .join(readings, readings.c.id == current.c.reading_id)
        .join(payloads, payloads.c.id == current.c.payload_id)
        .join(held, and_(held.c.payload_id == payloads.c.id, held.c.kind == RESPONSE))
        .join(warc_files, warc_files.c.id == held.c.warc_file_id)
        .order_by(agencies.c.division, agencies.c.name, documents.c.year, held.c.id)
    )


def wanted_documents(
    placed: Placing, asked: list[ColumnElement[bool]], words: Sequence[str]
) -> Select[tuple[int]] | None:
    """Gives the documents that may answer, None for all; of `words` any version may have them."""
    if words:
        said = (
            select(placed.sources.c.document_id)
            .join(sources, sources.c.id == placed.sources.c.source_id)
            .join(placed.payloads, placed.payloads.c.source_id == sources.c.id)
            .join(readings, of_source(placed.revision, placed.payloads.c.payload_id))
            .where(*(readings.c.text_sha256.in_(texts_with(word)) for word in words))
        )
        asked = [*asked, documents.c.id.in_(said)]
    return select(documents.c.id).where(*asked) if asked else None


def texts_with(word: str) -> Select[tuple[str]]:
    """Gives the texts that hold a string of any length; overlapping pairs narrow the search, LIKE decides."""
    return select(texts.c.sha256).where(texts.c.body.contains(word, autoescape=True), has_pairs(texts.c.body, word))


def sources_of(connection: Connection, document_id: int, revision: int) -> list[Source]:
    """Gives the addresses of a document under a revision, pages first."""
    statement = sources_statement(placing(connection, revision).current)
    return [
        Source(
            r.id, r.portal_id, r.url, r.place, r.role, r.title, r.published, tuple(sorted(r.urls or ())), r.captured_at
        )
        for r in connection.execute(statement, {"document_id": document_id, "revision": revision})
    ]


@cache
def sources_statement(current: bool) -> Select[Any]:
    """Gives the addresses of `:document_id` under `:revision`, which is the current one or is not."""
    under = placed(bindparam("revision", type_=Integer), current=current).sources
    own = select(under.c.source_id).where(under.c.document_id == bindparam("document_id", type_=BigInteger))
    gone = (
        select(withdrawals.c.source_id, captures.c.captured_at)
        .join(captures, captures.c.id == withdrawals.c.capture_id)
        .where(withdrawals.c.returned_capture_id.is_(None))
        .subquery()
    )
    keys = source_keys(own)
    other = (
        select(keys.c.source_id, func.array_agg(keys.c.url_key).label("urls"))
        .join(sources, sources.c.id == keys.c.source_id)
        .where(keys.c.url_key != sources.c.url_key)
        .group_by(keys.c.source_id)
        .subquery()
    )
    return (
        select(sources, gone.c.captured_at, other.c.urls)
        .outerjoin(gone, gone.c.source_id == sources.c.id)
        .outerjoin(other, other.c.source_id == sources.c.id)
        .where(sources.c.id.in_(own))
        .order_by(sources.c.role.desc(), sources.c.url_key, sources.c.place, sources.c.id)
    )
