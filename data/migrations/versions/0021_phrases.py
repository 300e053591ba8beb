"""How often phrases are said in a tenant's contacts."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, execute

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    execute("""
        CREATE TABLE phrase_background (
            tenant TEXT NOT NULL,
            contacts BIGINT NOT NULL,
            counts JSONB NOT NULL,
            counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT phrase_background_pkey PRIMARY KEY (tenant),
            CONSTRAINT phrase_background_tenant_fkey FOREIGN KEY (tenant) REFERENCES tenant (id) ON DELETE CASCADE
        );
    """)
    bind_to_tenant("phrase_background")
    op.execute("RESET ROLE")
