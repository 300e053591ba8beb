-- The roles. They belong to the whole server, so another database of it may have made them already.
-- None may log in: the login of the database URL becomes one of them as its connection starts.
--   owner    has the tables and runs migrations
--   app      works for one tenant at a time, under row-level security
--   sweeper  recovers work across tenants, and sees no text
--   bi       reads one tenant at a time
--   definer  owns the functions that read past row-level security: search, and access before a tenant is known
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['owner', 'app', 'sweeper', 'bi', 'definer'] LOOP
        wanted := 'reasonance_' || wanted;
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', wanted);
        END IF;
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN
            EXECUTE format('GRANT %I TO %I', wanted, session_user);
        END IF;
    END LOOP;
END;
$$;

GRANT reasonance_definer TO reasonance_owner;
GRANT USAGE ON SCHEMA public TO reasonance_owner, reasonance_app, reasonance_sweeper, reasonance_bi, reasonance_definer;
GRANT CREATE ON SCHEMA public TO reasonance_owner;
