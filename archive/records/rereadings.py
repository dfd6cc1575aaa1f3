"""What a revision made of a payload already: comparing it with another reading of the same bytes, taking it away."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Numeric, Text, cast, delete, select

from archive.records.reading_rows import Row, Rows
from archive.records.tables import captures, figures, issues, readings, statements, warc_files

COMPARED = ("media_type", "title", "agency", "year", "forms", "content_hash")
NUMBERS = {figures: "part", statements: "position"}  # what orders the rows of one reading
Compared = dict[str, tuple[Row, dict[str, list[Row]]]]  # by place in the payload: of the reading, of each table


def reads_same(connection: Connection, found: Mapping[int, Sequence[Rows]], revision: int) -> set[int]:
    """Gives those payloads whose stored readings under a revision are these, all figures, checks and statements too."""
    stored = stored_rows(connection, found, revision)
    return {payload_id for payload_id, read in found.items() if stored.get(payload_id, {}) == compared(read)}


def compared(read: Sequence[Rows]) -> Compared:
    """Gives what counts of the readings of a payload."""
    return {
        rows.reading["place"]: (
            {name: rows.reading[name] for name in COMPARED},
            {table.name: sorted(rows.beside[table.name], key=itemgetter(key)) for table, key in NUMBERS.items()},
        )
        for rows in read
    }


def stored_rows(connection: Connection, payload_ids: Iterable[int], revision: int) -> dict[int, Compared]:
    """Gives what counts of the stored readings of payloads; one that could not be read has none."""
    own = readings.c
    query = select(own.id, own.payload_id, own.place, *(own[name] for name in COMPARED)).where(
        own.payload_id.in_(list(payload_ids)), own.revision == revision, own.error_code.is_(None)
    )
    read = connection.execute(query).mappings().all()
    beside: dict[int, dict[str, list[Row]]] = {row["id"]: {table.name: [] for table in NUMBERS} for row in read}
    for table, key in NUMBERS.items():
        listed = select(*map(written, table.c)).where(table.c.reading_id.in_(list(beside))).order_by(table.c[key])
        for numbers in map(dict, connection.execute(listed).mappings()):
            beside[numbers.pop("reading_id")][table.name].append(numbers)
    stored: dict[int, Compared] = {}
    for row in read:
        said = {name: row[name] for name in COMPARED}
        stored.setdefault(row["payload_id"], {})[row["place"]] = said, beside[row["id"]]
    return stored


def written(own: Column[Any]) -> ColumnElement[Any]:
    """Gives a column as rows have it: numbers and arrays as they are written."""
    return cast(own, Text).label(own.name) if isinstance(own.type, ARRAY | Numeric) else own


def discard(connection: Connection, payload_ids: Sequence[int], revision: int) -> None:
    """Takes away what a revision that was never current made of payloads."""
    gone = select(readings.c.id).where(readings.c.payload_id.in_(payload_ids), readings.c.revision == revision)
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
