-- A login that can ask and do nothing else (docs/sql.md). Run as a superuser; again does no harm.
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

-- The views of the migrations (docs/sql.md) and nothing else: they read with their owner's rights.
GRANT USAGE ON SCHEMA research TO researcher;
GRANT SELECT ON ALL TABLES IN SCHEMA research TO researcher;
ALTER DEFAULT PRIVILEGES FOR ROLE :owner IN SCHEMA research GRANT SELECT ON TABLES TO researcher;
