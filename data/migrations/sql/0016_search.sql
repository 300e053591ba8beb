-- Search over the table search_document.
DROP FUNCTION search_interactions(jsonb, jsonb);
DROP FUNCTION search_vector(regconfig, text[]);

-- The letter of a role in a vector.
CREATE FUNCTION search_mark(role text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE role WHEN 'customer' THEN 'c' WHEN 'agent' THEN 'a' WHEN 'supervisor' THEN 'v' WHEN 'sme' THEN 'm'
    WHEN 'thirdparty' THEN 't' WHEN 'system' THEN 's' ELSE 'u' END || E'\x1F';

-- The words of an interaction's turns, 16 positions from one turn to the next, so that no phrase runs over the end of
-- one. A turn that would take it over PostgreSQL's limit (1 MB of different words, which no speech has) is left out.
CREATE FUNCTION search_vector(tenant text, config regconfig, turns text[], roles text[]) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    words tsvector := '';
    marks tsvector := array_to_tsvector(ARRAY[E'\x1F' || tenant]);
    said tsvector;
BEGIN
    FOR turn IN 1..cardinality(turns) LOOP
        BEGIN
            said := to_tsvector(config, search_text(turns[turn]));
            -- The lexeme of one space, which no text yields, holds the distance until the next turn is there.
            words := ts_delete(words || ''' '':16'::tsvector || setweight(said, (
                CASE roles[turn] WHEN 'customer' THEN 'A' WHEN 'agent' THEN 'B' ELSE 'C' END)::"char"), ' ');
            marks := marks || array_to_tsvector(ARRAY(
                SELECT search_mark(roles[turn]) || lexeme FROM unnest(tsvector_to_array(said)) AS lexeme));
            IF pg_column_size(words) + pg_column_size(marks) > 500000 THEN
                PERFORM words || marks;
            END IF;
        EXCEPTION WHEN program_limit_exceeded THEN
            RAISE WARNING 'a turn of % characters has too many different words to be searched', length(turns[turn]);
        END;
    END LOOP;
    RETURN words || marks;
END;
$$;

-- Whether a vector holds every position: it keeps 255 of a word, none beyond 16,383.
CREATE FUNCTION search_is_whole(words tsvector) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
RETURN NOT EXISTS (SELECT FROM unnest(words) AS w
    WHERE cardinality(w.positions) >= 255 OR w.positions[cardinality(w.positions)] >= 16383);

-- The rows of search_document for some interactions, made of their turns. A subject is its writer's words too: what a
-- mail says only there must be found.
CREATE FUNCTION search_documents(wanted_tenant text, interactions uuid[]) RETURNS SETOF search_document
    LANGUAGE sql STABLE SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT i.tenant, i.id, i.started_at, i.is_current, said.config, search_is_whole(said.words), said.words
    FROM public.interaction AS i
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(t.text ORDER BY t.position), '{}') AS texts,
            coalesce(array_agg(t.role ORDER BY t.position), '{}') AS roles
        FROM public.turn AS t WHERE t.tenant = i.tenant AND t.interaction_id = i.id
    ) AS turns
    CROSS JOIN LATERAL (
        SELECT search_config(i.language) AS config,
            search_vector(i.tenant, search_config(i.language)::regconfig,
                array_remove(ARRAY[i.subject], NULL) || turns.texts,
                CASE WHEN i.subject IS NOT NULL
                    THEN ARRAY[CASE WHEN i.direction = 'outbound' THEN 'agent' ELSE 'customer' END]
                    ELSE '{}' END || turns.roles) AS words
        OFFSET 0
    ) AS said
    WHERE i.tenant = wanted_tenant AND i.id = ANY (interactions);
END;

-- A leaf with each of its words marked as a role's, in whatever order they come.
CREATE FUNCTION search_marked(leaf tsquery, mark text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
RETURN regexp_replace(regexp_replace(leaf::text, ' <(-|\d+)> ', ' & ', 'g'),
    '''((?:[^'']|'''')*)''', '''' || mark || '\1''', 'g')::tsquery;

-- A leaf with each of its words at positions of one weight only.
CREATE FUNCTION search_weighted(leaf tsquery, weight text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
RETURN regexp_replace(leaf::text, '(''(?:[^'']|'''')*'')(?::(\*))?', '\1:\2' || weight, 'g')::tsquery;

-- A leaf as it is asked of a vector: as a role said it, or ``other``, any role that is neither customer nor agent.
CREATE FUNCTION search_spoken(node jsonb, config regconfig, who text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    leaf tsquery := search_leaf(node, config);
    spoken tsquery := '';
    other text;
BEGIN
    IF numnode(leaf) > 1 THEN
        RETURN CASE who WHEN 'customer' THEN search_marked(search_rough(node, config), search_mark(who))
                && search_weighted(leaf, 'A')
            WHEN 'agent' THEN search_marked(search_rough(node, config), search_mark(who)) && search_weighted(leaf, 'B')
            ELSE search_weighted(leaf, 'C') END;
    ELSIF who <> 'other' THEN
        RETURN search_marked(leaf, search_mark(who));
    END IF;
    FOREACH other IN ARRAY '{supervisor,sme,thirdparty,system,unknown}'::text[] LOOP
        spoken := spoken || search_marked(leaf, search_mark(other));
    END LOOP;
    RETURN spoken;
END;
$$;

-- The SQL that asks whether one role said a leaf, of a row d of search_document. Where a vector may have lost
-- positions, and where it does not tell roles apart, the turns themselves decide on a phrase.
CREATE OR REPLACE FUNCTION search_said(node jsonb, config regconfig, said_by text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    leaf tsquery := search_leaf(node, config);
    who text := coalesce(node ->> 'role', said_by);
    held text := format('d.words @@ %L::tsquery', search_spoken(node, config, who));
    turns text := format('public.search_turns(d.tenant, d.interaction_id, %L::tsquery, %L::regconfig, %L, %L)',
        leaf, config, said_by, node ->> 'role');
BEGIN
    IF numnode(leaf) = 0 THEN
        RETURN 'false';
    ELSIF numnode(leaf) = 1 THEN
        RETURN held;
    ELSIF node ->> 'role' IS NOT NULL THEN
        RETURN format('(d.words @@ %L::tsquery AND %s)',
            search_marked(search_rough(node, config), search_mark(who)), turns);
    END IF;
    RETURN format('(d.words @@ %L::tsquery AND (%s OR (NOT d.is_whole AND %s)))',
        search_rough(node, config), held, turns);
END;
$$;

-- A tree of words as one query of a vector that holds every position; NULL where it cannot be put as one.
CREATE FUNCTION search_query(node jsonb, config regconfig) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    found tsquery;
    part record;
    leaf tsquery;
BEGIN
    IF node ->> 'is' IN ('all', 'any') THEN
        FOR part IN SELECT search_query(child, config) AS query FROM jsonb_array_elements(node -> 'nodes') AS child LOOP
            found := CASE WHEN part.query IS NULL THEN NULL WHEN found IS NULL THEN part.query
                WHEN node ->> 'is' = 'all' THEN found && part.query ELSE found || part.query END;
            EXIT WHEN found IS NULL;
        END LOOP;
        RETURN found;
    ELSIF node ->> 'is' = 'not' THEN
        RETURN !! search_query(node -> 'node', config);
    ELSIF node ->> 'is' = 'leaf' THEN
        leaf := search_leaf(node, config);
        IF numnode(leaf) = 0 THEN
            RETURN E'\'\x1F\''::tsquery; -- what no vector holds
        ELSIF jsonb_array_length(node -> 'said_by') = 3 THEN
            RETURN leaf;
        ELSIF node ->> 'role' IS NOT NULL AND numnode(leaf) > 1 THEN
            RETURN NULL;
        END IF;
        FOR part IN SELECT search_spoken(node, config, coalesce(node ->> 'role', said_by)) AS query
            FROM jsonb_array_elements_text(node -> 'said_by') AS said_by
        LOOP
            found := CASE WHEN found IS NULL THEN part.query ELSE found || part.query END;
        END LOOP;
        RETURN found;
    END IF;
    RETURN NULL;
END;
$$;

-- The SQL for the rows d of search_document with a configuration for which a tree of words holds: by one query of the
-- index where there is one, and, where it asks for positions, without those vectors that may have lost some.
CREATE FUNCTION search_where(wanted jsonb, config text, tenant text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    query tsquery := search_query(wanted, config::regconfig);
    mine tsquery := search_marked(quote_literal(tenant)::tsquery, E'\x1F');
BEGIN
    IF query IS NULL THEN
        RETURN search_condition(wanted, config::regconfig);
    ELSIF query::text !~ ' <(-|\d+)> ' THEN
        RETURN format('d.words @@ %L::tsquery', mine && query);
    END IF;
    RETURN format('(d.is_whole AND d.words @@ %L::tsquery OR NOT d.is_whole AND %s)',
        mine && query, search_condition(wanted, config::regconfig));
END;
$$;

-- The interactions of this tenant for which a tree of words holds.
-- It belongs to the definer, whose policy lets the planner use the GIN index; the tenant is therefore an explicit
-- predicate. A row is small and its vector lies elsewhere, which the planner does not reckon with: it would rather
-- read all vectors than ask the index.
CREATE FUNCTION search_interactions(wanted jsonb)
    RETURNS TABLE (interaction_id uuid, started_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10000
    SET search_path = pg_catalog, public
    SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
    SET work_mem = '64MB' SET jit = off
AS $$
DECLARE
    config text;
BEGIN
    FOR config IN SELECT c FROM public.search_configs(current_setting('app.tenant')) AS c LOOP
        RETURN QUERY EXECUTE
            'SELECT d.interaction_id, d.started_at FROM public.search_document AS d'
            ' WHERE d.tenant = $1 AND d.config = $2 AND d.is_current AND '
            || search_where(wanted, config, current_setting('app.tenant'))
            USING current_setting('app.tenant'), config;
    END LOOP;
END;
$$;
REVOKE ALL ON FUNCTION search_interactions(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_interactions(jsonb) TO reasonance_app;

-- How well leaves fit some interactions, by those that hold any; the longer ones must hold more. The caller's own
-- rights apply.
CREATE FUNCTION search_ranks(interactions uuid[], leaves jsonb) RETURNS TABLE (interaction_id uuid, rank double precision)
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
        RETURN QUERY SELECT d.interaction_id, ts_rank('{1,1,1,1}', d.words, ranking, 1)::float8
            FROM public.search_document AS d
            WHERE d.tenant = current_setting('app.tenant') AND d.interaction_id = ANY (interactions) AND d.config = used;
    END LOOP;
END;
$$;
