"""What an archive holds at a glance: reports by year and form, the newest of them, those that were revised last."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from archive.records import documents
from archive.records.documents import Document
from archive.records.tables import current_readings, indicators, readings, versions


@dataclass(frozen=True, slots=True)
class Held:
    """How many current reports of a year have a set of forms."""

    year: int
    forms: dict[str, str]
    documents: int


def held(connection: Connection) -> list[Held]:
    """Gives the current reports counted by year and forms."""
    keys = (current_readings.c.year, readings.c.forms)
    statement = select(*keys, func.count()).join(readings, readings.c.id == current_readings.c.reading_id)
    return [Held(*row) for row in connection.execute(statement.group_by(*keys))]


def cells_of(connection: Connection) -> dict[tuple[str, str], int]:
    """Gives how many figures each part of each form has."""
    statement = select(indicators.c.part, indicators.c.form, func.count()).group_by(
        indicators.c.part, indicators.c.form
    )
    return {(part, form): count for part, form, count in connection.execute(statement)}


def agencies_held(connection: Connection) -> int:
    """Gives how many agencies have a current report."""
    return connection.scalar(select(func.count(current_readings.c.agency_id.distinct()))) or 0


def newest(connection: Connection, revision: int, limit: int) -> list[Document]:
    """Gives the reports that came into the archive last, the last first."""
    there = current_readings.c.document_id
    return in_order(connection, revision, list(connection.scalars(select(there).order_by(there.desc()).limit(limit))))


def revised(connection: Connection, revision: int, limit: int) -> list[Document]:
    """Gives the reports of which a later version was found last, the last first."""
    last = func.max(versions.c.id)
    statement = (
        select(current_readings.c.document_id)
        .join(versions, versions.c.source_id == current_readings.c.source_id)
        .where(versions.c.number > 1, versions.c.same_as.is_(None))
        .group_by(current_readings.c.document_id)
        .order_by(last.desc())
        .limit(limit)
    )
    return in_order(connection, revision, list(connection.scalars(statement)))


def in_order(connection: Connection, revision: int, ids: list[int]) -> list[Document]:
    """Gives documents in the order of their keys as asked."""
    found = {document.id: document for document in documents.find(connection, revision, ids=ids)} if ids else {}
    return [found[each] for each in ids if each in found]
