-- Search over search_document and search_words, either of them called s.
DROP FUNCTION search_interactions(jsonb);
DROP FUNCTION search_query(jsonb, regconfig);
DROP FUNCTION search_said(jsonb, regconfig, text);
DROP FUNCTION search_spoken(jsonb, regconfig, text);
DROP FUNCTION search_turns(text, uuid, tsquery, regconfig, text, text);

-- A leaf by its words alone, in whatever order.
CREATE FUNCTION search_unordered(node jsonb, config regconfig) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    rough tsquery := search_rough(node, config);
BEGIN
    RETURN CASE WHEN numnode(rough) = 0 THEN E'\'\x1F\''::tsquery /* what no vector holds */ ELSE rough END;
END;
$$;

-- Whether any leaf of a tree asks for places.
CREATE FUNCTION search_asks_order(node jsonb, config regconfig) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN CASE node ->> 'is'
        WHEN 'leaf' THEN search_has_order(search_leaf(node, config))
        WHEN 'not' THEN search_asks_order(node -> 'node', config)
        ELSE (SELECT bool_or(search_asks_order(child, config)) FROM jsonb_array_elements(node -> 'nodes') AS child) END;
END;
$$;

-- Several queries as one, all or any of them to hold. NULL is one that cannot be put: then the whole cannot either.
CREATE FUNCTION search_together(queries tsquery[], every boolean) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    together tsquery := queries[1];
BEGIN
    FOR number IN 2..cardinality(queries) LOOP
        together := CASE WHEN every THEN together && queries[number] ELSE together || queries[number] END;
    END LOOP;
    RETURN together;
END;
$$;

-- A tree of words without order, as a query of search_document.
CREATE FUNCTION search_keys(node jsonb, config regconfig) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    words tsquery;
BEGIN
    CASE node ->> 'is'
        WHEN 'not' THEN RETURN !! search_keys(node -> 'node', config);
        WHEN 'leaf' THEN
            words := search_unordered(node, config);
            IF jsonb_array_length(node -> 'said_by') = 3 THEN
                RETURN words;
            END IF;
            RETURN search_together(ARRAY(
                SELECT search_marked(words, search_mark(who))
                FROM jsonb_array_elements_text(node -> 'said_by') AS said_by
                CROSS JOIN LATERAL unnest(CASE WHEN node ->> 'role' IS NOT NULL THEN ARRAY[node ->> 'role']
                    WHEN said_by = 'other' THEN '{supervisor,sme,thirdparty,system,unknown}'
                    ELSE ARRAY[said_by] END) AS who), false);
        ELSE
            RETURN search_together(ARRAY(SELECT search_keys(child, config)
                FROM jsonb_array_elements(node -> 'nodes') AS child), node ->> 'is' = 'all');
    END CASE;
END;
$$;

-- A tree of words as a query of a vector of search_words that has lost nothing; NULL where it cannot be put as one,
-- since the vector does not tell apart those who are neither customer nor agent.
CREATE FUNCTION search_places(node jsonb, config regconfig) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    words tsquery;
BEGIN
    CASE node ->> 'is'
        WHEN 'not' THEN RETURN !! search_places(node -> 'node', config);
        WHEN 'leaf' THEN
            words := search_leaf(node, config);
            IF node ->> 'role' IS NOT NULL THEN
                RETURN NULL;
            ELSIF numnode(words) = 0 OR jsonb_array_length(node -> 'said_by') = 3 THEN
                RETURN CASE WHEN numnode(words) = 0 THEN search_unordered(node, config) ELSE words END;
            END IF;
            RETURN search_together(ARRAY(
                SELECT search_weighted(words, CASE who WHEN 'customer' THEN 'A' WHEN 'agent' THEN 'B' ELSE 'C' END)
                FROM jsonb_array_elements_text(node -> 'said_by') AS who), false);
        ELSE
            RETURN search_together(ARRAY(SELECT search_places(child, config)
                FROM jsonb_array_elements(node -> 'nodes') AS child), node ->> 'is' = 'all');
    END CASE;
END;
$$;

-- What a vector of search_words must hold at least for a tree of words, without order and whoever says it: few
-- look-ups, which the index answers. NULL: nothing.
CREATE FUNCTION search_needed(node jsonb, config regconfig) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    needed tsquery[];
BEGIN
    CASE node ->> 'is'
        WHEN 'leaf' THEN RETURN search_unordered(node, config);
        WHEN 'not' THEN RETURN NULL;
        ELSE
            needed := ARRAY(SELECT search_needed(child, config) FROM jsonb_array_elements(node -> 'nodes') AS child);
            RETURN CASE WHEN node ->> 'is' = 'all' THEN search_together(array_remove(needed, NULL), true)
                ELSE search_together(needed, false) END;
    END CASE;
