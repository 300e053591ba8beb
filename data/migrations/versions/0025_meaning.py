"""Search by meaning: a vector for each turn."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, run_sql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0025_meaning.sql")
    bind_to_tenant("turn_vector")
    op.execute("RESET ROLE")
