-- What turns mean, in 32 parts by tenant, each with a graph of its own: a search walks past few other tenants'
-- turns, where one graph for all of them would have it read more of theirs than of its own.
SET LOCAL maintenance_work_mem = '512MB';
DO $$
DECLARE
    graphs text[] := ARRAY(
        SELECT indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename = 'turn_vector' AND indexdef ~ 'USING hnsw'
    );
    named text;
BEGIN
    ALTER TABLE turn_vector RENAME TO turn_vector_before;
    ALTER TABLE turn_vector_before DROP CONSTRAINT turn_vector_pkey;
    FOR named IN SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'turn_vector_before' LOOP
        EXECUTE format('DROP INDEX %I', named);
    END LOOP;

    CREATE TABLE turn_vector (LIKE turn_vector_before INCLUDING STORAGE) PARTITION BY HASH (tenant);
    FOR part IN 0..31 LOOP
        EXECUTE format('CREATE TABLE turn_vector_%s PARTITION OF turn_vector FOR VALUES WITH (MODULUS 32, REMAINDER %s)',
            part, part);
        -- Nobody reaches a part but through the whole, whose policy holds.
        EXECUTE format('ALTER TABLE turn_vector_%s ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE turn_vector_%s FORCE ROW LEVEL SECURITY', part);
    END LOOP;

    ALTER TABLE turn_vector_before NO FORCE ROW LEVEL SECURITY;
    INSERT INTO turn_vector SELECT * FROM turn_vector_before;
    DROP TABLE turn_vector_before;
    ALTER TABLE turn_vector ADD CONSTRAINT turn_vector_pkey PRIMARY KEY (tenant, interaction_id, position);
    CREATE INDEX turn_vector_tenant_embedder_text_hash_idx ON turn_vector (tenant, embedder, text_hash);
    FOREACH named IN ARRAY graphs LOOP
        EXECUTE named;
    END LOOP;
    ALTER TABLE turn_vector
        ADD CONSTRAINT turn_vector_tenant_interaction_id_position_fkey FOREIGN KEY (tenant, interaction_id, position)
            REFERENCES turn (tenant, interaction_id, position) ON DELETE CASCADE,
        ADD CONSTRAINT turn_vector_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE;
END $$;
