-- What customers looked at, what they did afterwards, and whose tags may have changed.
ALTER TABLE interaction
    ADD COLUMN page TEXT,
    ADD COLUMN dwell_s DOUBLE PRECISION;

-- A customer's contacts in their order: timelines and episodes are read along it.
DROP INDEX interaction_tenant_customer_id_idx;
CREATE INDEX interaction_tenant_customer_id_started_at_id_idx ON interaction (tenant, customer_id, started_at, id)
    WHERE customer_id IS NOT NULL;

CREATE TABLE outcome (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    value DOUBLE PRECISION,
    campaign TEXT,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT outcome_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT outcome_tenant_source_external_id_key UNIQUE (tenant, source, external_id),
    CONSTRAINT outcome_kind_check CHECK (kind IN ('churned', 'renewed', 'bought', 'campaign_response')),
    CONSTRAINT outcome_tenant_customer_id_fkey FOREIGN KEY (tenant, customer_id)
        REFERENCES customer (tenant, id) ON DELETE CASCADE,
    CONSTRAINT outcome_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX outcome_tenant_customer_id_at_idx ON outcome (tenant, customer_id, at);
CREATE INDEX outcome_tenant_kind_at_idx ON outcome (tenant, kind, at);

-- Whose tags may have changed, noted by triggers in the transaction that changed them, whoever wrote it. Rows have
-- no order here: a number taken now may become visible after a higher one. The reader gives each customer a
-- position once the change is visible, one reader at a time, so that no position appears behind a reader's cursor.
CREATE TABLE customer_change (
    tenant TEXT NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    customer_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT customer_change_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT customer_change_tenant_customer_id_fkey FOREIGN KEY (tenant, customer_id)
        REFERENCES customer (tenant, id) ON DELETE CASCADE,
    CONSTRAINT customer_change_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX customer_change_tenant_customer_id_idx ON customer_change (tenant, customer_id);

ALTER TABLE customer
    ADD COLUMN changed_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN change_position BIGINT;

CREATE INDEX customer_tenant_change_position_idx ON customer (tenant, change_position) WHERE change_position IS NOT NULL;
CREATE SEQUENCE customer_change_position AS BIGINT;

-- Tags have been read before there was a feed: its first reader gets every customer. The owner is bound by row-level
-- security as everybody is, so the wall is down for this one statement, inside the migration's transaction.
ALTER TABLE customer NO FORCE ROW LEVEL SECURITY;
INSERT INTO customer_change (tenant, customer_id, at) SELECT tenant, id, created_at FROM customer ORDER BY id;
ALTER TABLE customer FORCE ROW LEVEL SECURITY;

CREATE FUNCTION note_change_of_interaction() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    INSERT INTO customer_change (tenant, customer_id)
    SELECT DISTINCT NEW.tenant, whose FROM unnest(ARRAY[OLD.customer_id, NEW.customer_id]) AS whose
    WHERE whose IS NOT NULL;
    RETURN NULL;
END;
$$;

CREATE TRIGGER note_change AFTER UPDATE OF customer_id, started_at, state, is_current, sentiment, page, dwell_s
    ON interaction FOR EACH ROW
    WHEN (
        (OLD.state = 'analysed' OR NEW.state = 'analysed')
        AND (OLD.customer_id, OLD.started_at, OLD.state, OLD.is_current, OLD.sentiment, OLD.page, OLD.dwell_s)
            IS DISTINCT FROM
            (NEW.customer_id, NEW.started_at, NEW.state, NEW.is_current, NEW.sentiment, NEW.page, NEW.dwell_s)
    )
    EXECUTE FUNCTION note_change_of_interaction();

CREATE FUNCTION note_end_of_interaction() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    INSERT INTO customer_change (tenant, customer_id)
    SELECT tenant, id FROM customer WHERE tenant = OLD.tenant AND id = OLD.customer_id;
    RETURN NULL;
END;
$$;

CREATE TRIGGER note_end AFTER DELETE ON interaction FOR EACH ROW
    WHEN (OLD.customer_id IS NOT NULL AND OLD.state = 'analysed') EXECUTE FUNCTION note_end_of_interaction();

CREATE FUNCTION note_change_of_assignment() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    INSERT INTO customer_change (tenant, customer_id)
    SELECT DISTINCT interaction.tenant, interaction.customer_id
    FROM given JOIN interaction ON interaction.tenant = given.tenant AND interaction.id = given.interaction_id
    WHERE interaction.customer_id IS NOT NULL AND interaction.is_current;
    RETURN NULL;
END;
$$;

CREATE TRIGGER note_given AFTER INSERT ON assignment REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_assignment();
CREATE TRIGGER note_changed AFTER UPDATE ON assignment REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_assignment();

CREATE FUNCTION note_change_of_reason() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    INSERT INTO customer_change (tenant, customer_id)
    SELECT DISTINCT interaction.tenant, interaction.customer_id
    FROM assignment JOIN interaction
        ON interaction.tenant = assignment.tenant AND interaction.id = assignment.interaction_id
    WHERE assignment.tenant = NEW.tenant AND assignment.reason_id = NEW.id AND assignment.is_current
        AND interaction.customer_id IS NOT NULL AND interaction.is_current;
    RETURN NULL;
END;
$$;

CREATE TRIGGER note_change AFTER UPDATE OF name ON reason FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION note_change_of_reason();

CREATE FUNCTION note_change_of_outcome() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    INSERT INTO customer_change (tenant, customer_id)
    SELECT DISTINCT NEW.tenant, whose FROM unnest(ARRAY[OLD.customer_id, NEW.customer_id]) AS whose
    WHERE whose IS NOT NULL;
    RETURN NULL;
END;
$$;

CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON outcome FOR EACH ROW EXECUTE FUNCTION note_change_of_outcome();
