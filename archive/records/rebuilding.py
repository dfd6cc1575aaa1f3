"""The index made anew: rows from notes, and from captures where no note says it (docs/decisions/rebuild.md)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from archive.records.notes import TOLD
from archive.records.rows import as_json
from archive.records.tables import metadata

STAGE = (
    "CREATE TEMP TABLE said (n bigint GENERATED ALWAYS AS IDENTITY, key text NOT NULL, note jsonb NOT NULL)",
    "CREATE TEMP TABLE unnoted (run bigint PRIMARY KEY)",
)
SAY = text("""
INSERT INTO said (key, note)
SELECT concat_ws('|', note ->> 'note', note ->> 'portal', note ->> 'url_key', note ->> 'place', note ->> 'number',
    note ->> 'sha256', CASE note ->> 'note' WHEN 'run' THEN note ->> 'run' WHEN 'night' THEN note ->> 'started_at' END),
    note
FROM (SELECT o, line::jsonb AS note FROM unnest(CAST(:lines AS text[])) WITH ORDINALITY AS l(line, o)) l
WHERE note ->> 'note' = ANY(:kinds) ORDER BY o
""")

# The last note of each row counts; the first one says in which order the rows came to be.
LATEST = """
CREATE TEMP TABLE noted AS
SELECT DISTINCT ON (key) min(n) OVER (PARTITION BY key) AS first, note ->> 'note' AS kind, note
FROM said ORDER BY key, n DESC;
DROP TABLE said;
CREATE INDEX ON noted (kind, first);
ANALYZE noted, captures, payloads;
"""

PORTALS = """
INSERT INTO portals (id, name, division, base)
SELECT note ->> 'portal', note ->> 'name', note ->> 'division', note ->> 'base' FROM noted WHERE noted.kind = 'portal'
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, division = EXCLUDED.division, base = EXCLUDED.base
"""
CRAWLS = """
INSERT INTO crawls (id, started_at, finished_at, software) OVERRIDING SYSTEM VALUE
SELECT (note ->> 'run')::bigint, (note ->> 'started_at')::timestamptz, (note ->> 'finished_at')::timestamptz,
    note ->> 'software'
FROM noted WHERE noted.kind = 'run'
ON CONFLICT (id) DO UPDATE SET started_at = EXCLUDED.started_at, finished_at = EXCLUDED.finished_at,
    software = EXCLUDED.software
"""
NUMBERED = "SELECT setval(pg_get_serial_sequence('crawls', 'id'), max(id)) FROM crawls HAVING max(id) IS NOT NULL"
UNNOTED = """
INSERT INTO unnoted SELECT id FROM crawls WHERE id NOT IN (
    SELECT (note ->> 'run')::bigint FROM noted WHERE noted.kind = 'run')
"""
COUNTED = """
DELETE FROM crawl_portals WHERE crawl_id IN (SELECT (note ->> 'run')::bigint FROM noted WHERE noted.kind = 'run')
"""
CRAWL_PORTALS = """
INSERT INTO crawl_portals
SELECT p.* FROM noted, jsonb_populate_recordset(NULL::crawl_portals, note -> 'portals') p WHERE noted.kind = 'run'
"""
REVISIONS = """
INSERT INTO revisions (number, opened_at, promoted_at, current)
SELECT r.number, r.opened_at, CASE r.number WHEN :revision THEN r.promoted_at END, r.current AND r.number = :revision
FROM noted CROSS JOIN LATERAL jsonb_to_record(note)
    AS r(number integer, opened_at timestamptz, promoted_at timestamptz, current boolean) WHERE noted.kind = 'revision'
"""
SOURCES = """
INSERT INTO sources (portal_id, url_key, place, url, role, title, published)
SELECT note ->> 'portal', note ->> 'url_key', note ->> 'place', note ->> 'url', note ->> 'role', note ->> 'title',
    (note ->> 'published')::date
