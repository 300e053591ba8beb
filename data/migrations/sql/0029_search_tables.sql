-- Where each token of a text that counts a position lies: its first character, counted from 0, and the one behind its
-- last, token after token. Kinds without positions are blanks, tags, protocols and entities; a word of 2 kB or more has
-- none either. The parts of a compound (a hyphenated word, a URL) follow it and lie inside it.
CREATE FUNCTION search_tokens(said text) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, public
AS $$
DECLARE
    apart text := search_text(said);
    has_added boolean := apart <> said;
    places integer[] := '{}';
    part record;
    begin_at integer := 0;
    compound_end integer := 0;
    long integer;
    added integer := 0; -- the spaces that search_text put before: two for each character that it sets apart
    alone integer := 0; -- how many such characters are in the token
BEGIN
    FOR part IN SELECT tokid, token FROM ts_parse('default', apart) LOOP
        long := length(part.token);
        IF has_added THEN
            alone := (length(search_text(part.token)) - long) / 2;
        END IF;
        IF part.tokid NOT IN (12, 13, 14, 23) AND octet_length(part.token) < 2047 THEN
            places := places || (begin_at - added - least(alone, 1)) || (begin_at - added - least(alone, 1) + long);
        END IF;
        IF part.tokid IN (5, 15, 16, 17) AND begin_at >= compound_end THEN
            compound_end := begin_at + long;
        ELSE
            begin_at := begin_at + long;
            added := added + 2 * alone;
        END IF;
    END LOOP;
    RETURN places;
END;
$$;

ALTER TABLE turn ADD COLUMN tokens INTEGER[] NOT NULL GENERATED ALWAYS AS (search_tokens(text)) STORED;

-- Two tables answer two kinds of questions, each with one look-up in one index. The tenant is among the words of both,
-- so that the look-up passes by what other tenants said.
-- search_document answers which words were said, in whatever order. It is narrow; its vector only serves the index:
--   card          a word that anybody said
--   c\x1Fcard     that the customer said it: a mark. Other roles have other letters (search_mark)
--   \x1Fdefault   the tenant
DROP INDEX search_document_words_idx, search_document_partial_idx;
TRUNCATE search_document;
ALTER TABLE search_document DROP COLUMN words, DROP COLUMN is_whole;
ALTER TABLE search_document ADD COLUMN keys TSVECTOR NOT NULL;
ALTER TABLE search_document ALTER COLUMN keys SET STORAGE EXTERNAL;

-- search_words answers where they were said: every word at its positions, whose weight is who said it (A customer,
-- B agent, C others). The vector lies in the row itself as long as a page takes it, so that a phrase is checked without
-- a look elsewhere.
CREATE TABLE search_words (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_current BOOLEAN NOT NULL,
    config TEXT NOT NULL,
    is_whole BOOLEAN NOT NULL, -- false where the vector may have lost positions
    words TSVECTOR NOT NULL,
    turn_at INTEGER[] NOT NULL, -- for each turn the position before its first word
    CONSTRAINT search_words_pkey PRIMARY KEY (tenant, interaction_id),
    CONSTRAINT search_words_tenant_interaction_id_fkey FOREIGN KEY (tenant, interaction_id)
        REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT search_words_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);
ALTER TABLE search_words ALTER COLUMN words SET STORAGE EXTERNAL;
ALTER TABLE search_words SET (toast_tuple_target = 8160);

CREATE OR REPLACE FUNCTION search_document_follow() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE search_document SET started_at = NEW.started_at, is_current = NEW.is_current
    WHERE tenant = NEW.tenant AND interaction_id = NEW.id;
    UPDATE search_words SET started_at = NEW.started_at, is_current = NEW.is_current
    WHERE tenant = NEW.tenant AND interaction_id = NEW.id;
    RETURN NULL;
END;
$$;
