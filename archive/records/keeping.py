"""Keeps `current_readings` at what the rule says (archive/records/current.py).

Triggers write into `underived` what changed of all that the rule looks at, in the transaction that changes it. Who
derives versions takes what stands there, and chooses anew for the documents that it may concern.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, text, true

from archive.records.current import chosen_readings
from archive.records.revisions import placing
from archive.records.scope import Scope, any_of, in_turn
from archive.records.tables import current_readings, documents, sources, underived

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
FILES_OF = text("""
    SELECT f.id FROM sources s JOIN sources f ON f.portal_id = s.portal_id AND f.url_key = s.url_key
    WHERE s.id = ANY(:ids)""")
DOCUMENTS_OF = text("SELECT document_id FROM sources WHERE id = ANY(:ids) AND document_id IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed of all that versions and current readings follow from, by kind; or everything may have."""

    everything: bool
    rows: Mapping[str, Collection[int]]


def take(connection: Connection, *, own: bool = False) -> Changes:
    """Takes out what stands in `underived`, or what this transaction has written there itself.

    What others have not committed yet is not seen and stays: each writes rows of its own, so none waits for another.
    """
    mine = text("xmin = pg_current_xact_id()::xid") if own else true()
    gone = delete(underived).where(mine).returning(underived.c.kind, underived.c.row_id).cte("gone")
    return grouped(connection, select(gone))


def standing(connection: Connection) -> Changes:
    """Gives what stands in `underived`, and leaves it there."""
    return grouped(connection, select(underived.c.kind, underived.c.row_id))


def grouped(connection: Connection, statement: Select[Any]) -> Changes:
    """Gives rows of `underived` by their kind."""
    listed = statement.subquery()
    found = select(listed.c.kind, func.array_agg(listed.c.row_id.distinct())).group_by(listed.c.kind)
    rows: dict[str, Collection[int]] = {row[0]: row[1] for row in connection.execute(found)}
    return Changes("everything" in rows, rows)


def wait_for(connection: Connection, source_ids: Iterable[int]) -> None:
    """Has sources looked at again the next time: what they showed is not read, or waits for another source."""
    rows = [{"kind": "source", "row_id": source_id} for source_id in source_ids]
    if rows:
        connection.execute(insert(underived), rows)


def scope_of(connection: Connection, changes: Changes) -> Scope:
    """Gives the sources that changes may concern, all that stand in a file with one of them included."""
    if changes.everything:
        return None
    changed = {
        source
        for kind, query in SOURCES_OF.items()
        for ids in in_turn(changes.rows.get(kind, ()))
        for source in connection.scalars(text(query), {"ids": ids})
    }
    return sorted({file for ids in in_turn(changed) for file in connection.scalars(FILES_OF, {"ids": ids})})


def refresh(connection: Connection, revision: int, changes: Changes) -> None:
    """Chooses anew for the documents that changes concern, and what this transaction made of them.

    Whoever calls holds the lock of those who derive, and `revision` is the current one.
    """
    placed = placing(connection, revision)
    for ids in in_turn(changed_documents(connection, changes, take(connection, own=True))):
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


def changed_documents(connection: Connection, *changes: Changes) -> set[int]:
    """Gives the documents that changes may concern."""
    if any(each.everything for each in changes):
        return set(connection.scalars(select(documents.c.id)))
    found = {document for each in changes for document in each.rows.get("document", ())}
    for each in changes:
        for ids in in_turn(scope_of(connection, each) or ()):
            found.update(connection.scalars(DOCUMENTS_OF, {"ids": ids}))
    return found
