"""Keeps which division each agency is or belongs to, and how that was found."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_agency_codes"
down_revision = "20261121_nights_and_pauses"
branch_labels = None
depends_on = None

COLUMNS = {
    "code": "its own division: GB/T 2260, below the county 统计用区划代码; null where it has none or nobody knows",
    "level": "of its division, or department",
    "confidence": None,
    "how": "how the code was found; unmatched: a person must say; null: not asked yet",
}
ONE_OF = {
    "level": ["province", "prefecture", "county", "township", "unit", "department"],
    "confidence": ["high", "medium", "low"],
    "how": ["settled", "exact", "self", "above", "office", "renamed", "department", "alone", "unmatched"],
}


def upgrade() -> None:
    for name, comment in COLUMNS.items():
        op.add_column("agencies", sa.Column(name, sa.Text, comment=comment))
    op.create_check_constraint(op.f("ck_agencies_code_is_code"), "agencies", "code ~ '^[0-9]{6}([0-9]{6})?$'")
    for name, values in ONE_OF.items():
        listed = ", ".join(f"'{value}'" for value in values)
        op.create_check_constraint(op.f(f"ck_agencies_{name}_is_known"), "agencies", f"{name} IN ({listed})")


def downgrade() -> None:
    for name in ONE_OF:
        op.drop_constraint(f"ck_agencies_{name}_is_known", "agencies")
    op.drop_constraint("ck_agencies_code_is_code", "agencies")
    for name in COLUMNS:
        op.drop_column("agencies", name)
