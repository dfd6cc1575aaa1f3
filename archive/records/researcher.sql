-- A login that can ask and do nothing else (docs/database.md). Run as a superuser, again after each upgrade.
-- It has no password: give it one with \password researcher.

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'researcher') THEN
        CREATE ROLE researcher LOGIN;
    END IF;
END $$;

-- Defaults, which a user may raise, but for temp_file_limit: heavy questions belong on a replica.
ALTER ROLE researcher SET default_transaction_read_only = on;
ALTER ROLE researcher SET search_path = research;
ALTER ROLE researcher SET statement_timeout = '60s';
ALTER ROLE researcher SET idle_in_transaction_session_timeout = '10min';
ALTER ROLE researcher SET work_mem = '64MB';
ALTER ROLE researcher SET temp_file_limit = '4GB';

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE TEMPORARY ON DATABASE :database FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :owner;
GRANT TEMPORARY ON DATABASE :database TO :owner;

-- With these anyone could hold our locks, sleep on our connections or lift his own limits.
DO $$ DECLARE
    f regprocedure;
BEGIN
    FOR f IN
        SELECT oid FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace
        AND proname ~ '^(set_config|pg_notify|pg_sleep(_for|_until)?|pg_(try_)?advisory_\w+)$'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO :owner', f);
    END LOOP;
END $$;

-- Views only: they read with their owner's rights, and what is not among them cannot be read.
DROP SCHEMA IF EXISTS research CASCADE;
CREATE SCHEMA research;
CREATE VIEW research.agencies AS SELECT * FROM public.agencies;
CREATE VIEW research.documents AS SELECT * FROM public.documents;
CREATE VIEW research.sources AS SELECT * FROM public.sources;
CREATE VIEW research.versions AS SELECT * FROM public.versions;
CREATE VIEW research.version_payloads AS SELECT * FROM public.version_payloads;
CREATE VIEW research.withdrawals AS SELECT * FROM public.withdrawals;
CREATE VIEW research.revisions AS SELECT * FROM public.revisions;
CREATE VIEW research.readings AS SELECT * FROM public.readings;
CREATE VIEW research.issues AS SELECT * FROM public.issues;
CREATE VIEW research.indicators AS SELECT * FROM public.indicators;
CREATE VIEW research.identities AS SELECT * FROM public.identities;
CREATE VIEW research.figure_cells AS SELECT * FROM public.figure_cells;
CREATE VIEW research.check_results AS SELECT * FROM public.check_results;
CREATE VIEW research.payloads AS SELECT * FROM public.payloads;
CREATE VIEW research.warc_files AS SELECT * FROM public.warc_files;
CREATE VIEW research.captures AS SELECT * FROM public.captures;
CREATE VIEW research.texts AS SELECT sha256, body, public.zh_grams(body) AS grams FROM public.texts;
COMMENT ON VIEW research.texts IS 'For a word: WHERE grams @> ARRAY[''公开'', ''开率''] AND body LIKE ''%公开率%''';
GRANT USAGE ON SCHEMA research TO researcher;
GRANT SELECT ON ALL TABLES IN SCHEMA research TO researcher;
