"""Reading: revisions, readings with texts, figures and issues; the catalogues of the forms."""

from sqlalchemy import (
    ARRAY,
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
from sqlalchemy.dialects.postgresql import JSONB

from archive.model import Status, Verdict
from archive.records.tables.columns import TIME, key, metadata, one_of, sha256_check

revisions = Table(
    "revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("opened_at", TIME, nullable=False, server_default=func.now()),
    Column("promoted_at", TIME, comment="when its readings became what researchers see"),
    Column("current", Boolean, nullable=False, server_default=text("false")),
    Column(
        "replaced",
        ForeignKey("revisions.number"),
        comment="the revision that was current before; a rollback goes back to it",
    ),
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
    Column(
        "place", Text, nullable=False, server_default="", comment="which report of the payload, where it holds several"
    ),
    UniqueConstraint("payload_id", "revision", "place"),
    sha256_check("content_hash"),
    CheckConstraint("year BETWEEN 1990 AND 2100", name="year_plausible"),
    CheckConstraint("(error_code IS NULL) <> (content_hash IS NULL)", name="read_or_failed"),
    Index(None, "revision", "content_hash"),
    Index(None, "text_sha256"),
    comment="What one revision of the reading code made of one report in a payload",
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
    one_of("part", ["disclosure", "requests", "remedies", "statistics"]),
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

statements = Table(
    "statements",
    metadata,
    Column("reading_id", ForeignKey("readings.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, comment="1-based, in the order of the report"),
    Column("indicator", Text, comment="null where nothing says what is counted"),
    Column("status", SmallInteger, nullable=False, comment="index into figure_statuses"),
    Column("value", Numeric),
    Column("raw", Text, nullable=False),
    Column("unit", Text),
    Column("value_wan", Numeric),
    Column("context", Text, nullable=False, comment="the sentence, or the label of the row"),
    Column("heading", Text, comment="heading of the column; null in a sentence"),
    CheckConstraint(f"status BETWEEN 0 AND {len(Status) - 1}", name="status_known"),
    Index(None, "indicator"),
    comment="Numbers that a report gives outside the statutory tables",
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
