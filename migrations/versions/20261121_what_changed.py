"""Lets the database remember what changed since the WARC files were told, and what of a portal moves its reports.

So a night looks at what it changed and no longer at everything; the first one after this step looks at all once.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_what_changed"
down_revision = "20261121_research_schema"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION note_untold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO untold (kind, row_id) SELECT DISTINCT %L, %I FROM changed', TG_ARGV[0], TG_ARGV[1]);
    RETURN NULL;
END $$;

CREATE FUNCTION note_untold_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO untold (kind, row_id)
    SELECT 'address', id FROM before JOIN changed USING (id)
    WHERE changed.role = 'list'
        OR (
            before.url, before.role, before.context, before.failures,
            CASE before.state WHEN 'leased' THEN 'due' ELSE before.state END,
            CASE WHEN before.state = 'done' AND before.capture_id IS NULL THEN before.checked_at END
        ) IS DISTINCT FROM (
            changed.url, changed.role, changed.context, changed.failures,
            CASE changed.state WHEN 'leased' THEN 'due' ELSE changed.state END,
            CASE WHEN changed.state = 'done' AND changed.capture_id IS NULL THEN changed.checked_at END
        );
    RETURN NULL;
END $$;

CREATE FUNCTION note_underived_readings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO underived (kind, row_id)
    SELECT DISTINCT 'payload', payload_id FROM changed JOIN revisions ON number = revision AND current;
    RETURN NULL;
END $$;

CREATE FUNCTION note_underived_portal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO underived (kind, row_id) SELECT 'source', id FROM sources WHERE portal_id = NEW.id;
    RETURN NULL;
END $$;
"""
NEW, OLD = "NEW TABLE AS changed", "OLD TABLE AS changed"
TRIGGERS = (
    ("frontier", "INSERT", NEW, "note_untold('address', 'id')"),
    ("frontier", "UPDATE", f"OLD TABLE AS before {NEW}", "note_untold_addresses()"),
    ("sources", "INSERT", NEW, "note_untold('source', 'id')"),
    ("sources", "UPDATE", NEW, "note_untold('source', 'id')"),
    ("source_aliases", "INSERT", NEW, "note_untold('source', 'source_id')"),
    ("source_aliases", "UPDATE", NEW, "note_untold('source', 'source_id')"),
    ("versions", "INSERT", NEW, "note_untold('source', 'source_id')"),
    ("versions", "UPDATE", NEW, "note_untold('source', 'source_id')"),
    ("withdrawals", "INSERT", NEW, "note_untold('source', 'source_id')"),
    ("withdrawals", "UPDATE", NEW, "note_untold('source', 'source_id')"),
    ("version_payloads", "INSERT", NEW, "note_untold('payload', 'payload_id')"),
    ("version_payloads", "UPDATE", NEW, "note_untold('payload', 'payload_id')"),
    ("version_payloads", "DELETE", OLD, "note_untold('payload', 'payload_id')"),
)
ON_READINGS = (
    "CREATE TRIGGER underived_delete AFTER DELETE ON readings REFERENCING OLD TABLE AS changed"
    " FOR EACH STATEMENT EXECUTE FUNCTION note_underived_readings()"
)
ON_PORTALS = (
    "CREATE TRIGGER underived_division AFTER UPDATE ON portals FOR EACH ROW"
    " WHEN (OLD.division IS DISTINCT FROM NEW.division) EXECUTE FUNCTION note_underived_portal()"
)


def upgrade() -> None:
    op.create_table(
        "untold",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False, comment="of note"),
        sa.Column("row_id", sa.BigInteger, nullable=False, comment="key of the row that it is of"),
        sa.PrimaryKeyConstraint("id", name="pk_untold"),
        sa.CheckConstraint("kind IN ('address', 'source', 'payload')", name=op.f("ck_untold_kind_is_known")),
        comment="Rows that changed since the WARC files were told of them; triggers write it, who tells takes it",
    )
    op.execute(FUNCTIONS)
    for table, change, rows, function in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER untold_{change.lower()} AFTER {change} ON {table} REFERENCING {rows}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}"
        )
    op.execute(ON_READINGS)
    op.execute(ON_PORTALS)
    op.execute("INSERT INTO underived (kind, row_id) SELECT 'everything', number FROM revisions WHERE current")
    op.execute("SET LOCAL statement_timeout = '30min'")
    op.execute("INSERT INTO untold (kind, row_id) SELECT 'address', id FROM frontier")
    op.execute("INSERT INTO untold (kind, row_id) SELECT 'source', id FROM sources")
    op.execute("INSERT INTO untold (kind, row_id) SELECT DISTINCT 'payload', payload_id FROM version_payloads")
    op.create_index("ix_version_payloads_payload_id", "version_payloads", ["payload_id"])  # who derives waits for it


def downgrade() -> None:
    op.drop_index("ix_version_payloads_payload_id", "version_payloads")
    op.execute("DROP TRIGGER underived_division ON portals")
    op.execute("DROP TRIGGER underived_delete ON readings")
    for table, change, _, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER untold_{change.lower()} ON {table}")
    op.execute("DROP FUNCTION note_untold(), note_untold_addresses()")
    op.execute("DROP FUNCTION note_underived_readings(), note_underived_portal()")
    op.drop_table("untold")
