"""Finds agencies by pairs of characters, as texts are: every name, pinyin and place was gone through."""

from alembic import op

revision = "20261122_names_by_pairs"
down_revision = "20261122_check_tallies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.execute("CREATE INDEX ix_agencies_grams ON agencies USING gin (zh_grams(name))")
    op.execute("CREATE INDEX ix_agency_keys_grams ON agency_keys USING gin (zh_grams(key))")


def downgrade() -> None:
    op.drop_index("ix_agency_keys_grams", "agency_keys")
    op.drop_index("ix_agencies_grams", "agencies")
