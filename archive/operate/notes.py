"""Tells the WARC files what no exchange says, so that they alone suffice: the notes of docs/warc.md, and decisions."""

from datetime import UTC, datetime

from archive.config import Config
from archive.indexing import SOFTWARE
from archive.operate.decisions import keep_decisions
from archive.records import Connection, Engine, captures, notes
from archive.warc.notes import PREFIX, notes_record
from archive.warc.writer import Writer


def keep_notes(engine: Engine, config: Config) -> None:
    """Writes a file of what has changed since the last one; none where nothing has. The caller holds the lock `crawl`.

    The file is durable before the database counts it as told: what breaks off in between is told twice.
    Raises StorageFailedError, CorruptArchiveError where a file of decisions is damaged.
    """
    keep_decisions(engine, config.warcs)
    with engine.begin() as connection:
        tell(connection, config)


def tell(connection: Connection, config: Config) -> None:
    """Writes what has changed, a record for some of it at a time."""
    who = f"{config.operator}, {config.contact}"
    info = {"software": SOFTWARE, "operator": who, "description": "notes: what no exchange says"}
    writer = Writer(config.warcs, PREFIX, info)
    files = set()
    for lines in notes.changed(connection):
        [place] = writer.append([notes_record(lines, datetime.now(UTC))])
        files.add(place.file)
    writer.close()
    for name in sorted(files):
        captures.file_id(connection, name)
    captures.set_sealed(connection, files, datetime.now(UTC))
