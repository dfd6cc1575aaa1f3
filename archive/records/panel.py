"""Figures of many documents at once, as few objects as it can be: what exports read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text

from archive.records.agencies import under_division
from archive.records.current import current_readings
from archive.records.revisions import placing
from archive.records.tables import STATUS_CODES, agencies, documents, sources

SIGNS = {status: str(code) for status, code in STATUS_CODES.items()}
"""How a status is written among `Arrays.statuses`."""

# An array comes as one text, taken apart here: an object for each of its cells would take longer than all the rest.
ARRAYS = text("""
SELECT reading_id, part, form, array_to_string(statuses, ''), array_to_string("values", ',', ''),
    CASE WHEN part = ANY(:detailed) AND jsonb_path_exists(details, '$.*.value_wan') THEN details END
FROM figures WHERE reading_id = ANY(:readings)
""")


@dataclass(frozen=True, slots=True)
class Arrays:
    """One table of a reading: one of SIGNS for the status of each figure, and its digits, empty where it has none.

    `written` are the digits with commas between them. `details` by place (from 1) are there where they were asked for
    and an amount in 万元 is among them.
    """

    part: str
    form: str
    statuses: str
    written: str
    details: dict[str, Any]

    @property
    def digits(self) -> list[str]:
        """Gives the digits of each figure."""
        return self.written.split(",") if self.statuses else []


@dataclass(frozen=True, slots=True)
class Published:
    """An address at which a document is published."""

    id: int
    portal: str
    url: str
    place: str
    role: str


@dataclass(frozen=True, slots=True)
class Body:
    """An agency as exports name it."""

    division: str
    name: str
    code: str | None
    level: str | None


def document_ids(
    connection: Connection,
    revision: int,
    as_of: datetime | None = None,
    division: str | None = None,
    years: Sequence[int] | None = None,
) -> list[int]:
    """Gives the ids of the documents of a division (the beginning of a code) and years, in their fixed order."""
    current = current_readings(placing(connection, revision), as_of)
    statement = (
        select(documents.c.id)
        .join(agencies, agencies.c.id == documents.c.agency_id)
        .where(documents.c.id.in_(select(current.c.document_id)))
    )
    if division is not None:
        statement = statement.where(documents.c.agency_id.in_(under_division(division)))
    if years is not None:
        statement = statement.where(documents.c.year.in_(years))
    return list(connection.scalars(statement.order_by(agencies.c.division, agencies.c.name, documents.c.year)))


def bodies_and_years(connection: Connection, ids: Sequence[int]) -> tuple[list[Body], list[int]]:
    """Gives the agencies of documents, in the order of the documents, and the years of these."""
    own = agencies.c
    statement = (
        select(own.division, own.name, own.code, own.level, documents.c.year)
        .join(documents, documents.c.agency_id == own.id)
        .where(documents.c.id.in_(ids))
        .order_by(own.division, own.name, documents.c.year)
    )
    rows = connection.execute(statement).all()
    return list(dict.fromkeys(Body(*row[:4]) for row in rows)), sorted({row.year for row in rows})


def arrays_of(
    connection: Connection, reading_ids: Iterable[int], detailed: Sequence[str] = ()
) -> dict[int, list[Arrays]]:
    """Gives the tables of readings, by reading; details of the parts that `detailed` names."""
    found: dict[int, list[Arrays]] = {}
    rows = connection.execute(ARRAYS, {"readings": list(reading_ids), "detailed": list(detailed)}).all()
    for reading, part, form, statuses, written, details in rows:
        found.setdefault(reading, []).append(Arrays(part, form, statuses, written, details or {}))
    return found


def published(connection: Connection, ids: Iterable[int], revision: int) -> dict[int, list[Published]]:
    """Gives the addresses of documents under a revision, by document, pages first."""
    placed = placing(connection, revision).sources
    statement = (
        select(placed.c.document_id, sources.c.id, sources.c.portal_id, sources.c.url, sources.c.place, sources.c.role)
        .join(sources, sources.c.id == placed.c.source_id)
        .where(placed.c.document_id.in_(list(ids)))
        .order_by(placed.c.document_id, sources.c.role.desc(), sources.c.url_key, sources.c.place, sources.c.id)
    )
    found: dict[int, list[Published]] = {}
    for row in connection.execute(statement):
        found.setdefault(row[0], []).append(Published(*row[1:]))
    return found
