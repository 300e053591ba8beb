-- The turns of some interactions that hold one of some leaves, with the tokens of the first and last word of every
-- occurrence, counted from 1. The caller's own rights apply.
-- A page of hits has hundreds of turns, so all are looked at in one go, by the vectors that are there already; where
-- one may have lost positions, its turns are read anew.
DROP FUNCTION search_located(uuid[], jsonb);
CREATE FUNCTION search_located(interactions uuid[], leaves jsonb)
    RETURNS TABLE (interaction_id uuid, "position" bigint, places integer[][])
    LANGUAGE sql STABLE SET search_path = pg_catalog, public SET jit = off
BEGIN ATOMIC
    WITH document AS MATERIALIZED (
        SELECT w.interaction_id, w.config::regconfig AS config, w.is_whole, w.words, w.turn_at
        FROM public.search_words AS w
        WHERE w.tenant = current_setting('app.tenant') AND w.interaction_id = ANY (interactions)
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
        FROM (SELECT DISTINCT config FROM document) AS c CROSS JOIN sought AS s
        CROSS JOIN LATERAL search_forms(s.node ->> 'text', c.config) AS f
        WHERE (s.node ->> 'prefix')::boolean
        UNION ALL
        SELECT c.config, s.*, w.lexeme, coalesce((s.node ->> 'prefix')::boolean, false), NULL, p.place
        FROM (SELECT DISTINCT config FROM document) AS c CROSS JOIN sought AS s
        CROSS JOIN LATERAL unnest(to_tsvector(c.config, search_text(s.node ->> 'text'))) AS w
        CROSS JOIN LATERAL unnest(w.positions) AS p (place)
        WHERE (s.node ->> 'prefix')::boolean IS NOT TRUE
            OR NOT EXISTS (SELECT FROM search_forms(s.node ->> 'text', c.config))
    ), part AS MATERIALIZED (
        SELECT f.config, f.of_leaf, f.side, f.begins AS prefix, f.lexeme,
            f.leaf -> 'said_by' AS said_by, f.leaf ->> 'role' AS role,
            (f.leaf ->> 'distance')::integer AS distance, (f.leaf ->> 'in_order')::boolean AS in_order,
            dense_rank() OVER (ORDER BY f.number, f.alternative) AS number,
            f.place - min(f.place) OVER same AS behind, count(*) OVER same AS parts,
            max(f.place) OVER same - min(f.place) OVER same AS length
        FROM form AS f
        WINDOW same AS (PARTITION BY f.config, f.number, f.alternative)
    ), vector AS (
        -- Of a whole interaction, or of one turn.
        SELECT d.interaction_id, d.config, NULL::bigint AS position, d.turn_at, d.words FROM document AS d
        WHERE d.is_whole
        UNION ALL
        SELECT d.interaction_id, d.config, t.position, '{0}',
            search_weighed(to_tsvector(d.config, search_text(t.text)), t.role)
        FROM document AS d
        JOIN public.turn AS t ON t.tenant = current_setting('app.tenant') AND t.interaction_id = d.interaction_id
        WHERE NOT d.is_whole
    ), held AS (
        SELECT v.interaction_id, turn.position, p.of_leaf, p.side, p.distance, p.in_order, turn.place - p.behind AS first,
            turn.place - p.behind + p.length AS last
        FROM vector AS v
        CROSS JOIN LATERAL unnest(v.words) AS w
        JOIN part AS p ON p.config = v.config
            AND (w.lexeme = p.lexeme OR (p.prefix AND starts_with(w.lexeme, p.lexeme)))
        CROSS JOIN LATERAL unnest(w.positions, w.weights) AS at (place, weight)
        CROSS JOIN LATERAL (SELECT width_bucket(at.place - 1, v.turn_at) AS number) AS b
        CROSS JOIN LATERAL (
            SELECT coalesce(v.position, b.number - 1) AS position, at.place - v.turn_at[b.number] AS place
        ) AS turn
        WHERE b.number > 0 -- before the first turn there is the subject
            -- What the join says too, but so that most words are passed by before it.
            AND (w.lexeme = ANY (ARRAY(SELECT lexeme FROM part WHERE NOT prefix))
                OR w.lexeme ^@ ANY (ARRAY(SELECT lexeme FROM part WHERE prefix)))
            AND p.said_by ? CASE at.weight WHEN 'A' THEN 'customer' WHEN 'B' THEN 'agent' ELSE 'other' END
            AND (p.role IS NULL OR EXISTS (
                SELECT FROM public.turn AS t
                WHERE t.tenant = current_setting('app.tenant') AND t.interaction_id = v.interaction_id
                    AND t.position = turn.position AND t.role = p.role))
        GROUP BY v.interaction_id, turn.position, p.of_leaf, p.side, p.distance, p.in_order, p.number, p.length, p.parts,
            turn.place - p.behind
        HAVING count(DISTINCT (p.lexeme, p.behind)) = p.parts
    ), leaf AS (
        SELECT h.interaction_id, h.position, h.distance, h.in_order, array_agg(h.side) AS sides,
            array_agg(h.first) AS firsts, array_agg(h.last) AS lasts
        FROM held AS h GROUP BY h.interaction_id, h.position, h.of_leaf, h.distance, h.in_order
    )
    SELECT l.interaction_id, l.position, array_agg(DISTINCT ARRAY[h.first, h.last]::integer[])
    FROM leaf AS l
    CROSS JOIN LATERAL unnest(l.sides, l.firsts, l.lasts) AS h (side, first, last)
    WHERE h.side = 0 OR EXISTS (
        SELECT FROM unnest(l.sides, l.firsts, l.lasts) AS o (side, first, last)
        WHERE o.side = 3 - h.side
            AND (CASE h.side WHEN 1 THEN o.first - h.last ELSE h.first - o.last END BETWEEN 1 AND l.distance
                OR NOT l.in_order
                    AND CASE h.side WHEN 1 THEN h.first - o.last ELSE o.first - h.last END BETWEEN 1 AND l.distance))
    GROUP BY l.interaction_id, l.position;
END;
