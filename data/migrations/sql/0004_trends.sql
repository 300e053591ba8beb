-- Trends: contacts by column, a block a day (UTC); what marks a block stale; alerts.
CREATE TABLE trend_mark (
    tenant TEXT NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    day DATE NOT NULL,
    CONSTRAINT trend_mark_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT trend_mark_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX trend_mark_tenant_day_idx ON trend_mark (tenant, day);

CREATE TABLE trend_value (
    tenant TEXT NOT NULL,
    id INTEGER NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT trend_value_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT trend_value_tenant_value_key UNIQUE (tenant, value),
    CONSTRAINT trend_value_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE TABLE trend_block (
    tenant TEXT NOT NULL,
    day DATE NOT NULL,
    contacts INTEGER NOT NULL,
    id BYTEA NOT NULL,
    started_at BYTEA NOT NULL,
    state BYTEA NOT NULL,
    channel BYTEA NOT NULL,
    queue BYTEA NOT NULL,
    team BYTEA NOT NULL,
    agent BYTEA NOT NULL,
    language BYTEA NOT NULL,
    customer_segment BYTEA NOT NULL,
    reason BYTEA NOT NULL,
    detail BYTEA NOT NULL,
    customer BYTEA NOT NULL,
    handle_time_s BYTEA NOT NULL,
    sentiment BYTEA NOT NULL,
    csat BYTEA NOT NULL,
    nps BYTEA NOT NULL,
    ces BYTEA NOT NULL,
    CONSTRAINT trend_block_pkey PRIMARY KEY (tenant, day),
    CONSTRAINT trend_block_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE TABLE alert (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    since DATE NOT NULL,
    until DATE NOT NULL,
    count BIGINT NOT NULL,
    expected DOUBLE PRECISION NOT NULL,
    q_value DOUBLE PRECISION NOT NULL,
    typical UUID[] DEFAULT '{}' NOT NULL,
    coverage JSONB DEFAULT '{}' NOT NULL,
    detail JSONB DEFAULT '{}' NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT alert_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT alert_tenant_kind_subject_since_until_key UNIQUE (tenant, kind, subject, since, until),
    CONSTRAINT alert_state_check CHECK (state IN ('open', 'seen', 'dismissed')),
    CONSTRAINT alert_period_check CHECK (since < until),
    CONSTRAINT alert_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX alert_tenant_created_at_idx ON alert (tenant, created_at);

-- Each statement that changes what a trend counts leaves a mark for each day it touched, in its own transaction. Marks
-- have no unique key: two writers of one day never wait for one another, and a mark that is taken away while its writer
-- is still at work could hide what that one commits later.
CREATE FUNCTION trend_mark_contacts() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO trend_mark (tenant, day)
        SELECT DISTINCT tenant, (started_at AT TIME ZONE 'UTC')::date FROM added;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO trend_mark (tenant, day)
        SELECT DISTINCT tenant, (started_at AT TIME ZONE 'UTC')::date FROM removed
        WHERE EXISTS (SELECT FROM tenant WHERE tenant.id = removed.tenant);
    ELSE
        INSERT INTO trend_mark (tenant, day)
        SELECT DISTINCT removed.tenant, (touched.at AT TIME ZONE 'UTC')::date
        FROM removed JOIN added USING (tenant, id), LATERAL (VALUES (removed.started_at), (added.started_at)) AS touched (at)
        WHERE (removed.started_at, removed.is_current, removed.state, removed.channel, removed.queue, removed.team,
               removed.agent, removed.language, removed.customer_segment, removed.customer_id, removed.duration_s,
               removed.hold_s, removed.after_call_s, removed.sentiment, removed.csat, removed.nps, removed.ces)
            IS DISTINCT FROM
              (added.started_at, added.is_current, added.state, added.channel, added.queue, added.team,
               added.agent, added.language, added.customer_segment, added.customer_id, added.duration_s,
               added.hold_s, added.after_call_s, added.sentiment, added.csat, added.nps, added.ces);
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER trend_mark_added AFTER INSERT ON interaction REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION trend_mark_contacts();
CREATE TRIGGER trend_mark_changed AFTER UPDATE ON interaction REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION trend_mark_contacts();
CREATE TRIGGER trend_mark_removed AFTER DELETE ON interaction REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION trend_mark_contacts();

-- An assignment says its interaction's reason. One whose interaction is gone was marked with that.
-- Planned anew for each statement, and with the ids as values: joined instead, a tenant that the statistics do not know yet
-- would be taken for one contact, and each of its contacts be held against each assignment.
CREATE FUNCTION trend_mark_assignments() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    FOR whose IN SELECT tenant, array_agg(DISTINCT interaction_id) AS ids FROM touched GROUP BY tenant LOOP
        EXECUTE 'INSERT INTO trend_mark (tenant, day)'
            ' SELECT DISTINCT tenant, (started_at AT TIME ZONE ''UTC'')::date FROM interaction'
            ' WHERE tenant = $1 AND id = ANY ($2)' USING whose.tenant, whose.ids;
    END LOOP;
    RETURN NULL;
END;
$$;

CREATE TRIGGER trend_mark_added AFTER INSERT ON assignment REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION trend_mark_assignments();
CREATE TRIGGER trend_mark_changed AFTER UPDATE ON assignment REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION trend_mark_assignments();
CREATE TRIGGER trend_mark_removed AFTER DELETE ON assignment REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION trend_mark_assignments();

-- What came before is counted too. Not even the owner sees tenants' rows otherwise.
ALTER TABLE interaction NO FORCE ROW LEVEL SECURITY;
INSERT INTO trend_mark (tenant, day) SELECT DISTINCT tenant, (started_at AT TIME ZONE 'UTC')::date FROM interaction;
ALTER TABLE interaction FORCE ROW LEVEL SECURITY;
