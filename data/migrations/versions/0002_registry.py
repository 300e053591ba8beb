"""The registry of reasons: hierarchy, people's edits, lineage, corrections."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0002_registry.sql")
    bind_to_tenant("correction")
    op.execute("RESET ROLE")
