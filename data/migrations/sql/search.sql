-- Full-text search, one tenant at a time.

-- The built-in configurations without their stop words: a search for "not happy" must not find every "happy".
DO $$
DECLARE
    stemmed text;
    configured text;
BEGIN
    FOR stemmed IN
        SELECT dictname FROM pg_catalog.pg_ts_dict
        WHERE dictnamespace = 'pg_catalog'::regnamespace AND dictname LIKE '%\_stem' ORDER BY dictname
    LOOP
        EXECUTE format('CREATE TEXT SEARCH DICTIONARY public.%I (TEMPLATE = pg_catalog.snowball, Language = %L)',
            'reasonance_' || stemmed, replace(stemmed, '_stem', ''));
    END LOOP;
    FOR configured IN
        SELECT cfgname FROM pg_catalog.pg_ts_config WHERE cfgnamespace = 'pg_catalog'::regnamespace ORDER BY cfgname
    LOOP
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION public.%I (COPY = pg_catalog.%I)',
            'reasonance_' || configured, configured);
        FOR stemmed IN
            SELECT DISTINCT d.dictname FROM pg_catalog.pg_ts_config_map AS m
            JOIN pg_catalog.pg_ts_config AS c ON c.oid = m.mapcfg
            JOIN pg_catalog.pg_ts_dict AS d ON d.oid = m.mapdict
            WHERE c.cfgname = configured AND c.cfgnamespace = 'pg_catalog'::regnamespace AND d.dictname LIKE '%\_stem'
        LOOP
            EXECUTE format('ALTER TEXT SEARCH CONFIGURATION public.%I ALTER MAPPING REPLACE pg_catalog.%I WITH public.%I',
                'reasonance_' || configured, stemmed, 'reasonance_' || stemmed);
        END LOOP;
    END LOOP;
END;
$$;

