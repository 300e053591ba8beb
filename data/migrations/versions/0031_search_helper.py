"""Search: one more process checks places, where there were two."""

from __future__ import annotations

from alembic import op

from data.migrations.run import run_sql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO reasonance_definer")
    op.execute("SET LOCAL ROLE reasonance_definer")
    run_sql("0031_search_helper.sql")
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM reasonance_definer")
