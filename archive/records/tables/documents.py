"""Documents: agencies, sources, versions, withdrawals, and what people correct."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from archive.divisions import CONFIDENCES, HOWS, LEVELS
from archive.records.tables.columns import TIME, key, metadata, one_of, sha256_check

UNDERIVED = ("capture", "source", "document", "payload", "everything")

agencies = Table(
    "agencies",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    Column("division", Text, nullable=False, comment="GB/T 2260 code of the portal that publishes for it"),
    Column(
        "code",
        Text,
        comment="its own division: GB/T 2260, below the county 统计用区划代码; null where it has none or nobody knows",
    ),
    Column("level", Text, comment="of its division, or department"),
    Column("confidence", Text),
    Column("how", Text, comment="how the code was found; unmatched: a person must say; null: not asked yet"),
    UniqueConstraint("division", "name"),
    CheckConstraint("division ~ '^[0-9]{6}$'", name="division_is_code"),
    CheckConstraint("code ~ '^[0-9]{6}([0-9]{6})?$'", name="code_is_code"),
    one_of("level", list(LEVELS)),
    one_of("confidence", list(CONFIDENCES)),
    one_of("how", list(HOWS)),
    Index("ix_agencies_grams", text("zh_grams(name)"), postgresql_using="gin"),
    Index("ix_agencies_province", text('"left"(COALESCE(code, division), 2)')),
    comment="Reporting bodies (行政机关)",
)

AGENCY_KEYS = ("name", "code", "former", "place")

agency_keys = Table(
    "agency_keys",
    metadata,
    Column("agency_id", ForeignKey("agencies.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True, comment="lower case, without white space: a name, its pinyin, its initials"),
    one_of("kind", list(AGENCY_KEYS)),
    Index(None, "key", postgresql_ops={"key": "text_pattern_ops"}),
    Index("ix_agency_keys_grams", text("zh_grams(key)"), postgresql_using="gin"),
    comment="What an agency is found by: its name, codes, former names of its division, where it is; derived",
)

documents = Table(
    "documents",
    metadata,
    key(),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("year", SmallInteger, nullable=False),
    UniqueConstraint("agency_id", "year"),
    Index(None, "year", "id"),
    CheckConstraint("year BETWEEN 1990 AND 2100", name="year_plausible"),
    comment="One agency's report for one year, however often published",
)

sources = Table(
    "sources",
    metadata,
    key(),
    Column("portal_id", ForeignKey("portals.id"), nullable=False),
    Column("url_key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("title", Text, comment="as the list row or link gave it"),
    Column("published", Date),
    Column("document_id", ForeignKey("documents.id"), index=True, comment="null: no report was recognised there"),
    Column("place", Text, nullable=False, server_default="", comment="which report there, where a file holds several"),
    UniqueConstraint("portal_id", "url_key", "place"),
    one_of("role", ["report", "attachment"]),
    comment="URLs where a rendition of a document is published",
)

source_aliases = Table(
    "source_aliases",
    metadata,
    Column("portal_id", ForeignKey("portals.id"), primary_key=True),
    Column("url_key", Text, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False, index=True),
    comment="Other addresses that lead to a source, redirects for instance",
)

versions = Table(
    "versions",
    metadata,
    key(),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="in order of first sight"),
    Column("content_hash", Text, nullable=False, comment="under the revision that found it"),
    Column("found_by", ForeignKey("revisions.number"), nullable=False),
    Column("same_as", ForeignKey("versions.id"), comment="an earlier version that now reads the same"),
    UniqueConstraint("source_id", "number"),
    sha256_check("content_hash"),
    CheckConstraint("number >= 1", name="number_positive"),
    comment="States of a source by content; rows are added, never changed but for same_as",
)

version_payloads = Table(
    "version_payloads",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("payload_id", ForeignKey("payloads.id"), primary_key=True, index=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    comment="Which bytes show which version; when they were seen follows from the captures",
)

former_sources = Table(
    "former_sources",
    metadata,
    Column("revision", ForeignKey("revisions.number"), primary_key=True),
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Index(None, "revision", "document_id"),
    comment="Documents of sources under revisions that were current; of the current one they stand in sources",
)

former_version_payloads = Table(
    "former_version_payloads",
    metadata,
    Column("revision", ForeignKey("revisions.number"), primary_key=True),
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("payload_id", ForeignKey("payloads.id"), primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    comment="Which bytes showed which version under revisions that were current",
)

current_readings = Table(
    "current_readings",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("reading_id", ForeignKey("readings.id"), nullable=False),
    Column("payload_id", ForeignKey("payloads.id"), nullable=False),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("gone", Boolean, nullable=False, comment="the source has gone from its portal"),
    Column("year", SmallInteger, nullable=False),
    Column("text_sha256", Text, comment="of readings, so that a search need not ask there"),
    Column(
        "failing",
        Boolean,
        nullable=False,
        comment="a check of the reading fails; of figures, so that a search need not ask there",
    ),
    Column("agency_id", BigInteger, nullable=False, comment="of documents, for the views of researchers"),
    Index(None, "reading_id"),
    Index(None, "text_sha256"),
    Index(None, "year", "document_id", postgresql_include=["text_sha256"]),
    Index(None, "agency_id", "year", postgresql_include=["document_id", "reading_id"]),
    comment="Which reading speaks for a document now, kept as archive/records/current.py says; derived",
)

check_tallies = Table(
    "check_tallies",
    metadata,
    Column("rules", Text, nullable=False, comment="digest of the identities that were counted"),
    Column("identity", Text, primary_key=True),
    Column("form", Text, primary_key=True, comment="of the later year"),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    *(Column(name, Integer, nullable=False) for name in ("holds", "fails", "not_checkable")),
    comment="How often identities hold over all current readings; empty where nobody counted since; derived",
)

underived = Table(
    "underived",
    metadata,
    key(),
    Column("kind", Text, nullable=False),
    Column("row_id", BigInteger, nullable=False, comment="key of a row of that kind; of a revision for everything"),
    one_of("kind", list(UNDERIVED)),
    comment="What changed since current_readings was kept last; triggers write it, who derives versions takes it",
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True, comment="the answer that said it is gone"),
    Column("source_id", ForeignKey("sources.id"), primary_key=True, index=True),
    Column("returned_capture_id", ForeignKey("captures.id"), comment="the answer that showed it again"),
    comment="Sources that have gone from their portal; what they said stays",
)

overrides = Table(
    "overrides",
    metadata,
    key(),
    Column("document_id", ForeignKey("documents.id"), nullable=False, index=True),
    Column("indicator", Text, nullable=False),
    Column("value", Numeric, comment="null: the person says that the report gives no number"),
    Column("note", Text, nullable=False, comment="why, and how it is known"),
    Column("author", Text, nullable=False),
    Column("made_at", TIME, nullable=False, server_default=func.now()),
    CheckConstraint("indicator ~ '^[a-z_]+(\\.[a-z_]+)+$'", name="indicator_is_dotted"),
    CheckConstraint("note <> '' AND author <> ''", name="is_signed"),
    comment="A person's corrections of figures; the last of an indicator counts. No reading touches them",
)
