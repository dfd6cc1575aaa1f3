"""Notes: what the database knows and no exchange in a WARC file says, one JSON object a row (docs/warc.md).

A note names rows as the world does, by address, record and number, never by a key of ours. Of what is told of an
address, whatever its captures say is left out (archive/records/rebuilding.py has that from them), else each night
would tell of every address anew; a list page, whose captures do not carry its name, tells all, and one that leads
elsewhere when that answered.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, delete, select, text

from archive.records.scope import in_turn
from archive.records.tables import untold
from archive.records.tables.noted import MANY, NOTES

PORTAL = """
SELECT hashtextextended(id, 0) AS id, jsonb_build_object(
    'note', 'portal', 'portal', id, 'name', name, 'division', division, 'base', base) AS note FROM portals
"""

RUN = """
SELECT c.id, jsonb_build_object(
    'note', 'run', 'run', c.id, 'started_at', c.started_at, 'finished_at', c.finished_at, 'software', c.software,
    'portals', coalesce((SELECT jsonb_agg(to_jsonb(p) ORDER BY p.portal_id)
        FROM crawl_portals p WHERE p.crawl_id = c.id), '[]')) AS note
FROM crawls c WHERE c.finished_at IS NOT NULL
"""

REVISION = """
SELECT number AS id, jsonb_build_object(
    'note', 'revision', 'number', number, 'opened_at', opened_at, 'promoted_at', promoted_at,
    'current', current) AS note FROM revisions
"""

ADDRESS = """
SELECT f.id, jsonb_build_object(
    'note', 'address', 'portal', f.portal_id, 'url_key', f.url_key, 'url', f.url, 'role', f.role,
    'context', f.context, 'state', CASE f.state WHEN 'leased' THEN 'due' ELSE f.state END, 'failures', f.failures
) || CASE WHEN f.role = 'list' THEN jsonb_build_object(
    'run', f.crawl_id, 'checked_at', f.checked_at, 'etag', f.etag, 'last_modified', f.last_modified,
    'record', (SELECT record_id FROM captures WHERE captures.id = f.capture_id), 'streak', f.conditional_streak)
    WHEN f.state = 'done' AND f.capture_id IS NULL THEN jsonb_build_object('checked_at', f.checked_at)
    ELSE '{}' END AS note FROM frontier f
"""

SOURCE = """
SELECT s.id, jsonb_build_object(
    'note', 'source', 'portal', s.portal_id, 'url_key', s.url_key, 'place', s.place, 'url', s.url, 'role', s.role,
    'title', s.title, 'published', s.published,
    'aliases', (SELECT coalesce(jsonb_agg(url_key ORDER BY url_key), '[]') FROM source_aliases a
        WHERE a.source_id = s.id),
    'versions', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'number', v.number, 'content_hash', v.content_hash, 'found_by', v.found_by, 'same_as', o.number
        ) ORDER BY v.number), '[]') FROM versions v LEFT JOIN versions o ON o.id = v.same_as WHERE v.source_id = s.id),
    'withdrawals', (SELECT coalesce(jsonb_agg(jsonb_build_object('gone', g.record_id, 'returned', r.record_id)
            ORDER BY g.id), '[]') FROM withdrawals w JOIN captures g ON g.id = w.capture_id
        LEFT JOIN captures r ON r.id = w.returned_capture_id WHERE w.source_id = s.id)
) AS note FROM sources s
"""

PAYLOAD = """
SELECT vp.payload_id AS id, jsonb_build_object('note', 'payload', 'sha256', p.sha256, 'shows', jsonb_agg(
    jsonb_build_object('portal', s.portal_id, 'url_key', s.url_key, 'place', s.place, 'number', v.number)
    ORDER BY s.id)) AS note
FROM version_payloads vp JOIN payloads p ON p.id = vp.payload_id JOIN versions v ON v.id = vp.version_id
JOIN sources s ON s.id = vp.source_id GROUP BY vp.payload_id, p.sha256
"""

NIGHT = """
SELECT id, jsonb_build_object(
    'note', 'night', 'run', crawl_id, 'started_at', started_at, 'finished_at', finished_at,
    'exit_code', exit_code, 'digest', digest) AS note FROM nights
"""

TOLD = dict(zip(NOTES, (PORTAL, RUN, REVISION, ADDRESS, SOURCE, PAYLOAD, NIGHT), strict=True))
BATCH = 5_000  # notes that are held in memory, and that make one record

CHANGED = """
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT t.id, t.note::text AS note FROM ({told}) t LEFT JOIN notes n ON n.kind = '{kind}' AND n.id = t.id
WHERE n.digest IS DISTINCT FROM md5(t.note::text)::uuid
"""
AMONG = " AND t.id = ANY(:ids)"
COUNT_AS_TOLD = """
INSERT INTO notes (kind, id, digest) SELECT '{kind}', id, md5(note)::uuid FROM changed
ON CONFLICT (kind, id) DO UPDATE SET digest = EXCLUDED.digest
"""


def changed(connection: Connection) -> Iterator[list[str]]:
    """Gives the notes that the WARC files do not hold yet, some at a time; with this transaction they count as told.

    Of the kinds of which there are many only rows are looked at that triggers say have changed. What others write
    meanwhile is not taken and stays for the next time.
    """
    for kind in TOLD:
        if kind in MANY:
            for ids in in_turn(taken(connection, kind)):
                yield from told_now(connection, kind, CHANGED + AMONG, {"ids": ids})
        else:
            yield from told_now(connection, kind, CHANGED, {})


def taken(connection: Connection, kind: str) -> list[int]:
    """Gives the rows of a kind that changed since they were told of, and takes them off the list."""
    gone = delete(untold).where(untold.c.kind == kind).returning(untold.c.row_id).cte("gone")
    return list(connection.scalars(select(gone.c.row_id).distinct()))


def told_now(connection: Connection, kind: str, statement: str, values: dict[str, Any]) -> Iterator[list[str]]:
    """Gives the notes of a kind that differ from what was told; they count as told."""
    connection.execute(text(statement.format(kind=kind, told=TOLD[kind])), values)
    connection.execute(text(COUNT_AS_TOLD.format(kind=kind)))
    asked = text("SELECT note FROM changed ORDER BY id")
    rows = connection.execute(asked, execution_options={"yield_per": BATCH})
    yield from (list(some) for some in rows.scalars().partitions())
    connection.execute(text("DROP TABLE changed"))
