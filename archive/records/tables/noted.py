"""Notes: what the WARC files have been told of the rows that no exchange can give back."""

from sqlalchemy import BigInteger, Column, Table, Text, Uuid

from archive.records.tables.columns import key, metadata, one_of

NOTES = ("portal", "run", "revision", "address", "source", "payload", "night")

MANY = ("address", "source", "payload")
"""Kinds of which there are many, so that only what changed is looked at."""

notes = Table(
    "notes",
    metadata,
    Column("kind", Text, primary_key=True, comment="of row"),
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="its key, or a hash of it"),
    Column("digest", Uuid, nullable=False, comment="MD5 of the note that the WARC files hold of it"),
    one_of("kind", list(NOTES)),
    comment="Which notes the WARC files hold, so that each change is told once",
)

untold = Table(
    "untold",
    metadata,
    key(),
    Column("kind", Text, nullable=False, comment="of note"),
    Column("row_id", BigInteger, nullable=False, comment="key of the row that it is of"),
    one_of("kind", list(MANY)),
    comment="Rows that changed since the WARC files were told of them; triggers write it, who tells takes it",
)
