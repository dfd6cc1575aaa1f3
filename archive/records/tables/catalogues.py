"""Catalogues beside the forms: names of divisions, English words of indicators, the crosswalk between forms."""

from sqlalchemy import ARRAY, Column, SmallInteger, Table, Text

from archive.records.tables.columns import metadata, one_of

divisions = Table(
    "divisions",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("former_names", ARRAY(Text), nullable=False, comment="earlier names under the same code, as far as known"),
    comment="Divisions that agencies are or lie in, by their last name; from archive/divisions",
)

wordings = Table(
    "wordings",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label_en", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    comment="What indicators are called in English and in statistics programs; from archive/read/forms",
)

crosswalk = Table(
    "crosswalk",
    metadata,
    Column(
        "crossing", SmallInteger, primary_key=True, autoincrement=False, comment="rows of one number belong together"
    ),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("relation", Text, nullable=False),
    Column("from_form", Text, nullable=False),
    Column("from_code", Text),
    Column("to_form", Text, nullable=False),
    Column("to_code", Text),
    Column("note_zh", Text, nullable=False),
    Column("note_en", Text, nullable=False),
    one_of("relation", ["comparable", "split", "not_comparable"]),
    comment="Which indicators of an older form may be set against which of a newer; from archive/read/forms",
)
