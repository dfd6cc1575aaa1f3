"""How often cells have which status, and which forms documents are on, counted over current readings by the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, and_, column, func, select, type_coerce

from archive.model import Status
from archive.records.current import current_readings
from archive.records.revisions import placing
from archive.records.tables import STATUS_CODES, documents, figures, indicators, readings

STATUSES = {number: status for status, number in STATUS_CODES.items()}


@dataclass(frozen=True, slots=True)
class Counted:
    """So many cells of an indicator on a form have a status in the reports for a year."""

    indicator: str
    part: str
    form: str
    year: int
    status: Status
    count: int


@dataclass(frozen=True, slots=True)
class OnForms:
    """So many documents for a year were read on these forms, by part."""

    year: int
    forms: Mapping[str, str]
    count: int


def statuses_by_year(
    connection: Connection, revision: int, as_of: datetime | None = None, code: str | None = None
) -> list[Counted]:
    """Gives how often cells have which status, by indicator, form and year; of one indicator or of all."""
    current = current_readings(placing(connection, revision), as_of)
    cells = func.unnest(figures.c.statuses).table_valued(column("status", Integer), with_ordinality="position")
    cell = cells.render_derived("cell")
    own = indicators.c
    grouped: tuple[ColumnElement[Any], ...] = own.code, own.part, own.form, documents.c.year, cell.c.status
    statement = (
        select(*grouped, func.count())
        .select_from(current)
        .join(documents, documents.c.id == current.c.document_id)
        .join(figures, figures.c.reading_id == current.c.reading_id)
        .join(indicators, and_(own.part == figures.c.part, own.form == figures.c.form))
    )
    if code is None:
        statement = statement.join(cell, cell.c.position == own.position)
    else:
        at = type_coerce(figures.c.statuses[own.position], Integer)
        grouped = own.code, own.part, own.form, documents.c.year, at
        statement = statement.with_only_columns(*grouped, func.count()).where(own.code == code, at.is_not(None))
    rows = connection.execute(statement.group_by(*grouped).order_by(*grouped))
    return [Counted(row[0], row[1], row[2], row[3], STATUSES[row[4]], row[5]) for row in rows]


def forms_by_year(connection: Connection, revision: int, as_of: datetime | None = None) -> list[OnForms]:
    """Gives how many documents were read on which forms, by year."""
    current = current_readings(placing(connection, revision), as_of)
    statement = (
        select(documents.c.year, readings.c.forms, func.count())
        .select_from(current)
        .join(documents, documents.c.id == current.c.document_id)
        .join(readings, readings.c.id == current.c.reading_id)
        .group_by(documents.c.year, readings.c.forms)
        .order_by(documents.c.year)
    )
    return [OnForms(*row) for row in connection.execute(statement)]