FROM noted WHERE noted.kind = 'source' ORDER BY first
"""
OF_SOURCE = """noted JOIN sources s ON noted.kind = 'source' AND s.portal_id = note ->> 'portal'
    AND s.url_key = note ->> 'url_key' AND s.place = note ->> 'place'"""
ALIASES = f"""
INSERT INTO source_aliases (portal_id, url_key, source_id)
SELECT s.portal_id, alias, s.id FROM {OF_SOURCE}, jsonb_array_elements_text(note -> 'aliases') alias
"""
VERSION = """jsonb_to_recordset(note -> 'versions')
    AS v(number integer, content_hash text, found_by integer, same_as integer)"""
FOUND_BY = f"""
INSERT INTO revisions (number) SELECT DISTINCT v.found_by FROM noted, {VERSION} WHERE noted.kind = 'source'
ON CONFLICT DO NOTHING
"""
VERSIONS = f"""
INSERT INTO versions (source_id, number, content_hash, found_by)
SELECT s.id, v.number, v.content_hash, v.found_by FROM {OF_SOURCE}, {VERSION} ORDER BY first, v.number
"""
SAME_AS = f"""
UPDATE versions SET same_as = o.id FROM {OF_SOURCE}, {VERSION}, versions o
WHERE versions.source_id = s.id AND versions.number = v.number AND o.source_id = s.id AND o.number = v.same_as
"""
VERSION_PAYLOADS = """
INSERT INTO version_payloads (source_id, payload_id, version_id)
SELECT s.id, p.id, v.id
FROM noted CROSS JOIN LATERAL jsonb_to_recordset(note -> 'shows')
    AS w(portal text, url_key text, place text, number integer)
JOIN payloads p ON p.sha256 = note ->> 'sha256'
JOIN sources s ON s.portal_id = w.portal AND s.url_key = w.url_key AND s.place = w.place
JOIN versions v ON v.source_id = s.id AND v.number = w.number WHERE noted.kind = 'payload'
"""
WITHDRAWALS = f"""
INSERT INTO withdrawals (capture_id, source_id, returned_capture_id)
SELECT g.id, s.id, r.id
FROM {OF_SOURCE} CROSS JOIN LATERAL jsonb_to_recordset(note -> 'withdrawals') AS w(gone text, returned text)
JOIN captures g ON g.record_id = w.gone LEFT JOIN captures r ON r.record_id = w.returned ORDER BY first, g.id
"""
NIGHTS = """
INSERT INTO nights (crawl_id, started_at, finished_at, exit_code, digest)
SELECT c.id, (note ->> 'started_at')::timestamptz, (note ->> 'finished_at')::timestamptz,
    (note ->> 'exit_code')::smallint, note -> 'digest'
FROM noted LEFT JOIN crawls c ON c.id = (note ->> 'run')::bigint WHERE noted.kind = 'night' ORDER BY first
"""
FRONTIER = """
INSERT INTO frontier (portal_id, url_key, url, role, context, state, failures, crawl_id, checked_at, etag,
    last_modified, capture_id, conditional_streak)
SELECT note ->> 'portal', note ->> 'url_key', note ->> 'url', note ->> 'role', note -> 'context', note ->> 'state',
    (note ->> 'failures')::smallint, r.id, (note ->> 'checked_at')::timestamptz, note ->> 'etag',
    note ->> 'last_modified', c.id, coalesce((note ->> 'streak')::smallint, 0)
FROM noted LEFT JOIN crawls r ON r.id = (note ->> 'run')::bigint
LEFT JOIN captures c ON c.record_id = note ->> 'record'
WHERE noted.kind = 'address' ORDER BY first
"""
LOADED = (
    *(PORTALS, CRAWLS, NUMBERED, UNNOTED, COUNTED, CRAWL_PORTALS, REVISIONS, FOUND_BY, SOURCES, ALIASES, VERSIONS),
    *(SAME_AS, VERSION_PAYLOADS, WITHDRAWALS, NIGHTS, FRONTIER),
)

# What settling an address wrote that its captures say as well (archive/records/frontier.py, SETTLE). Of one that
# failed no validator is taken: what it showed last may be what stood in its place.
SETTLED = """
UPDATE frontier f SET crawl_id = s.crawl_id, checked_at = greatest(f.checked_at, s.checked_at), capture_id = s.body,
    etag = s.etag, last_modified = s.last_modified, conditional_streak = s.streak
