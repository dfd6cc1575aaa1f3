"""Payloads: where the bytes of a digest lie."""

from sqlalchemy import Connection, select

from archive.model import Location
from archive.records.tables import captures, payloads, warc_files


def location(connection: Connection, sha256: str) -> Location | None:
    """Gives the place of the record that holds a payload; None where the digest is not known."""
    row = connection.execute(
        select(warc_files.c.name, captures.c.warc_offset, captures.c.warc_length)
        .join(captures, captures.c.warc_file_id == warc_files.c.id)
        .join(payloads, payloads.c.id == captures.c.payload_id)
        .where(payloads.c.sha256 == sha256, captures.c.kind == "response")
        .order_by(captures.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else Location(*row)
