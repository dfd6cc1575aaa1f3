"""Lets a capture be something else: what an import brings beside pages and documents, a style sheet or a redirect."""

from alembic import op

revision = "20261121_imports"
down_revision = "20261121_uploads"
branch_labels = None
depends_on = None

OLD_ROLES = "role IN ('robots', 'list', 'report', 'attachment', 'probe')"
NEW_ROLES = "role IN ('robots', 'list', 'report', 'attachment', 'probe', 'other')"
TABLES = ("captures", "frontier")


def upgrade() -> None:
    check_roles(NEW_ROLES)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"UPDATE {table} SET role = 'robots' WHERE role = 'other'")
    check_roles(OLD_ROLES)


def check_roles(roles: str) -> None:
    """Replaces the constraint; the rows there are looked through without keeping others from the table."""
    for table in TABLES:
        name = f"ck_{table}_role_is_known"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({roles}) NOT VALID")
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
