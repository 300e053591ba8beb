-- Full-text search, one tenant at a time. These functions belong to the definer, whose policy lets the planner use
-- the GIN index of a role's column; the tenant is therefore an explicit predicate in each.
CREATE OR REPLACE FUNCTION search_interactions(spoken_by text, wanted tsquery)
    RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    -- One statement for each column: a plan for any of them would use the index of none.
    CASE spoken_by
        WHEN 'customer' THEN RETURN QUERY
            SELECT i.id FROM public.interaction AS i
            WHERE i.tenant = current_setting('app.tenant') AND i.words_customer @@ wanted;
        WHEN 'agent' THEN RETURN QUERY
            SELECT i.id FROM public.interaction AS i
            WHERE i.tenant = current_setting('app.tenant') AND i.words_agent @@ wanted;
        WHEN 'other' THEN RETURN QUERY
            SELECT i.id FROM public.interaction AS i
            WHERE i.tenant = current_setting('app.tenant') AND i.words_other @@ wanted;
        WHEN 'any' THEN RETURN QUERY
            SELECT i.id FROM public.interaction AS i
            WHERE i.tenant = current_setting('app.tenant')
                AND (i.words_customer @@ wanted OR i.words_agent @@ wanted OR i.words_other @@ wanted);
    END CASE;
END;
$$;
REVOKE ALL ON FUNCTION search_interactions(text, tsquery) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_interactions(text, tsquery) TO reasonance_app;
