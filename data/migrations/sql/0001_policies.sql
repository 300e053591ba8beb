-- Row-level security, forced, on every table with a tenant: whoever forgets the tenant sees nothing.
DO $$
DECLARE
    bound text;
BEGIN
    FOR bound IN
        SELECT c.table_name FROM information_schema.columns AS c
        WHERE c.table_schema = 'public' AND c.column_name = 'tenant'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', bound);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', bound);
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I TO reasonance_app, reasonance_bi'
            ' USING (tenant = current_setting(''app.tenant'', true))'
            ' WITH CHECK (tenant = current_setting(''app.tenant'', true))', bound);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO reasonance_app', bound);
    END LOOP;
END;
$$;

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON tenant TO reasonance_app, reasonance_bi
    USING (id = current_setting('app.tenant', true)) WITH CHECK (id = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE ON tenant TO reasonance_app;

-- What was recorded of access stays as it was written.
REVOKE UPDATE, DELETE ON audit FROM reasonance_app;

-- The sweeper: work and encrypted files of all tenants, never what was said.
DO $$
DECLARE
    swept text;
BEGIN
    FOREACH swept IN ARRAY ARRAY['tenant', 'interaction', 'stage_run', 'inbox_item', 'checkpoint', 'pending_metadata'] LOOP
        EXECUTE format('CREATE POLICY of_sweeper ON %I TO reasonance_sweeper USING (true) WITH CHECK (true)', swept);
    END LOOP;
END;
$$;
GRANT SELECT ON tenant TO reasonance_sweeper;
GRANT SELECT (tenant, id, state, error_code, received_at), UPDATE (state, error_code) ON interaction TO reasonance_sweeper;
GRANT SELECT, UPDATE ON stage_run TO reasonance_sweeper;
GRANT SELECT, DELETE ON inbox_item, checkpoint, pending_metadata TO reasonance_sweeper;

-- Business intelligence reads what was found, not who may ask nor the encrypted parts.
GRANT SELECT ON tenant, interaction, turn, redaction, reason, reason_event, discovery, assignment, customer
    TO reasonance_bi;

-- The definer's functions hold an explicit tenant predicate each: without a policy of its own the planner would
-- not use a GIN index for @@, which is not leakproof.
DO $$
DECLARE
    read_past text;
BEGIN
    FOREACH read_past IN ARRAY ARRAY['interaction', 'turn', 'assignment', 'api_key', 'sign_in', 'session'] LOOP
        EXECUTE format('CREATE POLICY of_definer ON %I FOR SELECT TO reasonance_definer USING (true)', read_past);
        EXECUTE format('GRANT SELECT ON %I TO reasonance_definer', read_past);
    END LOOP;
END;
$$;

-- The job queue: a tenant's transaction adds and ends its own jobs, which say whose they are; the worker runs as sweeper.
ALTER TABLE procrastinate_jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON procrastinate_jobs TO reasonance_app
    USING (args ->> 'tenant' = current_setting('app.tenant', true))
    WITH CHECK (args ->> 'tenant' = current_setting('app.tenant', true));
CREATE POLICY of_sweeper ON procrastinate_jobs TO reasonance_sweeper USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs TO reasonance_app;
GRANT INSERT ON procrastinate_events TO reasonance_app;
-- The queue's trigger takes a job that is deleted out of this table.
GRANT SELECT, UPDATE ON procrastinate_periodic_defers TO reasonance_app;
DO $$
DECLARE
    named text;
    kind "char";
BEGIN
    FOR named, kind IN SELECT format('%I', relname), relkind FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname LIKE 'procrastinate%' AND relkind IN ('r', 'S')
    LOOP
        EXECUTE 'GRANT ALL ON ' || named || ' TO reasonance_sweeper';
        IF kind = 'S' THEN
            EXECUTE 'GRANT USAGE ON SEQUENCE ' || named || ' TO reasonance_app';
        END IF;
    END LOOP;
END;
$$;
