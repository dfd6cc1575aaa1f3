"""Selections of captures, with whatever their revisits refer to: what goes out as a package or an index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, true

from archive.model import CaptureKind, Location
from archive.records.sources import source_keys
from archive.records.tables import captures, documents, sources, warc_files

REVISITS = (CaptureKind.REVISIT_IDENTICAL.value, CaptureKind.REVISIT_NOT_MODIFIED.value)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which captures: those of a portal; of a document's addresses, or of all documents of a year; everything."""

    portal: str | None = None
    document: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture as it lies in a WARC file."""

    kind: str
    role: str
    url: str
    at: datetime
    status: int | None
    headers: list[list[str]] | None
    payload_digest: str | None
    truncated: str | None
    record_id: str | None
    title: str | None
    place: Location
    request: Location | None


def selected(connection: Connection, selection: Selection) -> Iterator[Capture]:
    """Gives the captures of a selection and the responses that their revisits stand for, by file and offset."""
    chosen = (
        select(captures.c.id, captures.c.kind, captures.c.payload_id)
        .where(captures.c.warc_file_id.is_not(None), condition(selection))
        .cte("chosen")
    )
    repeated = select(chosen.c.payload_id).where(chosen.c.kind.in_(REVISITS))
    held = captures.alias("held")
    originals = select(held.c.id).where(held.c.kind == CaptureKind.RESPONSE.value, held.c.payload_id.in_(repeated))
    statement = (
        select(captures, warc_files.c.name)
        .join(warc_files, warc_files.c.id == captures.c.warc_file_id)
        .where(captures.c.id.in_(select(chosen.c.id).union(originals)))
        .order_by(warc_files.c.name, captures.c.warc_offset)
    )
    for row in connection.execution_options(yield_per=1000).execute(statement):
        asked = row.request_offset is not None
        yield Capture(
            kind=row.kind,
            role=row.role,
            url=row.url,
            at=row.captured_at,
            status=row.status,
            headers=row.headers,
            payload_digest=row.payload_digest,
            truncated=row.truncated,
            record_id=row.record_id,
            title=row.context.get("title"),
            place=Location(row.name, row.warc_offset, row.warc_length),
            request=Location(row.name, row.request_offset, row.request_length) if asked else None,
        )


def condition(selection: Selection) -> ColumnElement[bool]:
    """Gives what a capture of the selection fulfils."""
    of_portal = true() if selection.portal is None else captures.c.portal_id == selection.portal
    if selection.document is None and selection.year is None:
        return of_portal
    published = select(sources.c.id).join(documents, documents.c.id == sources.c.document_id)
    if selection.document is not None:
        published = published.where(documents.c.id == selection.document)
    if selection.year is not None:
        published = published.where(documents.c.year == selection.year)
    keys = source_keys(published)
    there = select(keys.c.source_id).where(
        keys.c.portal_id == captures.c.portal_id, keys.c.url_key == captures.c.url_key
    )
    return and_(of_portal, there.exists())
