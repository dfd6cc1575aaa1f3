"""Bytes: WARC files, payloads, captures."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from archive.model import CaptureKind, Role
from archive.records.tables.columns import TIME, key, metadata, one_of, sha256_check

RESPONSE = literal(CaptureKind.RESPONSE.value, literal_execute=True)
"""As the index below has it: a plan that is kept for any kind of capture could not use that."""

warc_files = Table(
    "warc_files",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    Column(
        "indexed_end",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="end of the last indexed member",
    ),
    Column("sealed_at", TIME),
    Column("uploaded_at", TIME, comment="when the object store gave back the same bytes"),
    Column("uploaded_to", Text, comment="address of the object, s3://bucket/prefix/name"),
    Column("size", BigInteger, comment="bytes, as uploaded"),
    Column("sha256", Text, comment="of the file, as uploaded"),
    Column("verified_at", TIME, comment="when all of it was last read back and was right"),
    CheckConstraint(
        "num_nulls(uploaded_at, uploaded_to, size, sha256) IN (0, 4)",
        name="upload_is_whole",
    ),
    CheckConstraint("indexed_end >= 0", name="indexed_end_positive"),
    comment="Files of the WARC folder",
)

payloads = Table(
    "payloads",
    metadata,
    key(),
    Column("sha256", Text, nullable=False, unique=True, comment="of the decoded body"),
    Column("size", BigInteger, nullable=False),
    sha256_check("sha256"),
    CheckConstraint("size >= 0", name="size_positive"),
    comment="Bodies, named by digest, kept once: in the WARC record of the capture of kind response",
)

captures = Table(
    "captures",
    metadata,
    key(),
    Column("crawl_id", ForeignKey("crawls.id"), nullable=False),
    Column("portal_id", ForeignKey("portals.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("url_key", Text, nullable=False),
    Column("captured_at", TIME, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSONB, comment="pairs as received, latin-1; the exact bytes are in the WARC"),
    Column("ip", Text),
    Column("context", JSONB, nullable=False, comment="why it was fetched: column, title, date, via"),
    Column("payload_id", ForeignKey("payloads.id"), comment="what was received, or what a revisit stands for"),
    Column("warc_file_id", ForeignKey("warc_files.id")),
    Column("warc_offset", BigInteger),
    Column("warc_length", Integer),
    Column("request_offset", BigInteger),
    Column("request_length", Integer),
    Column("record_id", Text, comment="WARC-Record-ID of the response or revisit record"),
    Column("payload_digest", Text, comment="WARC-Payload-Digest of the response record"),
    Column("wire_bytes", BigInteger, nullable=False, server_default="0"),
    Column("truncated", Text),
    Column("error", Text, comment="why there is no usable response"),
    UniqueConstraint("warc_file_id", "warc_offset"),
    one_of("kind", [kind.value for kind in CaptureKind]),
    one_of("role", [role.value for role in Role]),
    one_of("truncated", ["length", "time", "disconnect"]),
    CheckConstraint(
        "(warc_file_id IS NULL) = (warc_offset IS NULL) AND (warc_offset IS NULL) = (warc_length IS NULL)",
        name="place_is_whole",
    ),
    CheckConstraint("kind = 'error' OR (payload_id IS NOT NULL AND record_id IS NOT NULL)", name="has_payload"),
    CheckConstraint("kind <> 'error' OR error IS NOT NULL", name="error_has_reason"),
    Index("ix_captures_payload_response", "payload_id", postgresql_where=text("kind = 'response'")),
    Index(None, "portal_id", "url_key", "captured_at"),
    Index(None, "crawl_id", "portal_id"),
    comment="One HTTP exchange each: what was asked, what came, where its record lies",
)