FROM (
    SELECT a.id, l.crawl_id, t.checked_at, b.id AS body, header(b.headers, 'etag') AS etag,
        header(b.headers, 'last-modified') AS last_modified, coalesce(n.streak, 0) AS streak
    FROM frontier a
    CROSS JOIN LATERAL (SELECT c.crawl_id FROM asked c WHERE c.portal_id = a.portal_id AND c.url_key = a.url_key
        ORDER BY c.id DESC LIMIT 1) l
    CROSS JOIN LATERAL (SELECT max(c.captured_at) AS checked_at FROM asked c
        WHERE c.portal_id = a.portal_id AND c.url_key = a.url_key AND c.kind <> 'error') t
    LEFT JOIN LATERAL (SELECT c.id, c.headers FROM asked c
        WHERE c.portal_id = a.portal_id AND c.url_key = a.url_key AND a.state <> 'failed'
            AND c.status = 200 AND c.kind IN ('response', 'revisit_identical') AND c.truncated IS NULL
        ORDER BY c.id DESC LIMIT 1) b ON true
    LEFT JOIN LATERAL (SELECT count(*)::smallint AS streak FROM asked c
        WHERE c.portal_id = a.portal_id AND c.url_key = a.url_key AND c.kind = 'revisit_not_modified'
            AND c.id > b.id) n ON true
    WHERE a.role <> 'list'
) s WHERE f.id = s.id
"""
ASKED = (
    """CREATE TEMP VIEW asked AS SELECT c.* FROM captures c
    WHERE EXISTS (SELECT FROM crawl_portals p WHERE p.crawl_id = c.crawl_id AND p.portal_id = c.portal_id)""",
    """CREATE FUNCTION pg_temp.header(headers jsonb, wanted text) RETURNS text LANGUAGE sql AS $$
    SELECT h ->> 1 FROM jsonb_array_elements(headers) WITH ORDINALITY AS e(h, n)
    WHERE lower(h ->> 0) = wanted ORDER BY n LIMIT 1 $$""",
)

SHOWN = text("""
SELECT c.portal_id, c.url_key, c.url, c.role, c.context, c.status, c.headers, EXISTS (
    SELECT FROM frontier f WHERE f.portal_id = c.portal_id AND f.url_key = c.url_key) AS known
FROM captures c JOIN crawl_portals p ON p.crawl_id = c.crawl_id AND p.portal_id = c.portal_id
WHERE c.crawl_id IN (SELECT run FROM unnoted) AND c.role IN ('report', 'attachment') AND c.kind <> 'error'
    AND c.truncated IS NULL
ORDER BY c.id
""")
ADDRESSES = text("""
INSERT INTO frontier (portal_id, url_key, url, role, context, state)
SELECT portal_id, url_key, url, role, context, 'done'
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(portal_id text, url_key text, url text, role text, context jsonb)
ON CONFLICT DO NOTHING
""")
# Of pages that no note knows as sources, and that lead to no file: what was read there.
DOUBTFUL = text("""
SELECT s.id, s.url, r.forms <> '{}' AS has_forms, r.year, t.body
FROM sources s
CROSS JOIN LATERAL (SELECT s.url_key UNION SELECT a.url_key FROM source_aliases a WHERE a.source_id = s.id) k
JOIN captures c ON c.portal_id = s.portal_id AND c.url_key = k.url_key
JOIN readings r ON r.payload_id = c.payload_id JOIN texts t ON t.sha256 = r.text_sha256
WHERE s.role = 'report' AND NOT EXISTS (
        SELECT FROM noted WHERE noted.kind = 'source' AND note ->> 'portal' = s.portal_id
            AND note ->> 'url_key' = s.url_key AND note ->> 'place' = s.place)
    AND (s.portal_id, s.url) NOT IN (
        SELECT portal_id, context ->> 'via' FROM captures WHERE role = 'attachment' AND context ->> 'via' IS NOT NULL)
ORDER BY s.id
""")
ENDED = text("""
UPDATE crawls SET finished_at = coalesce((SELECT max(captured_at) FROM captures
    WHERE crawl_id = crawls.id AND crawl_id IN (SELECT crawl_id FROM crawl_portals)), started_at)
WHERE id IN (SELECT run FROM unnoted)
""")
UNKNOWN_END = text("""
UPDATE crawl_portals SET state = 'incomplete', reason = :reason WHERE crawl_id IN (SELECT run FROM unnoted)
""")
CRAWLED = text("SELECT crawl_id, portal_id FROM crawl_portals JOIN unnoted ON run = crawl_id ORDER BY 1, 2")
IMPORTED = text("""
SELECT run FROM unnoted WHERE run NOT IN (SELECT crawl_id FROM crawl_portals) ORDER BY run
""")


def rows_there(connection: Connection) -> dict[str, int]:
    """Gives the tables that are not empty, with their rows."""
    counts = {
        table.name: int(connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one())
        for table in metadata.sorted_tables
    }
    return {name: count for name, count in counts.items() if count}


def empty(connection: Connection) -> None:
    """Deletes every row of every table."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))


def stage(connection: Connection) -> None:
    """Makes the place where notes wait; it is gone with the connection."""
    for statement in (*STAGE, *ASKED):
        connection.execute(text(statement))


