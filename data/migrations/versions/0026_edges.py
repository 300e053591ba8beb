"""Parts of contacts by reading the turns at their edge alone."""

from __future__ import annotations

from alembic import op

from data.migrations.run import run_sql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO reasonance_definer")
    op.execute("SET LOCAL ROLE reasonance_definer")
    run_sql("0026_edges.sql")
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM reasonance_definer")
