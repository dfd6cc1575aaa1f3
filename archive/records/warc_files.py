"""WARC files as the index knows them: which were uploaded, who wrote them, when each was read back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as an object store gave it back when it had been uploaded."""

    name: str
    size: int
    sha256: str


UPLOADED = text(
    "SELECT name, size, sha256 FROM warc_files WHERE uploaded_to = rtrim(:url, '/') || '/' || name ORDER BY name"
)
SET = text(
    "INSERT INTO warc_files (name, sealed_at, uploaded_at, uploaded_to, size, sha256)"
    " VALUES (:name, :at, :at, rtrim(:url, '/') || '/' || :name, :size, :sha256)"
    " ON CONFLICT (name) DO UPDATE SET sealed_at = coalesce(warc_files.sealed_at, EXCLUDED.sealed_at),"
    " uploaded_at = EXCLUDED.uploaded_at, uploaded_to = EXCLUDED.uploaded_to,"
    " size = EXCLUDED.size, sha256 = EXCLUDED.sha256"
)
# A crawler works for one worker, so all captures of a file have the same.
WORKERS = text(
    "SELECT w.name, p.worker FROM warc_files w"
    " CROSS JOIN LATERAL (SELECT crawl_id, portal_id FROM captures WHERE warc_file_id = w.id LIMIT 1) c"
    " JOIN crawl_portals p USING (crawl_id, portal_id) WHERE p.worker IS NOT NULL"
)


def names(connection: Connection) -> set[str]:
    """Gives the names of all files that the index knows."""
    return set(connection.scalars(text("SELECT name FROM warc_files")))


def never_verified(connection: Connection) -> set[str]:
    """Gives the names of the files that were not found right yet."""
    return set(connection.scalars(text("SELECT name FROM warc_files WHERE verified_at IS NULL")))


def workers(connection: Connection) -> dict[str, str]:
    """Gives the worker for which a file was written, by the file's name; none for what the night itself wrote."""
    return {row.name: row.worker for row in connection.execute(WORKERS)}


def set_verified(connection: Connection, names: Collection[str], at: datetime) -> None:
    """Remembers that files were read back and right."""
    statement = text("UPDATE warc_files SET verified_at = :at WHERE name = ANY(:names)")
    connection.execute(statement, {"at": at, "names": list(names)})


def uploaded(connection: Connection, url: str) -> dict[str, Upload]:
    """Gives the files that were uploaded to a store, by name."""
    return {row.name: Upload(row.name, row.size, row.sha256) for row in connection.execute(UPLOADED, {"url": url})}


def set_uploaded(connection: Connection, url: str, upload: Upload, at: datetime) -> None:
    """Remembers that a file lies in a store and was read back from there."""
    values = {"url": url, "at": at, "name": upload.name, "size": upload.size, "sha256": upload.sha256}
    connection.execute(SET, values)
