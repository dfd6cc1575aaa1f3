"""What a report's page says in short of its reading and of the years beside it."""

from sqlalchemy import Connection, select

from archive.records.tables import current_readings, documents, readings


def media_type(connection: Connection, reading_id: int) -> str | None:
    """Gives the media type that a reading found in the bytes, whatever their server claimed."""
    return connection.scalar(select(readings.c.media_type).where(readings.c.id == reading_id))


def years_held(connection: Connection, document_id: int) -> list[int]:
    """Gives the years for which there is a report of the agency of a document, in order."""
    agency = select(documents.c.agency_id).where(documents.c.id == document_id).scalar_subquery()
    held = select(documents.c.year).join(current_readings, current_readings.c.document_id == documents.c.id)
    return list(connection.scalars(held.where(documents.c.agency_id == agency).distinct().order_by(documents.c.year)))
