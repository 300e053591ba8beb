-- An interaction's further issues have vectors of their own; and a text that has a vector is not embedded again.
CREATE TABLE further_embedding (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    embedder TEXT NOT NULL,
    position INTEGER NOT NULL,
    vector VECTOR NOT NULL,
    text_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT further_embedding_pkey PRIMARY KEY (tenant, interaction_id, embedder, position),
    CONSTRAINT further_embedding_tenant_interaction_id_fkey FOREIGN KEY (tenant, interaction_id)
        REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT further_embedding_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX further_embedding_tenant_embedder_text_hash_idx ON further_embedding (tenant, embedder, text_hash);
CREATE INDEX text_hash_embedding_idx ON embedding (tenant, embedder, text_hash);
