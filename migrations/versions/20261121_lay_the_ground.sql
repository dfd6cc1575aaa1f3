-- What migration 20261121_lay_the_ground runs. Afterwards archive/records/tables/ says what there is.

-- The overlapping pairs of characters of a text without white space, each once: what the index of texts holds.
-- A word of two characters or more is found by zh_grams(body) @> zh_grams(word) AND body LIKE word, none missed.
-- Its cost is told high, or the planner computes it for every row of a common word (66 s instead of 13 ms).
-- The white space is Unicode's, written out so that no locale of a server changes what the index means.
CREATE FUNCTION zh_grams(body text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20000
    RETURN (
        SELECT coalesce(array_agg(DISTINCT pair), '{}')
        FROM (
            SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
            FROM string_to_table(
                translate(body, U&'\0009\000A\000B\000C\000D\001C\001D\001E\001F\0020\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000', ''),
                NULL
            ) WITH ORDINALITY AS letters (letter, place)
        ) AS pairs
        WHERE pair IS NOT NULL
    );

COMMENT ON FUNCTION zh_grams(text) IS 'Overlapping pairs of characters without white space, for finding Chinese words';

CREATE TABLE agencies (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL,
    division TEXT NOT NULL,
    CONSTRAINT pk_agencies PRIMARY KEY (id),
    CONSTRAINT uq_agencies_division_name UNIQUE (division, name),
    CONSTRAINT ck_agencies_division_is_code CHECK (division ~ '^[0-9]{6}$')
);
COMMENT ON TABLE agencies IS 'Reporting bodies (行政机关)';
COMMENT ON COLUMN agencies.division IS 'GB/T 2260 code of the portal that publishes for it';

CREATE TABLE crawls (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    software TEXT NOT NULL,
    CONSTRAINT pk_crawls PRIMARY KEY (id)
);
COMMENT ON TABLE crawls IS 'One run over portals, with its counts in crawl_portals';
COMMENT ON COLUMN crawls.finished_at IS 'null while running, or when it was interrupted';

CREATE TABLE identities (
    part TEXT NOT NULL,
    form TEXT NOT NULL,
    position SMALLINT NOT NULL,
    code TEXT NOT NULL,
    CONSTRAINT pk_identities PRIMARY KEY (part, form, position),
    CONSTRAINT uq_identities_part_form_code UNIQUE (part, form, code)
);
COMMENT ON TABLE identities IS 'Accounting identities (勾稽关系) of the forms, in the order of the arrays of checks';
COMMENT ON COLUMN identities.position IS '1-based place in checks arrays';

CREATE TABLE indicators (
    part TEXT NOT NULL,
    form TEXT NOT NULL,
    position SMALLINT NOT NULL,
    code TEXT NOT NULL,
    label TEXT NOT NULL,
    unit TEXT,
    CONSTRAINT pk_indicators PRIMARY KEY (part, form, position),
    CONSTRAINT uq_indicators_part_form_code UNIQUE (part, form, code),
    CONSTRAINT ck_indicators_label_fits_stata CHECK (char_length(label) <= 80),
    CONSTRAINT ck_indicators_code_is_dotted CHECK (code ~ '^[a-z_]+(\.[a-z_]+)+$')
);
COMMENT ON TABLE indicators IS 'Indicators of the statutory forms, in the order of the arrays of figures';
COMMENT ON COLUMN indicators.position IS '1-based place in figures arrays';
COMMENT ON COLUMN indicators.label IS 'Chinese label, at most 80 characters';

CREATE TABLE payloads (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    CONSTRAINT pk_payloads PRIMARY KEY (id),
    CONSTRAINT ck_payloads_sha256_is_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_payloads_size_positive CHECK (size >= 0),
    CONSTRAINT uq_payloads_sha256 UNIQUE (sha256)
);
COMMENT ON TABLE payloads IS 'Bodies, named by digest, kept once: in the WARC record of the capture of kind response';
COMMENT ON COLUMN payloads.sha256 IS 'of the decoded body';

CREATE TABLE portals (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    division TEXT NOT NULL,
    base TEXT NOT NULL,
    CONSTRAINT pk_portals PRIMARY KEY (id),
    CONSTRAINT ck_portals_division_is_code CHECK (division ~ '^[0-9]{6}$')
);
COMMENT ON TABLE portals IS 'Government sites (门户网站) that were crawled at least once; their files are the definition';
COMMENT ON COLUMN portals.id IS 'division code and slug, as in the portal file';
COMMENT ON COLUMN portals.division IS 'GB/T 2260 code';

CREATE TABLE revisions (
    number INTEGER NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    promoted_at TIMESTAMP WITH TIME ZONE,
    current BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_revisions PRIMARY KEY (number),
    CONSTRAINT ck_revisions_number_positive CHECK (number >= 1)
);
CREATE UNIQUE INDEX uq_revisions_one_current ON revisions (current) WHERE current;
COMMENT ON TABLE revisions IS 'Numbers of the reading code; one is current, the others stay and can be asked for';
COMMENT ON COLUMN revisions.promoted_at IS 'when its readings became what researchers see';

CREATE TABLE texts (
    sha256 TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_texts PRIMARY KEY (sha256),
    CONSTRAINT ck_texts_sha256_is_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX ix_texts_grams ON texts USING gin (zh_grams(body));
COMMENT ON TABLE texts IS 'Texts of readings, kept once however many readings gave them';

CREATE TABLE warc_files (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL,
    indexed_end BIGINT DEFAULT '0' NOT NULL,
    sealed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_warc_files PRIMARY KEY (id),
    CONSTRAINT ck_warc_files_indexed_end_positive CHECK (indexed_end >= 0),
    CONSTRAINT uq_warc_files_name UNIQUE (name)
);
COMMENT ON TABLE warc_files IS 'Files of the WARC folder';
COMMENT ON COLUMN warc_files.indexed_end IS 'end of the last indexed member';

CREATE TABLE captures (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    crawl_id BIGINT NOT NULL,
    portal_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    url TEXT NOT NULL,
    url_key TEXT NOT NULL,
    captured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status SMALLINT,
    headers JSONB,
    ip TEXT,
    context JSONB NOT NULL,
    payload_id BIGINT,
    warc_file_id BIGINT,
    warc_offset BIGINT,
    warc_length INTEGER,
    request_offset BIGINT,
    request_length INTEGER,
    record_id TEXT,
    payload_digest TEXT,
    wire_bytes BIGINT DEFAULT '0' NOT NULL,
    truncated TEXT,
    error TEXT,
    CONSTRAINT pk_captures PRIMARY KEY (id),
    CONSTRAINT uq_captures_warc_file_id_warc_offset UNIQUE (warc_file_id, warc_offset),
    CONSTRAINT ck_captures_kind_is_known CHECK (kind IN ('response', 'revisit_identical', 'revisit_not_modified', 'error')),
    CONSTRAINT ck_captures_role_is_known CHECK (role IN ('robots', 'list', 'report', 'attachment')),
    CONSTRAINT ck_captures_truncated_is_known CHECK (truncated IN ('length', 'time', 'disconnect')),
    CONSTRAINT ck_captures_place_is_whole CHECK ((warc_file_id IS NULL) = (warc_offset IS NULL) AND (warc_offset IS NULL) = (warc_length IS NULL)),
    CONSTRAINT ck_captures_has_payload CHECK (kind = 'error' OR (payload_id IS NOT NULL AND record_id IS NOT NULL)),
    CONSTRAINT ck_captures_error_has_reason CHECK (kind <> 'error' OR error IS NOT NULL),
    CONSTRAINT fk_captures_crawl_id_crawls FOREIGN KEY(crawl_id) REFERENCES crawls (id),
    CONSTRAINT fk_captures_portal_id_portals FOREIGN KEY(portal_id) REFERENCES portals (id),
    CONSTRAINT fk_captures_payload_id_payloads FOREIGN KEY(payload_id) REFERENCES payloads (id),
    CONSTRAINT fk_captures_warc_file_id_warc_files FOREIGN KEY(warc_file_id) REFERENCES warc_files (id)
);
CREATE INDEX ix_captures_crawl_id_portal_id ON captures (crawl_id, portal_id);
CREATE INDEX ix_captures_payload_response ON captures (payload_id) WHERE kind = 'response';
CREATE INDEX ix_captures_portal_id_url_key_captured_at ON captures (portal_id, url_key, captured_at);
COMMENT ON TABLE captures IS 'One HTTP exchange each: what was asked, what came, where its record lies';
COMMENT ON COLUMN captures.headers IS 'pairs as received, latin-1; the exact bytes are in the WARC';
COMMENT ON COLUMN captures.context IS 'why it was fetched: column, title, date, via';
COMMENT ON COLUMN captures.payload_id IS 'what was received, or what a revisit stands for';
COMMENT ON COLUMN captures.record_id IS 'WARC-Record-ID of the response or revisit record';
COMMENT ON COLUMN captures.payload_digest IS 'WARC-Payload-Digest of the response record';
COMMENT ON COLUMN captures.error IS 'why there is no usable response';

CREATE TABLE crawl_portals (
    crawl_id BIGINT NOT NULL,
    portal_id TEXT NOT NULL,
    state TEXT DEFAULT 'running' NOT NULL,
    reason TEXT,
    expected INTEGER,
    found INTEGER DEFAULT '0' NOT NULL,
    "new" INTEGER DEFAULT '0' NOT NULL,
    changed INTEGER DEFAULT '0' NOT NULL,
    unchanged INTEGER DEFAULT '0' NOT NULL,
    withdrawn INTEGER DEFAULT '0' NOT NULL,
    failed INTEGER DEFAULT '0' NOT NULL,
    requests INTEGER DEFAULT '0' NOT NULL,
    bytes BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_crawl_portals PRIMARY KEY (crawl_id, portal_id),
    CONSTRAINT ck_crawl_portals_state_is_known CHECK (state IN ('running', 'complete', 'incomplete', 'blocked', 'failed')),
    CONSTRAINT fk_crawl_portals_crawl_id_crawls FOREIGN KEY(crawl_id) REFERENCES crawls (id),
    CONSTRAINT fk_crawl_portals_portal_id_portals FOREIGN KEY(portal_id) REFERENCES portals (id)
);
COMMENT ON TABLE crawl_portals IS 'What one crawl did at one portal';
COMMENT ON COLUMN crawl_portals.reason IS 'why the state is not complete, with a sample URL';
COMMENT ON COLUMN crawl_portals.expected IS 'as the portal file says';
COMMENT ON COLUMN crawl_portals.bytes IS 'received on the wire';

CREATE TABLE documents (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    agency_id BIGINT NOT NULL,
    year SMALLINT NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (id),
    CONSTRAINT uq_documents_agency_id_year UNIQUE (agency_id, year),
    CONSTRAINT ck_documents_year_plausible CHECK (year BETWEEN 1990 AND 2100),
    CONSTRAINT fk_documents_agency_id_agencies FOREIGN KEY(agency_id) REFERENCES agencies (id)
);
COMMENT ON TABLE documents IS 'One agency''s report for one year, however often published';

CREATE TABLE readings (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    payload_id BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    media_type TEXT,
    charset TEXT,
    title TEXT,
    agency TEXT,
    year SMALLINT,
    period_start DATE,
    period_end DATE,
    forms JSONB DEFAULT '{}' NOT NULL,
    text_sha256 TEXT,
    content_hash TEXT,
    error_code TEXT,
    error_message TEXT,
    CONSTRAINT pk_readings PRIMARY KEY (id),
    CONSTRAINT uq_readings_payload_id_revision UNIQUE (payload_id, revision),
    CONSTRAINT ck_readings_content_hash_is_sha256 CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_readings_year_plausible CHECK (year BETWEEN 1990 AND 2100),
    CONSTRAINT ck_readings_read_or_failed CHECK ((error_code IS NULL) <> (content_hash IS NULL)),
    CONSTRAINT fk_readings_payload_id_payloads FOREIGN KEY(payload_id) REFERENCES payloads (id),
    CONSTRAINT fk_readings_revision_revisions FOREIGN KEY(revision) REFERENCES revisions (number),
    CONSTRAINT fk_readings_text_sha256_texts FOREIGN KEY(text_sha256) REFERENCES texts (sha256)
);
CREATE INDEX ix_readings_revision_content_hash ON readings (revision, content_hash);
CREATE INDEX ix_readings_text_sha256 ON readings (text_sha256);
COMMENT ON TABLE readings IS 'What one revision of the reading code made of one payload';
COMMENT ON COLUMN readings.forms IS 'part → form';
COMMENT ON COLUMN readings.content_hash IS 'null where the payload could not be read';

CREATE TABLE figures (
    reading_id BIGINT NOT NULL,
    part TEXT NOT NULL,
    form TEXT NOT NULL,
    statuses SMALLINT[] NOT NULL,
    values NUMERIC[] NOT NULL,
    places SMALLINT[] NOT NULL,
    details JSONB NOT NULL,
    verdicts SMALLINT[] NOT NULL,
    lefts NUMERIC[] NOT NULL,
    rights NUMERIC[] NOT NULL,
    CONSTRAINT pk_figures PRIMARY KEY (reading_id, part),
    CONSTRAINT ck_figures_part_is_known CHECK (part IN ('disclosure', 'requests', 'remedies')),
    CONSTRAINT ck_figures_values_fit CHECK (cardinality(statuses) = cardinality(values)),
    CONSTRAINT ck_figures_places_fit CHECK (cardinality(places) = 3 * cardinality(values)),
    CONSTRAINT ck_figures_checks_fit CHECK (cardinality(verdicts) = cardinality(lefts) AND cardinality(verdicts) = cardinality(rights)),
    CONSTRAINT ck_figures_statuses_known CHECK (0 <= ALL (statuses) AND 5 >= ALL (statuses)),
    CONSTRAINT ck_figures_verdicts_known CHECK (0 <= ALL (verdicts) AND 2 >= ALL (verdicts)),
    CONSTRAINT fk_figures_reading_id_readings FOREIGN KEY(reading_id) REFERENCES readings (id)
);
COMMENT ON TABLE figures IS 'Figures and checks of one part of a reading';
COMMENT ON COLUMN figures.statuses IS 'index into figure_statuses';
COMMENT ON COLUMN figures.values IS 'null unless the status is number';
COMMENT ON COLUMN figures.places IS 'table, row, column of each; null where not found';
COMMENT ON COLUMN figures.details IS 'position → raw, unit, value_wan, note where not plain';
COMMENT ON COLUMN figures.verdicts IS 'in the order of identities';

CREATE TABLE frontier (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    portal_id TEXT NOT NULL,
    url_key TEXT NOT NULL,
    url TEXT NOT NULL,
    role TEXT NOT NULL,
    context JSONB NOT NULL,
    state TEXT DEFAULT 'due' NOT NULL,
    leased_at TIMESTAMP WITH TIME ZONE,
    crawl_id BIGINT,
    checked_at TIMESTAMP WITH TIME ZONE,
    etag TEXT,
    last_modified TEXT,
    capture_id BIGINT,
    conditional_streak SMALLINT DEFAULT '0' NOT NULL,
    failures SMALLINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_frontier PRIMARY KEY (id),
    CONSTRAINT uq_frontier_portal_id_url_key UNIQUE (portal_id, url_key),
    CONSTRAINT ck_frontier_state_is_known CHECK (state IN ('due', 'leased', 'done', 'failed')),
    CONSTRAINT ck_frontier_role_is_known CHECK (role IN ('robots', 'list', 'report', 'attachment')),
    CONSTRAINT fk_frontier_portal_id_portals FOREIGN KEY(portal_id) REFERENCES portals (id),
    CONSTRAINT fk_frontier_crawl_id_crawls FOREIGN KEY(crawl_id) REFERENCES crawls (id),
    CONSTRAINT fk_frontier_capture_id_captures FOREIGN KEY(capture_id) REFERENCES captures (id)
);
CREATE INDEX ix_frontier_due ON frontier (portal_id, role, checked_at) WHERE state = 'due';
COMMENT ON TABLE frontier IS 'Every URL to fetch, one row each; a lease left by a dead crawl is due again at the next start';
COMMENT ON COLUMN frontier.url_key IS 'canonical URL, the identity of the row';
COMMENT ON COLUMN frontier.url IS 'as it was linked';
COMMENT ON COLUMN frontier.context IS 'what the link said: column, title, date, via';
COMMENT ON COLUMN frontier.crawl_id IS 'the crawl that asked for it last';
COMMENT ON COLUMN frontier.checked_at IS 'when it last answered';
COMMENT ON COLUMN frontier.capture_id IS 'the last capture with a body';
COMMENT ON COLUMN frontier.conditional_streak IS 'conditional requests since the last full fetch; the seventh night is full';
COMMENT ON COLUMN frontier.failures IS 'in a row';

CREATE TABLE issues (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    reading_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    CONSTRAINT pk_issues PRIMARY KEY (id),
    CONSTRAINT fk_issues_reading_id_readings FOREIGN KEY(reading_id) REFERENCES readings (id)
);
CREATE INDEX ix_issues_code ON issues (code);
CREATE INDEX ix_issues_reading_id ON issues (reading_id);
COMMENT ON TABLE issues IS 'What was found about a reading';

CREATE TABLE sources (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    portal_id TEXT NOT NULL,
    url_key TEXT NOT NULL,
    url TEXT NOT NULL,
    role TEXT NOT NULL,
    title TEXT,
    published DATE,
    document_id BIGINT,
    CONSTRAINT pk_sources PRIMARY KEY (id),
    CONSTRAINT uq_sources_portal_id_url_key UNIQUE (portal_id, url_key),
    CONSTRAINT ck_sources_role_is_known CHECK (role IN ('report', 'attachment')),
    CONSTRAINT fk_sources_portal_id_portals FOREIGN KEY(portal_id) REFERENCES portals (id),
    CONSTRAINT fk_sources_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id)
);
CREATE INDEX ix_sources_document_id ON sources (document_id);
COMMENT ON TABLE sources IS 'URLs where a rendition of a document is published';
COMMENT ON COLUMN sources.title IS 'as the list row or link gave it';
COMMENT ON COLUMN sources.document_id IS 'null: no report was recognised there';

CREATE TABLE source_aliases (
    portal_id TEXT NOT NULL,
    url_key TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    CONSTRAINT pk_source_aliases PRIMARY KEY (portal_id, url_key),
    CONSTRAINT fk_source_aliases_portal_id_portals FOREIGN KEY(portal_id) REFERENCES portals (id),
    CONSTRAINT fk_source_aliases_source_id_sources FOREIGN KEY(source_id) REFERENCES sources (id)
);
CREATE INDEX ix_source_aliases_source_id ON source_aliases (source_id);
COMMENT ON TABLE source_aliases IS 'Other addresses that lead to a source, redirects for instance';

CREATE TABLE versions (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    source_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    found_by INTEGER NOT NULL,
    same_as BIGINT,
    CONSTRAINT pk_versions PRIMARY KEY (id),
    CONSTRAINT uq_versions_source_id_number UNIQUE (source_id, number),
    CONSTRAINT ck_versions_content_hash_is_sha256 CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_versions_number_positive CHECK (number >= 1),
    CONSTRAINT fk_versions_source_id_sources FOREIGN KEY(source_id) REFERENCES sources (id),
    CONSTRAINT fk_versions_found_by_revisions FOREIGN KEY(found_by) REFERENCES revisions (number),
    CONSTRAINT fk_versions_same_as_versions FOREIGN KEY(same_as) REFERENCES versions (id)
);
COMMENT ON TABLE versions IS 'States of a source by content; rows are added, never changed but for same_as';
COMMENT ON COLUMN versions.number IS 'in order of first sight';
COMMENT ON COLUMN versions.content_hash IS 'under the revision that found it';
COMMENT ON COLUMN versions.same_as IS 'an earlier version that now reads the same';

CREATE TABLE withdrawals (
    capture_id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    returned_capture_id BIGINT,
    CONSTRAINT pk_withdrawals PRIMARY KEY (capture_id),
    CONSTRAINT fk_withdrawals_capture_id_captures FOREIGN KEY(capture_id) REFERENCES captures (id),
    CONSTRAINT fk_withdrawals_source_id_sources FOREIGN KEY(source_id) REFERENCES sources (id),
    CONSTRAINT fk_withdrawals_returned_capture_id_captures FOREIGN KEY(returned_capture_id) REFERENCES captures (id)
);
CREATE INDEX ix_withdrawals_source_id ON withdrawals (source_id);
COMMENT ON TABLE withdrawals IS 'Sources that have gone from their portal; what they said stays';
COMMENT ON COLUMN withdrawals.capture_id IS 'the answer that said it is gone';
COMMENT ON COLUMN withdrawals.returned_capture_id IS 'the answer that showed it again';

CREATE TABLE version_payloads (
    source_id BIGINT NOT NULL,
    payload_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    CONSTRAINT pk_version_payloads PRIMARY KEY (source_id, payload_id),
    CONSTRAINT fk_version_payloads_source_id_sources FOREIGN KEY(source_id) REFERENCES sources (id),
    CONSTRAINT fk_version_payloads_payload_id_payloads FOREIGN KEY(payload_id) REFERENCES payloads (id),
    CONSTRAINT fk_version_payloads_version_id_versions FOREIGN KEY(version_id) REFERENCES versions (id)
);
CREATE INDEX ix_version_payloads_version_id ON version_payloads (version_id);
COMMENT ON TABLE version_payloads IS 'Which bytes show which version; when they were seen follows from the captures';

CREATE TABLE overrides (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    document_id BIGINT NOT NULL,
    indicator TEXT NOT NULL,
    value NUMERIC,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_overrides PRIMARY KEY (id),
    CONSTRAINT ck_overrides_indicator_is_dotted CHECK (indicator ~ '^[a-z_]+(\.[a-z_]+)+$'),
    CONSTRAINT ck_overrides_is_signed CHECK (note <> '' AND author <> ''),
    CONSTRAINT fk_overrides_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id)
);
CREATE INDEX ix_overrides_document_id ON overrides (document_id);
COMMENT ON TABLE overrides IS 'A person''s corrections of figures; the last of an indicator counts. No reading touches them';
COMMENT ON COLUMN overrides.value IS 'null: the person says that the report gives no number';
COMMENT ON COLUMN overrides.note IS 'why, and how it is known';

