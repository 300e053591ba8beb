-- Words and phrases that feel good or bad in a tenant's trade.
CREATE TABLE lexicon (
    tenant TEXT NOT NULL,
    phrase TEXT NOT NULL,
    valence DOUBLE PRECISION NOT NULL,
    language TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT lexicon_pkey PRIMARY KEY (tenant, phrase),
    CONSTRAINT lexicon_valence_check CHECK (valence BETWEEN -4 AND 4),
    CONSTRAINT lexicon_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);
