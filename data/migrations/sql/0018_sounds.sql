-- How interactions sound: phonetic keys at the places of their words, the tenant in each. Weights are who said it:
-- A the customer, B the agent, C others. An interaction of which nobody can tell has no row.
CREATE TABLE sound (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    keys TSVECTOR NOT NULL,
    CONSTRAINT sound_pkey PRIMARY KEY (tenant, interaction_id),
    CONSTRAINT sound_tenant_interaction_id_fkey FOREIGN KEY (tenant, interaction_id)
        REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT sound_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);
CREATE INDEX sound_keys_idx ON sound USING gin (keys);