def say(connection: Connection, lines: Sequence[str]) -> None:
    """Remembers notes, in their order; those of a kind that this code does not know are passed over."""
    connection.execute(SAY, {"lines": list(lines), "kinds": list(TOLD)})


def held(connection: Connection, digests: Collection[str]) -> set[str]:
    """Gives those of the payloads that are there."""
    statement = text("SELECT sha256 FROM payloads WHERE sha256 = ANY(:digests)")
    return set(connection.execute(statement, {"digests": list(digests)}).scalars()) if digests else set()


def set_started(connection: Connection, run: int, at: datetime, software: str) -> None:
    """Writes when a run began, and with which software, as far as its files say; a note of it says it better."""
    statement = text("UPDATE crawls SET started_at = least(started_at, :at), software = :software WHERE id = :run")
    connection.execute(statement, {"run": run, "at": at, "software": software})


def noted_revision(connection: Connection) -> int | None:
    """Gives the revision that was current when the last note of it was made."""
    statement = text("""SELECT (note ->> 'number')::integer FROM noted
        WHERE noted.kind = 'revision' AND (note ->> 'current')::boolean""")
    found: int | None = connection.scalar(statement)
    return found


def sum_up(connection: Connection) -> None:
    """Leaves of all notes the last one of each row."""
    for statement in LATEST.split(";"):
        if statement.strip():
            connection.execute(text(statement))


def load(connection: Connection, revision: int) -> None:
    """Makes the rows of which the notes tell, in the order in which they came to be.

    Only `revision` may be current, or have been: of others there are no readings that could answer.
    """
    for statement in LOADED:
        connection.execute(text(statement), {"revision": revision} if statement is REVISIONS else {})


def settle(connection: Connection) -> None:
    """Writes what the captures say of the addresses of the frontier: who asked last, what validates it."""
    connection.execute(text(SETTLED.replace("header(", "pg_temp.header(")))


def shown_unnoted(connection: Connection) -> Sequence[Any]:
    """Gives what runs without a note fetched as reports and attachments, in order; `known` where a note tells of it."""
    return connection.execute(SHOWN).all()


def doubtful(connection: Connection) -> Sequence[Any]:
    """Gives each reading of a page that was concluded to be a source: has it figures, which text, of which year."""
    return connection.execute(DOUBTFUL).all()


def forget_sources(connection: Connection, ids: Collection[int]) -> None:
    """Deletes sources of which nothing was derived yet."""
    for statement in (
        "DELETE FROM source_aliases WHERE source_id = ANY(:ids)",
        "DELETE FROM sources WHERE id = ANY(:ids)",
    ):
        connection.execute(text(statement), {"ids": list(ids)})


def add_addresses(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Puts addresses into the frontier that were fetched; known ones stay as they are."""
    connection.execute(ADDRESSES, {"rows": as_json(list(rows))})


def end_unnoted(connection: Connection, reason: str) -> None:
    """Ends the runs without a note; their portals count as incomplete, for a reason."""
    connection.execute(ENDED)
    connection.execute(UNKNOWN_END, {"reason": reason})


def unnoted_crawls(connection: Connection) -> list[tuple[int, str]]:
    """Gives the crawls without a note, with each of their portals."""
    return [(row.crawl_id, row.portal_id) for row in connection.execute(CRAWLED)]


def unnoted_imports(connection: Connection) -> list[int]:
    """Gives the imports without a note."""
    return list(connection.execute(IMPORTED).scalars())


def unnoted_portals(connection: Connection) -> list[str]:
    """Gives the portals that are known by their captures only."""
    noted = "SELECT note ->> 'portal' FROM noted WHERE noted.kind = 'portal'"
    statement = text(f"SELECT id FROM portals WHERE id NOT IN ({noted}) ORDER BY id")
    return list(connection.execute(statement).scalars())


def set_portal(connection: Connection, portal_id: str, name: str, division: str, base: str) -> None:
    """Writes what a portal is."""
    statement = text("UPDATE portals SET name = :name, division = :division, base = :base WHERE id = :id")
    connection.execute(statement, {"id": portal_id, "name": name, "division": division, "base": base})


def mark_told(connection: Connection) -> None:
    """Remembers what the WARC files hold: the notes that say just what the database now would say."""
    for kind, told in TOLD.items():
        statement = text(f"""INSERT INTO notes (kind, id, digest) SELECT :kind, t.id, md5(t.note::text)::uuid
            FROM ({told}) t JOIN noted n ON n.kind = :kind AND n.note = t.note""")
        connection.execute(statement, {"kind": kind})
