-- Tables and indexes of the first release.

CREATE TABLE tenant (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT DEFAULT 'UTC' NOT NULL,
    first_weekday SMALLINT DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT tenant_pkey PRIMARY KEY (id),
    CONSTRAINT tenant_first_weekday_check CHECK (first_weekday BETWEEN 1 AND 7)
);


CREATE TABLE api_key (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    hash BYTEA NOT NULL,
    prefix TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT api_key_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT api_key_role_check CHECK (role IN ('admin', 'analyst')),
    CONSTRAINT api_key_hash_key UNIQUE (hash),
    CONSTRAINT api_key_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE audit (
    tenant TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail JSONB DEFAULT '{}' NOT NULL,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (tenant, sequence),
    CONSTRAINT audit_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE customer (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT customer_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT customer_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE discovery (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    embedder TEXT NOT NULL,
    granularity TEXT NOT NULL,
    texts BIGINT NOT NULL,
    unassigned BIGINT NOT NULL,
    reasons BIGINT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    provenance JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT discovery_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT discovery_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE pending_metadata (
    tenant TEXT NOT NULL,
    key_hmac BYTEA NOT NULL,
    metadata_encrypted BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pending_metadata_pkey PRIMARY KEY (tenant, key_hmac),
    CONSTRAINT pending_metadata_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE reason (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    parent_id UUID,
    name TEXT NOT NULL,
    name_source TEXT DEFAULT 'auto' NOT NULL,
    keywords TEXT[] DEFAULT '{}' NOT NULL,
    embedder TEXT NOT NULL,
    centroid VECTOR NOT NULL,
    size BIGINT NOT NULL,
    representatives UUID[] DEFAULT '{}' NOT NULL,
    state TEXT DEFAULT 'active' NOT NULL,
    discovery_id UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT reason_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT reason_state_check CHECK (state IN ('active', 'retired')),
    CONSTRAINT reason_name_source_check CHECK (name_source IN ('auto', 'human')),
    CONSTRAINT reason_tenant_parent_id_fkey FOREIGN KEY(tenant, parent_id) REFERENCES reason (tenant, id),
    CONSTRAINT reason_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE session (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    hash BYTEA NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT session_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT session_role_check CHECK (role IN ('admin', 'analyst')),
    CONSTRAINT session_hash_key UNIQUE (hash),
    CONSTRAINT session_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE sign_in (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    hash BYTEA NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT sign_in_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT sign_in_role_check CHECK (role IN ('admin', 'analyst')),
    CONSTRAINT sign_in_hash_key UNIQUE (hash),
    CONSTRAINT sign_in_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE customer_identifier (
    tenant TEXT NOT NULL,
    scheme TEXT NOT NULL,
    value_hmac BYTEA NOT NULL,
    value_encrypted BYTEA NOT NULL,
    customer_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT customer_identifier_pkey PRIMARY KEY (tenant, scheme, value_hmac),
    CONSTRAINT customer_identifier_scheme_check CHECK (scheme IN ('crm', 'phone', 'email')),
    CONSTRAINT customer_identifier_tenant_customer_id_fkey FOREIGN KEY(tenant, customer_id) REFERENCES customer (tenant, id) ON DELETE CASCADE,
    CONSTRAINT customer_identifier_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX customer_identifier_tenant_customer_id_idx ON customer_identifier (tenant, customer_id);

CREATE TABLE interaction (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    content_id BYTEA NOT NULL,
    external_id TEXT,
    version BIGINT DEFAULT '1' NOT NULL,
    is_current BOOLEAN DEFAULT true NOT NULL,
    channel TEXT NOT NULL,
    source TEXT,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes BIGINT DEFAULT '0' NOT NULL,
    customer_id UUID,
    customer_segment TEXT,
    agent TEXT,
    queue TEXT,
    team TEXT,
    direction TEXT,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    language TEXT,
    duration_s DOUBLE PRECISION,
    wrap_up_code TEXT,
    csat SMALLINT,
    nps SMALLINT,
    ces SMALLINT,
    hold_s DOUBLE PRECISION,
    after_call_s DOUBLE PRECISION,
    channel_map TEXT[],
    state TEXT DEFAULT 'pending' NOT NULL,
    error_code TEXT,
    flags TEXT[] DEFAULT '{}' NOT NULL,
    subject TEXT,
    issue TEXT,
    sentiment DOUBLE PRECISION,
    sentiment_shift DOUBLE PRECISION,
    sentiments JSONB DEFAULT '{}' NOT NULL,
    metrics JSONB DEFAULT '{}' NOT NULL,
    skipped JSONB DEFAULT '[]' NOT NULL,
    key_phrases JSONB DEFAULT '[]' NOT NULL,
    entities JSONB DEFAULT '[]' NOT NULL,
    highlights JSONB DEFAULT '[]' NOT NULL,
    provenance JSONB DEFAULT '{}' NOT NULL,
    text_config TEXT,
    words_customer TSVECTOR,
    words_agent TSVECTOR,
    words_other TSVECTOR,
    turn_count BIGINT DEFAULT '0' NOT NULL,
    word_count BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT interaction_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT interaction_tenant_content_id_key UNIQUE (tenant, content_id),
    CONSTRAINT interaction_tenant_external_id_version_key UNIQUE (tenant, external_id, version),
    CONSTRAINT interaction_tenant_customer_id_fkey FOREIGN KEY(tenant, customer_id) REFERENCES customer (tenant, id),
    CONSTRAINT interaction_state_check CHECK (state IN ('pending', 'analysed', 'quarantined')),
    CONSTRAINT interaction_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX interaction_tenant_customer_id_idx ON interaction (tenant, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX interaction_tenant_name_idx ON interaction (tenant, name);
CREATE INDEX interaction_tenant_started_at_id_idx ON interaction (tenant, started_at, id);
CREATE INDEX interaction_tenant_state_idx ON interaction (tenant, state);
CREATE INDEX interaction_tenant_text_config_idx ON interaction (tenant, text_config);
CREATE INDEX interaction_words_agent_idx ON interaction USING gin (words_agent);
CREATE INDEX interaction_words_customer_idx ON interaction USING gin (words_customer);
CREATE INDEX interaction_words_other_idx ON interaction USING gin (words_other);

CREATE TABLE reason_event (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    discovery_id UUID NOT NULL,
    reason_id UUID NOT NULL,
    kind TEXT NOT NULL,
    others UUID[] DEFAULT '{}' NOT NULL,
    similarity DOUBLE PRECISION,
    size_before BIGINT,
    size_after BIGINT,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT reason_event_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT reason_event_kind_check CHECK (kind IN ('created', 'matched', 'merged', 'split', 'retired')),
    CONSTRAINT reason_event_tenant_discovery_id_fkey FOREIGN KEY(tenant, discovery_id) REFERENCES discovery (tenant, id),
    CONSTRAINT reason_event_tenant_reason_id_fkey FOREIGN KEY(tenant, reason_id) REFERENCES reason (tenant, id),
    CONSTRAINT reason_event_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX reason_event_tenant_reason_id_idx ON reason_event (tenant, reason_id);

CREATE TABLE assignment (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    interaction_id UUID NOT NULL,
    reason_id UUID,
    confidence DOUBLE PRECISION NOT NULL,
    nearest_id UUID,
    distance DOUBLE PRECISION,
    evidence JSONB DEFAULT '[]' NOT NULL,
    is_primary BOOLEAN DEFAULT true NOT NULL,
    is_current BOOLEAN DEFAULT true NOT NULL,
    discovery_id UUID,
    provenance JSONB DEFAULT '{}' NOT NULL,
    assigned_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT assignment_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT assignment_tenant_interaction_id_fkey FOREIGN KEY(tenant, interaction_id) REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT assignment_tenant_reason_id_fkey FOREIGN KEY(tenant, reason_id) REFERENCES reason (tenant, id),
    CONSTRAINT assignment_tenant_nearest_id_fkey FOREIGN KEY(tenant, nearest_id) REFERENCES reason (tenant, id),
    CONSTRAINT assignment_tenant_discovery_id_fkey FOREIGN KEY(tenant, discovery_id) REFERENCES discovery (tenant, id),
    CONSTRAINT assignment_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX assignment_current_key ON assignment (tenant, interaction_id) WHERE is_current AND is_primary;
CREATE INDEX assignment_tenant_interaction_id_idx ON assignment (tenant, interaction_id);
CREATE INDEX assignment_tenant_reason_id_idx ON assignment (tenant, reason_id) WHERE is_current;

CREATE TABLE embedding (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    embedder TEXT NOT NULL,
    vector VECTOR NOT NULL,
    text_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT embedding_pkey PRIMARY KEY (tenant, interaction_id, embedder),
    CONSTRAINT embedding_tenant_interaction_id_fkey FOREIGN KEY(tenant, interaction_id) REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT embedding_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE inbox_item (
    tenant TEXT NOT NULL,
    id UUID NOT NULL,
    interaction_id UUID,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    size_bytes BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT inbox_item_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT inbox_item_tenant_interaction_id_fkey FOREIGN KEY(tenant, interaction_id) REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT inbox_item_kind_check CHECK (kind IN ('original', 'checkpoint', 'transcript')),
    CONSTRAINT inbox_item_path_key UNIQUE (path),
    CONSTRAINT inbox_item_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX inbox_item_expires_at_idx ON inbox_item (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX inbox_item_tenant_interaction_id_idx ON inbox_item (tenant, interaction_id);

CREATE TABLE redaction (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    position BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    char_begin BIGINT NOT NULL,
    char_end BIGINT NOT NULL,
    begin_ms BIGINT,
    end_ms BIGINT,
    type TEXT NOT NULL,
    token TEXT NOT NULL,
    CONSTRAINT redaction_pkey PRIMARY KEY (tenant, interaction_id, position),
    CONSTRAINT redaction_tenant_interaction_id_fkey FOREIGN KEY(tenant, interaction_id) REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT redaction_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE stage_run (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    stage TEXT NOT NULL,
    input_hash TEXT NOT NULL,
    params_hash TEXT NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    attempt BIGINT DEFAULT '0' NOT NULL,
    token BIGINT DEFAULT '0' NOT NULL,
    job_id BIGINT,
    error_code TEXT,
    progress DOUBLE PRECISION DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT stage_run_pkey PRIMARY KEY (tenant, interaction_id, stage, input_hash, params_hash),
    CONSTRAINT stage_run_tenant_interaction_id_fkey FOREIGN KEY(tenant, interaction_id) REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT stage_run_state_check CHECK (state IN ('waiting', 'running', 'done', 'failed', 'quarantined')),
    CONSTRAINT stage_run_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

CREATE INDEX stage_run_job_id_idx ON stage_run (job_id) WHERE state = 'running';
CREATE INDEX stage_run_state_stage_idx ON stage_run (state, stage) WHERE state <> 'done';

CREATE TABLE turn (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    position BIGINT NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    begin_ms BIGINT,
    end_ms BIGINT,
    sentiment DOUBLE PRECISION,
    words JSONB DEFAULT '[]' NOT NULL,
    CONSTRAINT turn_pkey PRIMARY KEY (tenant, interaction_id, position),
    CONSTRAINT turn_tenant_interaction_id_fkey FOREIGN KEY(tenant, interaction_id) REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT turn_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);


CREATE TABLE checkpoint (
    tenant TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    stage TEXT NOT NULL,
    input_hash TEXT NOT NULL,
    params_hash TEXT NOT NULL,
    "window" BIGINT NOT NULL,
    inbox_item_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT checkpoint_pkey PRIMARY KEY (tenant, interaction_id, stage, input_hash, params_hash, "window"),
    CONSTRAINT checkpoint_tenant_interaction_id_fkey FOREIGN KEY(tenant, interaction_id) REFERENCES interaction (tenant, id) ON DELETE CASCADE,
    CONSTRAINT checkpoint_tenant_inbox_item_id_fkey FOREIGN KEY(tenant, inbox_item_id) REFERENCES inbox_item (tenant, id) ON DELETE CASCADE,
    CONSTRAINT checkpoint_tenant_fkey FOREIGN KEY(tenant) REFERENCES tenant (id) ON DELETE CASCADE
);

