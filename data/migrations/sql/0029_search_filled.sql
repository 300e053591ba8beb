-- What was indexed before is indexed anew.
ALTER TABLE interaction NO FORCE ROW LEVEL SECURITY;
ALTER TABLE turn NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_document NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_words NO FORCE ROW LEVEL SECURITY;
WITH made AS MATERIALIZED (
    SELECT i.tenant, d.*
    FROM (SELECT tenant, array_agg(id) AS ids FROM interaction WHERE text_config IS NOT NULL GROUP BY tenant) AS i
    CROSS JOIN LATERAL search_documents(i.tenant, i.ids) AS d
), documents AS (
    INSERT INTO search_document (tenant, interaction_id, started_at, is_current, config, keys)
    SELECT tenant, interaction_id, started_at, is_current, config, keys FROM made
)
INSERT INTO search_words (tenant, interaction_id, started_at, is_current, config, is_whole, words, turn_at)
SELECT tenant, interaction_id, started_at, is_current, config, is_whole, words, turn_at FROM made;
ALTER TABLE interaction FORCE ROW LEVEL SECURITY;
ALTER TABLE turn FORCE ROW LEVEL SECURITY;
ALTER TABLE search_document FORCE ROW LEVEL SECURITY;
ALTER TABLE search_words FORCE ROW LEVEL SECURITY;

CREATE INDEX search_document_keys_idx ON search_document USING gin (keys);
CREATE INDEX search_words_words_idx ON search_words USING gin (words);

-- A tree of words held against a few interactions only, with the caller's own rights: they are found by their key.
CREATE OR REPLACE FUNCTION search_among(wanted jsonb, interactions uuid[]) RETURNS TABLE (interaction_id uuid)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    found text := search_found(wanted, 's.interaction_id', ' AND s.tenant = $1 AND s.interaction_id = ANY ($2)');
BEGIN
    IF found IS NOT NULL THEN
        RETURN QUERY EXECUTE found USING current_setting('app.tenant'), interactions;
    END IF;
END;
$$;
