"""How fresh the archive is."""

from datetime import datetime

from sqlalchemy import Connection, select

from archive.records.tables import captures

LATEST = select(captures.c.captured_at).order_by(captures.c.id.desc()).limit(1)


def latest_capture(connection: Connection) -> datetime | None:
    """Gives when the capture that was taken in last was made, None for an empty archive."""
    return connection.scalar(LATEST)
