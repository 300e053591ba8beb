-- Which facts of a contact changed, so that only those categories look at it again that ask for one of them; null: any.
-- A fact is called as its column; 'reason' is that of its assignments.
ALTER TABLE category_mark ADD COLUMN facts TEXT[];

CREATE OR REPLACE FUNCTION category_mark_contacts() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO category_mark (tenant, interaction_id, facts)
    SELECT added.tenant, added.id, changed.facts
    FROM removed JOIN added USING (tenant, id), LATERAL (
        SELECT CASE WHEN (removed.state, removed.is_current) IS NOT DISTINCT FROM (added.state, added.is_current) THEN
            array_remove(ARRAY[
                CASE WHEN removed.started_at IS DISTINCT FROM added.started_at THEN 'started_at' END,
                CASE WHEN removed.channel IS DISTINCT FROM added.channel THEN 'channel' END,
                CASE WHEN removed.queue IS DISTINCT FROM added.queue THEN 'queue' END,
                CASE WHEN removed.team IS DISTINCT FROM added.team THEN 'team' END,
                CASE WHEN removed.agent IS DISTINCT FROM added.agent THEN 'agent' END,
                CASE WHEN removed.language IS DISTINCT FROM added.language THEN 'language' END,
                CASE WHEN removed.customer_segment IS DISTINCT FROM added.customer_segment THEN 'customer_segment' END,
                CASE WHEN removed.customer_id IS DISTINCT FROM added.customer_id THEN 'customer_id' END,
                CASE WHEN removed.duration_s IS DISTINCT FROM added.duration_s THEN 'duration_s' END,
                CASE WHEN removed.hold_s IS DISTINCT FROM added.hold_s THEN 'hold_s' END,
                CASE WHEN removed.after_call_s IS DISTINCT FROM added.after_call_s THEN 'after_call_s' END,
                CASE WHEN removed.csat IS DISTINCT FROM added.csat THEN 'csat' END,
                CASE WHEN removed.nps IS DISTINCT FROM added.nps THEN 'nps' END,
                CASE WHEN removed.ces IS DISTINCT FROM added.ces THEN 'ces' END,
                CASE WHEN removed.sentiment IS DISTINCT FROM added.sentiment THEN 'sentiment' END,
                CASE WHEN removed.metrics IS DISTINCT FROM added.metrics THEN 'metrics' END
            ], NULL) END AS facts
    ) AS changed
    WHERE 'analysed' IN (removed.state, added.state) AND changed.facts IS DISTINCT FROM '{}'
        AND category_published(added.tenant);
    RETURN NULL;
END;
$$;

CREATE OR REPLACE FUNCTION category_mark_assignments() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO category_mark (tenant, interaction_id, facts)
    SELECT DISTINCT touched.tenant, touched.interaction_id, ARRAY['reason']
    FROM touched WHERE category_published(touched.tenant);
    RETURN NULL;
END;
$$;

CREATE OR REPLACE FUNCTION category_mark_reasons() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO category_mark (tenant, facts)
    SELECT DISTINCT added.tenant, ARRAY['reason'] FROM removed JOIN added USING (tenant, id)
    WHERE (removed.name, removed.parent_id, removed.level) IS DISTINCT FROM (added.name, added.parent_id, added.level)
        AND category_published(added.tenant);
    RETURN NULL;
END;
$$;

-- A customer is asked for by an identifier: one that comes late concerns all contacts that the customer has.
CREATE FUNCTION category_mark_identifiers() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO category_mark (tenant, interaction_id, facts)
    SELECT interaction.tenant, interaction.id, ARRAY['customer_id']
    FROM unnest(ARRAY[OLD.customer_id, NEW.customer_id]) AS whose
    JOIN interaction ON interaction.tenant = coalesce(NEW.tenant, OLD.tenant) AND interaction.customer_id = whose
    WHERE interaction.state = 'analysed' AND interaction.is_current AND category_published(interaction.tenant);
    RETURN NULL;
END;
$$;

CREATE TRIGGER category_mark_identified AFTER INSERT OR DELETE OR UPDATE OF customer_id ON customer_identifier
    FOR EACH ROW EXECUTE FUNCTION category_mark_identifiers();
