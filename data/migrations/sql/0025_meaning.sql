-- What each turn means, as a vector of one embedder at a time: in half precision, since only the order of cosines
-- counts, and with its row, so that a few thousand are compared in no time.
CREATE TABLE turn_vector (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    position BIGINT NOT NULL,
    embedder TEXT NOT NULL,
    vector HALFVEC NOT NULL,
    text_hash BYTEA NOT NULL,
    CONSTRAINT turn_vector_pkey PRIMARY KEY (tenant, interaction_id, position),
    CONSTRAINT turn_vector_tenant_interaction_id_position_fkey FOREIGN KEY (tenant, interaction_id, position)
        REFERENCES turn (tenant, interaction_id, position) ON DELETE CASCADE,
    CONSTRAINT turn_vector_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);
ALTER TABLE turn_vector ALTER COLUMN vector SET STORAGE PLAIN;
CREATE INDEX turn_vector_tenant_embedder_text_hash_idx ON turn_vector (tenant, embedder, text_hash);

-- The graph holds one bit a dimension, which is a sixteenth of the memory; that it is a small one costs three
-- hundredths of what is found, and lets it be made in a third of the time.
CREATE INDEX turn_vector_all_minilm_l6_v2_384_idx ON turn_vector
    USING hnsw ((binary_quantize(vector::halfvec(384))::bit(384)) bit_hamming_ops) WITH (m = 8, ef_construction = 32)
    WHERE embedder = 'all-MiniLM-L6-v2';

-- The embedder of its turns' vectors; NULL before it has any.
ALTER TABLE interaction ADD COLUMN turns_embedder TEXT;
CREATE INDEX interaction_tenant_turns_embedder_idx ON interaction (tenant, turns_embedder);
