-- The approximate index of the embedder that is shipped; data.database.index_embedder makes those of others.
CREATE INDEX embedding_all_minilm_l6_v2_384_idx ON embedding USING hnsw ((vector::vector(384)) vector_cosine_ops)
    WHERE embedder = 'all-MiniLM-L6-v2';
