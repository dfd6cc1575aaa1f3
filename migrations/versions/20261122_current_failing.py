"""Keeps with the current reading of a document whether a check of it fails: a search asks it of hundreds."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_current_failing"
down_revision = "20261122_names_by_pairs"
branch_labels = None
depends_on = None

FAILS = 1  # the verdict, as figures keep it
FILL = f"""
UPDATE current_readings AS k SET failing = true
FROM (SELECT DISTINCT reading_id FROM figures WHERE {FAILS} = ANY(verdicts)) AS failing
WHERE failing.reading_id = k.reading_id"""


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = '30min'")
    told = "a check of the reading fails; of figures, so that a search need not ask there"
    op.add_column(
        "current_readings",
        sa.Column("failing", sa.Boolean, nullable=False, server_default=sa.false(), comment=told),
    )
    op.execute(FILL)
    op.alter_column("current_readings", "failing", server_default=None)


def downgrade() -> None:
    op.drop_column("current_readings", "failing")
