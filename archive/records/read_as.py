"""What a reading says of the bytes themselves."""

from sqlalchemy import Connection, select

from archive.records.tables import readings


def media_type(connection: Connection, reading_id: int) -> str | None:
    """Gives the media type that a reading found in the bytes, whatever their server claimed."""
    return connection.scalar(select(readings.c.media_type).where(readings.c.id == reading_id))
