"""Lets the database remember which notes the WARC files hold, so that each change is told there once."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_notes"
down_revision = "20261121_fixity"
branch_labels = None
depends_on = None

KINDS = "kind IN ('portal', 'run', 'revision', 'address', 'source', 'payload', 'night')"


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("kind", sa.Text(), nullable=False, comment="of row"),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False, comment="its key, or a hash of it"),
        sa.Column("digest", sa.Uuid(), nullable=False, comment="MD5 of the note that the WARC files hold of it"),
        sa.CheckConstraint(KINDS, name=op.f("ck_notes_kind_is_known")),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_notes")),
        comment="Which notes the WARC files hold, so that each change is told once",
    )


def downgrade() -> None:
    op.drop_table("notes")
