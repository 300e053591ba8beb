-- Categories: saved queries with versions, and what each version was found in.
CREATE TABLE category (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    published_version INTEGER,
    applied_version INTEGER,
    retired_at TIMESTAMP WITH TIME ZONE,
    bound_share DOUBLE PRECISION,
    bound_side TEXT,
    bound_days INTEGER,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT category_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT category_bound_check CHECK (
        num_nulls(bound_share, bound_side, bound_days) = 3
        OR (bound_share BETWEEN 0 AND 1 AND bound_side IN ('above', 'below') AND bound_days > 0)),
    CONSTRAINT category_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX category_tenant_name_key ON category (tenant, lower(name));

CREATE TABLE category_version (
    tenant TEXT NOT NULL,
    category_id UUID NOT NULL,
    version INTEGER NOT NULL,
    query TEXT NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    author TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    applied_at TIMESTAMP WITH TIME ZONE,
    matched BIGINT,
    not_matched BIGINT,
    not_evaluated BIGINT,
    CONSTRAINT category_version_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE,
    CONSTRAINT category_version_pkey PRIMARY KEY (tenant, category_id, version),
    CONSTRAINT category_version_tenant_category_id_fkey FOREIGN KEY (tenant, category_id)
        REFERENCES category (tenant, id) ON DELETE CASCADE
);

-- What matched, and what cannot be told; an analysed contact without a row does not match.
CREATE TABLE category_match (
    tenant TEXT NOT NULL,
    category_id UUID NOT NULL,
    version INTEGER NOT NULL,
    interaction_id UUID NOT NULL,
    state TEXT NOT NULL,
    evaluated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT category_match_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE,
    CONSTRAINT category_match_pkey PRIMARY KEY (tenant, category_id, version, interaction_id),
    CONSTRAINT category_match_state_check CHECK (state IN ('matched', 'not_evaluated')),
    CONSTRAINT category_match_tenant_category_id_version_fkey FOREIGN KEY (tenant, category_id, version)
        REFERENCES category_version (tenant, category_id, version) ON DELETE CASCADE,
    CONSTRAINT category_match_tenant_interaction_id_fkey FOREIGN KEY (tenant, interaction_id)
        REFERENCES interaction (tenant, id) ON DELETE CASCADE
);

CREATE INDEX category_match_tenant_interaction_id_idx ON category_match (tenant, interaction_id);

-- A contact whose results may have changed; none named: all of them may have. Only added and deleted, so that no writer
-- waits for another.
CREATE TABLE category_mark (
    tenant TEXT NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    interaction_id UUID,
    CONSTRAINT category_mark_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT category_mark_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX category_mark_tenant_interaction_id_idx ON category_mark (tenant, interaction_id);

-- Whether anything of a tenant is to be held against categories at all.
CREATE FUNCTION category_published(wanted_tenant text) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM category WHERE tenant = wanted_tenant AND published_version IS NOT NULL);

-- What a query can ask of an analysed contact, besides its words: those change with the state or with a new analysis,
-- which evaluates by itself.
CREATE FUNCTION category_mark_contacts() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO category_mark (tenant, interaction_id)
    SELECT added.tenant, added.id FROM removed JOIN added USING (tenant, id)
    WHERE 'analysed' IN (removed.state, added.state)
        AND (removed.started_at, removed.is_current, removed.state, removed.channel, removed.queue, removed.team,
             removed.agent, removed.language, removed.customer_segment, removed.customer_id, removed.duration_s,
             removed.hold_s, removed.after_call_s, removed.csat, removed.nps, removed.ces, removed.sentiment, removed.metrics)
        IS DISTINCT FROM
            (added.started_at, added.is_current, added.state, added.channel, added.queue, added.team,
             added.agent, added.language, added.customer_segment, added.customer_id, added.duration_s,
             added.hold_s, added.after_call_s, added.csat, added.nps, added.ces, added.sentiment, added.metrics)
        AND category_published(added.tenant);
    RETURN NULL;
END;
$$;

CREATE TRIGGER category_mark_changed AFTER UPDATE ON interaction REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION category_mark_contacts();

-- An assignment says its interaction's reason.
CREATE FUNCTION category_mark_assignments() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO category_mark (tenant, interaction_id)
    SELECT DISTINCT touched.tenant, touched.interaction_id FROM touched WHERE category_published(touched.tenant);
    RETURN NULL;
END;
$$;

CREATE TRIGGER category_mark_added AFTER INSERT ON assignment REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION category_mark_assignments();
CREATE TRIGGER category_mark_changed AFTER UPDATE ON assignment REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION category_mark_assignments();

-- A reason is asked for by its name, and by what lies in it.
CREATE FUNCTION category_mark_reasons() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO category_mark (tenant)
    SELECT DISTINCT added.tenant FROM removed JOIN added USING (tenant, id)
    WHERE (removed.name, removed.parent_id, removed.level) IS DISTINCT FROM (added.name, added.parent_id, added.level)
        AND category_published(added.tenant);
    RETURN NULL;
END;
$$;

CREATE TRIGGER category_mark_changed AFTER UPDATE ON reason REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION category_mark_reasons();

-- A tree of words held against a few contacts only, with the caller's own rights: they are found by their key.
CREATE FUNCTION search_among(wanted jsonb, interactions uuid[]) RETURNS TABLE (interaction_id uuid)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    config text;
BEGIN
    FOR config IN SELECT DISTINCT i.text_config FROM public.interaction AS i
        WHERE i.tenant = current_setting('app.tenant') AND i.id = ANY (interactions) AND i.text_config IS NOT NULL
    LOOP
        RETURN QUERY EXECUTE
            'SELECT i.id FROM public.interaction AS i'
            ' WHERE i.tenant = $1 AND i.text_config = $2 AND i.is_current AND i.id = ANY ($3) AND '
            || search_condition(wanted, config::regconfig)
            USING current_setting('app.tenant'), config, interactions;
    END LOOP;
END;
$$;
