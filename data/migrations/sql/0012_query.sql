-- Words near one another, and the words of every role. A leaf of the search functions is {"text", "prefix"}, or
-- {"left": […], "right": […], "distance", "in_order"}, with "said_by": the vectors it may be in, and "role": whose
-- words exactly, where a vector holds those of several roles.

-- Words near one another: every distance that is allowed, as PostgreSQL has only exact ones.
CREATE FUNCTION search_near(one tsquery, other tsquery, distance integer, in_order boolean) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    near tsquery := '';
BEGIN
    IF numnode(one) = 0 OR numnode(other) = 0 THEN
        RETURN '';
    END IF;
    FOR apart IN 1..distance LOOP
        near := near || tsquery_phrase(one, other, apart);
        IF NOT in_order THEN
            near := near || tsquery_phrase(other, one, apart);
        END IF;
    END LOOP;
    RETURN near;
END;
$$;

-- A leaf as it is looked for under a configuration.
CREATE OR REPLACE FUNCTION search_leaf(node jsonb, config regconfig) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    near tsquery := '';
    one jsonb;
    other jsonb;
BEGIN
    IF node ? 'left' THEN
        FOR one IN SELECT value FROM jsonb_array_elements(node -> 'left') LOOP
            FOR other IN SELECT value FROM jsonb_array_elements(node -> 'right') LOOP
                near := near || search_near(search_leaf(one, config), search_leaf(other, config),
                    (node ->> 'distance')::integer, (node ->> 'in_order')::boolean);
            END LOOP;
        END LOOP;
        RETURN near;
    END IF;
    IF (node ->> 'prefix')::boolean THEN
        RETURN to_tsquery(config,
            '''' || replace(replace(search_text(node ->> 'text'), '\', '\\'), '''', '''''') || ''':*');
    END IF;
    RETURN phraseto_tsquery(config, search_text(node ->> 'text'));
END;
$$;

-- What a leaf needs at least, whatever the order: few look-ups, which an index answers.
CREATE FUNCTION search_rough(node jsonb, config regconfig) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    one tsquery := '';
    other tsquery := '';
    side jsonb;
BEGIN
    IF node ? 'left' THEN
        FOR side IN SELECT value FROM jsonb_array_elements(node -> 'left') LOOP
            one := one || search_rough(side, config);
        END LOOP;
        FOR side IN SELECT value FROM jsonb_array_elements(node -> 'right') LOOP
            other := other || search_rough(side, config);
        END LOOP;
        RETURN CASE WHEN numnode(one) > 0 AND numnode(other) > 0 THEN one && other ELSE '' END;
    END IF;
    RETURN regexp_replace(search_leaf(node, config)::text, ' <(-|\d+)> ', ' & ', 'g')::tsquery;
END;
$$;


-- Whether a leaf stands in one of the turns of a role, asked of the turns themselves; ``exactly`` NULL: of any role
-- whose words are in the vector ``said_by``.
DROP FUNCTION search_turns(text, uuid, tsquery, regconfig, text);
CREATE FUNCTION search_turns(
    wanted_tenant text, interaction uuid, leaf tsquery, config regconfig, said_by text, exactly text)
    RETURNS boolean
    LANGUAGE plpgsql STABLE COST 100000 SET search_path = pg_catalog, public
AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM public.turn AS t
        WHERE t.tenant = wanted_tenant AND t.interaction_id = interaction AND search_role(t.role) = said_by
            AND (exactly IS NULL OR t.role = exactly) AND to_tsvector(config, search_text(t.text)) @@ leaf);
END;
$$;

-- The SQL that asks whether one role said a leaf. A vector keeps 256 positions of a word and 16,383 in all: beyond
-- about 4,000 words, or 700 turns, it may have lost some, so there the turns themselves decide on a phrase.
CREATE OR REPLACE FUNCTION search_said(node jsonb, config regconfig, said_by text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public
AS $$
DECLARE
    leaf tsquery := search_leaf(node, config);
    rough text := format('i.%I @@ %L::tsquery', 'words_' || said_by, search_rough(node, config));
    held text := format('i.%I @@ %L::tsquery', 'words_' || said_by, leaf);
    turns text := format('public.search_turns(i.tenant, i.id, %L::tsquery, %L::regconfig, %L, %L)',
        leaf, config, said_by, node ->> 'role');
BEGIN
    IF node ->> 'role' IS NOT NULL THEN
        RETURN format('(%s AND %s)', rough, turns);
    END IF;
    IF numnode(leaf) < 2 THEN
        RETURN held;
    END IF;
    RETURN format('(%s AND (%s OR ((i.word_count > 4000 OR i.turn_count > 700) AND %s)))', rough, held, turns);
END;
$$;

-- Where a vector holds a word or phrase: the positions of the first and the last token of each place.
ALTER FUNCTION search_occurrences(jsonb, regconfig, tsvector) RENAME TO search_places;

-- Where a vector holds a leaf; of words near one another, the places of both.
CREATE FUNCTION search_occurrences(leaf jsonb, config regconfig, words tsvector)
    RETURNS TABLE ("first" integer, "last" integer)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public
AS $$
BEGIN
    IF NOT leaf ? 'left' THEN
        RETURN QUERY SELECT * FROM search_places(leaf, config, words);
        RETURN;
    END IF;
    RETURN QUERY WITH
        one AS (SELECT p.* FROM jsonb_array_elements(leaf -> 'left') AS l, search_places(l, config, words) AS p),
        other AS (SELECT p.* FROM jsonb_array_elements(leaf -> 'right') AS r, search_places(r, config, words) AS p),
        pair AS (
            SELECT one.first AS b, one.last AS e, other.first AS b2, other.last AS e2 FROM one JOIN other
            ON other.first - one.last BETWEEN 1 AND (leaf ->> 'distance')::integer
                OR NOT (leaf ->> 'in_order')::boolean
                    AND one.first - other.last BETWEEN 1 AND (leaf ->> 'distance')::integer)
        SELECT b, e FROM pair UNION SELECT b2, e2 FROM pair;
END;
$$;

CREATE OR REPLACE FUNCTION search_located(interactions uuid[], leaves jsonb)
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
        WHERE leaf -> 'said_by' ? search_role(t.role) AND t.role = coalesce(leaf ->> 'role', t.role)
            AND said.words @@ search_leaf(leaf, said.config)
    ) AS found
    CROSS JOIN LATERAL (
        SELECT array_agg(k.kind ORDER BY k.ordinal) AS kinds, array_agg(k.token ORDER BY k.ordinal) AS tokens
        FROM ts_parse('default', said.text) WITH ORDINALITY AS k (kind, token, ordinal)
        WHERE k.kind IN (SELECT m.maptokentype FROM pg_ts_config_map AS m WHERE m.mapcfg = said.config)
    ) AS cut
    WHERE i.tenant = current_setting('app.tenant') AND i.id = ANY (interactions) AND found.places IS NOT NULL;
END;
