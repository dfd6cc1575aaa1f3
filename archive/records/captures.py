"""Captures and payloads: rows of what lies in the WARC files, written many at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from archive.model import Location, Original
from archive.records.rows import as_json


@dataclass(frozen=True, slots=True)
class Held:
    """A payload that is held, and the response record in which it lies."""

    sha256: str
    original: Original
    location: Location


@dataclass(frozen=True, slots=True)
class Row:
    """One capture to be inserted; names are the columns of `captures`, `sha256` names the payload."""

    crawl_id: int
    portal_id: str
    kind: str
    role: str
    url: str
    url_key: str
    captured_at: datetime
    context: dict[str, Any]
    status: int | None = None
    headers: list[list[str]] | None = None
    ip: str | None = None
    sha256: str | None = None
    size: int = 0
    file_id: int | None = None
    place: Location | None = None
    request_place: Location | None = None
    record_id: str | None = None
    payload_digest: str | None = None
    wire_bytes: int = 0
    truncated: str | None = None
    error: str | None = None


HELD = text(
    "SELECT p.sha256, c.record_id, c.url, c.captured_at, c.payload_digest, w.name, c.warc_offset, c.warc_length"
    " FROM payloads p CROSS JOIN LATERAL ("
    "   SELECT * FROM captures WHERE payload_id = p.id AND kind = 'response' ORDER BY id LIMIT 1) c"
    " JOIN warc_files w ON w.id = c.warc_file_id WHERE p.sha256 = ANY(:digests)"
)

COLUMNS = {
    "crawl_id": "bigint",
    "portal_id": "text",
    "kind": "text",
    "role": "text",
    "url": "text",
    "url_key": "text",
    "captured_at": "timestamptz",
    "context": "jsonb",
    "status": "smallint",
    "headers": "jsonb",
    "ip": "text",
    "warc_file_id": "bigint",
    "warc_offset": "bigint",
    "warc_length": "integer",
    "request_offset": "bigint",
    "request_length": "integer",
    "record_id": "text",
    "payload_digest": "text",
    "wire_bytes": "bigint",
    "truncated": "text",
    "error": "text",
}

# One statement, for each costs a round trip: payloads that are new, how far the files are indexed, the counts of the
# portals, the captures. A payload that another crawl has just inserted is given back by the DO UPDATE. Identities are
# drawn in the order of the scan, so sorted they are in the order of the rows.
INSERT = text(f"""
WITH r AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
        n integer, sha256 text, size bigint, {", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
), new AS (
    INSERT INTO payloads (sha256, size)
    SELECT DISTINCT ON (sha256) sha256, size FROM r WHERE kind = 'response' AND sha256 IS NOT NULL
    ON CONFLICT (sha256) DO UPDATE SET size = EXCLUDED.size RETURNING id, sha256
), held AS (
    SELECT id, sha256 FROM new
    UNION SELECT p.id, p.sha256 FROM payloads p WHERE p.sha256 IN (SELECT sha256 FROM r)
), indexed AS (
    UPDATE warc_files w SET indexed_end = greatest(w.indexed_end, e.reached) FROM (
        SELECT warc_file_id, max(greatest(warc_offset + warc_length, request_offset + request_length)) AS reached
        FROM r GROUP BY warc_file_id) e
    WHERE w.id = e.warc_file_id
), counted AS (
    UPDATE crawl_portals c SET requests = c.requests + m.requests, bytes = c.bytes + m.bytes FROM (
        SELECT crawl_id, portal_id, count(*) AS requests, sum(wire_bytes) AS bytes
        FROM r GROUP BY crawl_id, portal_id) m
    WHERE c.crawl_id = m.crawl_id AND c.portal_id = m.portal_id
)
INSERT INTO captures ({", ".join(COLUMNS)}, payload_id)
SELECT {", ".join("r." + name for name in COLUMNS)}, held.id FROM r LEFT JOIN held ON held.sha256 = r.sha256
ORDER BY r.n RETURNING id
""")


def held(connection: Connection, digests: Iterable[str]) -> dict[str, Held]:
    """Gives those of the payloads that are held, by digest."""
    found = connection.execute(HELD, {"digests": list(digests)})
    return {
        row.sha256: Held(
            row.sha256,
            Original(row.record_id, row.url, row.captured_at, row.payload_digest, row.sha256),
            Location(row.name, row.warc_offset, row.warc_length),
        )
        for row in found
    }


def insert_captures(connection: Connection, rows: list[Row]) -> list[int]:
    """Gives the keys of newly inserted captures, in their order.

    Their payloads are inserted where they are new, the portals' requests and bytes are counted, and the files count
    as indexed up to the last of their records.
    """
    listed = as_json([as_columns(n, row) for n, row in enumerate(rows)])
    return sorted(connection.execute(INSERT, {"rows": listed}).scalars())


def as_columns(n: int, row: Row) -> dict[str, Any]:
    """Gives a row as INSERT_CAPTURES takes it."""
    return {
        "n": n,
        "crawl_id": row.crawl_id,
        "portal_id": row.portal_id,
        "kind": row.kind,
        "role": row.role,
        "url": row.url,
        "url_key": row.url_key,
        "captured_at": row.captured_at.isoformat(),
        "context": row.context,
        "status": row.status,
        "headers": row.headers,
        "ip": row.ip,
        "sha256": row.sha256,
        "size": row.size,
        "warc_file_id": row.file_id,
        "warc_offset": row.place and row.place.offset,
        "warc_length": row.place and row.place.length,
        "request_offset": row.request_place and row.request_place.offset,
        "request_length": row.request_place and row.request_place.length,
        "record_id": row.record_id,
        "payload_digest": row.payload_digest,
        "wire_bytes": row.wire_bytes,
        "truncated": row.truncated,
        "error": row.error,
    }


def file_id(connection: Connection, name: str) -> int:
    """Gives the key of a WARC file, made known where it is new."""
    statement = text(
        "INSERT INTO warc_files (name) VALUES (:name)"
        " ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING id"
    )
    return int(connection.execute(statement, {"name": name}).scalar_one())


def indexed_end(connection: Connection, name: str) -> int:
    """Gives the offset up to which a WARC file is indexed, 0 for one that is unknown."""
    found = connection.scalar(text("SELECT indexed_end FROM warc_files WHERE name = :name"), {"name": name})
    return int(found or 0)


def sealed(connection: Connection) -> set[str]:
    """Gives the names of the WARC files that are complete, in the folder and in the index."""
    return set(connection.scalars(text("SELECT name FROM warc_files WHERE sealed_at IS NOT NULL")))


def set_sealed(connection: Connection, names: Iterable[str], at: datetime) -> None:
    """Marks WARC files as complete."""
    statement = text("UPDATE warc_files SET sealed_at = :at WHERE name = ANY(:names) AND sealed_at IS NULL")
    connection.execute(statement, {"at": at, "names": list(names)})


PLACED = (
    "FROM captures c JOIN warc_files w ON w.id = c.warc_file_id LEFT JOIN payloads p ON p.id = c.payload_id"
    " WHERE CAST(:names AS text[]) IS NULL OR w.name = ANY(:names)"
)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the records of a capture lie, and the payload that it stands for."""

    place: Location
    sha256: str | None
    request: Location | None


def count_placed(connection: Connection, names: Sequence[str] | None = None) -> int:
    """Gives the number of captures that have a record in a WARC file, in one of `names` where they are given."""
    return int(connection.execute(text(f"SELECT count(*) {PLACED}"), {"names": names}).scalar_one())


def placed(connection: Connection, names: Sequence[str] | None = None) -> Iterator[Placed]:
    """Gives every capture that has a record, by file and offset; those in `names` where they are given."""
    statement = text(
        "SELECT w.name, c.warc_offset, c.warc_length, p.sha256, c.request_offset, c.request_length"
        f" {PLACED} ORDER BY w.name, c.warc_offset"
    )
    for row in connection.execution_options(yield_per=1000).execute(statement, {"names": names}):
        asked = row.request_offset is not None
        request = Location(row.name, row.request_offset, row.request_length) if asked else None
        yield Placed(Location(row.name, row.warc_offset, row.warc_length), row.sha256, request)
