-- The registry of reasons: a hierarchy of three levels, people's edits beside discoveries, and corrections.
ALTER TABLE reason
    ADD COLUMN level TEXT DEFAULT 'reason' NOT NULL,
    ADD COLUMN source TEXT DEFAULT 'discovery' NOT NULL,
    ADD COLUMN pinned BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN merged_into UUID,
    ADD COLUMN description TEXT,
    ADD CONSTRAINT reason_level_check CHECK (level IN ('group', 'reason', 'detail')),
    ADD CONSTRAINT reason_source_check CHECK (source IN ('discovery', 'human', 'seed')),
    ADD CONSTRAINT reason_tenant_merged_into_fkey FOREIGN KEY (tenant, merged_into) REFERENCES reason (tenant, id);

CREATE INDEX reason_tenant_parent_id_idx ON reason (tenant, parent_id);

ALTER TABLE reason_event
    ALTER COLUMN discovery_id DROP NOT NULL,
    ADD COLUMN actor TEXT,
    ADD COLUMN detail JSONB DEFAULT '{}' NOT NULL,
    DROP CONSTRAINT reason_event_kind_check,
    ADD CONSTRAINT reason_event_kind_check CHECK (kind IN (
        'created', 'matched', 'merged', 'split', 'retired', 'renamed', 'moved', 'pinned', 'unpinned', 'seeded', 'restored'
    ));

ALTER TABLE assignment
    ADD COLUMN detail_id UUID,
    ADD COLUMN source TEXT DEFAULT 'assigner' NOT NULL,
    ADD CONSTRAINT assignment_source_check CHECK (source IN ('discovery', 'assigner', 'human')),
    ADD CONSTRAINT assignment_tenant_detail_id_fkey FOREIGN KEY (tenant, detail_id) REFERENCES reason (tenant, id);

-- Not even the owner sees tenants' rows otherwise.
ALTER TABLE assignment NO FORCE ROW LEVEL SECURITY;
UPDATE assignment SET source = 'discovery' WHERE discovery_id IS NOT NULL;
ALTER TABLE assignment FORCE ROW LEVEL SECURITY;

-- A person's word on one contact: it is kept for good, teaches the assigner, and outlives every discovery.
CREATE TABLE correction (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    interaction_id UUID NOT NULL,
    reason_id UUID,
    previous_id UUID,
    actor TEXT NOT NULL,
    is_current BOOLEAN DEFAULT true NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT correction_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT correction_tenant_interaction_id_fkey FOREIGN KEY (tenant, interaction_id)
        REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT correction_tenant_reason_id_fkey FOREIGN KEY (tenant, reason_id) REFERENCES reason (tenant, id),
    CONSTRAINT correction_tenant_previous_id_fkey FOREIGN KEY (tenant, previous_id) REFERENCES reason (tenant, id),
    CONSTRAINT correction_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX correction_current_key ON correction (tenant, interaction_id) WHERE is_current;
CREATE INDEX correction_tenant_reason_id_idx ON correction (tenant, reason_id) WHERE is_current;
