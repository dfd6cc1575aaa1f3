-- What migration 20261122_panel_by_agency makes of two views: the same columns and rows. Documents are found by agency
-- and year among the current readings alone; a code has its place in each form beside it, where the view figure_cells,
-- whose expressions these are, looks it up for each row.

CREATE OR REPLACE VIEW research.panel AS
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
CROSS JOIN (
    SELECT n.code, n.part, jsonb_object_agg(n.form, n.position) AS positions
    FROM public.indicators AS n
    GROUP BY n.code, n.part
) AS i
LEFT JOIN public.current_readings AS c ON c.agency_id = a.agency_id AND c.year = y.year
LEFT JOIN LATERAL (
    SELECT
        t.form,
        (ARRAY['number', 'blank', 'dash', 'text', 'unreadable', 'not_on_form'])[t.statuses[p.position] + 1] AS status,
        t."values"[p.position] AS value,
        CASE
            WHEN e.detail ? 'raw' THEN e.detail ->> 'raw'
            WHEN t.statuses[p.position] = 0 THEN t."values"[p.position]::text
            WHEN t.statuses[p.position] = 1 THEN ''
        END AS raw,
        e.detail ->> 'unit' AS unit,
        (e.detail ->> 'value_wan')::numeric AS value_wan
    FROM public.figures AS t
    CROSS JOIN LATERAL (SELECT (i.positions ->> t.form)::integer AS position OFFSET 0) AS p
    CROSS JOIN LATERAL (SELECT t.details -> p.position::text AS detail) AS e
    WHERE t.reading_id = c.reading_id AND t.part = i.part AND p.position <= cardinality(t.statuses)
    OFFSET 0 -- by key, one table of one reading: joined otherwise all its tables are read
) AS f ON true;

CREATE OR REPLACE VIEW research.coverage AS
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
LEFT JOIN public.current_readings AS c ON c.agency_id = a.agency_id AND c.year = y.year;
