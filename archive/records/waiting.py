"""Which payloads wait to be read under a revision, where their bytes lie, and what is claimed about them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONPATH

from archive.file_names import named
from archive.model import Hints, Location
from archive.records import keeping
from archive.records.revisions import current_revision
from archive.records.scope import some
from archive.records.sources import source_captures
from archive.records.tables import RESPONSE, captures, payloads, readings, warc_files

STREAMED = 2000  # rows in memory, however many wait


@dataclass(frozen=True, slots=True)
class Stored:
    """A payload that can be read: where its bytes lie and what its first capture claims about it."""

    payload_id: int
    sha256: str
    location: Location
    hints: Hints


@dataclass(frozen=True, slots=True)
class Share:
    """Some payloads of one WARC file, in the order of their bytes, each with its first capture."""

    revision: int  # under which they are to be read
    file: str
    file_id: int
    number: int  # among those of the file
    payloads: list[int]
    captures: list[int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which payloads to read; what is None leaves none out. `form` and `media_type` are as some revision read them."""

    below: int | None = None  # those that no revision from this one on has read
    form: str | None = None
    media_type: str | None = None
    portal: str | None = None
    digests: frozenset[str] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Gives what holds for the payloads."""
        read = select(literal(1)).where(readings.c.payload_id == payloads.c.id)
        shown = select(literal(1)).where(captures.c.payload_id == payloads.c.id).correlate(payloads)
        form = func.jsonb_build_object("form", self.form)
        has_form = func.jsonb_path_exists(readings.c.forms, cast("$.* ? (@ == $form)", JSONPATH), form)
        every: tuple[tuple[object, ColumnElement[bool]], ...] = (
            (self.below, ~read.where(readings.c.revision >= (self.below or 0)).exists()),
            (self.form, read.where(has_form).exists()),
            (self.media_type, read.where(readings.c.media_type == self.media_type).exists()),
            (self.portal, shown.where(captures.c.portal_id == self.portal).exists()),
            (self.digests, payloads.c.sha256.in_(self.digests or ())),
        )
        return [condition for given, condition in every if given is not None]


EVERYTHING = Wanted()


def unknown_digests(connection: Connection, digests: Collection[str]) -> list[str]:
    """Gives those of the digests that name no payload, in order."""
    held = set(connection.scalars(select(payloads.c.sha256).where(payloads.c.sha256.in_(digests))))
    return sorted(set(digests) - held)


def pending(
    connection: Connection, revision: int, wanted: Wanted = EVERYTHING, *, read_already: bool = False
) -> Iterator[Stored]:
    """Gives the wanted payloads of sources without a reading under the revision, in the order of their bytes.

    `read_already` gives those that have one instead.
    """
    chosen = first_captures(connection, None if read_already else revision)
    statement = located(chosen, revision, read_already=read_already).where(*wanted.conditions())
    for row in once(connection, statement):
        yield stored(row)


def shares(connection: Connection, revision: int, wanted: Wanted, size: int) -> list[Share]:
    """Gives what is pending as shares of one WARC file each, of at most so many payloads."""
    statement = located(first_captures(connection, revision), revision).where(*wanted.conditions())
    brief = statement.with_only_columns(
        payloads.c.id, warc_files.c.name, warc_files.c.id.label("file_id"), column("capture_id")
    )
    found = []
    for file, rows in groupby(once(connection, brief), key=lambda row: (row.name, row.file_id)):
        pairs = [(row.id, row.capture_id) for row in rows]
        for number, first in enumerate(range(0, len(pairs), size)):
            some = pairs[first : first + size]
            found.append(Share(revision, *file, number, [id_ for id_, _ in some], [capture for _, capture in some]))
    return found


def left_of(connection: Connection, share: Share) -> list[Stored]:
    """Gives the payloads of a share that nobody has read under its revision yet."""
    arrays = (cast(ids, ARRAY(BigInteger)) for ids in (share.payloads, share.captures))
    first = func.unnest(*arrays).table_valued("payload_id", "capture_id").render_derived()
    return [stored(row) for row in once(connection, located(select(first), share.revision))]


def results(connection: Connection, share: Share) -> tuple[int, int]:
    """Gives how many payloads of a share were read under its revision, and of how many that failed."""
    failed = readings.c.error_code.is_not(None)
    counted = select(func.count(readings.c.payload_id.distinct()), func.count().filter(failed)).where(
        readings.c.payload_id.in_(share.payloads), readings.c.revision == share.revision
    )
    read, without = connection.execute(counted).one()
    return read - without, without


def first_captures(connection: Connection, revision: int | None) -> Select[tuple[int, int]]:
    """Gives the payloads that sources showed, with the first capture that did.

    Under the current revision only those of sources that wait for something; no other has one that was not read.
    """
    scope = (
        keeping.scope_of(connection, keeping.standing(connection)) if revision == current_revision(connection) else None
    )
    seen = source_captures(None if scope is None else some(scope))
    shown = select(seen.c.payload_id, func.min(seen.c.capture_id).label("capture_id"))
    return shown.where(seen.c.shown).group_by(seen.c.payload_id)


def located(chosen: Select[tuple[int, int]], revision: int, *, read_already: bool = False) -> Select[Any]:
    """Gives chosen payloads, each with a capture of it, that were not read under a revision, or were, with places."""
    first = chosen.subquery()
    read = select(literal(1)).where(and_(readings.c.payload_id == payloads.c.id, readings.c.revision == revision))
    asked, held = captures.alias("asked"), captures.alias("held")
    return (
        select(
            payloads.c.id,
            payloads.c.sha256,
            warc_files.c.name,
            held.c.warc_offset,
            held.c.warc_length,
            asked.c.url,
            held.c.headers,
            asked.c.context,
        )
        .select_from(payloads)
        .join(first, first.c.payload_id == payloads.c.id)
        .join(asked, asked.c.id == first.c.capture_id)
        .join(held, and_(held.c.payload_id == payloads.c.id, held.c.kind == RESPONSE))
        .join(warc_files, warc_files.c.id == held.c.warc_file_id)
        .where(read.exists() if read_already else ~read.exists())
        .order_by(warc_files.c.name, held.c.warc_offset)
    )


def once(connection: Connection, statement: Select[Any]) -> Iterator[Any]:
    """Gives rows as they come, those of a payload that lies in two places once."""
    done: set[int] = set()
    for row in connection.execute(statement, execution_options={"yield_per": STREAMED}):
        if row.id not in done:
            done.add(row.id)
            yield row


def stored(row: Any) -> Stored:
    """Gives a row as a payload that can be read."""
    place = Location(row.name, row.warc_offset, row.warc_length)
    return Stored(row.id, row.sha256, place, hints_of(row.url, row.headers, row.context))


def hints_of(url: str, headers: Sequence[Sequence[str]] | None, context: Mapping[str, Any]) -> Hints:
    """Gives what a capture claims about its payload."""
    fields = {name.lower().strip(): value for name, value in headers or ()}
    media_type, _, parameters = fields.get("content-type", "").partition(";")
    charset = parameters.lower().partition("charset=")[2].strip().strip("\"'")
    return Hints(
        url=url,
        media_type=media_type.strip().lower() or None,
        charset=charset or None,
        file_name=named(fields.get("content-disposition")) or url.rsplit("/", 1)[-1] or None,
        title=context.get("title"),
    )
