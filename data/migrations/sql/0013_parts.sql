-- Words at the beginning and at the end of a contact. A part is {"edge": "first" | "last", "amount", "unit":
-- "seconds" | "percent"}.

-- The first place at or after one at which no word of a text is under way; both counted from 0.
CREATE FUNCTION search_border(said text, place integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
RETURN CASE
    WHEN place <= 0 THEN 0
    WHEN place >= length(said) THEN length(said)
    -- A letter that search_text sets apart is a word of its own, and so ends one.
    WHEN search_text(substr(said, place, 1)) ~ '^\s' THEN place
    ELSE place + length(substring(search_text(substr(said, place + 1)) FROM '^\S*'))
END;

-- What of each turn lies in a part: characters counted from 0, the end excluded; turns of which nothing does are left
-- out. A word lies in it if it begins there. Seconds are of the recording, and turns without times lie in no such part
-- (``timed`` is then false, and such rows are there only to say so); per cent are of the recording's time, or, where
-- some turn has no time, of the characters. The caller's own rights apply.
CREATE FUNCTION search_part(interactions uuid[], part jsonb)
    RETURNS TABLE (interaction_id uuid, "position" bigint, role text, config text, said text, char_begin integer,
        char_end integer, told boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog, public SET jit = off
BEGIN ATOMIC
    WITH asked AS (
        SELECT part ->> 'edge' = 'first' AS at_first, part ->> 'unit' = 'seconds' AS in_seconds,
            (part ->> 'amount')::numeric AS amount
    ), turns AS (
        SELECT t.interaction_id, t.position, t.role, t.text, t.begin_ms, t.words, i.text_config,
            bool_and(t.begin_ms IS NOT NULL) OVER whole AS timed,
            greatest(max(t.end_ms) OVER whole, max(t.begin_ms) OVER whole, (1000 * i.duration_s)::numeric) AS lasts,
            sum(length(t.text)) OVER whole AS characters,
            sum(length(t.text)) OVER (whole ORDER BY t.position) - length(t.text) AS before
        FROM public.interaction AS i
        JOIN public.turn AS t ON t.tenant = i.tenant AND t.interaction_id = i.id
        WHERE i.tenant = current_setting('app.tenant') AND i.id = ANY (interactions)
        WINDOW whole AS (PARTITION BY t.interaction_id)
    ), bounded AS (
        SELECT turns.*, asked.at_first, turns.timed OR NOT asked.in_seconds AS told,
            CASE WHEN asked.at_first THEN span.length ELSE span.whole - span.length END AS bound
        FROM turns CROSS JOIN asked
        CROSS JOIN LATERAL (SELECT CASE WHEN turns.timed THEN turns.lasts ELSE turns.characters END AS whole) AS w
        CROSS JOIN LATERAL (
            SELECT w.whole, CASE WHEN asked.in_seconds THEN 1000 * asked.amount ELSE w.whole * asked.amount / 100 END
                AS length
        ) AS span
    ), cut AS (
        SELECT b.*, CASE
                WHEN NOT b.timed THEN search_border(b.text, ceil(b.bound - b.before)::integer)
                WHEN b.begin_ms >= b.bound THEN 0
                WHEN b.words = '[]' THEN length(b.text)
                WHEN b.at_first THEN coalesce((SELECT max((w.value ->> 5)::integer)
                    FROM jsonb_array_elements(b.words) AS w (value) WHERE (w.value ->> 1)::numeric < b.bound), 0)
                ELSE coalesce((SELECT min((w.value ->> 4)::integer)
                    FROM jsonb_array_elements(b.words) AS w (value) WHERE (w.value ->> 1)::numeric >= b.bound),
                    length(b.text))
            END AS border
        FROM bounded AS b
    )
    SELECT c.interaction_id, c.position, c.role, c.text_config, c.text, e.char_begin, e.char_end, c.told
    FROM cut AS c
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.at_first THEN 0 ELSE c.border END AS char_begin,
            CASE WHEN c.at_first THEN c.border ELSE length(c.text) END AS char_end
    ) AS e
    WHERE NOT c.told OR e.char_begin < e.char_end;
END;

-- Of some interactions, whether one of some leaves of the same speakers stands in a part; NULL where it cannot be told.
-- The caller's own rights apply.
CREATE FUNCTION search_in_part(interactions uuid[], leaves jsonb, part jsonb)
    RETURNS TABLE (interaction_id uuid, stands boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog, public SET jit = off
BEGIN ATOMIC
    WITH sought AS MATERIALIZED (
        SELECT c.config, (SELECT string_agg('(' || q.query::text || ')', ' | ')::tsquery
            FROM jsonb_array_elements(leaves) AS l (leaf), search_leaf(l.leaf, c.config::regconfig) AS q (query)
            WHERE numnode(q.query) > 0) AS query
        FROM public.search_configs(current_setting('app.tenant')) AS c (config)
    )
    SELECT p.interaction_id,
        CASE WHEN bool_and(p.told) THEN bool_or(
            leaves -> 0 -> 'said_by' ? search_role(p.role) AND p.role = coalesce(leaves -> 0 ->> 'role', p.role)
            AND to_tsvector(p.config::regconfig,
                search_text(substr(p.said, p.char_begin + 1, p.char_end - p.char_begin))) @@ s.query) END
    FROM search_part(interactions, part) AS p JOIN sought AS s USING (config)
    GROUP BY p.interaction_id;
END;
