-- What a tenant does with details of a type, where it is not what is done by default.
CREATE TABLE redaction_policy (
    tenant TEXT NOT NULL,
    type TEXT NOT NULL,
    action TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT redaction_policy_pkey PRIMARY KEY (tenant, type),
    CONSTRAINT redaction_policy_action_check CHECK (action IN ('mask', 'last4', 'hash', 'keep')),
    CONSTRAINT redaction_policy_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
);
