CREATE TABLE divisions (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    former_names TEXT[] NOT NULL,
    CONSTRAINT pk_divisions PRIMARY KEY (code)
);
COMMENT ON TABLE divisions IS 'Divisions that agencies are or lie in, by their last name; from archive/divisions';
COMMENT ON COLUMN divisions.former_names IS 'earlier names under the same code, as far as known';

CREATE TABLE wordings (
    code TEXT NOT NULL,
    label_en TEXT NOT NULL,
    short_name TEXT NOT NULL,
    CONSTRAINT pk_wordings PRIMARY KEY (code)
);
COMMENT ON TABLE wordings IS 'What indicators are called in English and in statistics programs; from archive/read/forms';

CREATE TABLE crosswalk (
    crossing SMALLINT NOT NULL,
    position SMALLINT NOT NULL,
    relation TEXT NOT NULL,
    from_form TEXT NOT NULL,
    from_code TEXT,
    to_form TEXT NOT NULL,
    to_code TEXT,
    note_zh TEXT NOT NULL,
    note_en TEXT NOT NULL,
    CONSTRAINT pk_crosswalk PRIMARY KEY (crossing, position),
    CONSTRAINT ck_crosswalk_relation_is_known CHECK (relation IN ('comparable', 'split', 'not_comparable'))
);
COMMENT ON TABLE crosswalk IS 'Which indicators of an older form may be set against which of a newer; from archive/read/forms';
COMMENT ON COLUMN crosswalk.crossing IS 'rows of one number belong together';

CREATE INDEX ix_agencies_province ON agencies ("left"(COALESCE(code, division), 2));

CREATE SCHEMA research;

CREATE VIEW research.agencies AS
SELECT
    a.id AS agency_id,
    a.name AS agency,
    a.division,
    a.code,
    coalesce(a.code, a.division) AS area_code,
    left(coalesce(a.code, a.division), 2) AS province,
    a.level,
    p.name AS province_name,
    c.name AS city_name,
    x.name AS county_name,
    t.name AS township_name,
    own.former_names
FROM public.agencies AS a
LEFT JOIN public.divisions AS p ON p.code = left(coalesce(a.code, a.division), 2) || '0000'
LEFT JOIN public.divisions AS c ON c.code = left(coalesce(a.code, a.division), 4) || '00' AND c.level = 'prefecture'
LEFT JOIN public.divisions AS x ON x.code = left(coalesce(a.code, a.division), 6) AND x.level = 'county'
LEFT JOIN public.divisions AS t ON t.code = a.code AND length(a.code) = 12
LEFT JOIN public.divisions AS own ON own.code = a.code;

CREATE VIEW research.documents AS
SELECT
    k.document_id,
    a.agency_id,
    a.agency,
    a.division,
    a.area_code,
    a.province,
    a.level,
    d.year,
    r.title,
    s.portal_id AS portal,
    s.url,
    s.place,
    s.published,
    r.period_start,
    r.period_end,
    r.media_type,
    r.forms ->> 'disclosure' AS disclosure_form,
    r.forms ->> 'requests' AS requests_form,
    r.forms ->> 'remedies' AS remedies_form,
    r.forms ->> 'statistics' AS statistics_form,
    v.number AS version,
    (
        SELECT count(DISTINCT w.version_id) FROM public.version_payloads AS w WHERE w.source_id = k.source_id
    ) AS versions,
    k.gone AS withdrawn,
    r.revision,
    p.sha256,
    k.source_id,
    k.reading_id
FROM public.current_readings AS k
JOIN public.documents AS d ON d.id = k.document_id
JOIN research.agencies AS a ON a.agency_id = d.agency_id
JOIN public.sources AS s ON s.id = k.source_id
JOIN public.readings AS r ON r.id = k.reading_id
JOIN public.versions AS v ON v.id = k.version_id
JOIN public.payloads AS p ON p.id = k.payload_id;

CREATE VIEW research.sources AS
SELECT
    s.document_id,
    s.id AS source_id,
    s.portal_id AS portal,
    s.url,
    s.place,
    s.role,
    s.title,
    s.published,
    g.captured_at AS withdrawn_at,
    coalesce(k.source_id = s.id, false) AS speaks
