"""Keeps which reading speaks for each document, and lets the database remember what changed since that was kept.

The table is filled by the step after this one, so that nobody who crawls waits for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_current_readings"
down_revision = "20261121_revisions"
branch_labels = None
depends_on = None

KINDS = "kind IN ('capture', 'source', 'document', 'payload', 'everything')"
CHOSEN = {"source_id": "sources", "reading_id": "readings", "payload_id": "payloads", "version_id": "versions"}

FUNCTIONS = """
CREATE FUNCTION note_underived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO underived (kind, row_id) SELECT DISTINCT %L, %I FROM changed', TG_ARGV[0], TG_ARGV[1]);
    RETURN NULL;
END $$;

CREATE FUNCTION note_underived_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO underived (kind, row_id)
    SELECT noted.kind, noted.row_id
    FROM before JOIN changed USING (id)
    CROSS JOIN LATERAL (VALUES ('source', id), ('document', before.document_id)) AS noted (kind, row_id)
    WHERE (before.portal_id, before.url_key, before.place, before.role, before.document_id)
        IS DISTINCT FROM (changed.portal_id, changed.url_key, changed.place, changed.role, changed.document_id)
    AND noted.row_id IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION note_underived_issues() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO underived (kind, row_id)
    SELECT DISTINCT 'payload', payload_id FROM changed JOIN readings ON readings.id = reading_id
    WHERE code IN ('member-unreadable', 'encrypted', 'archive-too-large', 'damaged-archive', 'member-ignored');
    RETURN NULL;
END $$;

CREATE FUNCTION note_underived_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO underived (kind, row_id) VALUES ('everything', NEW.number);
    RETURN NULL;
END $$;
"""
NEW, OLD = "NEW TABLE AS changed", "OLD TABLE AS changed"
TRIGGERS = (
    ("captures", "INSERT", NEW, "note_underived('capture', 'id')"),
    ("sources", "INSERT", NEW, "note_underived('source', 'id')"),
    ("sources", "UPDATE", f"OLD TABLE AS before {NEW}", "note_underived_sources()"),
    ("source_aliases", "INSERT", NEW, "note_underived('source', 'source_id')"),
    ("source_aliases", "UPDATE", NEW, "note_underived('source', 'source_id')"),
    ("version_payloads", "INSERT", NEW, "note_underived('source', 'source_id')"),
    ("version_payloads", "UPDATE", NEW, "note_underived('source', 'source_id')"),
    ("version_payloads", "DELETE", OLD, "note_underived('source', 'source_id')"),
    ("issues", "INSERT", NEW, "note_underived_issues()"),
    ("issues", "DELETE", OLD, "note_underived_issues()"),
)
ON_REVISIONS = (
    "CREATE TRIGGER underived_current AFTER INSERT OR UPDATE ON revisions"
    " FOR EACH ROW WHEN (NEW.current) EXECUTE FUNCTION note_underived_revision()"
)


def upgrade() -> None:
    op.create_table(
        "current_readings",
        sa.Column("document_id", sa.BigInteger, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in CHOSEN),
        sa.Column("gone", sa.Boolean, nullable=False, comment="the source has gone from its portal"),
        sa.PrimaryKeyConstraint("document_id", name="pk_current_readings"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_current_readings_{name}_{table}")
            for name, table in {"document_id": "documents", **CHOSEN}.items()
        ),
        comment="Which reading speaks for a document now, kept as archive/records/current.py says; derived",
    )
    op.create_index("ix_current_readings_reading_id", "current_readings", ["reading_id"])
    op.create_table(
        "underived",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column(
            "row_id", sa.BigInteger, nullable=False, comment="key of a row of that kind; of a revision for everything"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_underived"),
        sa.CheckConstraint(KINDS, name=op.f("ck_underived_kind_is_known")),
        comment="What changed since current_readings was kept last; triggers write it, who derives versions takes it",
    )
    op.execute(FUNCTIONS)
    for table, change, rows, function in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER underived_{change.lower()} AFTER {change} ON {table} REFERENCING {rows}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}"
        )
    op.execute(ON_REVISIONS)


def downgrade() -> None:
    op.execute("DROP TRIGGER underived_current ON revisions")
    for table, change, _, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER underived_{change.lower()} ON {table}")
    op.execute(
        "DROP FUNCTION note_underived(), note_underived_sources(), note_underived_issues(), note_underived_revision()"
    )
    op.drop_table("underived")
    op.drop_table("current_readings")
