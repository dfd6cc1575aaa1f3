"""What people have decided and no WARC file holds: corrections of figures, and portals that are left alone."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from archive.records.rows import as_json
from archive.records.whose import document_id

OVERRIDES = text("""
SELECT a.division, a.name AS agency, d.year, o.indicator, o.value::text, o.note, o.author, o.made_at
FROM overrides o JOIN documents d ON d.id = o.document_id JOIN agencies a ON a.id = d.agency_id ORDER BY o.id
""")
PAUSES = text("SELECT portal_id AS portal, reason, since, until, resumed_on FROM pauses ORDER BY id")

ADD_OVERRIDES = text("""
INSERT INTO overrides (document_id, indicator, value, note, author, made_at)
SELECT document_id, indicator, value, note, author, made_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(n integer, document_id bigint, indicator text, value numeric,
    note text, author text, made_at timestamptz) ORDER BY n
""")
ADD_PAUSES = text("""
INSERT INTO pauses (portal_id, reason, since, until, resumed_on)
SELECT portal, reason, since, until, resumed_on
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(n integer, portal text, reason text, since date, until date,
    resumed_on date) ORDER BY n
""")


def overrides(connection: Connection) -> list[dict[str, Any]]:
    """Gives every correction, the latest last, with its document by division, agency and year; values as text."""
    return [as_said(row._mapping) for row in connection.execute(OVERRIDES)]


def pauses(connection: Connection) -> list[dict[str, Any]]:
    """Gives every pause there ever was, the latest last."""
    return [as_said(row._mapping) for row in connection.execute(PAUSES)]


def as_said(row: Any) -> dict[str, Any]:
    """Gives a row as plain values; days and times as ISO 8601."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def add_overrides(connection: Connection, said: Iterable[dict[str, Any]]) -> None:
    """Writes corrections; where a document is not there, for its files are lost, it is made, so that none is lost."""
    rows = [
        {**each, "n": n, "document_id": document_id(connection, each["division"], each["agency"], each["year"])}
        for n, each in enumerate(said)
    ]
    connection.execute(ADD_OVERRIDES, {"rows": as_json(rows)})


def add_pauses(connection: Connection, said: Sequence[dict[str, Any]]) -> None:
    """Writes pauses."""
    connection.execute(ADD_PAUSES, {"rows": as_json([{**each, "n": n} for n, each in enumerate(said)])})