FROM public.sources AS s
LEFT JOIN public.current_readings AS k ON k.document_id = s.document_id
LEFT JOIN LATERAL (
    SELECT max(c.captured_at) AS captured_at
    FROM public.withdrawals AS w
    JOIN public.captures AS c ON c.id = w.capture_id
    WHERE w.source_id = s.id AND w.returned_capture_id IS NULL
) AS g ON true
WHERE s.document_id IS NOT NULL;

CREATE VIEW research.versions AS
SELECT
    s.document_id,
    s.id AS source_id,
    s.url,
    s.place,
    v.number,
    e.last_before AS not_before,
    w.first_seen,
    w.last_seen,
    w.captures,
    v.content_hash,
    same.number AS same_as,
    v.found_by AS found_by_revision,
    p.sha256,
    coalesce(k.version_id = v.id, false) AS current,
    r.id AS reading_id
FROM public.versions AS v
JOIN public.sources AS s ON s.id = v.source_id AND s.document_id IS NOT NULL
LEFT JOIN public.versions AS same ON same.id = v.same_as
LEFT JOIN public.current_readings AS k ON k.document_id = s.document_id
CROSS JOIN LATERAL (
    SELECT
        min(c.captured_at) AS first_seen,
        max(c.captured_at) AS last_seen,
        count(*) AS captures,
        min(c.id) AS capture_id
    FROM (
        SELECT s.portal_id, s.url_key
        UNION ALL
        SELECT a.portal_id, a.url_key
        FROM public.sources AS n
        JOIN public.source_aliases AS a ON a.source_id = n.id
        WHERE n.portal_id = s.portal_id AND n.url_key = s.url_key
    ) AS at
    JOIN public.captures AS c ON c.portal_id = at.portal_id AND c.url_key = at.url_key
    JOIN public.version_payloads AS o ON o.source_id = s.id AND o.payload_id = c.payload_id AND o.version_id = v.id
    WHERE c.truncated IS NULL AND (
        c.status BETWEEN 200 AND 299 OR c.kind = 'revisit_not_modified' OR c.status IS NULL AND c.kind <> 'error'
    )
) AS w
JOIN public.captures AS f ON f.id = w.capture_id
JOIN public.payloads AS p ON p.id = f.payload_id
JOIN public.readings AS r ON r.payload_id = p.id AND r.place = s.place
    AND r.revision = (SELECT number FROM public.revisions WHERE revisions.current)
LEFT JOIN LATERAL (
    SELECT max(c.captured_at) AS last_before
    FROM (
        SELECT s.portal_id, s.url_key
        UNION ALL
        SELECT a.portal_id, a.url_key
        FROM public.sources AS n
        JOIN public.source_aliases AS a ON a.source_id = n.id
        WHERE n.portal_id = s.portal_id AND n.url_key = s.url_key
    ) AS at
    JOIN public.captures AS c ON c.portal_id = at.portal_id AND c.url_key = at.url_key
    WHERE c.captured_at < w.first_seen AND c.truncated IS NULL AND (
        c.status BETWEEN 200 AND 299 OR c.kind = 'revisit_not_modified' OR c.status IS NULL AND c.kind <> 'error'
        OR c.status IN (404, 410)
    )
) AS e ON true;

CREATE VIEW research.figures AS
SELECT
    k.document_id,
    a.agency_id,
    a.agency,
    a.division,
    a.area_code,
    a.province,
    a.level,
    d.year,
    f.code AS indicator,
    f.part,
    f.form,
    f.status,
    CASE
        WHEN f.status IN ('blank', 'unreadable', 'not_on_form') THEN f.status
        WHEN f.status <> 'number' THEN 'not_a_number'
    END AS missing,
    f.value,
    f.value_wan,
    f.raw,
    f.unit,
    f.note,
    f."table" AS table_no,
    f."row" AS row_no,
    f."column" AS column_no
FROM public.current_readings AS k
JOIN public.documents AS d ON d.id = k.document_id
JOIN research.agencies AS a ON a.agency_id = d.agency_id
JOIN public.figure_cells AS f ON f.reading_id = k.reading_id;

