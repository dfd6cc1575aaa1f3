"""Keeps year and text with the current reading of a document: a search walks through them by the index alone."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_current_texts"
down_revision = "20261121_what_changed"
branch_labels = None
depends_on = None

TABLE = "current_readings"
FILL = """
UPDATE current_readings AS k SET year = d.year, text_sha256 = r.text_sha256
FROM documents d, readings r WHERE d.id = k.document_id AND r.id = k.reading_id"""


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = '30min'")
    op.add_column(TABLE, sa.Column("year", sa.SmallInteger))
    op.add_column(TABLE, sa.Column("text_sha256", sa.Text, comment="of readings, so that a search need not ask there"))
    op.execute(FILL)
    op.alter_column(TABLE, "year", nullable=False)
    op.create_index("ix_current_readings_text_sha256", TABLE, ["text_sha256"])
    op.create_index(
        "ix_current_readings_year_document_id", TABLE, ["year", "document_id"], postgresql_include=["text_sha256"]
    )


def downgrade() -> None:
    op.drop_column(TABLE, "text_sha256")  # and the indexes with them
    op.drop_column(TABLE, "year")
