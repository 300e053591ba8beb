-- The interactions of this tenant for which a tree of words holds.
-- It belongs to the definer, whose policy lets the planner use the GIN index; the tenant is therefore an explicit
-- predicate. A row is small and its vector lies elsewhere, which the planner does not reckon with: it would rather
-- read all vectors of a tenant than ask the index. So where the index answers, which knows the tenant, the predicate is
-- put so that no other index can. Where positions are asked for, vectors are read by several processes at once.
CREATE OR REPLACE FUNCTION search_interactions(wanted jsonb)
    RETURNS TABLE (interaction_id uuid, started_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10000
    SET search_path = pg_catalog, public
    SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
    SET work_mem = '64MB' SET jit = off
    SET max_parallel_workers_per_gather = 0 SET min_parallel_table_scan_size = '1MB'
    SET parallel_setup_cost = 10 SET parallel_tuple_cost = 0
AS $$
DECLARE
    config text;
    query tsquery;
    begun text := 'SELECT d.interaction_id, d.started_at FROM public.search_document AS d'
        ' WHERE d.config = $2 AND d.is_current AND ';
BEGIN
    FOR config IN SELECT c FROM public.search_configs(current_setting('app.tenant')) AS c LOOP
        query := search_query(wanted, config::regconfig);
        IF query IS NULL THEN
            RETURN QUERY EXECUTE begun || 'd.tenant = $1 AND ' || search_condition(wanted, config::regconfig)
                USING current_setting('app.tenant'), config;
            CONTINUE;
        END IF;
        query := search_marked(quote_literal(current_setting('app.tenant'))::tsquery, E'\x1F') && query;
        IF NOT search_has_order(query) THEN
            RETURN QUERY EXECUTE begun || format('d.tenant IS NOT DISTINCT FROM $1 AND d.words @@ %L::tsquery', query)
                USING current_setting('app.tenant'), config;
            CONTINUE;
        END IF;
        -- Asked for together with those that are cut, each vector would be read twice.
        PERFORM set_config('max_parallel_workers_per_gather', '2', true);
        RETURN QUERY EXECUTE begun
            || format('d.tenant IS NOT DISTINCT FROM $1 AND d.is_whole AND d.words @@ %L::tsquery', query)
            USING current_setting('app.tenant'), config;
        PERFORM set_config('max_parallel_workers_per_gather', '0', true);
        RETURN QUERY EXECUTE begun || 'd.tenant = $1 AND NOT d.is_whole AND '
            || search_condition(wanted, config::regconfig)
            USING current_setting('app.tenant'), config;
    END LOOP;
END;
$$;
