"""Keeps what agencies are found by: names, pinyin, initials, codes. Lets the newest documents be taken in order.

Former names and places come with the next night, or with `nianbao agencies settle`.
"""

import unicodedata

import sqlalchemy as sa
from alembic import context, op
from pypinyin import lazy_pinyin

revision = "20261121_agency_keys"
down_revision = "20261121_current_filled"
branch_labels = None
depends_on = None

INSERT = sa.text("INSERT INTO agency_keys (agency_id, kind, key) VALUES (:agency, :kind, :key) ON CONFLICT DO NOTHING")
CODES = """
INSERT INTO agency_keys (agency_id, kind, key)
SELECT id, 'code', division FROM agencies UNION SELECT id, 'code', code FROM agencies WHERE code IS NOT NULL"""


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "agency_keys",
        sa.Column("agency_id", sa.BigInteger, sa.ForeignKey("agencies.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column(
            "key",
            sa.Text,
            primary_key=True,
            comment="lower case, without white space: a name, its pinyin, its initials",
        ),
        sa.CheckConstraint("kind IN ('name', 'code', 'former', 'place')", name="kind_is_known"),
        comment="What an agency is found by: its name, codes, former names of its division, where it is; derived",
    )
    op.execute(CODES)
    if not context.is_offline_mode():
        connection = op.get_bind()
        names = connection.execute(sa.text("SELECT id, name FROM agencies")).all()
        if rows := [{"agency": id_, "kind": "name", "key": key} for id_, name in names for key in keys(name)]:
            connection.execute(INSERT, rows)
    op.create_index("ix_agency_keys_key", "agency_keys", ["key"], postgresql_ops={"key": "text_pattern_ops"})
    op.create_index("ix_documents_year_id", "documents", ["year", "id"])


def downgrade() -> None:
    op.drop_index("ix_documents_year_id", "documents")
    op.drop_table("agency_keys")


def keys(name: str) -> set[str]:
    plain = "".join(unicodedata.normalize("NFKC", name).lower().split()).replace("ü", "v")
    syllables = lazy_pinyin(plain)
    pinyin = "".join(syllables)
    initials = "".join(letters if letters in plain else letters[:1] for letters in syllables)
    return {plain, pinyin, pinyin.replace("lv", "lu"), initials} - {""}
