"""Keeps the agency with the current reading of a document: panel and coverage find a year of an agency by one index."""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "20261122_panel_by_agency"
down_revision = "20261122_current_failing"
branch_labels = None
depends_on = None

TABLE = "current_readings"
FILL = "UPDATE current_readings AS k SET agency_id = d.agency_id FROM documents AS d WHERE d.id = k.document_id"
INDEX = "ix_current_readings_agency_id_year"
FORMER = Path(__file__).with_name("20261121_research_schema.sql")
VIEW = re.compile(r"CREATE (VIEW research\.(?:panel|coverage) AS\n.*?;)\n", re.DOTALL)


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = '30min'")
    op.add_column(TABLE, sa.Column("agency_id", sa.BigInteger, comment="of documents, for the views of researchers"))
    op.execute(FILL)
    op.alter_column(TABLE, "agency_id", nullable=False)
    op.create_index(INDEX, TABLE, ["agency_id", "year"], postgresql_include=["document_id", "reading_id"])
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for view in VIEW.findall(FORMER.read_text(encoding="utf-8")):
        op.execute(f"CREATE OR REPLACE {view}")
    op.drop_column(TABLE, "agency_id")  # and the index with it
