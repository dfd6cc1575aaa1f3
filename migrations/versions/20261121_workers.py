"""Makes the queue from which workers take portals, and keeps which worker crawled what.

The queue is Procrastinate's, in a schema of its own. The `.sql` file beside this one is its schema of 3.10.0,
unchanged.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "20261121_workers"
down_revision = "20261121_probes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "crawl_portals",
        sa.Column("worker", sa.Text, comment="which `nianbao worker` crawled it last; null: the night itself"),
    )
    op.execute("CREATE SCHEMA procrastinate")
    op.execute("SET LOCAL search_path = procrastinate")
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    op.execute("RESET search_path")


def downgrade() -> None:
    op.execute("DROP SCHEMA procrastinate CASCADE")
    op.drop_column("crawl_portals", "worker")
