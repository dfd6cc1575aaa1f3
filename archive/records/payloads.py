"""Payloads: where the bytes of a digest lie, and what is claimed of them."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from archive.model import Hints, Location
from archive.records import imports
from archive.records.tables import RESPONSE, captures, payloads, warc_files


@dataclass(frozen=True, slots=True)
class Held:
    """Where a payload's bytes lie, and what its first capture claims of them."""

    location: Location
    hints: Hints


def location(connection: Connection, sha256: str) -> Location | None:
    """Gives the place of the record that holds a payload; None where the digest is not known."""
    row = connection.execute(
        select(warc_files.c.name, captures.c.warc_offset, captures.c.warc_length)
        .join(captures, captures.c.warc_file_id == warc_files.c.id)
        .join(payloads, payloads.c.id == captures.c.payload_id)
        .where(payloads.c.sha256 == sha256, captures.c.kind == RESPONSE)
        .order_by(captures.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else Location(*row)


def held(connection: Connection, sha256: str) -> Held | None:
    """Gives a payload with what its first capture claims of it; None where the digest is not known."""
    first = connection.scalar(
        select(func.min(captures.c.id))
        .join(payloads, payloads.c.id == captures.c.payload_id)
        .where(payloads.c.sha256 == sha256, captures.c.kind == RESPONSE)
    )
    stored = imports.stored(connection, [first]).get(first) if first is not None else None
    return None if stored is None else Held(stored.location, stored.hints)
