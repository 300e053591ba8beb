-- What is made of an interaction's turns for the search, once more: words and keys apart.
DROP FUNCTION search_documents(text, uuid[]);
DROP FUNCTION search_vector(text, regconfig, text[], text[]);
DROP FUNCTION search_where(jsonb, text, text);

-- The words of a turn with the weight of who said them.
CREATE FUNCTION search_weighed(words tsvector, role text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(words, (CASE role WHEN 'customer' THEN 'A' WHEN 'agent' THEN 'B' ELSE 'C' END)::"char");

-- The words of turns, 16 positions from one turn to the next, so that no phrase runs over the end of one; and the keys
-- to look them up by. A turn that would take one of them over PostgreSQL's limit (1 MB of different words, which no
-- speech has) is left out.
CREATE FUNCTION search_vectors(tenant text, config regconfig, turns text[], roles text[],
    OUT words tsvector, OUT keys tsvector, OUT turn_at integer[])
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public
AS $$
DECLARE
    said tsvector;
    lexemes text[];
    more_words tsvector;
    more_keys tsvector;
    last_place integer := 0;
BEGIN
    keys := array_to_tsvector(ARRAY[E'\x1F' || tenant]);
    words := keys;
    turn_at := '{}';
    FOR turn IN 1..cardinality(turns) LOOP
        turn_at := turn_at || (last_place + 16);
        BEGIN
            said := to_tsvector(config, search_text(turns[turn]));
            CONTINUE WHEN said = ''::tsvector;
            lexemes := tsvector_to_array(said);
            -- The lexeme of one space, which no text yields, holds the distance until the next turn is there.
            more_words := ts_delete(words || ''' '':16'::tsvector || search_weighed(said, roles[turn]), ' ');
            more_keys := keys || array_to_tsvector(lexemes
                || ARRAY(SELECT search_mark(roles[turn]) || lexeme FROM unnest(lexemes) AS lexeme));
            words := more_words;
            keys := more_keys;
            last_place := last_place + 16 + (SELECT max(w.positions[cardinality(w.positions)]) FROM unnest(said) AS w);
        EXCEPTION WHEN program_limit_exceeded THEN
            RAISE WARNING 'a turn of % characters has too many different words to be searched', length(turns[turn]);
        END;
    END LOOP;
END;
$$;

-- Who wrote the subject of an interaction.
CREATE FUNCTION search_writer(direction text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN direction = 'outbound' THEN 'agent' ELSE 'customer' END;

-- What search_document and search_words hold of some interactions, made of their turns. A subject is its writer's words
-- too: what a mail says only there must be found; it comes before the first turn.
CREATE FUNCTION search_documents(wanted_tenant text, interactions uuid[])
    RETURNS TABLE (interaction_id uuid, started_at timestamptz, is_current boolean, config text, is_whole boolean,
        keys tsvector, words tsvector, turn_at integer[])
    LANGUAGE sql STABLE SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT i.id, i.started_at, i.is_current, search_config(i.language), search_is_whole(said.words), said.keys,
        said.words, CASE WHEN i.subject IS NULL THEN said.turn_at ELSE said.turn_at[2:] END
    FROM public.interaction AS i
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(t.text ORDER BY t.position), '{}') AS texts,
            coalesce(array_agg(t.role ORDER BY t.position), '{}') AS roles
        FROM public.turn AS t WHERE t.tenant = i.tenant AND t.interaction_id = i.id
    ) AS turns
    CROSS JOIN LATERAL search_vectors(i.tenant, search_config(i.language)::regconfig,
        array_remove(ARRAY[i.subject], NULL) || turns.texts,
        CASE WHEN i.subject IS NULL THEN '{}' ELSE ARRAY[search_writer(i.direction)] END || turns.roles) AS said
    WHERE i.tenant = wanted_tenant AND i.id = ANY (interactions);
END;
