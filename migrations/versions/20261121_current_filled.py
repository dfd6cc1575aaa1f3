"""Fills the table of current readings by the rule, as it stood on that day."""

from alembic import op

revision = "20261121_current_filled"
down_revision = "20261121_current_readings"
branch_labels = None
depends_on = None

SHOWN = """(c.status BETWEEN 200 AND 299 OR c.kind = 'revisit_not_modified' OR c.status IS NULL AND c.kind <> 'error')
    AND c.payload_id IS NOT NULL AND c.truncated IS NULL"""
LEFT_OUT = """NOT EXISTS (
        SELECT FROM version_payloads v WHERE v.payload_id = c.payload_id AND v.source_id = k.source_id)
    AND EXISTS (
        SELECT FROM sources own
        JOIN sources other ON other.portal_id = own.portal_id AND other.url_key = own.url_key
        JOIN version_payloads v ON v.source_id = other.id
        WHERE own.id = k.source_id AND v.payload_id = c.payload_id)
    AND NOT EXISTS (
        SELECT FROM sources own JOIN readings r ON r.payload_id = c.payload_id JOIN issues i ON i.reading_id = r.id
        WHERE own.id = k.source_id AND starts_with(own.place, split_part(i.message, ': ', 1))
        AND i.code IN ('member-unreadable', 'encrypted', 'archive-too-large', 'damaged-archive', 'member-ignored'))"""
FILL = f"""
INSERT INTO current_readings (document_id, source_id, reading_id, payload_id, version_id, gone)
WITH keys AS (
    SELECT id AS source_id, portal_id, url_key FROM sources
    UNION ALL
    SELECT s.id, a.portal_id, a.url_key
    FROM sources s
    JOIN sources named ON named.portal_id = s.portal_id AND named.url_key = s.url_key
    JOIN source_aliases a ON a.source_id = named.id
), seen AS (
    SELECT k.source_id, c.id AS capture_id, c.captured_at, c.payload_id, {SHOWN} AS shown,
        coalesce(c.status IN (404, 410), false) OR {SHOWN} AND {LEFT_OUT} AS gone
    FROM captures c JOIN keys k ON k.portal_id = c.portal_id AND k.url_key = c.url_key
), answers AS MATERIALIZED (
    SELECT * FROM seen WHERE shown OR gone
), last_shown AS (
    SELECT DISTINCT ON (a.source_id) a.source_id, a.payload_id, v.version_id
    FROM answers a JOIN version_payloads v ON v.source_id = a.source_id AND v.payload_id = a.payload_id
    WHERE a.shown ORDER BY a.source_id, a.captured_at DESC, a.capture_id DESC
), last_answers AS (
    SELECT DISTINCT ON (source_id) source_id, gone FROM answers ORDER BY source_id, captured_at DESC, capture_id DESC
)
SELECT DISTINCT ON (s.document_id) s.document_id, s.id, r.id, l.payload_id, l.version_id, g.gone
FROM sources s
JOIN last_shown l ON l.source_id = s.id
JOIN last_answers g ON g.source_id = s.id
JOIN readings r ON r.payload_id = l.payload_id AND r.place = s.place
    AND r.revision = (SELECT number FROM revisions WHERE current)
WHERE s.document_id IS NOT NULL AND r.error_code IS NULL
ORDER BY s.document_id, g.gone,
    (SELECT coalesce(sum(cardinality(f."values")), 0) FROM figures f WHERE f.reading_id = r.id) DESC,
    (s.role = 'report') DESC, s.url_key, s.place, s.id
"""


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = '30min'")
    op.execute("SET LOCAL enable_nestloop = off")  # it expects far fewer captures than meet sources
    op.execute(FILL)


def downgrade() -> None:
    op.execute("TRUNCATE current_readings")
