"""The tables. Every table and column that needs a word carries it as a comment in the database too.

Digests are 64 hexadecimal characters; times are `timestamptz`. Figures are arrays in the order of the form's
indicators (docs/decisions/figures-as-arrays.md); the views `figure_cells` and `check_results` show rows.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from archive.model import CaptureKind, Role, Status, Verdict

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

STATUS_CODES = {status: number for number, status in enumerate(Status)}
VERDICT_CODES = {verdict: number for number, verdict in enumerate(Verdict)}

TIME = DateTime(timezone=True)


def key() -> Column[int]:
    """Gives a bigint surrogate key."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def sha256_check(column: str) -> CheckConstraint:
    """Gives the CHECK that a column holds a SHA-256 in lower-case hexadecimal."""
    return CheckConstraint(f"{column} ~ '^[0-9a-f]{{64}}$'", name=f"{column}_is_sha256")


def one_of(column: str, values: list[str]) -> CheckConstraint:
    """Gives the CHECK that a column holds one of the values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


# ── crawling ─────────────────────────────────────────────────────────────────────────────────────────

portals = Table(
    "portals",
    metadata,
    Column("id", Text, primary_key=True, comment="division code and slug, as in the portal file"),
    Column("name", Text, nullable=False),
    Column("division", Text, nullable=False, comment="GB/T 2260 code"),
    Column("base", Text, nullable=False),
    CheckConstraint("division ~ '^[0-9]{6}$'", name="division_is_code"),
    comment="Government sites (门户网站) that were crawled at least once; their files are the definition",
)

crawls = Table(
    "crawls",
    metadata,
    key(),
    Column("started_at", TIME, nullable=False, server_default=func.now()),
    Column("finished_at", TIME, comment="null while running, or when it was interrupted"),
    Column("software", Text, nullable=False),
    comment="One run over portals, with its counts in crawl_portals",
)

CRAWL_STATES = ["running", "complete", "incomplete", "blocked", "failed"]
COUNTS = ("found", "new", "changed", "unchanged", "withdrawn", "failed")

crawl_portals = Table(
    "crawl_portals",
    metadata,
    Column("crawl_id", ForeignKey("crawls.id"), primary_key=True),
    Column("portal_id", ForeignKey("portals.id"), primary_key=True),
    Column("state", Text, nullable=False, server_default="running"),
    Column("reason", Text, comment="why the state is not complete, with a sample URL"),
    Column("expected", Integer, comment="as the portal file says"),
    *(Column(count, Integer, nullable=False, server_default="0") for count in COUNTS),
    Column("requests", Integer, nullable=False, server_default="0"),
    Column("bytes", BigInteger, nullable=False, server_default="0", comment="received on the wire"),
    one_of("state", CRAWL_STATES),
    comment="What one crawl did at one portal",
)

frontier = Table(
    "frontier",
    metadata,
    key(),
    Column("portal_id", ForeignKey("portals.id"), nullable=False),
    Column("url_key", Text, nullable=False, comment="canonical URL, the identity of the row"),
    Column("url", Text, nullable=False, comment="as it was linked"),
    Column("role", Text, nullable=False),
    Column("context", JSONB, nullable=False, comment="what the link said: column, title, date, via"),
    Column("state", Text, nullable=False, server_default="due"),
    Column("leased_at", TIME),
    Column("crawl_id", ForeignKey("crawls.id"), comment="the crawl that asked for it last"),
    Column("checked_at", TIME, comment="when it last answered"),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("capture_id", ForeignKey("captures.id"), comment="the last capture with a body"),
    Column(
        "conditional_streak",
        SmallInteger,
        nullable=False,
        server_default="0",
        comment="conditional requests since the last full fetch; the seventh night is full",
    ),
    Column("failures", SmallInteger, nullable=False, server_default="0", comment="in a row"),
    UniqueConstraint("portal_id", "url_key"),
    one_of("state", ["due", "leased", "done", "failed"]),
    one_of("role", [role.value for role in Role]),
    Index("ix_frontier_due", "portal_id", "role", "checked_at", postgresql_where=text("state = 'due'")),
    comment="Every URL to fetch, one row each; a lease left by a dead crawl is due again at the next start",
)

# ── bytes ────────────────────────────────────────────────────────────────────────────────────────────

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

# ── reading ──────────────────────────────────────────────────────────────────────────────────────────

revisions = Table(
    "revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("opened_at", TIME, nullable=False, server_default=func.now()),
    Column("promoted_at", TIME, comment="when its readings became what researchers see"),
    Column("current", Boolean, nullable=False, server_default=text("false")),
    Index("uq_revisions_one_current", "current", unique=True, postgresql_where=text("current")),
    CheckConstraint("number >= 1", name="number_positive"),
    comment="Numbers of the reading code; one is current, the others stay and can be asked for",
)

texts = Table(
    "texts",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("body", Text, nullable=False),
    sha256_check("sha256"),
    Index("ix_texts_grams", text("zh_grams(body)"), postgresql_using="gin"),
    comment="Texts of readings, kept once however many readings gave them",
)

readings = Table(
    "readings",
    metadata,
    key(),
    Column("payload_id", ForeignKey("payloads.id"), nullable=False),
    Column("revision", ForeignKey("revisions.number"), nullable=False),
    Column("media_type", Text),
    Column("charset", Text),
    Column("title", Text),
    Column("agency", Text),
    Column("year", SmallInteger),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("forms", JSONB, nullable=False, server_default=text("'{}'"), comment="part → form"),
    Column("text_sha256", ForeignKey("texts.sha256")),
    Column("content_hash", Text, comment="null where the payload could not be read"),
    Column("error_code", Text),
    Column("error_message", Text),
    UniqueConstraint("payload_id", "revision"),
    sha256_check("content_hash"),
    CheckConstraint("year BETWEEN 1990 AND 2100", name="year_plausible"),
    CheckConstraint("(error_code IS NULL) <> (content_hash IS NULL)", name="read_or_failed"),
    Index(None, "revision", "content_hash"),
    Index(None, "text_sha256"),
    comment="What one revision of the reading code made of one payload",
)

indicators = Table(
    "indicators",
    metadata,
    Column("part", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("position", SmallInteger, primary_key=True, comment="1-based place in figures arrays"),
    Column("code", Text, nullable=False),
    Column("label", Text, nullable=False, comment="Chinese label, at most 80 characters"),
    Column("unit", Text),
    UniqueConstraint("part", "form", "code"),
    CheckConstraint("char_length(label) <= 80", name="label_fits_stata"),
    CheckConstraint("code ~ '^[a-z_]+(\\.[a-z_]+)+$'", name="code_is_dotted"),
    comment="Indicators of the statutory forms, in the order of the arrays of figures",
)

identities = Table(
    "identities",
    metadata,
    Column("part", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("position", SmallInteger, primary_key=True, comment="1-based place in checks arrays"),
    Column("code", Text, nullable=False),
    UniqueConstraint("part", "form", "code"),
    comment="Accounting identities (勾稽关系) of the forms, in the order of the arrays of checks",
)

figures = Table(
    "figures",
    metadata,
    Column("reading_id", ForeignKey("readings.id"), primary_key=True),
    Column("part", Text, primary_key=True),
    Column("form", Text, nullable=False),
    Column("statuses", ARRAY(SmallInteger), nullable=False, comment="index into figure_statuses"),
    Column("values", ARRAY(Numeric), nullable=False, comment="null unless the status is number"),
    Column(
        "places",
        ARRAY(SmallInteger),
        nullable=False,
        comment="table, row, column of each; null where not found",
    ),
    Column("details", JSONB, nullable=False, comment="position → raw, unit, value_wan, note where not plain"),
    Column("verdicts", ARRAY(SmallInteger), nullable=False, comment="in the order of identities"),
    Column("lefts", ARRAY(Numeric), nullable=False),
    Column("rights", ARRAY(Numeric), nullable=False),
    one_of("part", ["disclosure", "requests", "remedies"]),
    CheckConstraint("cardinality(statuses) = cardinality(values)", name="values_fit"),
    CheckConstraint("cardinality(places) = 3 * cardinality(values)", name="places_fit"),
    CheckConstraint(
        "cardinality(verdicts) = cardinality(lefts) AND cardinality(verdicts) = cardinality(rights)",
        name="checks_fit",
    ),
    CheckConstraint(f"0 <= ALL (statuses) AND {len(Status) - 1} >= ALL (statuses)", name="statuses_known"),
    CheckConstraint(f"0 <= ALL (verdicts) AND {len(Verdict) - 1} >= ALL (verdicts)", name="verdicts_known"),
    comment="Figures and checks of one part of a reading",
)

issues = Table(
    "issues",
    metadata,
    key(),
    Column("reading_id", ForeignKey("readings.id"), nullable=False, index=True),
    Column("code", Text, nullable=False, index=True),
    Column("message", Text, nullable=False),
    comment="What was found about a reading",
)

# ── documents ────────────────────────────────────────────────────────────────────────────────────────

agencies = Table(
    "agencies",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    Column("division", Text, nullable=False, comment="GB/T 2260 code of the portal that publishes for it"),
    UniqueConstraint("division", "name"),
    CheckConstraint("division ~ '^[0-9]{6}$'", name="division_is_code"),
    comment="Reporting bodies (行政机关)",
)

documents = Table(
    "documents",
    metadata,
    key(),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("year", SmallInteger, nullable=False),
    UniqueConstraint("agency_id", "year"),
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
    UniqueConstraint("portal_id", "url_key"),
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
    Column("payload_id", ForeignKey("payloads.id"), primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    comment="Which bytes show which version; when they were seen follows from the captures",
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True, comment="the answer that said it is gone"),
    Column("source_id", ForeignKey("sources.id"), nullable=False, index=True),
    Column("returned_capture_id", ForeignKey("captures.id"), comment="the answer that showed it again"),
    comment="Sources that have gone from their portal; what they said stays",
)
