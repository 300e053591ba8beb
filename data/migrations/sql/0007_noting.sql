-- The feed of changed customers marks by the ids of their contacts. A join with the rows just written was planned
-- without knowing how many there are, and got slower with every contact a tenant had.
CREATE OR REPLACE FUNCTION note_change_of_assignment() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    FOR whose IN SELECT tenant, array_agg(DISTINCT interaction_id) AS ids FROM given GROUP BY tenant LOOP
        EXECUTE 'INSERT INTO customer_change (tenant, customer_id)'
            ' SELECT DISTINCT tenant, customer_id FROM interaction'
            ' WHERE tenant = $1 AND id = ANY ($2) AND customer_id IS NOT NULL AND is_current'
            USING whose.tenant, whose.ids;
    END LOOP;
    RETURN NULL;
END;
$$;