-- Which form a part that was not found should be in: as the report's other tables, else as the year prescribes
-- (archive/research/exports/wide.py). What is on that form could not be read, anything else was never asked.
CREATE VIEW research.panel AS
SELECT
    a.agency_id,
    a.agency,
    a.division,
    a.area_code,
    a.province,
    a.level,
    y.year,
    i.code AS indicator,
    f.value,
    f.value_wan,
    f.unit,
    f.raw,
    f.status,
    CASE
        WHEN f.status IN ('blank', 'unreadable', 'not_on_form') THEN f.status
        WHEN f.status = 'number' THEN NULL
        WHEN f.status IS NOT NULL THEN 'not_a_number'
        WHEN c.reading_id IS NULL THEN 'no_report'
        WHEN EXISTS (
            SELECT
            FROM (
                SELECT
                    r.forms,
                    greatest(r.forms ->> 'disclosure', r.forms ->> 'requests', r.forms ->> 'remedies') AS found
                FROM public.readings AS r
                WHERE r.id = c.reading_id
            ) AS r
            JOIN public.indicators AS due ON due.part = i.part AND due.code = i.code
            WHERE NOT r.forms ? i.part AND due.form = CASE
                WHEN i.part = 'statistics'
                    THEN CASE WHEN r.found IS NULL AND y.year BETWEEN 2014 AND 2018 THEN '2014' END
                WHEN r.found IS NOT NULL THEN r.found
                WHEN y.year >= 2019 AND NOT r.forms ? 'statistics'
                    THEN CASE WHEN y.year < 2021 THEN '2019' ELSE '2021' END
            END
        ) THEN 'unreadable'
        ELSE 'not_on_form'
    END AS missing,
    f.form,
    c.document_id
FROM research.agencies AS a
CROSS JOIN (
    SELECT g.year::smallint AS year
    FROM generate_series(1990, 2100) AS g (year)
    WHERE g.year BETWEEN (SELECT min(d.year) FROM public.documents AS d)
        AND (SELECT max(d.year) FROM public.documents AS d)
) AS y
CROSS JOIN (SELECT DISTINCT n.code, n.part FROM public.indicators AS n) AS i
LEFT JOIN (
    SELECT d.agency_id, d.year, k.document_id, k.reading_id
    FROM public.documents AS d
    JOIN public.current_readings AS k ON k.document_id = d.id
) AS c ON c.agency_id = a.agency_id AND c.year = y.year
LEFT JOIN LATERAL (
    SELECT q.* FROM public.figure_cells AS q
    WHERE q.reading_id = c.reading_id AND q.part = i.part AND q.code = i.code
    OFFSET 0 -- by key, one table of one reading: joined otherwise all its tables are read
) AS f ON true;

CREATE VIEW research.coverage AS
SELECT
    a.agency_id,
    a.agency,
    a.division,
    a.area_code,
    a.province,
    a.level,
    y.year,
    CASE WHEN c.document_id IS NULL THEN 'no_report' WHEN c.gone THEN 'withdrawn' ELSE 'held' END AS state,
    c.document_id
FROM research.agencies AS a
CROSS JOIN (
    SELECT g.year::smallint AS year
    FROM generate_series(1990, 2100) AS g (year)
    WHERE g.year BETWEEN (SELECT min(d.year) FROM public.documents AS d)
        AND (SELECT max(d.year) FROM public.documents AS d)
) AS y
LEFT JOIN (
    SELECT d.agency_id, d.year, k.document_id, k.gone
    FROM public.documents AS d
    JOIN public.current_readings AS k ON k.document_id = d.id
) AS c ON c.agency_id = a.agency_id AND c.year = y.year;

CREATE VIEW research.checks AS
SELECT
    k.document_id,
    a.agency_id,
    a.agency,
    a.division,
    a.area_code,
    a.province,
    a.level,
    d.year,
    c.code AS identity,
    c.part,
    c.form,
    c.verdict,
    c."left" AS left_side,
    c."right" AS right_side
FROM public.current_readings AS k
JOIN public.documents AS d ON d.id = k.document_id
JOIN research.agencies AS a ON a.agency_id = d.agency_id
JOIN public.check_results AS c ON c.reading_id = k.reading_id;

CREATE VIEW research.restatements AS
SELECT
    p.document_id,
    a.agency_id,
    a.agency,
    a.division,
    a.area_code,
    a.province,
    d.year,
    p.source_id,
    p.old_version,
    p.number AS new_version,
    p.first_seen AS seen,
    x.indicator,
    x.old_status,
    x.old_value,
    x.old_raw,
    x.new_status,
    x.new_value,
    x.new_raw
