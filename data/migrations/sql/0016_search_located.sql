-- The turns of some interactions that hold one of some leaves, each cut into the tokens that count a position, and
-- the positions of the first and last token of every occurrence. The caller's own rights apply.
-- A page of hits has hundreds of turns, so all are looked at in one go: a function called for each would take longer
-- than the search.
DROP FUNCTION search_located(uuid[], jsonb);
DROP FUNCTION search_occurrences(jsonb, regconfig, tsvector);
DROP FUNCTION search_places(jsonb, regconfig, tsvector);
CREATE FUNCTION search_located(interactions uuid[], leaves jsonb)
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
    ), part AS MATERIALIZED (
        SELECT c.config, s.number, s.leaf, s.of_leaf, s.side, coalesce((s.node ->> 'prefix')::boolean, false) AS prefix,
            w.lexeme, p.place - min(p.place) OVER same AS behind, count(*) OVER same AS parts,
            max(p.place) OVER same - min(p.place) OVER same AS length
        FROM configured AS c CROSS JOIN sought AS s
        CROSS JOIN LATERAL unnest(to_tsvector(c.config, search_text(s.node ->> 'text'))) AS w
        CROSS JOIN LATERAL unnest(w.positions) AS p (place)
        WINDOW same AS (PARTITION BY c.config, s.number)
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
