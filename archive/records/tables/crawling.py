"""Crawling: portals, crawls, the frontier."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from archive.model import Role
from archive.records.tables.columns import TIME, key, metadata, one_of

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
    Column("worker", Text, comment="which `nianbao worker` crawled it last; null: the night itself"),
    one_of("state", CRAWL_STATES),
    comment="What one crawl did at one portal",
)

nights = Table(
    "nights",
    metadata,
    key(),
    Column("crawl_id", ForeignKey("crawls.id"), comment="null where nothing was due"),
    Column("started_at", TIME, nullable=False),
    Column("finished_at", TIME, nullable=False),
    Column("exit_code", SmallInteger, nullable=False),
    Column("digest", JSONB, nullable=False, comment="what was told of the night"),
    Index("ix_nights_crawl_id", "crawl_id"),
    comment="Runs of `nianbao nightly`, each with its digest",
)

pauses = Table(
    "pauses",
    metadata,
    key(),
    Column("portal_id", Text, nullable=False, comment="as in the portal file; it may never have been crawled"),
    Column("reason", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, comment="the day from which it is crawled again; null: until someone resumes it"),
    Column("resumed_on", Date, comment="when someone ended the pause"),
    CheckConstraint("reason <> ''", name="says_why"),
    Index("ix_pauses_portal_id", "portal_id", unique=True, postgresql_where=text("resumed_on IS NULL")),
    comment="Portals that an operator has the nights leave alone, and why",
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
