"""What a revision made of a payload already: comparing it with another reading of the same bytes, taking it away."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from archive.model import Reading
from archive.records.figures import checks_of, figures_of
from archive.records.tables import captures, figures, issues, readings, statements, warc_files

COMPARED = ("media_type", "title", "agency", "year", "content_hash")


def reads_same(connection: Connection, payload_id: int, revision: int, found: Sequence[Reading]) -> bool:
    """Tells whether a payload's stored readings under a revision are these, with all figures and checks."""
    own = readings.c
    query = select(readings).where(own.payload_id == payload_id, own.revision == revision, own.error_code.is_(None))
    stored = {row.place: row for row in connection.execute(query)}
    ids = [row.id for row in stored.values()]
    cells, checks = figures_of(connection, ids), checks_of(connection, ids)

    def same(reading: Reading) -> bool:
        row = stored.get(reading.place)
        return (
            row is not None
            and all(getattr(row, name) == getattr(reading, name) for name in COMPARED)
            and row.forms == dict(reading.forms)
            and tuple(cells.get(row.id, ())) == reading.figures
            and tuple(checks.get(row.id, ())) == reading.checks
        )

    return len(stored) == len(found) and all(map(same, found))


def discard(connection: Connection, payload_id: int, revision: int) -> None:
    """Takes away what a revision that was never current made of a payload."""
    gone = select(readings.c.id).where(readings.c.payload_id == payload_id, readings.c.revision == revision)
    for table in (figures, statements, issues):
        connection.execute(delete(table).where(table.c.reading_id.in_(gone)))
    connection.execute(delete(readings).where(readings.c.id.in_(gone)))


def forget_corrupt(connection: Connection, file: str) -> None:
    """Takes away the readings that failed because the bytes in a WARC file were bad: they are to be read again."""
    held = (
        select(captures.c.payload_id)
        .join(warc_files, warc_files.c.id == captures.c.warc_file_id)
        .where(warc_files.c.name == file)
    )
    failed = select(readings.c.id).where(readings.c.error_code == "corrupt-record", readings.c.payload_id.in_(held))
    connection.execute(delete(issues).where(issues.c.reading_id.in_(failed)))
    connection.execute(delete(readings).where(readings.c.id.in_(failed)))
