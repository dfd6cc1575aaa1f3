"""Some indicators over years: of single agencies cell by cell, of whole divisions as sum and median."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Connection, Numeric, Select, Text, and_, case, cast, func, select

from archive.model import Status
from archive.records.agencies import under_division
from archive.records.current import current_readings
from archive.records.revisions import placing
from archive.records.tables import STATUS_CODES, documents, figures, indicators

STATUSES = tuple(Status)
MONEY = "万元"


@dataclass(frozen=True, slots=True)
class Cell:
    """One indicator in one agency's report for a year; `value` is in 万元 where the indicator is money.

    Money whose printed unit is not known has a status of number and no value.
    """

    agency_id: int
    year: int
    indicator: str
    form: str
    status: Status
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Summed:
    """One indicator over a division's reports for a year: how many give a number, their sum and median."""

    year: int
    indicator: str
    reports: int
    numbers: int
    sum: Decimal | None
    median: Decimal | None


def held(connection: Connection, revision: int, agency_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Gives agency and year of the reports there are."""
    wanted = select(documents.c.id).where(documents.c.agency_id.in_(agency_ids))
    current = current_readings(placing(connection, revision), None, wanted)
    statement = select(documents.c.agency_id, documents.c.year).join(current, current.c.document_id == documents.c.id)
    return {(row.agency_id, row.year) for row in connection.execute(statement)}


def cells(connection: Connection, revision: int, agency_ids: Sequence[int], codes: Sequence[str]) -> list[Cell]:
    """Gives the cells of agencies, by agency and year; none where a report's form has no such indicator."""
    wanted = select(documents.c.id).where(documents.c.agency_id.in_(agency_ids))
    found = of_documents(connection, revision, wanted, codes).subquery()
    rows = connection.execute(select(found).order_by(found.c.agency_id, found.c.year, found.c.code))
    return [Cell(row.agency_id, row.year, row.code, row.form, STATUSES[row.status], row.value) for row in rows]


def summed(
    connection: Connection,
    revision: int,
    division: str,
    codes: Sequence[str],
    first: int | None = None,
    last: int | None = None,
) -> list[Summed]:
    """Gives sum and median over the agencies under a division, by year and indicator, from `first` to `last` year."""
    wanted = select(documents.c.id).where(documents.c.agency_id.in_(under_division(division)))
    if first is not None:
        wanted = wanted.where(documents.c.year >= first)
    if last is not None:
        wanted = wanted.where(documents.c.year <= last)
    found = of_documents(connection, revision, wanted, codes).subquery()
    number = found.c.value
    statement = (
        select(found.c.year, found.c.code, func.count(), func.array_agg(number).filter(number.is_not(None)))
        .group_by(found.c.year, found.c.code)
        .order_by(found.c.year, found.c.code)
    )
    return [
        Summed(year, code, reports, len(values), sum(values, Decimal(0)), median(values))
        if values
        else Summed(year, code, reports, 0, None, None)
        for year, code, reports, values in connection.execute(statement)
    ]


def of_documents(
    connection: Connection, revision: int, wanted: Select[tuple[int]], codes: Sequence[str]
) -> Select[Any]:
    """Gives the query for the cells of indicators in the current readings of documents."""
    current = current_readings(placing(connection, revision), None, wanted)
    at = indicators.c.position
    status = figures.c.statuses[at]
    wan = cast(figures.c.details[cast(at, Text)]["value_wan"].astext, Numeric)
    number: ColumnElement[Any] = case((indicators.c.unit == MONEY, wan), else_=figures.c["values"][at])
    return (
        select(
            documents.c.agency_id,
            documents.c.year,
            indicators.c.code,
            figures.c.form,
            status.label("status"),
            case((status == STATUS_CODES[Status.NUMBER], number)).label("value"),
        )
        .join(current, current.c.document_id == documents.c.id)
        .join(figures, figures.c.reading_id == current.c.reading_id)
        .join(indicators, and_(indicators.c.part == figures.c.part, indicators.c.form == figures.c.form))
        .where(indicators.c.code.in_(codes), figures.c.part.in_(sorted({code.partition(".")[0] for code in codes})))
    )
