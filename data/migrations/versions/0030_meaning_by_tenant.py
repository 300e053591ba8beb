"""Search by meaning: a graph for each 32nd of the tenants."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, run_sql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0030_meaning_by_tenant.sql")
    bind_to_tenant("turn_vector")
    op.execute("RESET ROLE")