FROM (
    SELECT
        v.*,
        lag(v.number) OVER earlier AS old_version,
        lag(v.reading_id) OVER earlier AS old_reading
    FROM research.versions AS v
    WHERE EXISTS (SELECT FROM public.versions AS o WHERE o.source_id = v.source_id AND o.number > 1)
    WINDOW earlier AS (PARTITION BY v.document_id, v.source_id ORDER BY v.first_seen, v.number)
) AS p
JOIN public.documents AS d ON d.id = p.document_id
JOIN research.agencies AS a ON a.agency_id = d.agency_id
CROSS JOIN LATERAL (
    SELECT
        coalesce(n.code, o.code) AS indicator,
        o.status AS old_status,
        o.value AS old_value,
        o.raw AS old_raw,
        n.status AS new_status,
        n.value AS new_value,
        n.raw AS new_raw
    FROM (SELECT * FROM public.figure_cells WHERE reading_id = p.old_reading) AS o
    FULL JOIN (SELECT * FROM public.figure_cells WHERE reading_id = p.reading_id) AS n ON n.code = o.code
    WHERE (o.status, o.value, o.unit, o.value_wan, CASE WHEN o.value IS NULL THEN btrim(o.raw, E' \t\n\r\u3000\u00a0') END)
        IS DISTINCT FROM
        (n.status, n.value, n.unit, n.value_wan, CASE WHEN n.value IS NULL THEN btrim(n.raw, E' \t\n\r\u3000\u00a0') END)
) AS x
WHERE p.old_reading IS NOT NULL;

CREATE VIEW research.indicators AS
SELECT
    i.code AS indicator,
    i.form,
    i.part,
    i.position,
    i.label AS label_zh,
    w.label_en,
    w.short_name,
    i.unit
FROM public.indicators AS i
LEFT JOIN public.wordings AS w ON w.code = i.code;

CREATE VIEW research.crosswalk AS
SELECT
    c.crossing,
    c.relation,
    c.from_form,
    c.from_code,
    c.to_form,
    c.to_code,
    c.note_zh,
    c.note_en
FROM public.crosswalk AS c;

CREATE VIEW research.provenance AS
SELECT
    k.document_id,
    a.agency_id,
    a.agency,
    a.division,
    d.year,
    p.sha256,
    p.size,
    h.url,
    h.captured_at,
    w.name AS warc_file,
    h.warc_offset,
    h.warc_length,
    h.record_id,
    h.payload_digest,
    r.revision,
    s.place
FROM public.current_readings AS k
JOIN public.documents AS d ON d.id = k.document_id
JOIN public.agencies AS g ON g.id = d.agency_id
JOIN research.agencies AS a ON a.agency_id = g.id
JOIN public.sources AS s ON s.id = k.source_id
JOIN public.payloads AS p ON p.id = k.payload_id
JOIN public.readings AS r ON r.id = k.reading_id
CROSS JOIN LATERAL (
    SELECT c.* FROM public.captures AS c
    WHERE c.payload_id = k.payload_id AND c.kind = 'response'
    ORDER BY c.id LIMIT 1
) AS h
JOIN public.warc_files AS w ON w.id = h.warc_file_id;

CREATE VIEW research.texts AS
SELECT
    k.document_id,
    a.agency_id,
    a.agency,
    a.division,
    d.year,
    t.body AS text,
    public.zh_grams(t.body) AS grams
FROM public.current_readings AS k
JOIN public.documents AS d ON d.id = k.document_id
JOIN public.agencies AS g ON g.id = d.agency_id
JOIN research.agencies AS a ON a.agency_id = g.id
JOIN public.readings AS r ON r.id = k.reading_id
JOIN public.texts AS t ON t.sha256 = r.text_sha256;

CREATE VIEW research.overrides AS
SELECT DISTINCT ON (o.document_id, o.indicator)
    o.document_id,
    o.indicator,
    o.value,
    o.note,
    o.author,
    o.made_at
FROM public.overrides AS o
ORDER BY o.document_id, o.indicator, o.id DESC;

CREATE VIEW research.issues AS
SELECT
    k.document_id,
    i.code,
    i.message
FROM public.current_readings AS k
JOIN public.issues AS i ON i.reading_id = k.reading_id;
