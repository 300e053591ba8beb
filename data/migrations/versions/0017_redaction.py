"""What each tenant does with personal details, by type."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, run_sql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0017_redaction.sql")
    bind_to_tenant("redaction_policy")
    op.execute("RESET ROLE")
