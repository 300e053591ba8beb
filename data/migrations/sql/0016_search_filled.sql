-- What was indexed before is indexed anew, and the vectors that lay with the interactions go.
ALTER TABLE interaction NO FORCE ROW LEVEL SECURITY;
ALTER TABLE turn NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_document NO FORCE ROW LEVEL SECURITY;
INSERT INTO search_document
SELECT d.* FROM (SELECT tenant, array_agg(id) AS ids FROM interaction WHERE text_config IS NOT NULL GROUP BY tenant) AS i
CROSS JOIN LATERAL search_documents(i.tenant, i.ids) AS d;
ALTER TABLE interaction FORCE ROW LEVEL SECURITY;
ALTER TABLE turn FORCE ROW LEVEL SECURITY;
ALTER TABLE search_document FORCE ROW LEVEL SECURITY;

CREATE INDEX search_document_words_idx ON search_document USING gin (words);
ALTER TABLE interaction DROP COLUMN words_customer, DROP COLUMN words_agent, DROP COLUMN words_other;

-- A tree of words held against a few contacts only, with the caller's own rights: they are found by their key.
CREATE OR REPLACE FUNCTION search_among(wanted jsonb, interactions uuid[]) RETURNS TABLE (interaction_id uuid)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    config text;
BEGIN
    FOR config IN SELECT DISTINCT d.config FROM public.search_document AS d
        WHERE d.tenant = current_setting('app.tenant') AND d.interaction_id = ANY (interactions)
    LOOP
        RETURN QUERY EXECUTE
            'SELECT d.interaction_id FROM public.search_document AS d'
            ' WHERE d.tenant = $1 AND d.config = $2 AND d.is_current AND d.interaction_id = ANY ($3) AND '
            || search_where(wanted, config, current_setting('app.tenant'))
            USING current_setting('app.tenant'), config, interactions;
    END LOOP;
END;
$$;
