"""Keeps how often each identity holds over the whole archive; whatever changes current readings empties it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_check_tallies"
down_revision = "20261121_current_texts"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION forget_check_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        DELETE FROM check_tallies;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = (
    ("INSERT", "NEW TABLE AS changed"),
    ("UPDATE", "NEW TABLE AS changed"),
    ("DELETE", "OLD TABLE AS changed"),
)


def upgrade() -> None:
    op.create_table(
        "check_tallies",
        sa.Column("rules", sa.Text, nullable=False, comment="digest of the identities that were counted"),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False, comment="of the later year"),
        sa.Column("year", sa.SmallInteger, nullable=False),
        sa.Column("holds", sa.Integer, nullable=False),
        sa.Column("fails", sa.Integer, nullable=False),
        sa.Column("not_checkable", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("identity", "form", "year", name="pk_check_tallies"),
        comment="How often identities hold over all current readings; empty where nobody counted since; derived",
    )
    op.execute(FUNCTION)
    for change, rows in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER uncounted_{change.lower()} AFTER {change} ON current_readings REFERENCING {rows}"
            " FOR EACH STATEMENT EXECUTE FUNCTION forget_check_tallies()"
        )


def downgrade() -> None:
    for change, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER uncounted_{change.lower()} ON current_readings")
    op.execute("DROP FUNCTION forget_check_tallies()")
    op.drop_table("check_tallies")
