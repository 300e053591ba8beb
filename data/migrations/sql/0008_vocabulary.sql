-- The names that a tenant's calls are about, as they are to be written.
CREATE TABLE vocabulary (
    tenant TEXT NOT NULL,
    phrase TEXT NOT NULL,
    kind TEXT NOT NULL,
    spoken TEXT[] DEFAULT '{}' NOT NULL,
    language TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT vocabulary_pkey PRIMARY KEY (tenant, phrase),
    CONSTRAINT vocabulary_kind_check CHECK (kind IN ('product', 'name', 'place', 'other')),
    CONSTRAINT vocabulary_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);
