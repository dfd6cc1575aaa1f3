"""Keeps where revisions that are no longer current put sources and payloads, and what a revision took the place of.

So they answer as they did, and can be taken back. Revisions promoted earlier answered by today's places; that stays.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_revisions"
down_revision = "20261121_notes"
branch_labels = None
depends_on = None

FORMER = "FROM revisions r CROSS JOIN {table} t WHERE r.promoted_at IS NOT NULL AND NOT r.current"


def upgrade() -> None:
    op.add_column(
        "revisions",
        sa.Column("replaced", sa.Integer, comment="the revision that was current before; a rollback goes back to it"),
    )
    op.create_foreign_key("fk_revisions_replaced_revisions", "revisions", "revisions", ["replaced"], ["number"])
    op.create_table(
        "former_sources",
        sa.Column("revision", sa.Integer, sa.ForeignKey("revisions.number"), primary_key=True),
        sa.Column("source_id", sa.BigInteger, sa.ForeignKey("sources.id"), primary_key=True),
        sa.Column("document_id", sa.BigInteger, sa.ForeignKey("documents.id"), nullable=False),
        comment="Documents of sources under revisions that were current; of the current one they stand in sources",
    )
    op.create_index("ix_former_sources_revision_document_id", "former_sources", ["revision", "document_id"])
    op.create_table(
        "former_version_payloads",
        sa.Column("revision", sa.Integer, sa.ForeignKey("revisions.number"), primary_key=True),
        sa.Column("source_id", sa.BigInteger, sa.ForeignKey("sources.id"), primary_key=True),
        sa.Column("payload_id", sa.BigInteger, sa.ForeignKey("payloads.id"), primary_key=True),
        sa.Column("version_id", sa.BigInteger, sa.ForeignKey("versions.id"), nullable=False),
        comment="Which bytes showed which version under revisions that were current",
    )
    op.execute(
        "INSERT INTO former_sources SELECT r.number, t.id, t.document_id "
        + FORMER.format(table="sources")
        + " AND t.document_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO former_version_payloads SELECT r.number, t.source_id, t.payload_id, t.version_id "
        + FORMER.format(table="version_payloads")
    )


def downgrade() -> None:
    op.drop_table("former_version_payloads")
    op.drop_table("former_sources")
    op.drop_constraint("fk_revisions_replaced_revisions", "revisions")
    op.drop_column("revisions", "replaced")
