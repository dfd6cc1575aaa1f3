"""WARC files in an object store: which were uploaded, and what came back."""

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


def uploaded(connection: Connection, url: str) -> dict[str, Upload]:
    """Gives the files that were uploaded to a store, by name."""
    return {row.name: Upload(row.name, row.size, row.sha256) for row in connection.execute(UPLOADED, {"url": url})}


def set_uploaded(connection: Connection, url: str, upload: Upload, at: datetime) -> None:
    """Remembers that a file lies in a store and was read back from there."""
    values = {"url": url, "at": at, "name": upload.name, "size": upload.size, "sha256": upload.sha256}
    connection.execute(SET, values)
