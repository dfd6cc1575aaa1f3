"""Lets a WARC file say where in an object store it lies, and what was read back from there."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_uploads"
down_revision = "20261121_workers"
branch_labels = None
depends_on = None

RULE = "ck_warc_files_upload_is_whole"
COLUMNS = (
    ("uploaded_at", sa.DateTime(timezone=True), "when the object store gave back the same bytes"),
    ("uploaded_to", sa.Text(), "address of the object, s3://bucket/prefix/name"),
    ("size", sa.BigInteger(), "bytes, as uploaded"),
    ("sha256", sa.Text(), "of the file, as uploaded"),
)


def upgrade() -> None:
    for name, kind, comment in COLUMNS:
        op.add_column("warc_files", sa.Column(name, kind, comment=comment))
    op.create_check_constraint(op.f(RULE), "warc_files", "num_nulls(uploaded_at, uploaded_to, size, sha256) IN (0, 4)")


def downgrade() -> None:
    op.drop_constraint(op.f(RULE), "warc_files")
    for name, _, _ in COLUMNS:
        op.drop_column("warc_files", name)
