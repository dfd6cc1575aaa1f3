"""Which documents pass the filters of a search: what their current readings, agencies and checks must be."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, exists, func, literal, not_, select

from archive.records.agencies import under_division
from archive.records.current import current_readings
from archive.records.revisions import placing
from archive.records.tables import agencies, readings, sources


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
class Scope:
    """Which archive is asked: the revision, what was captured by an instant, and which documents of it."""

    connection: Connection
    revision: int
    as_of: datetime | None
    filters: Filters


def current_of(scope: Scope) -> FromClause:
    """Gives the current readings of all documents of a scope."""
    return current_readings(placing(scope.connection, scope.revision), scope.as_of)


def passing(filters: Filters, current: FromClause) -> Select[Any]:
    """Gives the documents that pass the filters.

    What is shown of them is joined by who shows it: a search walks through thousands to find its hundreds.
    """
    return select(current.c.document_id).where(*conditions(filters, current))


def conditions(filters: Filters, current: FromClause) -> list[ColumnElement[bool]]:
    """Gives what documents must fulfil to pass."""
    found: list[ColumnElement[bool]] = []
    if filters.years is not None:
        found.append(current.c.year.between(*filters.years))
    if filters.division is not None:
        found.append(current.c.agency_id.in_(under_division(filters.division)))
    if filters.agency_ids is not None:
        found.append(current.c.agency_id.in_(filters.agency_ids))
    if filters.level is not None:
        found.append(current.c.agency_id.in_(select(agencies.c.id).where(agencies.c.level == filters.level)))
    if filters.form is not None:
        of_parts = func.jsonb_each_text(readings.c.forms).table_valued("key", "value")
        on_form = exists(select(literal(1)).select_from(of_parts).where(of_parts.c.value == filters.form))
        found.append(current.c.reading_id.in_(select(readings.c.id).where(on_form)))
    if filters.media_type is not None:
        of_type = readings.c.media_type == filters.media_type
        found.append(current.c.reading_id.in_(select(readings.c.id).where(of_type)))
    if filters.portal is not None:
        found.append(current.c.source_id.in_(select(sources.c.id).where(sources.c.portal_id == filters.portal)))
    if filters.failing is not None:
        found.append(current.c.failing if filters.failing else not_(current.c.failing))
    return found
