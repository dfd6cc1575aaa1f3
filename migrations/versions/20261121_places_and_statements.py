"""Lets a payload hold several reports, and keeps the numbers that reports give outside the statutory tables."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_places_and_statements"
down_revision = "20261121_lay_the_ground"
branch_labels = None
depends_on = None

OLD_PARTS = "part IN ('disclosure', 'requests', 'remedies')"
NEW_PARTS = "part IN ('disclosure', 'requests', 'remedies', 'statistics')"
PLACES = {
    "readings": ("which report of the payload, where it holds several", ["payload_id", "revision"]),
    "sources": ("which report there, where a file holds several", ["portal_id", "url_key"]),
}


def upgrade() -> None:
    for table, (comment, unique) in PLACES.items():
        op.add_column(table, sa.Column("place", sa.Text, nullable=False, server_default="", comment=comment))
        op.drop_constraint(f"uq_{table}_{'_'.join(unique)}", table)
        op.create_unique_constraint(f"uq_{table}_{'_'.join([*unique, 'place'])}", table, [*unique, "place"])
    op.create_table_comment("readings", "What one revision of the reading code made of one report in a payload")
    op.drop_constraint("pk_withdrawals", "withdrawals")
    op.create_primary_key("pk_withdrawals", "withdrawals", ["capture_id", "source_id"])
    check_parts(NEW_PARTS)
    op.create_table(
        "statements",
        sa.Column("reading_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False, comment="1-based, in the order of the report"),
        sa.Column("indicator", sa.Text, comment="null where nothing says what is counted"),
        sa.Column("status", sa.SmallInteger, nullable=False, comment="index into figure_statuses"),
        sa.Column("value", sa.Numeric),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("unit", sa.Text),
        sa.Column("value_wan", sa.Numeric),
        sa.Column("context", sa.Text, nullable=False, comment="the sentence, or the label of the row"),
        sa.Column("heading", sa.Text, comment="heading of the column; null in a sentence"),
        sa.PrimaryKeyConstraint("reading_id", "position", name="pk_statements"),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name="fk_statements_reading_id_readings"),
        sa.CheckConstraint("status BETWEEN 0 AND 5", name=op.f("ck_statements_status_known")),
        comment="Numbers that a report gives outside the statutory tables",
    )
    op.create_index("ix_statements_indicator", "statements", ["indicator"])


def downgrade() -> None:
    op.drop_table("statements")
    op.execute("DELETE FROM figures WHERE part = 'statistics'")
    check_parts(OLD_PARTS)
    op.drop_constraint("pk_withdrawals", "withdrawals")
    op.create_primary_key("pk_withdrawals", "withdrawals", ["capture_id"])
    for table, (_, unique) in PLACES.items():
        op.drop_constraint(f"uq_{table}_{'_'.join([*unique, 'place'])}", table)
        op.drop_column(table, "place")
        op.create_unique_constraint(f"uq_{table}_{'_'.join(unique)}", table, unique)
    op.create_table_comment("readings", "What one revision of the reading code made of one payload")


def check_parts(rule: str) -> None:
    """Lets figures belong to the parts that the rule names."""
    op.drop_constraint("ck_figures_part_is_known", "figures")
    op.create_check_constraint(op.f("ck_figures_part_is_known"), "figures", rule)
