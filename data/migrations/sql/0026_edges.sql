-- What of each turn lies in a part: characters counted from 0, the end excluded; turns of which nothing does are left
-- out. A word lies in it if it begins there. Seconds are of the recording, and turns without times lie in no such part
-- (``timed`` is then false, and such rows are there only to say so); per cent are of the recording's time, or, where
-- some turn has no time, of the characters. The caller's own rights apply.
CREATE OR REPLACE FUNCTION search_part(interactions uuid[], part jsonb)
    RETURNS TABLE (interaction_id uuid, "position" bigint, role text, config text, said text, char_begin integer,
        char_end integer, told boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog, public SET jit = off
BEGIN ATOMIC
    WITH asked AS (
        SELECT part ->> 'edge' = 'first' AS at_first, part ->> 'unit' = 'seconds' AS in_seconds,
            (part ->> 'amount')::numeric AS amount
    ), turns AS (
        -- Without text and words, which are most of a turn: those are read of the few turns at the edge alone.
        SELECT t.interaction_id, t.position, t.begin_ms, t.end_ms, i.text_config,
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
    ), near AS MATERIALIZED (
        SELECT * FROM bounded AS b
        WHERE NOT b.timed OR CASE WHEN b.at_first THEN b.begin_ms < b.bound
            ELSE greatest(b.begin_ms, b.end_ms) >= b.bound END
    ), cut AS (
        SELECT n.*, t.role, t.text, CASE
                WHEN NOT n.timed THEN search_border(t.text, ceil(n.bound - n.before)::integer)
                WHEN n.begin_ms >= n.bound THEN 0
                WHEN t.words = '[]' OR n.at_first AND n.end_ms <= n.bound THEN length(t.text)
                WHEN n.at_first THEN coalesce((SELECT max((w.value ->> 5)::integer)
                    FROM jsonb_array_elements(t.words) AS w (value) WHERE (w.value ->> 1)::numeric < n.bound), 0)
                ELSE coalesce((SELECT min((w.value ->> 4)::integer)
                    FROM jsonb_array_elements(t.words) AS w (value) WHERE (w.value ->> 1)::numeric >= n.bound),
                    length(t.text))
            END AS border
        FROM near AS n
        JOIN public.turn AS t ON t.tenant = current_setting('app.tenant')
            AND t.interaction_id = n.interaction_id AND t.position = n.position
    )
    SELECT c.interaction_id, c.position, c.role, c.text_config, c.text, e.char_begin, e.char_end, c.told
    FROM cut AS c
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.at_first THEN 0 ELSE c.border END AS char_begin,
            CASE WHEN c.at_first THEN c.border ELSE length(c.text) END AS char_end
    ) AS e
    WHERE NOT c.told OR e.char_begin < e.char_end;
END;