END;
$$;

-- Whether a leaf stands in one of the turns of some roles, or in a subject that one of them wrote, asked of the texts
-- themselves; ``exactly`` NULL: of any of the roles that ``said_by`` names.
CREATE FUNCTION search_turns(
    wanted_tenant text, interaction uuid, leaf tsquery, config regconfig, said_by text[], exactly text)
    RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000 SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM (
            SELECT t.role, t.text FROM public.turn AS t WHERE t.tenant = wanted_tenant AND t.interaction_id = interaction
            UNION ALL
            SELECT search_writer(i.direction), i.subject FROM public.interaction AS i
            WHERE i.tenant = wanted_tenant AND i.id = interaction AND i.subject IS NOT NULL
        ) AS said
        WHERE search_role(said.role) = ANY (said_by) AND (exactly IS NULL OR said.role = exactly)
            AND to_tsvector(config, search_text(said.text)) @@ leaf);
END;
$$;

-- The SQL that asks the turns whether a tree of words holds; the vector, which may have lost positions, says only
-- whether it is worth it. Every value in it is quoted; the tree's depth is bounded where it was parsed.
CREATE OR REPLACE FUNCTION search_condition(node jsonb, config regconfig) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public
AS $$
BEGIN
    CASE node ->> 'is'
        WHEN 'not' THEN RETURN '(' || search_condition(node -> 'node', config) || ' IS NOT TRUE)';
        WHEN 'leaf' THEN RETURN format('(s.words @@ %L::tsquery'
            ' AND public.search_turns(s.tenant, s.interaction_id, %L::tsquery, %L::regconfig, %L, %L))',
            search_unordered(node, config), search_leaf(node, config), config,
            ARRAY(SELECT jsonb_array_elements_text(node -> 'said_by')), node ->> 'role');
        ELSE RETURN (
            SELECT '(' || string_agg(search_condition(child, config),
                CASE node ->> 'is' WHEN 'all' THEN ' AND ' ELSE ' OR ' END) || ')'
            FROM jsonb_array_elements(node -> 'nodes') AS child);
    END CASE;
END;
$$;

