"""Notes: `metadata` records that say what no exchange says, so that the index can be made anew (docs/warc.md).

A note is one JSON object on a line of its own. This module knows how they lie in a WARC file, not what they say.
"""

from collections.abc import Iterable
from datetime import datetime

from archive.warc.member import Record, member, new_id, warc_date

PREFIX = "notes"  # of the names of their files
TARGET = "urn:nianbao:notes"
NOTES_TYPE = "application/x-ndjson"


def notes_record(lines: Iterable[str], at: datetime) -> bytes:
    """Gives the gzip member that holds some notes, made at a time."""
    fields = {
        "WARC-Type": "metadata",
        "WARC-Record-ID": new_id(),
        "WARC-Target-URI": TARGET,
        "WARC-Date": warc_date(at),
        "Content-Type": NOTES_TYPE,
    }
    return member(fields, "".join(f"{line}\n" for line in lines).encode())


def is_notes(record: Record) -> bool:
    """Tells whether a record holds notes."""
    return record.type == "metadata" and record.headers.get("WARC-Target-URI") == TARGET


def lines_of(record: Record) -> list[str]:
    """Gives the notes of a record, one JSON object each."""
    return [line for line in record.block.decode().split("\n") if line]  # not by splitlines: U+2028 ends no line here
