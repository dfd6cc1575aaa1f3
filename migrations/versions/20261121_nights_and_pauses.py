"""Keeps what was told of each night, and which portals an operator has the nights leave alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261121_nights_and_pauses"
down_revision = "20261121_places_and_statements"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "nights",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("crawl_id", sa.BigInteger, comment="null where nothing was due"),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=False),
        sa.Column("exit_code", sa.SmallInteger, nullable=False),
        sa.Column("digest", JSONB, nullable=False, comment="what was told of the night"),
        sa.PrimaryKeyConstraint("id", name="pk_nights"),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name="fk_nights_crawl_id_crawls"),
        comment="Runs of `nianbao nightly`, each with its digest",
    )
    op.create_index("ix_nights_crawl_id", "nights", ["crawl_id"])
    op.create_table(
        "pauses",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column(
            "portal_id", sa.Text, nullable=False, comment="as in the portal file; it may never have been crawled"
        ),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, comment="the day from which it is crawled again; null: until someone resumes it"),
        sa.Column("resumed_on", sa.Date, comment="when someone ended the pause"),
        sa.PrimaryKeyConstraint("id", name="pk_pauses"),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_pauses_says_why")),
        comment="Portals that an operator has the nights leave alone, and why",
    )
    op.create_index(
        "ix_pauses_portal_id", "pauses", ["portal_id"], unique=True, postgresql_where=sa.text("resumed_on IS NULL")
    )


def downgrade() -> None:
    op.drop_table("pauses")
    op.drop_table("nights")