-- The configuration for a language (BCP-47); without one for it, words count as they are written.
CREATE FUNCTION search_config(language text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 'reasonance_' || CASE lower(split_part(language, '-', 1))
    WHEN 'ar' THEN 'arabic' WHEN 'hy' THEN 'armenian' WHEN 'eu' THEN 'basque' WHEN 'ca' THEN 'catalan'
    WHEN 'da' THEN 'danish' WHEN 'nl' THEN 'dutch' WHEN 'en' THEN 'english' WHEN 'fi' THEN 'finnish'
    WHEN 'fr' THEN 'french' WHEN 'de' THEN 'german' WHEN 'el' THEN 'greek' WHEN 'hi' THEN 'hindi'
    WHEN 'hu' THEN 'hungarian' WHEN 'id' THEN 'indonesian' WHEN 'ga' THEN 'irish' WHEN 'it' THEN 'italian'
    WHEN 'lt' THEN 'lithuanian' WHEN 'ne' THEN 'nepali' WHEN 'nb' THEN 'norwegian' WHEN 'nn' THEN 'norwegian'
    WHEN 'no' THEN 'norwegian' WHEN 'pt' THEN 'portuguese' WHEN 'ro' THEN 'romanian' WHEN 'ru' THEN 'russian'
    WHEN 'sr' THEN 'serbian' WHEN 'es' THEN 'spanish' WHEN 'sv' THEN 'swedish' WHEN 'ta' THEN 'tamil'
    WHEN 'tr' THEN 'turkish' WHEN 'yi' THEN 'yiddish' ELSE 'simple' END;

-- Text with its words apart: scripts that write none (Chinese, Japanese, Thai, Lao, Khmer, Burmese) character by
-- character, so that a word of theirs is found as the phrase of its characters.
CREATE FUNCTION search_text(said text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(said,
    '([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2E80-\u2FDF\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF])',
    ' \1 ', 'g');

-- The words of several turns, 16 positions from one turn to the next, so that no phrase runs over the end of one.
-- A turn that would take it over PostgreSQL's limit (1 MB of different words, which no speech has) is left out.
CREATE FUNCTION search_vector(config regconfig, turns text[]) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    words tsvector := '';
    said text;
BEGIN
    FOREACH said IN ARRAY turns LOOP
        BEGIN
            -- The lexeme of one space, which no text yields, holds the distance until the next turn is there.
            words := ts_delete(words || ''' '':16'::tsvector || to_tsvector(config, search_text(said)), ' ');
        EXCEPTION WHEN program_limit_exceeded THEN
            RAISE WARNING 'a turn of % characters has too many different words to be searched', length(said);
        END;
    END LOOP;
    RETURN words;
END;
$$;

-- One word, phrase or beginning of a word as it is looked for under a configuration.
CREATE FUNCTION search_leaf(node jsonb, config regconfig) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
RETURN CASE WHEN (node ->> 'prefix')::boolean
    THEN to_tsquery(config,
        '''' || replace(replace(search_text(node ->> 'text'), '\', '\\'), '''', '''''') || ''':*')
    ELSE phraseto_tsquery(config, search_text(node ->> 'text'))
END;

-- Which vector a role's words are in.
CREATE FUNCTION search_role(role text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN role IN ('customer', 'agent') THEN role ELSE 'other' END;

-- Whether a leaf stands in one of the turns of a role, asked of the turns themselves.
CREATE FUNCTION search_turns(wanted_tenant text, interaction uuid, leaf tsquery, config regconfig, said_by text)
    RETURNS boolean
    LANGUAGE plpgsql STABLE COST 100000 SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM public.turn AS t
        WHERE t.tenant = wanted_tenant AND t.interaction_id = interaction AND search_role(t.role) = said_by
            AND to_tsvector(config, search_text(t.text)) @@ leaf);
END;
$$;

-- The SQL that asks whether one role said a leaf. A vector keeps 256 positions of a word and 16,383 in all: beyond
-- about 4,000 words it may have lost some, so there the turns themselves decide on a phrase.
CREATE FUNCTION search_said(node jsonb, config regconfig, said_by text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    leaf tsquery := search_leaf(node, config);
    held text := format('i.%I @@ %L::tsquery', 'words_' || said_by, leaf);
BEGIN
    IF numnode(leaf) < 2 THEN
        RETURN held;
    END IF;
    RETURN format(
        '(i.%I @@ %L::tsquery AND (%s OR (i.word_count > 4000'
        ' AND public.search_turns(i.tenant, i.id, %L::tsquery, %L::regconfig, %L))))',
        'words_' || said_by, regexp_replace(leaf::text, ' <(-|\d+)> ', ' & ', 'g'), held, leaf, config, said_by);
END;
$$;

-- The SQL for a tree of words. Every value in it is quoted here; the tree's depth is bounded where it was parsed.
CREATE FUNCTION search_condition(node jsonb, config regconfig) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public
AS $$
BEGIN
    CASE node ->> 'is'
        WHEN 'all' THEN RETURN (
            SELECT '(' || string_agg(search_condition(child, config), ' AND ') || ')'
            FROM jsonb_array_elements(node -> 'nodes') AS child);
        WHEN 'any' THEN RETURN (
            SELECT '(' || string_agg(search_condition(child, config), ' OR ') || ')'
            FROM jsonb_array_elements(node -> 'nodes') AS child);
        WHEN 'not' THEN RETURN '(' || search_condition(node -> 'node', config) || ' IS NOT TRUE)';
        WHEN 'leaf' THEN RETURN (
            SELECT '(' || string_agg(search_said(node, config, said_by), ' OR ') || ')'
            FROM jsonb_array_elements_text(node -> 'said_by') AS said_by);
    END CASE;
END;
$$;

-- The configurations that a tenant's interactions have, by skipping from one to the next in the index.
CREATE FUNCTION search_configs(wanted_tenant text) RETURNS SETOF text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE seen (config) AS (
        SELECT min(i.text_config) FROM public.interaction AS i WHERE i.tenant = wanted_tenant
        UNION ALL
        SELECT (SELECT min(i.text_config) FROM public.interaction AS i
            WHERE i.tenant = wanted_tenant AND i.text_config > seen.config)
        FROM seen WHERE seen.config IS NOT NULL
    )
    SELECT config FROM seen WHERE config IS NOT NULL;
END;

-- The interactions of this tenant for which a tree of words holds; with leaves to rank by, how well they fit.
-- It belongs to the definer, whose policy lets the planner use the GIN index of each role's column; the tenant is
-- therefore an explicit predicate.
CREATE FUNCTION search_interactions(wanted jsonb, ranked_by jsonb DEFAULT '[]')
    RETURNS TABLE (interaction_id uuid, started_at timestamptz, rank double precision)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    config text;
    ranking tsquery;
    leaf jsonb;
    ranked text := CASE jsonb_array_length(ranked_by)
        WHEN 0 THEN '0::float8'
        ELSE 'ts_rank(coalesce(i.words_customer, '''') || coalesce(i.words_agent, '''')'
            ' || coalesce(i.words_other, ''''), $3, 1)::float8' END;
BEGIN
    FOR config IN SELECT c FROM public.search_configs(current_setting('app.tenant')) AS c LOOP
        ranking := '';
        FOR leaf IN SELECT value FROM jsonb_array_elements(ranked_by) LOOP
            ranking := ranking || search_leaf(leaf, config::regconfig);
        END LOOP;
        RETURN QUERY EXECUTE
            'SELECT i.id, i.started_at, ' || ranked || ' FROM public.interaction AS i'
            ' WHERE i.tenant = $1 AND i.text_config = $2 AND i.is_current AND '
            || search_condition(wanted, config::regconfig)
            USING current_setting('app.tenant'), config, ranking;
    END LOOP;
END;
$$;
REVOKE ALL ON FUNCTION search_interactions(jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_interactions(jsonb, jsonb) TO reasonance_app;

-- Where a vector holds a leaf: the positions of the first and the last token of each occurrence.
CREATE FUNCTION search_occurrences(leaf jsonb, config regconfig, words tsvector)
    RETURNS TABLE ("first" integer, "last" integer)
    LANGUAGE sql STABLE SET search_path = pg_catalog, public
BEGIN ATOMIC
    WITH parts AS (
        SELECT w.lexeme, p.place - min(p.place) OVER () AS behind
        FROM unnest(to_tsvector(config, search_text(leaf ->> 'text'))) AS w
        CROSS JOIN LATERAL unnest(w.positions) AS p (place)
    ), begins AS (
        SELECT p.place - parts.behind AS begin, parts.behind
        FROM unnest(words) AS w
        JOIN parts ON w.lexeme = parts.lexeme OR ((leaf ->> 'prefix')::boolean AND starts_with(w.lexeme, parts.lexeme))
        CROSS JOIN LATERAL unnest(w.positions) AS p (place)
    )
    SELECT begin, begin + (SELECT max(behind) FROM parts) FROM begins
    GROUP BY begin HAVING count(DISTINCT behind) = (SELECT count(DISTINCT behind) FROM parts);
END;

-- The turns of some interactions that hold one of some leaves, each cut into the tokens that count a position, and
-- the positions of the first and last token of every occurrence. The caller's own rights apply.
CREATE FUNCTION search_located(interactions uuid[], leaves jsonb)
    RETURNS TABLE (interaction_id uuid, "position" bigint, kinds integer[], tokens text[], places integer[][])
    LANGUAGE sql STABLE SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT t.interaction_id, t.position, cut.kinds, cut.tokens, found.places
    FROM public.interaction AS i
    JOIN public.turn AS t ON t.tenant = i.tenant AND t.interaction_id = i.id
    CROSS JOIN LATERAL (
        SELECT i.text_config::regconfig AS config, search_text(t.text) AS text,
            to_tsvector(i.text_config::regconfig, search_text(t.text)) AS words
        OFFSET 0
    ) AS said
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT ARRAY[o.first, o.last]) AS places
        FROM jsonb_array_elements(leaves) AS leaf
        CROSS JOIN LATERAL search_occurrences(leaf, said.config, said.words) AS o
        WHERE leaf -> 'said_by' ? search_role(t.role) AND said.words @@ search_leaf(leaf, said.config)
    ) AS found
    CROSS JOIN LATERAL (
        SELECT array_agg(k.kind ORDER BY k.ordinal) AS kinds, array_agg(k.token ORDER BY k.ordinal) AS tokens
        FROM ts_parse('default', said.text) WITH ORDINALITY AS k (kind, token, ordinal)
        WHERE k.kind IN (SELECT m.maptokentype FROM pg_ts_config_map AS m WHERE m.mapcfg = said.config)
    ) AS cut
    WHERE i.tenant = current_setting('app.tenant') AND i.id = ANY (interactions) AND found.places IS NOT NULL;
END;
