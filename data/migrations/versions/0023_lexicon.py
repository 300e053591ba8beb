"""Words and phrases that feel good or bad in a tenant's trade."""

from __future__ import annotations

from alembic import op

from data.migrations.run import bind_to_tenant, run_sql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL ROLE reasonance_owner")
    run_sql("0023_lexicon.sql")
    bind_to_tenant("lexicon")
    op.execute("RESET ROLE")
