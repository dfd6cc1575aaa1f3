"""Lays the ground: the tables of crawling, bytes, reading and documents, `zh_grams`, and two views of figures.

The statements are the `.sql` file beside this one, as PostgreSQL runs them.
"""

from pathlib import Path

from alembic import op

revision = "20261121_lay_the_ground"
down_revision = None
branch_labels = None
depends_on = None

VIEWS = ("check_results", "figure_cells")
TABLES = (  # none before one that refers to it
    "overrides",
    *("version_payloads", "withdrawals", "versions", "source_aliases", "sources", "issues", "frontier", "figures"),
    *("readings", "documents", "crawl_portals", "captures", "warc_files", "texts", "revisions", "portals"),
    *("payloads", "indicators", "identities", "crawls", "agencies"),
)


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for view in VIEWS:
        op.execute(f"DROP VIEW {view}")
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION zh_grams(text)")
