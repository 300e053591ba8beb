-- The beginning of a word. The index holds stems: "activation" is there as "activ", which does not begin with "activat".
-- So a beginning asks for every lexeme that begins with it, and for the stems of what it may be the beginning of.

-- What words of a language end with, as far as its stemmer takes it off.
CREATE FUNCTION search_endings(config text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE config
    WHEN 'reasonance_english' THEN string_to_array(
        'e es ed er ers est ing ings s y ies ied ier iest ily ion ions or ors ate ates ated ating ation ations ational'
        ' ative ator ators ize izes ized izing ization ise ises ised ising isation ment ments ness ful fully less able'
        ' ably ability ible ibly al ally ality ic ical ically ity ities ive ively ance ances ant ants ence ences ent'
        ' ents ism ist ists ous ously ly fy fies fied fying', ' ')
    WHEN 'reasonance_german' THEN string_to_array(
        'e en er es em ern s t st et te ten test tet est end ende enden ung ungen ig ige igen iger iges isch ische'
        ' ischen ischer isches lich liche lichen licher liches heit heiten keit keiten ern ert erte erten', ' ')
    WHEN 'reasonance_spanish' THEN string_to_array(
        'a as o os e es ar er ir ado ada ados adas ido ida idos idas ando iendo aba aban ía ían é ó aron ieron ará arán'
        ' ación aciones ción ciones mente amente able ables ible ibles ador adora adores oso osa idad idades ivo iva'
        ' ivos ivas ancia encia', ' ')
    WHEN 'reasonance_french' THEN string_to_array(
        'e es s er ez é ée és ées ait aient ant ante ants ation ations ateur ateurs ement ements ment ments eux euse if'
        ' ive ifs ives ité ités able ables ion ions ir it is i ons ent era erait', ' ')
    ELSE '{}' END;

-- The lexemes that the beginning of a word asks for; ``begins``: those that begin so, too. None where it is no plain
-- beginning of one word.
CREATE FUNCTION search_forms(beginning text, config regconfig) RETURNS TABLE (lexeme text, begins boolean)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    begun text := lower(beginning);
    own text[] := tsvector_to_array(to_tsvector(config, begun));
BEGIN
    IF begun !~ '^[[:alpha:]]+$' OR search_text(begun) ~ '\s' OR cardinality(own) <> 1 THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT begun, true
        -- As the stemmer writes its letters: German ones lose their dots.
        UNION SELECT own[1], true WHERE length(own[1]) = length(begun);
    RETURN QUERY SELECT DISTINCT w.stem, false
        FROM unnest(tsvector_to_array(to_tsvector(config, (
            SELECT string_agg(begun || substr(e.ending, cut + 1), ' ')
            FROM unnest('{""}'::text[] || search_endings(config::text)) AS e (ending)
            CROSS JOIN LATERAL generate_series(0, length(e.ending)) AS cut
            WHERE right(begun, cut) = left(e.ending, cut))))) AS w (stem)
        WHERE NOT starts_with(w.stem, begun) AND NOT (length(own[1]) = length(begun) AND starts_with(w.stem, own[1]));
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
        near := (SELECT string_agg(quote_literal(f.lexeme) || CASE WHEN f.begins THEN ':*' ELSE '' END, ' | ')::tsquery
            FROM search_forms(node ->> 'text', config) AS f);
        IF near IS NOT NULL THEN
            RETURN near;
        END IF;
        RETURN to_tsquery(config,
            '''' || replace(replace(search_text(node ->> 'text'), '\', '\\'), '''', '''''') || ''':*');
    END IF;
    RETURN phraseto_tsquery(config, search_text(node ->> 'text'));
END;
$$;

-- Whether a query asks for places, not for words alone.
CREATE FUNCTION search_has_order(leaf tsquery) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN leaf::text ~ ' <(-|\d+)> ';

-- A leaf as it is asked of a vector: as a role said it, or ``other``, any role that is neither customer nor agent.
CREATE OR REPLACE FUNCTION search_spoken(node jsonb, config regconfig, who text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    leaf tsquery := search_leaf(node, config);
    spoken tsquery := '';
    other text;
BEGIN
    IF search_has_order(leaf) THEN
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
    ELSIF NOT search_has_order(leaf) THEN
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
CREATE OR REPLACE FUNCTION search_query(node jsonb, config regconfig) RETURNS tsquery
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
        ELSIF node ->> 'role' IS NOT NULL AND search_has_order(leaf) THEN
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

-- The turns of some interactions that hold one of some leaves, each cut into the tokens that count a position, and
-- the positions of the first and last token of every occurrence. The caller's own rights apply.
-- A page of hits has hundreds of turns, so all are looked at in one go: a function called for each would take longer
-- than the search.
CREATE OR REPLACE FUNCTION search_located(interactions uuid[], leaves jsonb)
    RETURNS TABLE (interaction_id uuid, "position" bigint, kinds integer[], tokens text[], places integer[][])
    LANGUAGE sql STABLE SET search_path = pg_catalog, public SET jit = off
BEGIN ATOMIC
    WITH configured AS MATERIALIZED (
        SELECT c.config::regconfig AS config, m.counts
        FROM (SELECT DISTINCT i.text_config AS config FROM public.interaction AS i
            WHERE i.tenant = current_setting('app.tenant') AND i.id = ANY (interactions)) AS c
        CROSS JOIN LATERAL (SELECT array_agg(EXISTS (SELECT FROM pg_ts_config_map AS m
                WHERE m.mapcfg = c.config::regconfig AND m.maptokentype = k.tokid) ORDER BY k.tokid) AS counts
            FROM ts_token_type('default') AS k) AS m
    ), sought AS MATERIALIZED (
        -- Each word or phrase: side 0 by itself, 1 and 2 where it must stand near one of the other side.
        SELECT row_number() OVER () AS number, l.leaf, l.ordinal AS of_leaf, e.side, e.node
        FROM jsonb_array_elements(leaves) WITH ORDINALITY AS l (leaf, ordinal)
        CROSS JOIN LATERAL (
            SELECT 0, l.leaf WHERE NOT l.leaf ? 'left'
            UNION ALL SELECT 1, node FROM jsonb_array_elements(l.leaf -> 'left') AS node
            UNION ALL SELECT 2, node FROM jsonb_array_elements(l.leaf -> 'right') AS node
        ) AS e (side, node)
    ), form AS MATERIALIZED (
        -- The beginning of a word is any of its forms; anything else is all of its words.
        SELECT c.config, s.*, f.lexeme, f.begins, f.lexeme AS alternative, 1 AS place
        FROM configured AS c CROSS JOIN sought AS s
        CROSS JOIN LATERAL search_forms(s.node ->> 'text', c.config) AS f
        WHERE (s.node ->> 'prefix')::boolean
        UNION ALL
        SELECT c.config, s.*, w.lexeme, coalesce((s.node ->> 'prefix')::boolean, false), NULL, p.place
        FROM configured AS c CROSS JOIN sought AS s
        CROSS JOIN LATERAL unnest(to_tsvector(c.config, search_text(s.node ->> 'text'))) AS w
        CROSS JOIN LATERAL unnest(w.positions) AS p (place)
        WHERE (s.node ->> 'prefix')::boolean IS NOT TRUE
            OR NOT EXISTS (SELECT FROM search_forms(s.node ->> 'text', c.config))
    ), part AS MATERIALIZED (
        SELECT f.config, f.leaf, f.of_leaf, f.side, f.begins AS prefix, f.lexeme,
            dense_rank() OVER (ORDER BY f.number, f.alternative) AS number,
            f.place - min(f.place) OVER same AS behind, count(*) OVER same AS parts,
            max(f.place) OVER same - min(f.place) OVER same AS length
        FROM form AS f
        WINDOW same AS (PARTITION BY f.config, f.number, f.alternative)
    ), said AS MATERIALIZED (
        SELECT t.interaction_id, t.position, t.role, c.config, c.counts, search_text(t.text) AS text,
            to_tsvector(c.config, search_text(t.text)) AS words
        FROM configured AS c
        JOIN public.interaction AS i ON i.text_config::regconfig = c.config
        JOIN public.turn AS t ON t.tenant = i.tenant AND t.interaction_id = i.id
        WHERE i.tenant = current_setting('app.tenant') AND i.id = ANY (interactions)
    ), held AS MATERIALIZED (
        SELECT s.interaction_id, s.position, p.leaf, p.of_leaf, p.side, at.place - p.behind AS first,
            at.place - p.behind + p.length AS last
        FROM said AS s
        CROSS JOIN LATERAL unnest(s.words) AS w
        JOIN part AS p ON p.config = s.config
            AND (w.lexeme = p.lexeme OR (p.prefix AND starts_with(w.lexeme, p.lexeme)))
            AND p.leaf -> 'said_by' ? search_role(s.role) AND s.role = coalesce(p.leaf ->> 'role', s.role)
        CROSS JOIN LATERAL unnest(w.positions) AS at (place)
        GROUP BY s.interaction_id, s.position, p.leaf, p.of_leaf, p.side, p.number, p.length, p.parts, at.place - p.behind
        HAVING count(DISTINCT (p.lexeme, p.behind)) = p.parts
    ), found AS (
        SELECT h.interaction_id, h.position, array_agg(DISTINCT ARRAY[h.first, h.last]::integer[]) AS places
        FROM held AS h
        WHERE h.side = 0 OR EXISTS (
            SELECT FROM held AS o
            WHERE o.interaction_id = h.interaction_id AND o.position = h.position AND o.of_leaf = h.of_leaf
                AND o.side = 3 - h.side
                AND (CASE h.side WHEN 1 THEN o.first - h.last ELSE h.first - o.last END
                        BETWEEN 1 AND (h.leaf ->> 'distance')::integer
                    OR NOT (h.leaf ->> 'in_order')::boolean
                        AND CASE h.side WHEN 1 THEN h.first - o.last ELSE o.first - h.last END
                            BETWEEN 1 AND (h.leaf ->> 'distance')::integer))
        GROUP BY h.interaction_id, h.position
    )
    SELECT f.interaction_id, f.position, cut.kinds, cut.tokens, f.places
    FROM found AS f JOIN said AS s USING (interaction_id, position)
    CROSS JOIN LATERAL (
        SELECT array_agg(k.kind ORDER BY k.ordinal) AS kinds, array_agg(k.token ORDER BY k.ordinal) AS tokens
        FROM ts_parse('default', s.text) WITH ORDINALITY AS k (kind, token, ordinal)
        WHERE s.counts[k.kind]
    ) AS cut;
END;
