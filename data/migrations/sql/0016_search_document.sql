-- What an interaction says, by itself: a narrow row with one vector, so that a search reads few pages. In the vector
--   card          a word that anybody said, at its positions; their weight is who said it: A customer, B agent, C others
--   c\x1Fcard     that the customer said it, without positions: a mark. Other roles have other letters (search_mark)
--   \x1Fdefault   the tenant
-- With the tenant in each vector, and marks for roles, one look-up in one index answers a whole tree of words, and
-- passes by what other tenants said.
CREATE TABLE search_document (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_current BOOLEAN NOT NULL,
    config TEXT NOT NULL,
    is_whole BOOLEAN NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT search_document_pkey PRIMARY KEY (tenant, interaction_id),
    CONSTRAINT search_document_tenant_interaction_id_fkey FOREIGN KEY (tenant, interaction_id)
        REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT search_document_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

-- Vectors lie apart from the rows and are not compressed: a single word is counted without them, and a phrase is
-- checked in a third of the time.
ALTER TABLE search_document ALTER COLUMN words SET STORAGE EXTERNAL;
ALTER TABLE search_document SET (toast_tuple_target = 128);

CREATE INDEX search_document_partial_idx ON search_document (tenant) WHERE NOT is_whole;

-- When an interaction began, and whether it is current, is the interaction's to say.
CREATE FUNCTION search_document_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE search_document SET started_at = NEW.started_at, is_current = NEW.is_current
    WHERE tenant = NEW.tenant AND interaction_id = NEW.id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER search_document_follows AFTER UPDATE OF started_at, is_current ON interaction FOR EACH ROW
    WHEN ((OLD.started_at, OLD.is_current) IS DISTINCT FROM (NEW.started_at, NEW.is_current))
    EXECUTE FUNCTION search_document_follow();