-- ── views ────────────────────────────────────────────────────────────────────────────────────────────

CREATE VIEW figure_cells AS
SELECT
    f.reading_id,
    f.part,
    f.form,
    i.position,
    i.code,
    (ARRAY['number', 'blank', 'dash', 'text', 'unreadable', 'not_on_form'])[f.statuses[i.position] + 1] AS status,
    f."values"[i.position] AS value,
    CASE
        WHEN detail ? 'raw' THEN detail ->> 'raw'
        WHEN f.statuses[i.position] = 0 THEN f."values"[i.position]::text
        WHEN f.statuses[i.position] = 1 THEN ''
    END AS raw,
    detail ->> 'unit' AS unit,
    (detail ->> 'value_wan')::numeric AS value_wan,
    detail ->> 'note' AS note,
    f.places[3 * i.position - 2] AS "table",
    f.places[3 * i.position - 1] AS "row",
    f.places[3 * i.position] AS "column"
FROM figures AS f
JOIN indicators AS i ON i.part = f.part AND i.form = f.form AND i.position <= cardinality(f.statuses)
CROSS JOIN LATERAL (SELECT f.details -> i.position::text AS detail) AS details;

COMMENT ON VIEW figure_cells IS 'Figures, one row each; filter by code, and only that place of the arrays is read';
COMMENT ON COLUMN figure_cells.value IS 'null unless the status is number';
COMMENT ON COLUMN figure_cells.raw IS 'as printed; null where the cell was not found';
COMMENT ON COLUMN figure_cells.value_wan IS 'money in 万元, null where the printed unit does not say';
COMMENT ON COLUMN figure_cells."table" IS '0-based, as row and column; null where the cell was not found';

CREATE VIEW check_results AS
SELECT
    f.reading_id,
    f.part,
    f.form,
    i.position,
    i.code,
    (ARRAY['holds', 'fails', 'not_checkable'])[f.verdicts[i.position] + 1] AS verdict,
    f.lefts[i.position] AS "left",
    f.rights[i.position] AS "right"
FROM figures AS f
JOIN identities AS i ON i.part = f.part AND i.form = f.form AND i.position <= cardinality(f.verdicts);

COMMENT ON VIEW check_results IS 'Accounting identities (勾稽关系) evaluated, one row each';
COMMENT ON COLUMN check_results."left" IS 'null where an operand is not a number';
