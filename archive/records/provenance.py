"""Where everything that is held came from: one row a payload, and the WARC files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from archive.records.tables import RESPONSE, captures, payloads, warc_files

AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Origin:
    """A payload with the capture that first brought it and the record in which it lies."""

    sha256: str
    size: int
    portal: str
    url: str
    captured_at: datetime
    warc_file: str
    warc_offset: int
    warc_length: int


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A WARC file; size and digest are known once it was uploaded to an object store."""

    name: str
    size: int | None
    sha256: str | None


def origins(connection: Connection, as_of: datetime | None = None) -> Iterator[Origin]:
    """Gives every payload that is held, in the order of the digests; `as_of` leaves out what was captured later."""
    own = captures.c
    statement = (
        select(
            payloads.c.sha256,
            payloads.c.size,
            own.portal_id,
            own.url,
            own.captured_at,
            warc_files.c.name,
            own.warc_offset,
            own.warc_length,
        )
        .join(captures, own.payload_id == payloads.c.id)
        .join(warc_files, warc_files.c.id == own.warc_file_id)
        .where(own.kind == RESPONSE)
        .ext(distinct_on(payloads.c.sha256))
        .order_by(payloads.c.sha256, own.captured_at, own.id)
    )
    if as_of is not None:
        statement = statement.where(own.captured_at <= as_of)
    rows = connection.execute(statement, execution_options={"yield_per": AT_A_TIME})
    return (Origin(*row) for row in rows)


def warcs(connection: Connection) -> Iterator[WarcFile]:
    """Gives the WARC files by name."""
    own = warc_files.c
    rows = connection.execute(select(own.name, own.size, own.sha256).order_by(own.name))
    return (WarcFile(*row) for row in rows)


def last_capture(connection: Connection) -> datetime | None:
    """Gives when the last capture was made, None in an empty archive."""
    found: datetime | None = connection.scalar(select(func.max(captures.c.captured_at)))
    return found