-- The interactions of one configuration for which a tree of words holds, as SQL from FROM on: one look-up in an index
-- and, where places count, a look at what it finds. $1 is the tenant. It is put so that no other index can answer than
-- that of words, which knows it: a row is small where its vector lies elsewhere, which the planner does not reckon with,
-- and it would rather read all vectors of a tenant.
CREATE FUNCTION search_from(wanted jsonb, config text, tenant text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    mine tsquery := search_marked(quote_literal(tenant)::tsquery, E'\x1F');
    begun text := ' FROM public.%I AS s WHERE s.tenant IS NOT DISTINCT FROM $1 AND s.config = %L AND s.is_current'
        ' AND s.%I @@ %L::tsquery';
    needed tsquery;
    places tsquery;
BEGIN
    IF NOT search_asks_order(wanted, config::regconfig) THEN
        RETURN format(begun, 'search_document', config, 'keys', mine && search_keys(wanted, config::regconfig));
    END IF;
    needed := search_needed(wanted, config::regconfig);
    places := search_places(wanted, config::regconfig);
    RETURN format(begun || ' AND CASE WHEN s.is_whole AND %L THEN s.words @@ %L::tsquery ELSE %s END',
        'search_words', config, 'words', CASE WHEN needed IS NULL THEN mine ELSE mine && needed END,
        places IS NOT NULL, coalesce(places, ''), search_condition(wanted, config::regconfig));
END;
$$;

-- It skips from one to the next in an index, which the functions that ask for it may not do themselves.
ALTER FUNCTION search_configs(text) SET enable_indexscan = on SET enable_indexonlyscan = on;

-- The SQL for all configurations of a tenant's interactions; NULL where it has none.
CREATE FUNCTION search_found(wanted jsonb, columns text, narrowed text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT string_agg('SELECT ' || columns || search_from(wanted, c, current_setting('app.tenant')) || narrowed,
        ' UNION ALL ')
    FROM public.search_configs(current_setting('app.tenant')) AS c;
END;

-- Lets two more processes help, until the calling function ends, where places count and vectors are read. To count
-- words is over before they have begun.
CREATE FUNCTION search_in_parallel(wanted jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
    IF EXISTS (SELECT FROM search_configs(current_setting('app.tenant')) AS c
        WHERE search_asks_order(wanted, c::regconfig))
    THEN
        PERFORM set_config('max_parallel_workers_per_gather', '2', true);
    END IF;
END;
$$;

-- The interactions of this tenant for which a tree of words holds, and that began in a period; NULL: at any time.
-- It belongs to the definer, whose policy lets the planner use the index; the tenant is therefore an explicit predicate.
CREATE FUNCTION search_interactions(wanted jsonb, since timestamptz, until timestamptz)
    RETURNS TABLE (interaction_id uuid, started_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10000
    SET search_path = pg_catalog, public
    SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
    SET work_mem = '64MB' SET jit = off SET min_parallel_table_scan_size = '1MB'
    SET parallel_setup_cost = 10 SET parallel_tuple_cost = 0 SET max_parallel_workers_per_gather = 0
AS $$
DECLARE
    found text := search_found(wanted, 's.interaction_id, s.started_at', concat(
        CASE WHEN since IS NOT NULL THEN ' AND s.started_at >= $2' END,
        CASE WHEN until IS NOT NULL THEN ' AND s.started_at < $3' END));
BEGIN
    IF found IS NOT NULL THEN
        PERFORM search_in_parallel(wanted);
        RETURN QUERY EXECUTE found USING current_setting('app.tenant'), since, until;
    END IF;
END;
$$;

-- The newest of them, and how many there are in all; ``before``: those that come after that one on the list.
CREATE FUNCTION search_newest(wanted jsonb, since timestamptz, until timestamptz, before_at timestamptz,
        before_id uuid, most integer)
    RETURNS TABLE (interaction_id uuid, started_at timestamptz, total bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
    SET search_path = pg_catalog, public
    SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
    SET work_mem = '64MB' SET jit = off SET min_parallel_table_scan_size = '1MB'
    SET parallel_setup_cost = 10 SET parallel_tuple_cost = 0 SET max_parallel_workers_per_gather = 0
AS $$
DECLARE
    found text := search_found(wanted, 's.interaction_id, s.started_at', concat(
        CASE WHEN since IS NOT NULL THEN ' AND s.started_at >= $2' END,
        CASE WHEN until IS NOT NULL THEN ' AND s.started_at < $3' END));
BEGIN
    IF found IS NOT NULL THEN
        PERFORM search_in_parallel(wanted);
        RETURN QUERY EXECUTE
            'SELECT * FROM (SELECT f.*, count(*) OVER () FROM (' || found || ') AS f) AS f'
            ' WHERE $4 IS NULL OR (f.started_at, f.interaction_id) < ($4, $5)'
            ' ORDER BY f.started_at DESC, f.interaction_id DESC LIMIT $6'
            USING current_setting('app.tenant'), since, until, before_at, before_id, most;
    END IF;
END;
$$;

-- How well leaves fit some interactions, by those that hold any; the longer ones must hold more. The caller's own
-- rights apply.
CREATE OR REPLACE FUNCTION search_ranks(interactions uuid[], leaves jsonb)
    RETURNS TABLE (interaction_id uuid, rank double precision)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    used text;
    ranking tsquery;
    leaf jsonb;
BEGIN
    FOR used IN SELECT c FROM public.search_configs(current_setting('app.tenant')) AS c LOOP
        ranking := '';
        FOR leaf IN SELECT value FROM jsonb_array_elements(leaves) LOOP
            ranking := ranking || search_leaf(leaf, used::regconfig);
        END LOOP;
        RETURN QUERY SELECT w.interaction_id, ts_rank('{1,1,1,1}', w.words, ranking, 1)::float8
            FROM public.search_words AS w
            WHERE w.tenant = current_setting('app.tenant') AND w.interaction_id = ANY (interactions) AND w.config = used;
    END LOOP;
END;
$$;

REVOKE ALL ON FUNCTION search_interactions(jsonb, timestamptz, timestamptz),
    search_newest(jsonb, timestamptz, timestamptz, timestamptz, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_interactions(jsonb, timestamptz, timestamptz),
    search_newest(jsonb, timestamptz, timestamptz, timestamptz, uuid, integer) TO reasonance_app;
