"""Lets a WARC file say when it was read back last and every digest was right."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_fixity"
down_revision = "20261121_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "warc_files",
        sa.Column("verified_at", sa.DateTime(timezone=True), comment="when all of it was last read back and was right"),
    )


def downgrade() -> None:
    op.drop_column("warc_files", "verified_at")
