"""Keeps `current_readings` at what the rule says (archive/records/current.py).

Triggers write into `underived` what changed of all that the rule looks at, in the transaction that changes it. Who
derives versions takes what stands there, and chooses anew for the documents that it may concern.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    any_,
    cast,
    delete,
    func,
    insert,
    select,
    text,
)

from archive.records.current import chosen_readings
from archive.records.revisions import current_revision, placing
from archive.records.tables import current_readings, documents, sources, underived

TOGETHER = 5000  # keys in a question: so it is planned the same in an archive of any size

AT_ADDRESS = """
    SELECT s.id FROM captures c JOIN sources s ON s.portal_id = c.portal_id AND s.url_key = c.url_key
    WHERE c.{column} = ANY(:ids)
    UNION
    SELECT a.source_id FROM captures c JOIN source_aliases a ON a.portal_id = c.portal_id AND a.url_key = c.url_key
    WHERE c.{column} = ANY(:ids)"""
SOURCES_OF = {
    "capture": AT_ADDRESS.format(column="id"),
    "payload": AT_ADDRESS.format(column="payload_id"),
    "source": "SELECT unnest(CAST(:ids AS bigint[]))",
}
# The reports of one file are looked at together: that one is not in it any more shows in the others.
DOCUMENTS_OF = text("""
    SELECT DISTINCT f.document_id
    FROM sources s JOIN sources f ON f.portal_id = s.portal_id AND f.url_key = s.url_key
    WHERE s.id = ANY(:ids) AND f.document_id IS NOT NULL""")


def refresh(connection: Connection, revision: int) -> None:
    """Chooses anew for the documents that changed; whoever calls holds the lock of those who derive.

    Nothing happens while `revision` is not the current one: what changed waits for that.
    """
    if revision != current_revision(connection):
        return
    placed = placing(connection, revision)
    for ids in in_turn(changed_documents(connection)):
        within = select(sources.c.id).where(sources.c.document_id == any_of(ids))
        chosen = by_document(connection, select(chosen_readings(placed, None, within)))
        own = current_readings.c.document_id
        before = by_document(connection, select(current_readings).where(own == any_of(ids)))
        outdated = [document for document, row in before.items() if chosen.get(document) != row]
        connection.execute(delete(current_readings).where(own == any_of(outdated)))
        if changed := [row for document, row in chosen.items() if before.get(document) != row]:
            connection.execute(insert(current_readings), changed)


def by_document(connection: Connection, statement: Select[Any]) -> dict[int, dict[str, Any]]:
    """Gives rows by their document."""
    return {row["document_id"]: dict(row) for row in connection.execute(statement).mappings()}


def changed_documents(connection: Connection) -> set[int]:
    """Gives the documents that what stands in `underived` may concern, and takes it out."""
    taken = delete(underived).where(underived.c.kind == "everything").returning(underived.c.row_id)
    if connection.execute(taken).all():
        connection.execute(delete(underived))
        return set(connection.scalars(select(documents.c.id)))
    gone = delete(underived).returning(underived.c.kind, underived.c.row_id).cte("taken")
    found = select(gone.c.kind, func.array_agg(gone.c.row_id.distinct())).group_by(gone.c.kind)
    changed: dict[str, list[int]] = {row[0]: row[1] for row in connection.execute(found)}
    answer = set(changed.pop("document", ()))
    sources_changed = {
        source
        for kind, rows in changed.items()
        for ids in in_turn(rows)
        for source in connection.scalars(text(SOURCES_OF[kind]), {"ids": ids})
    }
    for ids in in_turn(sources_changed):
        answer.update(connection.scalars(DOCUMENTS_OF, {"ids": ids}))
    return answer


def in_turn(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    """Gives keys in their order, some thousands at a time."""
    ordered = sorted(ids)
    for first in range(0, len(ordered), TOGETHER):
        yield ordered[first : first + TOGETHER]


def any_of(ids: Sequence[int]) -> ColumnElement[Any]:
    """Gives what one of the keys equals, as one parameter."""
    return any_(cast(list(ids), ARRAY(BigInteger)))
