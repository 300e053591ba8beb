"""The names that a tenant's calls are about."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, run_sql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0008_vocabulary.sql")
    bind_to_tenant("vocabulary")
    op.execute("RESET ROLE")
